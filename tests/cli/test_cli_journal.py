"""``scoregate journal verify``, and the commands that check the same before they go on."""

import json
from pathlib import Path

import jsonschema
import pytest
from command_line import ROOT, here, says_one_thing
from plan_builders import MADE_AT, change, plan, recorded

from checker.remediation.journal import Begun, ChangeOutcome, Ended, Intent
from checker.remediation.journal_file import create_journal

Capture = pytest.CaptureFixture[str]
SCHEMA = json.loads((ROOT / "schemas" / "journalcheck.schema.json").read_text("utf-8"))


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished journal of two changes, in the working folder."""
    monkeypatch.chdir(tmp_path)
    whole = plan(change("A"), change("B"))
    journal = create_journal("j.jsonl", Begun(at=MADE_AT, scoregate="0", plan_sha256="d" * 64, plan=whole))
    for name in "AB":
        journal.append(Intent(at=MADE_AT, control=name, before=recorded(), send={"state": "ThirdParty"}))
        journal.append(ChangeOutcome(at=MADE_AT, control=name, result="applied", message="m"))
    journal.append(Ended(MADE_AT, {"applied": 2}))
    journal.close()
    return Path("j.jsonl")


def test_a_whole_journal(path: Path, capfd: Capture) -> None:
    ended = here(capfd, "journal", "verify", path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.decode() == (
        "j.jsonl: whole and unchanged\n"
        "  lines       6 lines\n"
        "  tenant      00000000-0000-0000-0000-000000000001\n"
        f"  plan        SHA-256 {'d' * 64}\n"
        "  changes     2: 2 applied\n"
    )


@pytest.mark.parametrize(
    ("cut", "said", "torn"),
    [(1, "its end is missing", False), (2, "its end is missing", False), (5, "its end is missing", False)],
)
def test_a_journal_without_its_last_lines(path: Path, capfd: Capture, cut: int, said: str, torn: bool) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-cut]))
    ended = here(capfd, "journal", "verify", path, "-o", "json")
    document = json.loads(ended.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert (ended.code, document["verdict"], document["torn"]) == (1, "unfinished", torn)
    assert said in here(capfd, "journal", "verify", path).out.decode()


def test_a_torn_last_line_is_what_a_crash_leaves(path: Path, capfd: Capture) -> None:
    path.write_bytes(path.read_bytes()[:-9])
    ended = here(capfd, "journal", "verify", path)
    assert ended.code == 1
    assert "5 lines, and the beginning of another that a crash cut short" in ended.out.decode()


@pytest.mark.parametrize(
    ("number", "change_to", "said"),
    [
        (3, b'"result":"stale"', "j.jsonl:3: was changed after it was written"),
        (3, None, "j.jsonl:3: does not follow line 2: lines were removed, moved or added"),
    ],
)
def test_a_line_that_was_changed_or_removed_is_named_by_every_command(
    path: Path, capfd: Capture, number: int, change_to: bytes | None, said: str
) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    line = lines[number - 1].replace(b'"result":"applied"', change_to) if change_to is not None else b""
    path.write_bytes(b"".join([*lines[: number - 1], line, *lines[number:]]))
    ended = here(capfd, "journal", "verify", path)
    assert ended.code == 1
    assert said in ended.out.decode()
    document = json.loads(here(capfd, "journal", "verify", path, "-o", "json").out)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert (document["verdict"], document["lines"]) == ("broken", 0)
    for command in (("rollback", path, "--yes"), ("apply", "--resume", path, "--yes")):
        ended = here(capfd, *command, "--sandbox")
        assert ended.code == 2
        assert said in ended.err
        assert says_one_thing(ended.err)


@pytest.mark.parametrize("data", [b"", b"x", b"{}\n", b'{"record":"begun","kind":"Journal"}\n'])
def test_what_is_no_journal_of_this_form_is_broken(path: Path, capfd: Capture, data: bytes) -> None:
    path.write_bytes(data)
    ended = here(capfd, "journal", "verify", path)
    assert ended.code == 1
    assert "broken" in ended.out.decode()


def test_a_journal_that_is_not_there_is_a_mistake(path: Path, capfd: Capture) -> None:
    ended = here(capfd, "journal", "verify", "missing.jsonl")
    assert ended.code == 2
    assert "cannot be read: no such file" in ended.err
    assert path.exists()
    assert here(capfd, "journal", "verify", path, "-o", "markdown").code == 2
