"""What nobody has seen is uncertain: writes that don't show, answers that say nothing, copies that lag, storms."""

import datetime
import json
from pathlib import Path

import msgspec
import pytest
from builders import NOW
from plan_builders import change, plan
from test_remediation_apply import Bench, Hand, Service, ends

from checker.documents import limits
from checker.errors import GraphError, OutputError
from checker.remediation.journal import ChangeOutcome
from checker.remediation.plan import Change, RecordedState
from checker.remediation.writer import UnreadableError, WriteDelayedError


def entry(state: str, updates: int, at: str | None = None, comment: str | None = None) -> RecordedState:
    return RecordedState(state=state, comment=comment, updates=updates, updated_date_time=at)


BEFORE = entry("Default", 1)
ONE = change("A", before=BEFORE)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def undo(tmp_path: Path) -> Bench:
    (tmp_path / "undo").mkdir()
    return Bench(tmp_path / "undo")


def holding(clock: Hand, state: RecordedState, **options: float) -> Service:
    service = Service(clock, **options)
    service.held["A"] = state
    return service


# What was accepted and does not show


def test_an_accepted_write_that_does_not_show_is_uncertain_and_is_not_sent_again_until_it_can_be_ruled_out(
    bench: Bench,
) -> None:
    clock = Hand()
    service = holding(clock, BEFORE, shows_after=1e9)
    found = bench.apply(plan(ONE), service, clock)
    assert ends(found) == {"A": "uncertain"}
    assert "accepted, not yet visible" in found.results[0].message
    assert ends(bench.resume(service, clock)) == {"A": "uncertain"}
    assert service.tried == ["A"]
    later = Hand(NOW + datetime.timedelta(minutes=16))
    service = holding(later, BEFORE)
    assert ends(bench.resume(service, later)) == {"A": "applied"}
    assert service.tried == ["A"]


def test_a_resumed_run_finds_what_has_come_to_show(bench: Bench) -> None:
    clock = Hand()
    service = holding(clock, BEFORE, shows_after=60.0)
    assert ends(bench.apply(plan(ONE), service, clock)) == {"A": "uncertain"}
    assert ends(bench.resume(service, Hand(clock.now()))) == {"A": "uncertain"}
    clock._passed += 60.0
    assert ends(bench.resume(service, clock)) == {"A": "applied"}
    assert service.tried == ["A"]


@pytest.mark.parametrize("fault", [UnreadableError("odd"), GraphError("out of reach")])
def test_a_read_back_that_fails_leaves_the_change_uncertain(bench: Bench, fault: Exception) -> None:
    clock = Hand()
    service = holding(clock, BEFORE)
    write = service.write

    async def blinding(control: str, fields: dict[str, str]) -> None:
        await write(control, fields)
        service.unreadable = {"A": fault}

    service.write = blinding  # type: ignore[assignment, method-assign]
    found = bench.apply(plan(ONE), service, clock)
    assert ends(found) == {"A": "uncertain"}
    service.unreadable = {}
    assert ends(bench.resume(service, clock)) == {"A": "applied"}
    assert service.tried == ["A"]


def test_a_run_that_is_killed_in_its_read_back_has_kept_that_the_write_was_accepted(bench: Bench) -> None:
    clock = Hand()
    service = holding(clock, BEFORE, shows_after=1e9)
    bench.apply(plan(ONE), service, clock)
    lines = Path(bench.path).read_bytes().splitlines(keepends=True)
    assert [json.loads(line)["record"] for line in lines] == ["begun", "intent", "outcome", "outcome", "ended"]
    Path(bench.path).write_bytes(b"".join(lines[:3]))
    assert ends(bench.resume(service, clock)) == {"A": "uncertain"}
    assert service.tried == ["A"]


# Copies that lag, and others who write


def test_a_read_that_is_older_than_the_plan_is_waited_for_and_never_believed(bench: Bench) -> None:
    clock = Hand()
    older = entry("ThirdParty", 1, "2026-05-01T00:00:00Z")
    one = change("A", before=entry("Default", 2, "2026-05-02T00:00:00Z"))
    service = holding(clock, older)
    found = bench.apply(plan(one), service, clock)
    # The older state is the wanted one, and not what the tenant has now.
    assert ends(found) == {"A": "failed"}
    assert "older state" in found.results[0].message
    assert service.tried == []
    service.held["A"] = one.before
    assert ends(bench.resume(service, clock)) == {"A": "applied"}


def test_a_rollback_does_not_take_the_copy_from_before_the_apply_for_its_own_work(bench: Bench, undo: Bench) -> None:
    clock = Hand()
    service = holding(clock, BEFORE)
    bench.apply(plan(ONE), service, clock)
    restored = bench.undone(clock).changes[0]
    whole = msgspec.structs.replace(bench.undone(clock), changes=(_seen(restored, 2),))
    service.held["A"] = BEFORE
    assert ends(undo.apply(whole, service, clock)) == {"A": "failed"}
    assert service.tried == ["A"]


