"""scoregate waivers: entries written into real files, and the list."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from command_line import NOW, ROOT, environment, here, policy, see

Capture = pytest.CaptureFixture[str]
GIVEN = ("--until", "2026-07-01", "--reason", "Moves: in June", "--approved-by", "ciso", "--now", NOW)
HEAD = "apiVersion: scoregate/v1\nkind: Waivers\n"
ENTRY = (
    "  - requirement: small/x\n    from: 2026-05-22\n    until: 2026-07-01\n"
    "    reason: 'Moves: in June'\n    approvedBy: ciso\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_missing_file_is_made(folder: Path, capfd: Capture) -> None:
    folder.joinpath("policies").mkdir()
    ended = here(capfd, "waivers", "add", "--requirement", "small/x", *GIVEN)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == b"policies/waivers.yaml: added a waiver of small/x, 2026-05-22 to 2026-07-01\n"
    text = folder.joinpath("policies", "waivers.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=.schemas/waivers.schema.json\n# Exceptions: ")
    assert folder.joinpath("policies/.schemas/waivers.schema.json").read_bytes() == here(capfd, "schema", "waivers").out
    assert text.endswith(f"{HEAD}waivers:\n{ENTRY}")


def test_a_file_further_down_names_the_schema_that_init_wrote(folder: Path, capfd: Capture) -> None:
    assert here(capfd, "init").code == 0
    folder.joinpath("policies", "teams", "mail").mkdir(parents=True)
    file = "policies/teams/mail/waivers.yaml"
    assert here(capfd, "waivers", "add", file, "--requirement", "small/x", *GIVEN).code == 0
    first = folder.joinpath(file).read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../../.schemas/waivers.schema.json"
    assert [path.name for path in folder.joinpath("policies", "teams", "mail").iterdir()] == ["waivers.yaml"]


def test_comments_stay_and_what_init_wrote_takes_an_entry(folder: Path, capfd: Capture) -> None:
    assert here(capfd, "init").code == 0
    path = folder / "policies" / "waivers.yaml"
    before = path.read_text()
    more = (
        "--control",
        "A",
        "--tenant",
        "t",
        "--tenant-label",
        "eu",
        "--from",
        "2026-06-01",
        "--floor-percent",
        "50",
        "--ticket",
        "#1",
    )
    assert here(capfd, "waivers", "add", "--requirement", "baseline/admins-use-mfa", *more, *GIVEN).code == 0
    entry = (
        "waivers:\n  - requirement: baseline/admins-use-mfa\n    control: A\n    tenant: t\n    tenantLabel: eu\n"
        "    from: 2026-06-01\n    until: 2026-07-01\n    floor:\n      percent: 50\n    reason: 'Moves: in June'\n"
        "    approvedBy: ciso\n    ticket: '#1'\n"
    )
    assert path.read_text() == before.replace("waivers: []\n", entry)
    assert here(capfd, "waivers", "add", "--requirement", "small/x", *GIVEN).code == 0
    assert path.read_text() == before.replace("waivers: []\n", f"{entry}{ENTRY}")
    assert here(capfd, "lint", "policies", "--now", NOW).code == 0


def test_the_last_waivers_of_a_file_with_policies_take_it(folder: Path, capfd: Capture) -> None:
    path = Path(policy(folder, f"score: [{{id: x, minimum: {{percent: 1}}}}]\n---\n{HEAD}waivers: []"))
    ended = here(capfd, "waivers", "add", path.name, "-p", path.name, "--requirement", "small/x", *GIVEN)
    assert (ended.code, ended.err) == (0, "")
    assert path.read_text().endswith(f"---\n{HEAD}waivers:\n{ENTRY}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--requirement", "small/y"),
            "would cover nothing: no requirement is named small/y (did you mean 'small/x'?)",
        ),
        (("--requirement", "small/x", "--control", "A"), "small/x is not about single controls"),
        (("--requirement", "small/x", "--until", "2027-05-23"), "would run for 366 days but may run for 365"),
        (("--requirement", "small/short"), "would run for 40 days but may run for 30, so it would cover nothing"),
        (("--requirement", "small/x", "--until", "2026-05-21"), "expected until to be on or after from"),
        (
            ("--requirement", "small/x", "--from", "2026-05-01", "--until", "2026-05-21"),
            "the waiver would already have ended on 2026-05-21",
        ),
        (("--requirement", "small/x", "--reason", " - "), "expected words in reason"),
        (("--requirement", "small/x", "--floor-percent", "101"), "--floor-percent: "),
        (("--requirement", "small/x", "--floor-percent", "nan"), "floor"),
        (("--requirement", "small/x", "--floor-percent", "1", "--floor-points", "1"), "exclude each other"),
        (
            ("--requirement", "small/x", "--tenant-label", "two words"),
            "expected a label of at most 64 letters, digits, '.', '-' and '_' that begins with",
        ),
        (("--requirement", "small/x", "--until", "soon"), "expected a day like 2026-05-22, got 'soon'"),
        ((), "there is no terminal for questions: give --requirement\n"),
        (("--requirement", "small/x", "--ticket", "${x}"), "parameters can be used in requirements only"),
    ],
)
def test_a_waiver_that_can_cover_nothing_is_not_written(
    arguments: tuple[str, ...], said: str, folder: Path, capfd: Capture
) -> None:
    head = "waivers: {maximumDays: 30}\n" if "small/short" in arguments else ""
    name = "short" if head else "x"
    policy(folder, f"{head}score: [{{id: {name}, minimum: {{percent: 1}}}}]")
    folder.joinpath("w.yaml").write_text(f"{HEAD}waivers: []\n")
    ended = here(capfd, "waivers", "add", "w.yaml", "-p", "small.yaml", *GIVEN, *arguments)
    assert (ended.code, ended.out) == (2, b"")
    assert said in ended.err
    assert folder.joinpath("w.yaml").read_text() == f"{HEAD}waivers: []\n"


@pytest.mark.parametrize("text", ["x: [", "kind: Policy\n", f"{HEAD}waivers: [{{reason: r}}]\n", ""])
def test_a_file_that_holds_no_sound_waivers_is_left_alone(text: str, folder: Path, capfd: Capture) -> None:
    folder.joinpath("w.yaml").write_text(text)
    ended = here(capfd, "waivers", "add", "w.yaml", "--requirement", "small/x", *GIVEN)
    assert (ended.code, ended.out) == (2, b"")
    assert "w.yaml" in ended.err
    assert folder.joinpath("w.yaml").read_text() == text


def test_a_link_out_of_the_folder_is_not_followed(
    folder: Path, capfd: Capture, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "w.yaml"
    folder.joinpath("w.yaml").symlink_to(outside)
    ended = here(capfd, "waivers", "add", "w.yaml", "--requirement", "small/x", *GIVEN)
    assert (ended.code, ended.out) == (2, b"")
    assert "is a link to a file outside the folder" in ended.err
    assert not outside.exists()


def test_on_a_terminal_it_asks_for_what_is_missing(folder: Path) -> None:
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "checker", "waivers", "add", "w.yaml", "--now", NOW, "--reason", "Moves: in June"],
        stdin=follower,
        stderr=follower,
        stdout=subprocess.PIPE,
        cwd=folder,
        env={name: value for name, value in environment(TERM="dumb").items() if name != "CI"},
    ) as process:
        os.close(follower)
        os.write(leader, b"small/x\nsoon\n2026-07-01\nciso\n")
        assert process.stdout is not None
        out = process.stdout.read()
        assert process.wait(timeout=30) == 0
    os.close(leader)
    assert out == b"w.yaml: added a waiver of small/x, 2026-05-22 to 2026-07-01\n"
    assert folder.joinpath("w.yaml").read_text().endswith(f"waivers:\n{ENTRY}")


def test_the_list_is_of_what_waivers_cover_now(folder: Path, capfd: Capture) -> None:
    policy(folder, "score: [{id: x, minimum: {percent: 70}}]")
    assert here(capfd, "waivers", "add", "w.yaml", "--requirement", "small/x", *GIVEN).code == 0
    source = ("-p", "small.yaml", "--waivers", "w.yaml", "--sandbox", "--now", NOW)
    shown = here(capfd, "waivers", "list", *source)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.decode().startswith("1 waiver on 2026-05-22; 1 failure is waived, which costs 66.54 points.\n")
    document = json.loads(here(capfd, "waivers", "list", "-o", "json", *source).out)
    schema = json.loads((ROOT / "schemas" / "waiverlist.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert [one["finding"] for one in document["waivers"][0]["findings"]] == ["small/x"]
    assert document["points"] == pytest.approx(66.54)


def test_a_list_needs_policies(capfd: Capture) -> None:
    ended = here(capfd, "waivers", "list", "--sandbox")
    assert (ended.code, ended.err) == (
        2,
        "scoregate: no policy: name one with -p PATH\n  A waiver covers a requirement of a policy.\n" + see("usage"),
    )
