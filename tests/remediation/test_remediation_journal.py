"""The journal: what it says after a run that ended anywhere."""

import datetime
import errno
import hashlib
import json
import os
import resource
import stat
from pathlib import Path

import jsonschema
import msgspec
import pytest
from builders import NOW
from command_line import ROOT
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_builders import FILED_PLANS, MADE_AT, RECORDED, change, plan, recorded

from checker.documents import limits
from checker.errors import JournalError, OutputError
from checker.remediation.journal import (
    RESULTS,
    Begun,
    ChangeOutcome,
    Ended,
    Intent,
    Journal,
    Record,
    Result,
    Resumed,
    timestamp,
)
from checker.remediation.journal_file import create_journal, read_journal, reopen_journal
from checker.remediation.plan import Plan, RecordedState

VALIDATOR = jsonschema.Draft202012Validator(json.loads((ROOT / "schemas" / "journal.schema.json").read_text("utf-8")))
PLAN = plan(change("A"), change("B"), change("C"))
DIGEST = "d" * 64


def begun(whole: Plan = PLAN) -> Begun:
    return Begun(at=MADE_AT, scoregate="0.0.0", plan_sha256=DIGEST, plan=whole)


def intent(control: str, before: RecordedState | None = None) -> Intent:
    return Intent(at=MADE_AT, control=control, before=before or recorded(), send={"state": "ThirdParty"})


def outcome(control: str, result: Result = "applied", *, message: str = "m") -> ChangeOutcome:
    return ChangeOutcome(at=MADE_AT, control=control, result=result, message=message)


def write(path: Path, *records: Record, whole: Plan = PLAN) -> bytes:
    """A journal of the records; gives its bytes."""
    path.unlink(missing_ok=True)
    file = create_journal(str(path), begun(whole))
    for record in records:
        file.append(record)
    file.close()
    return path.read_bytes()


def resume(path: Path, *records: Record) -> None:
    """Goes on with a journal as a later run does."""
    file = reopen_journal(str(path))
    file.append(Resumed(at=MADE_AT))
    for record in records:
        file.append(record)
    file.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


ANY_RECORDS = st.lists(
    st.one_of(
        st.builds(Resumed, at=TEXTS),
        st.builds(intent, TEXTS, RECORDED),
        st.builds(outcome, TEXTS, st.sampled_from(RESULTS), message=TEXTS),
        st.builds(Ended, TEXTS, st.dictionaries(st.sampled_from(RESULTS), st.integers(0, 99))),
    ),
    max_size=4,
)


def first_intent(records: list[Record], control: str) -> Intent | None:
    return next((one for one in records if isinstance(one, Intent) and one.control == control), None)


def last_outcome(records: list[Record], control: str) -> ChangeOutcome | None:
    """What is known of a control: its last record, unless that is of something that was sent."""
    about = [one for one in records if isinstance(one, Intent | ChangeOutcome) and one.control == control]
    return about[-1] if about and isinstance(about[-1], ChangeOutcome) else None


