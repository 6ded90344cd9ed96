import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from command_line import NOW, here, policy, says_one_thing, see, snapshot

from checker.cli.main import scoregate
from checker.cli.output import parse_outputs
from checker.cli.registry import COMMANDS
from checker.errors import UsageError
from checker.renderers import FORMATS

Capture = pytest.CaptureFixture[str]
# What commands need before they look at -o.
ARGUMENTS = {
    "apply": ("plan.json",),
    "diff": ("a.json", "b.json"),
    "evidence verify": ("run.zip",),
    "explain": ("AdminMFAV2",),
    "history sql": ("SELECT 1",),
    "history prune": ("--keep", "1d"),
    "journal verify": ("journal.jsonl",),
    "ratchet": ("-p", "policy.yaml"),
    "replay": ("run.zip",),
    "review": ("--base", "main"),
    "rollback": ("journal.jsonl",),
}
WITHOUT = {"completion", "history export", "init", "sandbox", "schema", "waivers add"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(scoregate)
    for name in COMMANDS:
        command = scoregate.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from ((f"{name} {below}", one) for below, one in command.commands.items())
        else:
            yield name, command


EVERY = dict(commands())


def output_option(command: click.Command) -> click.Option | None:
    options = (one for one in command.params if isinstance(one, click.Option))
    return next((one for one in options if "-o" in one.opts), None)


def test_every_command_with_an_answer_takes_o() -> None:
    assert {name for name, command in EVERY.items() if output_option(command) is None} == WITHOUT


@pytest.mark.parametrize("name", sorted(EVERY.keys() - WITHOUT))
def test_o_means_one_thing_for_every_command(name: str, folder: Path, capfd: Capture) -> None:
    one = output_option(EVERY[name])
    assert one is not None
    assert (one.opts, one.multiple, one.metavar) == (["-o", "--output"], True, "FORMAT[=PATH]")
    help_text = one.help or ""
    formats = help_text.partition(";")[0].replace(" (the default)", "").replace(" or ", ", ").split(", ")
    assert help_text.startswith("; to a file with =PATH. May be repeated.", help_text.index(";"))
    assert (help_text.startswith("text (the default)")) is (name != "fetch")

    def refused(*outputs: str) -> str:
        words = [word for value in outputs for word in ("-o", value)]
        ended = here(capfd, *name.split(), *ARGUMENTS.get(name, ()), *words)
        assert (ended.code, ended.out, says_one_thing(ended.err)) == (2, b"", True), ended
        assert list(folder.iterdir()) == []
        assert ended.err.endswith(see("usage")) or ended.err.endswith(see("output"))
        return ended.err.rpartition("  See ")[0]

    takes = f"scoregate: -o takes {', '.join(formats)}, got "
    assert refused("junit2=x.xml" if name != "fetch" else "junit=x.xml").startswith(takes)
    assert refused("json=") == "scoregate: -o json=: a path is missing after =\n"
    assert refused("json", "json").startswith("scoregate: -o json and -o json both go to standard output\n")
    assert refused("json=x", "json=./x") == "scoregate: two -o options name the same file\n"
    assert refused("json=missing/x").startswith("scoregate: missing/x: cannot be written: its folder does not exist\n")
    if name != "fetch":
        hint = "  Did you mean -o json=report.json?\n"
        assert refused("report.json") == f"{takes}'report.json'\n{hint}"
        assert refused("report.json=json") == f"{takes}'report.json'\n{hint}"


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("report.json", "json=report.json"),
        ("out/report.xml", "junit=out/report.xml"),
        ("r.sarif", "sarif=r.sarif"),
        ("r.sarif.json", "sarif=r.sarif.json"),
        ("r.csv", "csv=r.csv"),
        ("r.svg", "text=r.svg"),
        ("./results", "text=./results"),
        ("C:\\out\\r.json", "'json=C:\\out\\r.json'"),
        ("my report.json", "'json=my report.json'"),
        ("report.json=json", "json=report.json"),
    ],
)
def test_a_path_without_a_format_gets_a_hint(value: str, meant: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_outputs([value])
    assert refused.value.advice == f"Did you mean -o {meant}?"


@pytest.mark.parametrize("value", ["yaml", "", "=x", "yaml=r.json", "-"])
def test_what_is_no_path_gets_none(value: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_outputs([value])
    assert refused.value.advice == ""


def test_a_mistyped_format_is_named_and_nothing_else() -> None:
    with pytest.raises(UsageError) as refused:
        parse_outputs(["jsn=report.json"])
    assert str(refused.value) == f"-o takes {', '.join(FORMATS)}, got 'jsn' (did you mean 'json'?)"


@pytest.mark.parametrize("values", [("s.json",), ("json=s.json",), ("a=b.json",), ("json=s.json", "t.json", "json")])
def test_fetch_takes_a_path_with_and_without_a_format(values: tuple[str, ...], folder: Path, capfd: Capture) -> None:
    words = [word for value in values for word in ("-o", value)]
    ended = here(capfd, "fetch", "--sandbox", "--days", "1", "--now", NOW, *words)
    assert ended.code == 0
    names = {value.removeprefix("json=") for value in values} - {"json"}
    assert {path.name for path in folder.iterdir()} == names
    assert {line.partition(":")[0] for line in ended.err.splitlines()} == names
    written = [path.read_bytes() for path in folder.iterdir()]
    for data in [*written, *([ended.out] if "json" in values else [])]:
        assert json.loads(data)["kind"] == "Snapshot"
    assert ("json" in values) is bool(ended.out)


def test_fetch_refuses_formats_that_a_snapshot_does_not_have(folder: Path, capfd: Capture) -> None:
    for value in ("text", "sarif=s.json"):
        ended = here(capfd, "fetch", "--sandbox", "--now", NOW, "-o", value)
        assert (ended.code, ended.err.partition(", got")[0]) == (2, "scoregate: -o takes json")
    assert list(folder.iterdir()) == []


def test_plan_writes_its_file_beside_its_answer(folder: Path, capfd: Capture) -> None:
    body = "controls: [{id: mfa, control: AdminMFAV2, profile: {state: ThirdParty}}]"
    arguments = ("-p", policy(folder, body), "--snapshot", snapshot(folder), "--now", NOW)
    ended = here(capfd, "plan", *arguments, "--out", "plan.json", "-o", "markdown=plan.md")
    assert (ended.code, ended.out) in {(0, b""), (3, b"")}, ended.err
    assert json.loads((folder / "plan.json").read_bytes())["kind"] == "Plan"
    assert (folder / "plan.md").exists()
