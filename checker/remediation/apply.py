"""Applies a plan, one change at a time: read, compare, log, write, read back, log.

A change is written only while its *before* still holds. A write is never repeated before the profile has been read
again, so a lost answer costs nothing but time.
"""

import contextlib
from collections.abc import Callable, Mapping

import msgspec

from checker.errors import JudgementError
from checker.remediation.decide import decide, failure, may_still_appear, outcome_of, state_text, transition
from checker.remediation.drift import fields_to_send, is_as_written, is_in_place, is_unchanged
from checker.remediation.journal import (
    Applied,
    ChangeOutcome,
    ChangeResult,
    Ended,
    Intent,
    Journal,
    Resumed,
    change_result,
    timestamp,
)
from checker.remediation.journal_file import JournalFile
from checker.remediation.plan import Change, Plan, RecordedState
from checker.remediation.writer import Clock, ProfileWriter, UnreadableError, WriteDelayedError, WriteRefusedError

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 30.0
_READ_BACK_EVERY = 1.0


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Time limits, in seconds.

    Attributes:
        visible: until a written state shows in reads.
        change: for one change, including all waits that the service asks for.
    """

    visible: float = 20.0
    change: float = 120.0


async def preview(plan: Plan, writer: ProfileWriter, clock: Clock, earlier: Journal | None) -> dict[str, ChangeOutcome]:
    """By control, the outcomes that are known without writing; a change that has to be made is not in it.

    Args:
        plan: the changes to make.
        writer: the tenant's profiles.
        clock: time.
        earlier: the journal of an earlier run of the plan, or None.

    Raises:
        JudgementError: the profiles can't be read.
    """
    known: dict[str, ChangeOutcome] = {}
    for change in plan.changes:
        outcome = earlier.final_outcome(change.control) if earlier is not None else None
        if outcome is None:
            unconfirmed = earlier.unconfirmed_before(change.control) if earlier is not None else None
            outcome = await _read_outcome(change, writer, clock, unconfirmed)
        if outcome is not None:
            known[change.control] = outcome
    return known


async def _read_outcome(
    change: Change, writer: ProfileWriter, clock: Clock, unconfirmed: RecordedState | None
) -> ChangeOutcome | None:
    try:
        present = await writer.read(change.control)
    except UnreadableError as fault:
        return failure(change, f"could not be read: {fault.message}", clock.now(), certain=unconfirmed is None)
    if present is not None and may_still_appear(change, present, clock.now()):
        return None
    return decide(change, present, clock.now(), unconfirmed)


class _Attempt(msgspec.Struct, kw_only=True):
    """The progress of one change.

    Attributes:
        change: the change to make.
        ends: when to give up, by the clock's ticks.
        unconfirmed: the state before the first write whose result is unknown; None if there is no such write.
        wait: seconds before the next round, unless the service asks for another time.
        reason: why the change has not been made yet.
    """

    change: Change
    ends: float
    unconfirmed: RecordedState | None
    wait: float = _FIRST_WAIT
    reason: str = "the service asks to wait"

    @property
    def is_certain(self) -> bool:
        """Whether the result of every write so far is known."""
        return self.unconfirmed is None


class Applier:
    """One run over the changes of a plan."""

    def __init__(
        self,
        writer: ProfileWriter,
        journal: JournalFile,
        clock: Clock,
        patience: Patience,
        on_result: Callable[[ChangeResult], None] = lambda _: None,
    ) -> None:
        """Prepares a run; sends nothing yet.

        Args:
            writer: the tenant's profiles.
            journal: open for appending; its first line is written.
            clock: time.
            patience: the time limits.
            on_result: called with each result as soon as it is known.
        """
        self._writer = writer
        self._journal = journal
        self._clock = clock
        self._patience = patience
        self._on_result = on_result
        self._quiet_until = clock.ticks()

    async def apply(self, plan: Plan, known: Mapping[str, ChangeOutcome], earlier: Journal | None = None) -> Applied:
        """Makes every change of the plan that still fits.

        Args:
            plan: the changes to make.
            known: the outcomes of a preview; these changes are left out, as the user was shown.
            earlier: what the journal says so far. Final outcomes stand; a change that failed or is open is read again.

        Raises:
            OutputError: the journal can't be written; nothing was sent after that.
            JudgementError: the service can't be reached, or no longer accepts the token; the rest can be resumed.
        """
        if earlier is not None:
            self._journal.append(Resumed(at=timestamp(self._clock.now())))
        results = []
        for change in plan.changes:
            outcome = earlier.final_outcome(change.control) if earlier is not None else None
            if outcome is None:
                unconfirmed = earlier.unconfirmed_before(change.control) if earlier is not None else None
                outcome = known.get(change.control) or await self._make(change, unconfirmed)
                self._journal.append(outcome)
                self._on_result(change_result(change, outcome))
            results.append(change_result(change, outcome))
        applied = Applied(tuple(results))
        self._journal.append(Ended(at=timestamp(self._clock.now()), counts=applied.counts()))
        return applied

    async def _make(self, change: Change, unconfirmed: RecordedState | None) -> ChangeOutcome:
        """One change from the first read to the last, in rounds that each begin with a read.

        Args:
            change: the change to make.
            unconfirmed: the state before a write whose result is unknown; None if there is no such write.
        """
        ends = self._clock.ticks() + self._patience.change
        attempt = _Attempt(change=change, ends=ends, unconfirmed=unconfirmed)
        while True:
            outcome = await self._round(attempt)
            if outcome is not None:
                return outcome

    async def _round(self, attempt: _Attempt) -> ChangeOutcome | None:
        """Reads, decides, and then waits or writes; None when the next round has to read again."""
        change = attempt.change
        try:
            present = await self._look(change, sent=not attempt.is_certain)
        except UnreadableError as fault:
            return self._failure(change, f"could not be read: {fault.message}", certain=attempt.is_certain)
        outcome = decide(change, present, self._clock.now(), attempt.unconfirmed)
        if outcome is not None:
            return outcome
        assert present is not None, "a missing profile is decided"
        if max(self._clock.ticks(), self._quiet_until) > attempt.ends:
            return self._failure(change, f"gave up: {attempt.reason}", certain=attempt.is_certain)
        if self._quiet_until > self._clock.ticks():
            # The service asked to wait during another change, and that applies to the whole tenant.
            await self._clock.sleep(self._quiet_until - self._clock.ticks())
            return None
        return await self._write(attempt, present)

    async def _write(self, attempt: _Attempt, present: RecordedState) -> ChangeOutcome | None:
        """Sends the change and reads it back; None after a delay that leaves time for another round."""
        try:
            await self._send(attempt.change, present, certain=attempt.is_certain)
        except WriteRefusedError as fault:
            # An earlier write may have taken effect all the same.
            return self._failure(attempt.change, fault.message, certain=attempt.is_certain)
        except WriteDelayedError as fault:
            return await self._delay(attempt, present, fault)
        return await self._read_back(attempt.change)

    async def _delay(self, attempt: _Attempt, present: RecordedState, fault: WriteDelayedError) -> ChangeOutcome | None:
        """Waits twice as long as last time, or as the service asks if that is longer; gives up if there is no time."""
        attempt.reason = fault.message
        if attempt.is_certain and not fault.certain:
            attempt.unconfirmed = present
        pause = max(attempt.wait, fault.wait or 0.0)
        if fault.wait is not None:
            self._quiet_until = self._clock.ticks() + pause
        if self._clock.ticks() + pause > attempt.ends:
            return await self._give_up(attempt)
        await self._clock.sleep(pause)
        attempt.wait = min(2 * attempt.wait, _LONGEST_WAIT)
        return None

    async def _send(self, change: Change, present: RecordedState, *, certain: bool) -> None:
        sending = fields_to_send(change)
        intent = Intent(at=timestamp(self._clock.now()), control=change.control, before=present, send=sending)
        self._journal.append(intent)
        try:
            await self._writer.write(change.control, sending)
        except JudgementError as fault:
            # Without a token this write did nothing, and no other can follow. An earlier one may have taken effect.
            self._journal.append(self._failure(change, fault.message, certain=certain))
            raise

    async def _give_up(self, attempt: _Attempt) -> ChangeOutcome:
        """Reads once more when the time is over, since a write may have taken effect although its answer was lost."""
        if not attempt.is_certain:
            with contextlib.suppress(JudgementError, UnreadableError):
                present = await self._writer.read(attempt.change.control)
                outcome = decide(attempt.change, present, self._clock.now(), attempt.unconfirmed)
                if outcome is not None:
                    return outcome
        return self._failure(attempt.change, f"gave up: {attempt.reason}", certain=attempt.is_certain)

    async def _look(self, change: Change, *, sent: bool) -> RecordedState | None:
        """The present state; after a write, read again until it shows or the time for that is over."""
        ends = self._clock.ticks() + self._patience.visible
        while True:
            present = await self._writer.read(change.control)
            if present is None or self._clock.ticks() + _READ_BACK_EVERY > ends:
                return present
            is_ours_missing = sent and is_unchanged(change.before, present) and not is_in_place(change.after, present)
            if not is_ours_missing and not may_still_appear(change, present, self._clock.now()):
                return present
            await self._clock.sleep(_READ_BACK_EVERY)

    async def _read_back(self, change: Change) -> ChangeOutcome:
        """The outcome of a change that the service has accepted, as far as it shows in reads."""
        done = transition(change)
        try:
            present = await self._look(change, sent=True)
        except (JudgementError, UnreadableError) as fault:
            text = f"{done}; it could not be read back: {fault.message}"
            return outcome_of(change, "applied", text, self._clock.now(), visible=False)
        if present is not None and is_in_place(change.after, present):
            # With another assignee or comment it is somebody else's entry, which a rollback leaves alone.
            after = present if is_as_written(change, present) else None
            return outcome_of(change, "applied", done, self._clock.now(), visible=True, after=after)
        if present is not None and is_unchanged(change.before, present):
            text = f"{done}; accepted, not yet visible"
            return outcome_of(change, "applied", text, self._clock.now(), visible=False)
        reads = f"the state is now {state_text(present)}" if present is not None else "the profile is now gone"
        # Somebody else was faster, or the service stored something else: the change is not in place.
        return self._failure(change, f"{done}; accepted, but {reads}", certain=False)

    def _failure(self, change: Change, message: str, *, certain: bool) -> ChangeOutcome:
        return failure(change, message, self._clock.now(), certain=certain)
