"""Applies a plan, one change at a time: read, compare, note, write, read back, note.

A change is written only while its *before* still holds. What was sent is never sent again before the profile was read
anew, so that an answer that got lost costs nothing but time.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from checker.errors import JudgementError, SignInError
from checker.remediation.journal import Ended, Intent, Journal, JournalFile, Outcome, Result, Resumed, stamp
from checker.remediation.plan import Change, Plan, RecordedState
from checker.remediation.staleness import fields, is_in_place, is_ours, is_still
from checker.remediation.writer import Clock, ProfileWriter, WriteDelayedError, WriteRefusedError

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 30.0
_READ_BACK_EVERY = 1.0


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long things may take, in seconds.

    Attributes:
        visible: until a state that was written is read back.
        change: of one change, with all waits that the service asks for.
    """

    visible: float = 20.0
    change: float = 120.0


class ChangeResult(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What came of one change."""

    control: str
    result: Result
    message: str
    before: str
    after: str
    requirement: str


class Applied(msgspec.Struct, frozen=True):
    """What came of a plan: each change, in the order in which they were made."""

    results: tuple[ChangeResult, ...]

    def counts(self) -> dict[str, int]:
        """Changes by result; every result is a key."""
        found = Counter(result.result for result in self.results)
        return {name: found[name] for name in ("applied", "alreadyInPlace", "stale", "failed")}

    @property
    def is_complete(self) -> bool:
        """Whether every change is in place."""
        counts = self.counts()
        return not counts["stale"] and not counts["failed"]


class Applier:
    """One run over the changes of a plan."""

    def __init__(
        self,
        writer: ProfileWriter,
        journal: JournalFile,
        clock: Clock,
        patience: Patience,
        tell: Callable[[ChangeResult], None] = lambda _: None,
    ) -> None:
        """Prepares; nothing is sent yet.

        Args:
            writer: the tenant's profiles.
            journal: open for appending.
            clock: time.
            patience: how long things may take.
            tell: is told of each result as it comes.
        """
        self._writer = writer
        self._journal = journal
        self._clock = clock
        self._patience = patience
        self._tell = tell

    async def apply(self, plan: Plan) -> Applied:
        """Makes every change of the plan that still fits; the journal has begun with it.

        Raises:
            OutputError: the journal can't be written; nothing was sent after that.
            SignInError: there is no token any more; what was not done yet can be resumed.
        """
        return await self._run(plan.changes, {})

    async def resume(self, plan: Plan, earlier: Journal) -> Applied:
        """Goes on where an earlier run ended: what is settled stays so, what failed or is open is looked at anew."""
        self._journal.append(Resumed(at=self._now()))
        return await self._run(plan.changes, {change.control: earlier for change in plan.changes})

    async def _run(self, changes: Sequence[Change], earlier: dict[str, Journal]) -> Applied:
        results = []
        for change in changes:
            history = earlier.get(change.control)
            settled = history.outcomes.get(change.control) if history is not None else None
            if settled is not None and settled.result != "failed":
                results.append(_result(change, settled))
                continue
            is_open = history is not None and history.is_open(change.control)
            outcome = await self._change(change, is_open=is_open)
            self._journal.append(outcome)
            results.append(_result(change, outcome))
            self._tell(results[-1])
        applied = Applied(tuple(results))
        self._journal.append(Ended(at=self._now(), counts=applied.counts()))
        return applied

    async def _change(self, change: Change, *, is_open: bool) -> Outcome:
        """One change from reading to reading back.

        Args:
            change: what is to be done.
            is_open: something was sent by an earlier run, and nobody knows what came of it.
        """
        ends = self._clock.ticks() + self._patience.change
        wait = _FIRST_WAIT
        sent = is_open
        last = "it was not found in place"
        while True:
            try:
                present = await self._look(change, patient=sent)
            except SignInError:
                raise
            except JudgementError as fault:
                return self._outcome(change, "failed", f"could not be read: {fault.message}", certain=not sent)
            settled = self._settled(change, present, sent=sent)
            if settled is not None:
                return settled
            assert present is not None
            if self._clock.ticks() > ends:
                return self._outcome(change, "failed", f"gave up: {last}", certain=not sent)
            sending = fields(change)
            self._journal.append(Intent(at=self._now(), control=change.control, before=present, send=sending))
            try:
                await self._writer.write(change.control, sending)
            except WriteRefusedError as fault:
                # Of what was sent before, nobody knows.
                return self._outcome(change, "failed", fault.message, certain=not sent)
            except WriteDelayedError as fault:
                last = fault.message
                sent = sent or not fault.certain
                pause = fault.wait if fault.wait is not None else wait
                if self._clock.ticks() + pause > ends:
                    return await self._given_up(change, last, sent=sent)
                await self._clock.sleep(pause)
                wait = min(2 * wait, _LONGEST_WAIT)
                continue
            return await self._read_back(change)

    async def _given_up(self, change: Change, last: str, *, sent: bool) -> Outcome:
        """The end of the patience; what was sent may have come through all the same."""
        if sent:
            with contextlib.suppress(JudgementError):
                settled = self._settled(change, await self._look(change, patient=False), sent=True)
                if settled is not None:
                    return settled
        return self._outcome(change, "failed", f"gave up: {last}", certain=not sent)

    def _settled(self, change: Change, present: RecordedState | None, *, sent: bool) -> Outcome | None:
        """What is known without sending anything, or None where the change is still to be made."""
        if present is None:
            return self._outcome(change, "stale", "the tenant has no such profile any more")
        if sent and is_ours(change, present):
            return self._outcome(change, "applied", _set(change), visible=True)
        if is_in_place(change.after, present):
            return self._outcome(change, "alreadyInPlace", f"is {present.state} already{_who(present)}")
        if not is_still(change.before, present):
            message = f"is {_described(present)}{_who(present)} by now, and was {_described(change.before)}"
            return self._outcome(change, "stale", message)
        return None

    async def _look(self, change: Change, *, patient: bool) -> RecordedState | None:
        """The present state; where something was sent already, until it shows or the patience ends."""
        ends = self._clock.ticks() + self._patience.visible
        while True:
            present = await self._writer.read(change.control)
            if not patient or present is None or is_in_place(change.after, present):
                return present
            if not is_still(change.before, present) or self._clock.ticks() + _READ_BACK_EVERY > ends:
                return present
            await self._clock.sleep(_READ_BACK_EVERY)

    async def _read_back(self, change: Change) -> Outcome:
        """The service has accepted the change; whether it shows is another matter."""
        try:
            present = await self._look(change, patient=True)
        except JudgementError as fault:
            text = f"{_set(change)}; it could not be read back: {fault.message}"
            return self._outcome(change, "applied", text, visible=False)
        if present is not None and is_in_place(change.after, present):
            return self._outcome(change, "applied", _set(change), visible=True)
        if present is not None and is_still(change.before, present):
            return self._outcome(change, "applied", f"{_set(change)}; accepted, not yet visible", visible=False)
        reads = f"is {_described(present)}{_who(present)}" if present is not None else "gone"
        # Somebody was faster, or the service makes something else of it; as it should be it is not.
        return self._outcome(change, "failed", f"{_set(change)}; accepted, and {reads} by now", certain=False)

    def _outcome(
        self, change: Change, result: Result, message: str, *, visible: bool | None = None, certain: bool = True
    ) -> Outcome:
        return Outcome(
            at=self._now(), control=change.control, result=result, message=message, visible=visible, certain=certain
        )

    def _now(self) -> str:
        return stamp(self._clock.now())


def _result(change: Change, outcome: Outcome) -> ChangeResult:
    return ChangeResult(
        control=change.control,
        result=outcome.result,
        message=outcome.message,
        before=change.before.state,
        after=change.after.state,
        requirement=change.requirement,
    )


def _set(change: Change) -> str:
    return f"set from {change.before.state} to {change.after.state}"


def _described(state: RecordedState) -> str:
    parts = [state.state]
    if state.assigned_to:
        parts.append(f"assigned to {state.assigned_to}")
    if state.comment:
        parts.append(f"commented {state.comment[:100]!r}")
    return ", ".join(parts)


def _who(state: RecordedState) -> str:
    by = f" by {state.updated_by}" if state.updated_by else ""
    at = f" on {state.updated_date_time[:19]}" if state.updated_date_time else ""
    return by + at