def _seen(restored: Change, updates: int) -> Change:
    before = msgspec.structs.replace(restored.before, updates=updates)
    return msgspec.structs.replace(restored, before=before)


@pytest.mark.parametrize(
    ("before", "present"),
    [
        (entry("Default", 1), entry("Default", 3)),
        (entry("Default", 1, "2026-05-01T00:00:00Z"), entry("Default", 1, "2026-05-02T00:00:00Z")),
        (entry("Default", 1), entry("Default", 1, "2026-05-02T00:00:00Z")),
    ],
)
def test_a_newer_entry_with_the_same_words_is_a_change_since(
    bench: Bench, before: RecordedState, present: RecordedState
) -> None:
    clock = Hand()
    service = holding(clock, present)
    found = bench.apply(plan(change("A", before=before)), service, clock)
    assert ends(found) == {"A": "stale"}
    assert "by a newer entry of its history" in found.results[0].message
    assert service.tried == []


@pytest.mark.parametrize(
    "spelled",
    [
        "2026-05-01T00:00:00Z",
        "2026-05-01T00:00:00.0000000Z",
        "2026-05-01T02:00:00+02:00",
        "2026-05-01T00:00:00.628799Z",
    ],
)
def test_one_moment_is_one_entry_however_it_is_spelled(bench: Bench, spelled: str) -> None:
    clock = Hand()
    service = holding(clock, entry("Default", 1, spelled))
    whole = plan(change("A", before=entry("Default", 1, "2026-05-01T00:00:00Z")))
    assert ends(bench.apply(whole, service, clock)) == {"A": "applied"}


def test_where_somebody_wrote_at_the_same_time_a_rollback_leaves_it_alone(bench: Bench, undo: Bench) -> None:
    clock = Hand()
    service = holding(clock, BEFORE)
    write = service.write

    async def beside(control: str, fields: dict[str, str]) -> None:
        await write(control, fields)
        service._to_come = [(0.0, control, entry("ThirdParty", 3, comment="why"))]

    service.write = beside  # type: ignore[assignment, method-assign]
    found = bench.apply(plan(ONE), service, clock)
    assert ends(found) == {"A": "applied"}
    assert "1 other entry appeared in its history" in found.results[0].message
    assert ends(undo.apply(bench.undone(clock), service, clock)) == {"A": "stale"}
    assert service.tried == ["A"]


# Storms


def test_a_service_that_asks_for_another_try_at_once_does_not_fill_the_journal(bench: Bench) -> None:
    clock = Hand()
    service = holding(clock, BEFORE)
    service.failures = [WriteDelayedError("busy", wait=0.0, certain=True) for _ in range(1000)]
    assert ends(bench.apply(plan(ONE), service, clock, change=1e6)) == {"A": "failed"}
    assert len(service.tried) == 20
    assert len(Path(bench.path).read_bytes().splitlines()) == 1 + 20 + 1 + 1


def test_a_journal_never_grows_beyond_what_is_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "JOURNAL_FILE_BYTES", limits.MEBIBYTE + 4000)
    clock = Hand()
    service = holding(clock, BEFORE)
    service.failures = [WriteDelayedError("busy", wait=0.0, certain=True) for _ in range(19)]
    with pytest.raises(OutputError, match="would grow beyond"):
        bench.apply(plan(ONE), service, clock, change=1e6)
    assert 0 < len(service.tried) < 20
    assert Path(bench.path).stat().st_size <= limits.JOURNAL_FILE_BYTES
    assert bench.read().plan.changes == (ONE,)


def test_what_a_journal_could_not_be_read_with_is_not_written(bench: Bench) -> None:
    clock = Hand()
    service = holding(clock, BEFORE)
    long = change("A", title="x" * 32_769, before=BEFORE)
    with pytest.raises(OutputError, match="the journal cannot hold this"):
        bench.apply(plan(long), service, clock)
    assert service.tried == []
    assert not Path(bench.path).exists()


def test_a_message_is_never_too_long_for_a_journal(bench: Bench) -> None:
    clock = Hand()
    service = holding(clock, BEFORE)
    service.unreadable = {"A": UnreadableError("x" * 100_000)}
    assert ends(bench.apply(plan(ONE), service, clock)) == {"A": "failed"}
    assert isinstance(bench.read().outcomes["A"], ChangeOutcome)


# A journal without its last lines


def test_a_rollback_undoes_what_a_journal_without_its_end_does_not_mention(bench: Bench, undo: Bench) -> None:
    clock = Hand()
    service = holding(clock, BEFORE)
    two = plan(ONE, change("B"))
    bench.apply(two, service, clock)
    lines = Path(bench.path).read_bytes().splitlines(keepends=True)
    Path(bench.path).write_bytes(lines[0])
    service.held["B"] = msgspec.structs.replace(service.held["B"], state="Reviewed", comment="a person's")
    assert ends(undo.apply(bench.undone(clock), service, clock)) == {"A": "applied", "B": "stale"}
    assert (service.held["A"].state, service.held["B"].comment) == ("Default", "a person's")