@given(whole=FILED_PLANS, records=ANY_RECORDS)
@settings(deadline=None, max_examples=examples(40))
def test_every_line_is_what_the_schema_says_and_is_read_back(
    whole: Plan, records: list[Record], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    lines = write(path, *records, whole=whole).split(b"\n")
    assert lines.pop() == b""
    assert len(lines) == 1 + len(records)
    for line in lines:
        VALIDATOR.validate(json.loads(line))
    found = read_journal(str(path))
    assert found.plan == whole
    for control in {one.control for one in records if isinstance(one, Intent | ChangeOutcome)}:
        assert found.intents.get(control) == first_intent(records, control)
        assert found.outcomes.get(control) == last_outcome(records, control)


def test_a_journal_is_for_its_owner_alone_and_leaves_nothing_beside_it(path: Path) -> None:
    write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_a_journal_that_is_there_is_never_replaced(path: Path) -> None:
    path.write_bytes(b"kept")
    with pytest.raises(OutputError, match="exists already") as raised:
        create_journal(str(path), begun())
    assert "--resume" in raised.value.advice
    assert path.read_bytes() == b"kept"
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_a_link_that_leads_nowhere_is_not_followed(path: Path) -> None:
    path.symlink_to(path.parent / "elsewhere")
    with pytest.raises(OutputError, match="exists already"):
        create_journal(str(path), begun())
    assert not (path.parent / "elsewhere").exists()


@pytest.mark.parametrize("name", ["missing/journal.jsonl", "x" * 300, "a\0b"])
def test_a_journal_that_cannot_be_created_is_refused(name: str, path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot be (created|written)") as raised:
        create_journal(f"{path.parent}/{name}", begun())
    assert raised.value.place.startswith(str(path.parent))
    assert list(path.parent.iterdir()) == []


def test_a_journal_that_is_gone_is_not_gone_on_with(path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be read: no such file"):
        reopen_journal(str(path))
    assert not path.exists()


def test_a_full_disk_is_told(path: Path) -> None:
    size = len(write(path))
    file = reopen_journal(str(path))
    # A limit on the size of files fails the write in its middle, as a full disk does; Python ignores the signal.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, limits[1]))
    try:
        with pytest.raises(OutputError, match="nothing is sent without it") as raised:
            file.append(Resumed(at=MADE_AT))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        file.close()
    assert raised.value.place == str(path)
    assert "--resume" in raised.value.advice


# What it says


def test_a_journal_that_has_just_begun_says_only_what_is_to_be_done(path: Path) -> None:
    write(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert read_journal(str(path)) == Journal(PLAN, DIGEST, digest, False, {}, {}, {})


def test_what_was_first_there_and_what_was_last_known_is_kept(path: Path) -> None:
    first, again = recorded("Ignored", "x", "c"), recorded("Ignored", "x", "changed")
    write(
        path,
        intent("A", first),
        outcome("A", "failed", message="busy"),
        Ended(MADE_AT, {"failed": 1}),
        Resumed(MADE_AT),
        intent("A", again),
        outcome("A"),
        outcome("B", "stale"),
    )
    found = read_journal(str(path))
    assert found.intents["A"].before == first
    assert {name: one.result for name, one in found.outcomes.items()} == {"A": "applied", "B": "stale"}


@pytest.mark.parametrize(
    ("records", "is_open"),
    [
        ([], False),
        ([intent("A")], True),
        ([intent("B")], False),
        ([intent("A"), outcome("A")], False),
        ([intent("A"), outcome("A", "failed")], False),
        ([intent("A"), outcome("A", "uncertain")], True),
        ([outcome("A", "uncertain")], False),
        ([intent("A"), outcome("A", "failed"), Resumed(MADE_AT), intent("A")], True),
        ([intent("A"), outcome("A", "uncertain"), Resumed(MADE_AT), outcome("A")], False),
    ],
)
def test_a_change_is_open_while_something_was_sent_and_nobody_knows_what_came_of_it(
    records: list[Record], is_open: bool, path: Path
) -> None:
    write(path, *records)
    assert (read_journal(str(path)).unconfirmed_before("A") is not None) is is_open


# Cut short

RUN: list[Record] = [intent("A"), outcome("A", message="\u00fc\u6f22\U0001f512"), intent("B", recorded("Ignored"))]
LAST: list[Record] = [outcome("B", message="\u00fc\u6f22\U0001f512"), intent("C"), Ended(MADE_AT, {"applied": 2})]


def what_it_says(path: Path) -> Journal:
    """The journal, whatever its bytes are."""
    return msgspec.structs.replace(read_journal(str(path)), sha256="")


@pytest.mark.parametrize("last", LAST, ids=lambda one: type(one).__name__)
def test_a_last_line_that_is_cut_short_anywhere_speaks_of_nothing(last: Record, path: Path) -> None:
    before = len(write(path, *RUN))
    kept = what_it_says(path)
    whole = write(path, *RUN, last)
    said = what_it_says(path)
    for end in range(before, len(whole)):
        path.write_bytes(whole[:end])
        # A line of which only its end is missing is whole.
        assert what_it_says(path) == (said if end == len(whole) - 1 else kept)


@pytest.mark.parametrize("last", LAST, ids=lambda one: type(one).__name__)
def test_a_run_goes_on_after_a_line_that_is_cut_short_anywhere(last: Record, path: Path) -> None:
    before = len(write(path, *RUN))
    whole = write(path, *RUN, last)
    for end in range(before, len(whole)):
        path.write_bytes(whole[:end])
        path.chmod(0o600)
        resume(path, outcome("B", "stale"), outcome("C", "failed"))
        found = read_journal(str(path))
        assert (found.plan, found.outcomes["B"].result, found.outcomes["C"].result) == (PLAN, "stale", "failed")
        assert found.intents["B"].before.state == "Ignored"
        assert found.outcomes["A"].result == "applied"


def test_a_run_goes_on_after_several_that_were_cut_short(path: Path) -> None:
    whole = write(path, *RUN, outcome("B"))
    path.write_bytes(whole[:-9])
    for _ in range(3):
        resume(path, intent("C"))
        path.write_bytes(path.read_bytes()[:-9])
    assert "C" not in read_journal(str(path)).intents
    resume(path, outcome("C", "stale"))
    assert read_journal(str(path)).outcomes["C"].result == "stale"


def test_a_run_goes_on_after_one_whose_first_line_was_cut_short_anywhere(path: Path) -> None:
    torn = write(path, *RUN, outcome("B"))[:-9]
    path.write_bytes(torn)
    resume(path)
    resumed = path.read_bytes()
    for end in range(len(torn), len(resumed)):
        path.write_bytes(resumed[:end])
        assert read_journal(str(path)).unconfirmed_before("B") is not None
        resume(path, outcome("B", "stale"))
        assert read_journal(str(path)).outcomes["B"].result == "stale"


@pytest.mark.parametrize("rest", [b"\0" * 40, b'{"record":"outcome","at":"\xff', b"\xf0\x9f", b'{"record":"out\0\0'])
def test_what_a_lost_block_leaves_at_the_end_speaks_of_nothing(rest: bytes, path: Path) -> None:
    data = write(path, *RUN)
    kept = what_it_says(path)
    path.write_bytes(data + rest)
    assert what_it_says(path) == kept
    resume(path, outcome("B"))
    assert read_journal(str(path)).outcomes["B"].result == "applied"


# What is added in between


@pytest.mark.parametrize("blank", [b"\n", b"  \n", b"\r\n"])
def test_a_blank_line_is_none_that_scoregate_writes(blank: bytes, path: Path) -> None:
    lines = write(path, *RUN).splitlines(keepends=True)
    for position in range(len(lines) + 1):
        fault = refusal(path, b"".join([*lines[:position], blank, *lines[position:]]))
        assert fault.place == f"{path}:{position + 1}"


# What is not a journal


def refusal(path: Path, data: bytes) -> JournalError:
    path.write_bytes(data)
    with pytest.raises(JournalError) as raised:
        read_journal(str(path))
    assert raised.value.place.startswith(str(path))
    return raised.value


def test_garbage_in_the_middle_is_refused_with_its_line(path: Path) -> None:
    lines = write(path, *RUN).splitlines(keepends=True)
    for garbage in (b"{}\n", b"x\n", lines[1][:-9] + b"\n", b'{"record":"other"}\n', b"\xff\n", b"[" * 100_000 + b"\n"):
        for position in range(1, len(lines)):
            fault = refusal(path, b"".join([*lines[:position], garbage, *lines[position:]]))
            assert fault.place == f"{path}:{position + 1}"


def test_a_line_that_is_lost_in_the_middle_of_another_is_refused(path: Path) -> None:
    data = write(path, *RUN)
    first = data.index(b"\n")
    assert refusal(path, data[: first + 20] + data[first + 40 :]).place == f"{path}:2"


def test_a_first_line_that_is_cut_short_anywhere_is_no_journal(path: Path) -> None:
    whole = write(path).rstrip(b"\n")
    for end in range(0, len(whole), 13):
        assert "is not a journal" in refusal(path, whole[:end]).message


@pytest.mark.parametrize("data", [b"", b"\n\n", b"{}", b"x", b'{"record":"resumed","at":"x"}\n', b"\x1f\x8b\x08"])
def test_what_begins_otherwise_is_no_journal(data: bytes, path: Path) -> None:
    assert "is not a journal" in refusal(path, data).message


def test_a_plan_is_no_journal(path: Path) -> None:
    data = write(path)
    later = data.replace(b'"scoregate/v1","kind":"Journal"', b'"scoregate/v2","kind":"Journal"')
    assert later != data
    assert refusal(path, later).place == f"{path}:1"
    refusal(path, json.dumps(json.loads(data)["plan"]).encode())


def test_a_journal_that_is_not_there_is_refused(path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be read: no such file"):
        read_journal(str(path))


def test_a_journal_too_large_is_refused(path: Path) -> None:
    write(path, *RUN)
    with path.open("r+b") as file:
        file.truncate(limits.JOURNAL_FILE_BYTES + 1)
    with pytest.raises(JournalError, match="is larger than 64 MiB"):
        read_journal(str(path))


@given(data=st.data())
@settings(deadline=None, max_examples=examples(100))
def test_another_byte_anywhere_is_a_journal_or_a_refusal(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.jsonl"
    whole = write(path, *RUN, *LAST)
    position = data.draw(st.integers(0, len(whole) - 1))
    inserted = data.draw(st.binary(max_size=3) | st.sampled_from([b'"', b"}", b"\n", b",", b"\\u0000"]))
    path.write_bytes(whole[:position] + inserted + whole[position + data.draw(st.integers(0, 2)) :])
    found = read_or_refused(path)
    if isinstance(found, JournalError):
        assert found.place.startswith(str(path))
    else:
        assert set(found.outcomes) | set(found.intents)


def read_or_refused(path: Path) -> Journal | JournalError:
    try:
        return read_journal(str(path))
    except JournalError as fault:
        return fault


def test_moments_are_written_in_utc_to_the_microsecond() -> None:
    assert timestamp(NOW) == "2026-05-22T09:00:00.000000Z"
    assert timestamp(NOW.replace(microsecond=7).astimezone(datetime.timezone(datetime.timedelta(hours=-5)))) == (
        "2026-05-22T09:00:00.000007Z"
    )


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP])
def test_a_file_system_without_hard_links_keeps_journals_too(
    path: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: str, target: str, **folders: int) -> None:
        del source, target, folders
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)
    create_journal(str(path), Begun(at=MADE_AT, scoregate="0", plan_sha256=DIGEST, plan=PLAN)).close()
    assert read_journal(str(path)).plan == PLAN
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    with pytest.raises(OutputError, match="exists already"):
        create_journal(str(path), Begun(at=MADE_AT, scoregate="0", plan_sha256=DIGEST, plan=PLAN))


def test_the_plan_in_a_journal_is_checked_as_a_plan_file_is(path: Path) -> None:
    twice = msgspec.structs.replace(PLAN, changes=(*PLAN.changes, *PLAN.changes))
    create_journal(str(path), Begun(at=MADE_AT, scoregate="0", plan_sha256=DIGEST, plan=twice)).close()
    with pytest.raises(JournalError, match="twice") as raised:
        read_journal(str(path))
    assert raised.value.place == f"{path}:1: $.plan.changes[{len(PLAN.changes)}]"


def test_two_journals_in_one_file_are_refused(path: Path) -> None:
    create_journal(str(path), begun()).close()
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(JournalError, match="does not follow line 1"):
        read_journal(str(path))
    path.unlink()
    write(path, begun())
    with pytest.raises(JournalError, match="contains two journals"):
        read_journal(str(path))
