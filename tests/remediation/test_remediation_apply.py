"""Apply against a service that is late, busy or out of reach, on a clock that a test turns."""

import asyncio
import datetime
import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from builders import NOW
from plan_builders import change, plan, recorded

from checker.errors import GraphError, JudgementError
from checker.remediation.apply import Applier, Patience
from checker.remediation.journal import Applied, Begun, Journal, timestamp
from checker.remediation.journal_file import create_journal, read_journal, reopen_journal
from checker.remediation.plan import Plan, RecordedState
from checker.remediation.preview import preview
from checker.remediation.rollback import rollback_plan
from checker.remediation.writer import UnreadableError, WriteDelayedError, WriteRefusedError


class Hand:
    """A clock that stands still but for sleeps."""

    def __init__(self, moment: datetime.datetime = NOW) -> None:
        self._begun = moment
        self._passed = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime.datetime:
        return self._begun + datetime.timedelta(seconds=self._passed)

    def ticks(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._passed += seconds


class Service:
    """Profiles in memory, whose writes show after a while, and which fails as it is told to."""

    def __init__(self, clock: Hand, *, shows_after: float = 0.0) -> None:
        self._clock = clock
        self._shows_after = shows_after
        self.held: dict[str, RecordedState] = {name: recorded() for name in "ABC"}
        self._to_come: list[tuple[float, str, RecordedState]] = []
        self.failures: list[Exception] = []
        self.unreadable: dict[str, Exception] = {}
        self.acts_before_failing = False
        self.tried: list[str] = []

    async def read(self, control: str) -> RecordedState | None:
        if control in self.unreadable:
            raise self.unreadable[control]
        for due, name, state in self._to_come:
            if due <= self._clock.ticks():
                self.held[name] = state
        self._to_come = [entry for entry in self._to_come if entry[0] > self._clock.ticks()]
        return self.held.get(control)

    async def write(self, control: str, fields: Mapping[str, str]) -> None:
        self.tried.append(control)
        fault = self.failures.pop(0) if self.failures else None
        if fault is None or self.acts_before_failing:
            # The service trims what it is sent.
            state = recorded(fields["state"], fields.get("assignedTo"), fields.get("comment", "").strip())
            self._to_come.append((self._clock.ticks() + self._shows_after, control, state))
        if fault is not None:
            raise fault


class Bench:
    """A journal beside a service."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "journal.jsonl")

    def apply(
        self, whole: Plan, service: Service, clock: Hand, *, visible: float = 5.0, change: float = 60.0
    ) -> Applied:
        journal = create_journal(
            self.path, Begun(at=timestamp(clock.now()), scoregate="0", plan_sha256="d" * 64, plan=whole)
        )
        try:
            applier = Applier(service, journal, clock, Patience(visible=visible, change=change))
            return asyncio.run(applier.apply(whole, {}))
        finally:
            journal.close()

    def resume(self, service: Service, clock: Hand) -> Applied:
        earlier, journal = self.read(), reopen_journal(self.path)
        try:
            applier = Applier(service, journal, clock, Patience(visible=5.0, change=60.0))
            return asyncio.run(applier.apply(earlier.plan, {}, earlier))
        finally:
            journal.close()

    def read(self) -> Journal:
        return read_journal(self.path)

    def undone(self, clock: Hand) -> Plan:
        return rollback_plan(self.read(), run="undo", moment=clock.now())


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def ends(applied: Applied) -> dict[str, str]:
    return {result.control: result.result for result in applied.results}


THREE = plan(change("A"), change("B"), change("C"))


def test_what_was_read_back_is_what_a_rollback_expects(bench: Bench) -> None:
    clock = Hand()
    service = Service(clock)
    whole = plan(change("A", after=change().after.__class__(state="Ignored", comment="  with blanks around ")))
    assert ends(bench.apply(whole, service, clock)) == {"A": "applied"}
    (undo,) = bench.undone(clock).changes
    assert (undo.before.comment, undo.unseen) == ("with blanks around", None)
    again = Bench(Path(bench.path).parent / "undo")
    Path(again.path).parent.mkdir()
    assert ends(again.apply(bench.undone(clock), service, clock)) == {"A": "applied"}
    assert service.held["A"].state == "Default"


def test_a_rollback_waits_for_what_does_not_show_yet(bench: Bench, tmp_path: Path) -> None:
    clock = Hand()
    service = Service(clock, shows_after=8.0)
    applied = bench.apply(plan(change("A")), service, clock, visible=2.0)
    assert applied.results[0].message.endswith("accepted, not yet visible")
    undo = bench.undone(clock)
    assert undo.changes[0].unseen is not None
    (tmp_path / "undo").mkdir()
    again = Bench(tmp_path / "undo")
    assert ends(again.apply(undo, service, clock, visible=30.0)) == {"A": "applied"}
    assert service.tried == ["A", "A"]


def test_a_rollback_of_what_never_shows_is_uncertain_until_it_can_be_ruled_out(bench: Bench, tmp_path: Path) -> None:
    clock = Hand()
    service = Service(clock, shows_after=1e9)
    bench.apply(plan(change("A")), service, clock, visible=2.0)
    undo = bench.undone(clock)
    assert asyncio.run(preview(undo, service, clock, None)) == {}
    (tmp_path / "undo").mkdir()
    again = Bench(tmp_path / "undo")
    applied = again.apply(undo, service, clock)
    assert ends(applied) == {"A": "uncertain"}
    assert "is not visible yet" in applied.results[0].message
    assert again.read().outcomes["A"].result == "uncertain"
    clock = Hand(NOW + datetime.timedelta(minutes=20))
    service = Service(clock)
    assert ends(again.resume(service, clock)) == {"A": "alreadyInPlace"}
    assert service.tried == []


def test_a_killed_write_is_waited_for_too(bench: Bench) -> None:
    clock = Hand()
    service = Service(clock)
    service.failures = [WriteRefusedError("no")]
    bench.apply(plan(change("A")), service, clock)
    assert bench.undone(clock).changes == ()
    text = Path(bench.path).read_text("utf-8").splitlines()
    Path(bench.path).write_text("\n".join(text[:2]) + "\n", "utf-8")
    (undo,) = bench.undone(clock).changes
    assert undo.unseen is not None
    assert undo.unseen.at == json.loads(text[1])["at"]


@pytest.mark.parametrize("fault", [GraphError("out of reach"), GraphError("no token", status=401)])
def test_a_service_out_of_reach_ends_the_run_and_leaves_the_rest_to_be_resumed(bench: Bench, fault: GraphError) -> None:
    clock = Hand()
    service = Service(clock)
    service.unreadable = {"B": fault}
    with pytest.raises(JudgementError, match=fault.message):
        bench.apply(THREE, service, clock)
    assert service.tried == ["A"]
    service.unreadable = {}
    assert ends(bench.resume(service, clock)) == {"A": "applied", "B": "applied", "C": "applied"}
    assert service.tried == ["A", "B", "C"]


def test_a_token_that_ends_before_a_write_leaves_nothing_uncertain(bench: Bench) -> None:
    clock = Hand()
    service = Service(clock)
    service.failures = [GraphError("no token", status=401)]
    with pytest.raises(GraphError):
        bench.apply(THREE, service, clock)
    assert bench.undone(clock).changes == ()
    assert bench.read().outcomes["A"].result == "failed"


def test_one_profile_that_cannot_be_read_holds_up_no_other(bench: Bench) -> None:
    clock = Hand()
    service = Service(clock)
    service.unreadable = {"B": UnreadableError("odd")}
    applied = bench.apply(THREE, service, clock)
    assert ends(applied) == {"A": "applied", "B": "failed", "C": "applied"}
    assert applied.results[1].message == "could not be read: odd"
    known = asyncio.run(preview(THREE, service, clock, None))
    assert {name: outcome.result for name, outcome in known.items()} == {
        "A": "alreadyInPlace",
        "B": "failed",
        "C": "alreadyInPlace",
    }


def test_a_wait_that_is_too_long_for_one_change_holds_for_the_next(bench: Bench) -> None:
    clock = Hand()
    service = Service(clock)
    service.failures = [WriteDelayedError("busy", wait=100.0, certain=True)]
    applied = bench.apply(THREE, service, clock)
    # Nothing is sent while the service asks for quiet.
    assert ends(applied) == {"A": "failed", "B": "failed", "C": "failed"}
    assert service.tried == ["A"]
    assert applied.results[1].message == "gave up: the service asks to wait"


def test_a_wait_that_the_next_change_can_afford_is_kept(bench: Bench) -> None:
    clock = Hand()
    service = Service(clock)
    service.failures = [WriteDelayedError("busy", wait=61.0, certain=True)]
    clock_first = clock.ticks()
    applied = bench.apply(plan(change("A"), change("B")), service, clock)
    assert ends(applied) == {"A": "failed", "B": "failed"}
    assert clock.ticks() == clock_first
    service.failures = [WriteDelayedError("busy", wait=40.0, certain=True)]
    assert ends(bench.resume(service, Hand(clock.now()))) == {"A": "applied", "B": "applied"}


def test_what_was_shown_to_be_left_out_is_left_out(bench: Bench) -> None:
    clock = Hand()
    service = Service(clock)
    service.held["A"] = recorded("Reviewed", None, "theirs")
    known = asyncio.run(preview(THREE, service, clock, None))
    service.held["A"] = recorded()
    journal = create_journal(
        bench.path, Begun(at=timestamp(clock.now()), scoregate="0", plan_sha256="d" * 64, plan=THREE)
    )
    applier = Applier(service, journal, clock, Patience())
    applied = asyncio.run(applier.apply(THREE, known))
    journal.close()
    assert ends(applied) == {"A": "stale", "B": "applied", "C": "applied"}
    assert bench.read().outcomes["A"].result == "stale"


def test_a_resumed_run_is_previewed_as_far_as_it_came(bench: Bench) -> None:
    clock = Hand()
    service = Service(clock)
    service.failures = [WriteRefusedError("no")]
    bench.apply(THREE, service, clock)
    earlier = bench.read()
    assert [change.control for change in earlier.unfinished.changes] == ["A"]
    assert set(asyncio.run(preview(THREE, service, clock, earlier))) == {"B", "C"}


def dated(state: RecordedState, at: str, by: str = "x") -> RecordedState:
    return msgspec.structs.replace(state, updated_by=by, updated_date_time=at)


def test_a_token_that_ends_after_a_lost_answer_leaves_the_change_open(bench: Bench) -> None:
    clock = Hand()
    service = Service(clock, shows_after=100.0)
    service.acts_before_failing = True
    service.failures = [WriteDelayedError("lost", wait=None, certain=False), GraphError("no token", status=401)]
    with pytest.raises(GraphError):
        bench.apply(plan(change("A")), service, clock, visible=1.0)
    assert bench.read().outcomes["A"].result == "uncertain"
    assert [one.control for one in bench.undone(clock).changes] == ["A"]


def test_what_a_person_set_back_after_a_kill_is_not_set_again(bench: Bench) -> None:
    clock = Hand()
    service = Service(clock)
    service.held["A"] = dated(recorded(), "2026-05-01T00:00:00Z")
    bench.apply(plan(change("A", before=service.held["A"])), service, clock)
    text = Path(bench.path).read_text("utf-8").splitlines()
    Path(bench.path).write_text("\n".join(text[:2]) + "\n", "utf-8")
    service.held["A"] = dated(recorded(), "2026-05-22T10:00:00Z", "person")
    applied = bench.resume(service, clock)
    assert ends(applied) == {"A": "stale"}
    assert "by person" in applied.results[0].message
    assert service.tried == ["A"]


def test_what_is_restored_is_restored_with_its_words(bench: Bench, tmp_path: Path) -> None:
    clock = Hand()
    service = Service(clock)
    service.held["A"] = recorded("Ignored", "a@x", "theirs")
    bench.apply(plan(change("A", before=service.held["A"])), service, clock)
    service.held["A"] = recorded("Ignored", "b@x", "a person's")
    (tmp_path / "undo").mkdir()
    again = Bench(tmp_path / "undo")
    assert ends(again.apply(bench.undone(clock), service, clock)) == {"A": "stale"}
    assert service.held["A"].comment == "a person's"


def test_the_words_of_somebody_else_are_not_taken_for_ours(bench: Bench, tmp_path: Path) -> None:
    clock = Hand()
    service = Service(clock, shows_after=3.0)
    write = service.write

    async def overtaken(control: str, fields: Mapping[str, str]) -> None:
        await write(control, fields)
        service._to_come = [(clock.ticks() + 1.0, control, recorded("ThirdParty", None, "a person's own"))]

    service.write = overtaken  # type: ignore[method-assign]
    assert ends(bench.apply(plan(change("A")), service, clock)) == {"A": "applied"}
    service.write = write  # type: ignore[method-assign]
    (tmp_path / "undo").mkdir()
    again = Bench(tmp_path / "undo")
    assert ends(again.apply(bench.undone(clock), service, clock)) == {"A": "stale"}
