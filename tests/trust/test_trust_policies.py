"""Policies and waivers of a stranger: they stay within limits of memory and time, run nothing and say no secret."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import NOW, PASSING, policy, snapshot
from trust_support import CANARY, confined

HEAD = "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: x}\n"
WAIVERS = "apiVersion: scoregate/v1\nkind: Waivers\nwaivers:\n"
STARS = "*a" * 40_000 + "*"
MIB = 1024 * 1024


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.joinpath("policies").mkdir(parents=True)
    return folder


def waiver(requirement: str, *, start: str = "2026-05-01", until: str = "2026-06-01", more: str = "") -> str:
    return f"  - {{requirement: '{requirement}', from: {start}, until: {until}, reason: r, approvedBy: me{more}}}\n"


TOO_MANY = "has more than 50000 keys and items, the limit"
REFUSED = {
    "nesting of brackets": ("[" * 2_000_000, "nest"),  # libyaml stops first, or we do
    "nesting of blocks": ("".join(" " * index + "-\n" for index in range(2000)), "is nested deeper than 50 levels"),
    "billion laughs": ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "aliases are not allowed (*b)"),
    "an object of Python": ("a: !!python/object/apply:os.system ['touch ran']\n", "YAML tags are not allowed"),
    "a million entries": (HEAD + "controls:\n" + "- {}\n" * 1_000_000, TOO_MANY),
    "many sound entries": (HEAD + "controls:\n" + "- {id: c, control: X}\n" * 150_000, TOO_MANY),
    "one key again and again": (HEAD + "a: 1\n" * 800_000, TOO_MANY),
    "many keys": (HEAD + "".join(f"k{i}: 1\n" for i in range(300_000)), TOO_MANY),
    "many documents": ("---\na: 1\n" * 500_000, "has more than 2000 documents, the limit"),
    "many parameters": (HEAD + "score: [" + "'${a}'," * 40_000 + "]", "score[99]: expected a mapping, got the text"),
    "a huge id": (HEAD + f"controls: [{{id: {'a' * 4_000_000}, control: X}}]", "at most 100 characters, got 4000000"),
    "a huge pattern": (HEAD + f"controls: [{{id: a, control: '{STARS}'}}]", "at most 200 characters, got 80001"),
    "a huge number": (HEAD + f"score: [{{id: a, minimum: {{percent: {'9' * 4_000_000}}}}}]", "expected a number"),
    "infinity": (HEAD + "score: [{id: a, minimum: {percent: .inf}}]", "expected a number, got the text '.inf'"),
    "many patterns": (
        HEAD + "controls: [{id: a, select: {id: [" + ",".join(f'"*a{index}*"' for index in range(501)) + "]}}]",
        "more than 500 ids and names with *, the limit",
    ),
    "many waivers": (WAIVERS + waiver("x/a") * 2001, "more than 2000 waivers, the limit"),
    "a waiver that is a tag": (WAIVERS + "  - !waiver {requirement: x}\n", "YAML tags are not allowed (!waiver)"),
    "escapes": (HEAD + 'score: [{id: "\\e]0;t\\a::error::\\u202e", "##vso[task.complete]": 1}]', "expected a name of"),
    "a variable of the environment": (
        HEAD + "score: [{id: a, minimum: {percent: '${AZURE_CLIENT_SECRET}'}}]",
        "expected the value of a parameter, ${name}, got the text '${AZURE_CLIENT_SECRET}'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("command", ["check", "lint"])
def test_a_hostile_policy_is_refused_with_its_place(name: str, command: str, checkout: Path) -> None:
    text, said = REFUSED[name]
    (checkout / "policies" / "p.yaml").write_text(text, encoding="utf-8")
    arguments = ["-p", "policies", "--snapshot", snapshot(checkout)] if command == "check" else ["policies"]
    ended = confined(command, *arguments, "--now", NOW, folder=checkout)
    assert ended.code == 2
    told = ended.err + ended.out.decode()
    assert said in told
    assert "policies/p.yaml:" in told
    assert not (checkout / "ran").exists()


def test_many_policies_that_extend_a_large_one_do_not_multiply_it(checkout: Path) -> None:
    base = HEAD + "controls:\n" + "".join(f"- {{id: c{index}, control: X}}\n" for index in range(5_000))
    (checkout / "policies" / "base.yaml").write_text(base, encoding="utf-8")
    one = "---\napiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: y%d}\nextends: [./base.yaml]\n"
    many = "".join(one % index for index in range(1_500))
    (checkout / "policies" / "p.yaml").write_text(many, encoding="utf-8")
    ended = confined("lint", "policies", folder=checkout)
    assert ended.code == 2
    assert "the run has more than 20000 requirements, the limit" in ended.out.decode()


def test_bases_are_held_to_what_a_run_reads(checkout: Path) -> None:
    for index in range(30):
        text = HEAD.replace("name: x", f"name: x{index}") + "controls:\n" + "- {id: c, control: X}\n" * 10_000
        (checkout / f"b{index}.yaml").write_text(text, encoding="utf-8")
    extends = ", ".join(f"./b{index}.yaml" for index in range(30))
    (checkout / "p.yaml").write_text(HEAD + f"extends: [{extends}]\n", encoding="utf-8")
    ended = confined("lint", "p.yaml", folder=checkout)
    assert ended.code == 2
    assert "is one file too many; extend fewer or smaller ones" in ended.out.decode()


@pytest.mark.parametrize("key", ["select: {id: [PATTERN]}", "select: {category: [Identity]}, exclude: [PATTERN]"])
def test_a_pattern_that_makes_regular_expressions_explode_is_only_a_pattern(key: str, checkout: Path) -> None:
    body = "controls: [{id: a, onMissing: skip, " + key.replace("PATTERN", f"'{STARS}b'") + "}]"
    ended = confined(
        *("check", "-p", policy(checkout, body), "--snapshot", snapshot(checkout), "--now", NOW, "-o", "json"),
        folder=checkout,
    )
    assert ended.code in {1, 3}


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (waiver(STARS + "b"), 1, "covers nothing"),
        (waiver("*", until="2027-05-02"), 1, "runs for 366 days but may run for 365, so it covers nothing"),
        (waiver("*", start="2026-05-23", until="2026-06-01"), 1, "begins on 2026-05-23"),
        (waiver("*", start="9999-12-31", until="9999-12-31"), 1, "begins on 9999-12-31"),
        (waiver("*", start="0001-01-01", until="0001-01-01"), 1, "ended on 0001-01-01"),
        (waiver("*", more=", tenant: '*'"), 1, ""),
    ],
)
def test_a_waiver_that_reaches_too_far_covers_nothing(text: str, code: int, said: str, checkout: Path) -> None:
    (checkout / "waivers.yaml").write_text(WAIVERS + text, encoding="utf-8")
    failing = "score: [{id: overall, minimum: {percent: 100}}]"
    ended = confined(
        *("check", "-p", policy(checkout, failing), "--waivers", "waivers.yaml"),
        *("--snapshot", snapshot(checkout), "--now", NOW, "-o", "json"),
        folder=checkout,
    )
    assert ended.code == code
    assert said in ended.out.decode()


def test_a_waiver_of_everything_shows_whom_it_comes_from(checkout: Path) -> None:
    (checkout / "waivers.yaml").write_text(WAIVERS + waiver("*"), encoding="utf-8")
    failing = policy(checkout, "score: [{id: overall, minimum: {percent: 100}}]")
    ended = confined(
        *(
            "check",
            "-p",
            failing,
            "--waivers",
            "waivers.yaml",
            "--snapshot",
            snapshot(checkout),
            "--now",
            NOW,
            "-o",
            "json",
        ),
        folder=checkout,
    )
    assert ended.code == 0
    assert "Waived until 2026-06-01 by me: r." in ended.out.decode()


def sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def many_large(folder: Path) -> None:
    for index in range(400):
        sparse(folder / f"{index:03}.yaml", 5 * MIB)


def many_faulty(folder: Path) -> None:
    for index in range(40):
        (folder / f"{index:03}.yaml").write_text("---\nkind: Policy\n" * 500, encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda folder: os.mkfifo(folder / "p.yaml"),
            "policies/p.yaml:1:1: cannot be read: is a pipe, and only regular files are read",
        ),
        (lambda folder: (folder / "p.yaml").symlink_to("/dev/zero"), "is a link to a file outside the folder"),
        (lambda folder: (folder / "p.yaml").symlink_to("p.yaml"), "p.yaml:1:1: "),
        (lambda folder: sparse(folder / "p.yaml", 300 * MIB), "is larger than 5 MiB, the limit"),
        (many_large, "with this file the run has more than 20 MiB of policies, the limit"),
        (many_faulty, "faults in the policies; nothing was judged"),
    ],
    ids=["pipe", "device", "loop", "sparse", "many", "faults"],
)
def test_what_is_in_a_folder_of_policies_cannot_stop_or_fill_the_run(
    make: Callable[[Path], object], said: str, checkout: Path
) -> None:
    make(checkout / "policies")
    ended = confined("check", "-p", "policies", "--snapshot", snapshot(checkout), "--now", NOW, folder=checkout)
    assert ended.code == 2
    assert said in ended.err
    assert len(ended.err.splitlines()) < 5_000


NAMES = (
    "a\n::error::x\n",
    "\x1b[2J\x1b]0;t\x07",
    "##vso[task.complete]",
    "\udcff\u202e",
    "-o",
    "$(touch ran)",
    "a b;`touch ran`",
)


@pytest.mark.parametrize("command", ["check", "lint"])
@pytest.mark.parametrize("output", ["text", "sarif"])
def test_the_names_of_files_reach_the_log_as_text(command: str, output: str, checkout: Path) -> None:
    paths = [os.fsencode(checkout / "policies") + b"/" + os.fsencode(name) + b".yaml" for name in NAMES]
    for number, path in enumerate(paths):
        os.rename(policy(checkout, PASSING, name=f"p{number}"), path)
    arguments = ["-p", "policies", "--snapshot", snapshot(checkout)] if command == "check" else ["policies"]
    ended = confined(command, *arguments, "--now", NOW, "-o", output, folder=checkout)
    assert ended.code == 0
    assert not (checkout / "ran").exists()
    for path in paths:
        with open(path, "ab") as file:
            file.write(b"titel: x\n")
    assert confined(command, *arguments, "--now", NOW, folder=checkout).code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("output = 'text'\n" + "[" + " " * 16_000, "is not valid TOML"),
        ('output = """text\n[' + " " * 16_000 + '\n"""\nnow = "x"', "now is not taken from this file"),
        ("".join(f"k{index} = 1\n" for index in range(1_600)), "k0 is not a setting"),
        ("[check]\n" + "".join(f"k{index} = 1\n" for index in range(1_600)), "check.k0 is not a setting"),
        ("a" + ".a" * 8_000 + " = 1", "a is not a setting"),
        (f'policy = "${{AZURE_CLIENT_SECRET}}{CANARY[:3]}"', "cannot be read: no such file or directory"),
        ('"\\u001b[2J::error::" = 1', "is not a setting"),
        ("#" * 20_000, "is larger than 16 KiB, the limit"),
    ],
    ids=["cut", "blanks", "many", "many of a command", "dotted", "variable", "escapes", "large"],
)
def test_hostile_settings_are_refused(text: str, said: str, checkout: Path) -> None:
    (checkout / "scoregate.toml").write_text(text, encoding="utf-8")
    ended = confined("check", "--snapshot", snapshot(checkout), "--now", NOW, folder=checkout)
    assert ended.code == 2
    assert said in ended.err


def test_settings_that_are_a_pipe_are_refused(checkout: Path) -> None:
    os.mkfifo(checkout / "scoregate.toml")
    ended = confined("check", "-p", policy(checkout, PASSING), "--sandbox", folder=checkout)
    assert ended.code == 2
    assert ended.err.startswith("scoregate: scoregate.toml: cannot be read: is a pipe, and only regular files are read")
