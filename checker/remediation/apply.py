"""Applies a plan, one change at a time: read, compare, log, write, read back, log.

A change is written only while its *before* still holds. A write is never repeated before the profile has been read
again, so a lost answer costs nothing but time. A change is applied once a read has shown it, and uncertain until then.
"""

import contextlib
from collections.abc import Callable, Mapping

import msgspec

from checker.errors import JudgementError
from checker.remediation.decide import applied, decide, failure, is_recent, may_change, state_text, transition
from checker.remediation.drift import fields_to_send, is_behind, is_in_place, is_unchanged
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
# Each is a line of the journal, which a service that asks for another try at once would fill.
_MOST_WRITES = 20


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Time limits, in seconds.

    Attributes:
        visible: until a written state shows in reads.
        change: for one change, including all waits that the service asks for.
    """

    visible: float = 20.0
    change: float = 120.0


class _Attempt(msgspec.Struct, kw_only=True):
    """The progress of one change.

    Attributes:
        change: the change to make.
        ends: when to give up, by the clock's ticks.
        unconfirmed: the state before the first write whose result is unknown; None if there is no such write.
        accepted_at: when the write was sent that the service accepted and nobody has seen; None if there is none.
        writes: how many requests were sent.
        wait: seconds before the next round, unless the service asks for another time.
        reason: why the change has not been made yet.
    """

    change: Change
    ends: float
    unconfirmed: RecordedState | None
    accepted_at: str | None
    writes: int = 0
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
        results: list[ChangeResult] = []
        try:
            for change in plan.changes:
                outcome = earlier.final_outcome(change.control) if earlier is not None else None
                if outcome is None:
                    outcome = known.get(change.control) or await self._make(change, earlier)
                    self._journal.append(outcome)
                    self._on_result(change_result(change, outcome))
                results.append(change_result(change, outcome))
        except JudgementError:
            self._end(results)
            raise
        return self._end(results)

    def _end(self, results: list[ChangeResult]) -> Applied:
        """Ends the run in the journal; without that, its last lines may be missing."""
        found = Applied(tuple(results))
        self._journal.append(Ended(at=timestamp(self._clock.now()), counts=found.counts()))
        return found

    async def _make(self, change: Change, earlier: Journal | None) -> ChangeOutcome:
        """One change from the first read to the last, in rounds that each begin with a read.

        Args:
            change: the change to make.
            earlier: what the journal of an earlier run says of it.
        """
        attempt = _Attempt(
            change=change,
            ends=self._clock.ticks() + self._patience.change,
            unconfirmed=earlier.unconfirmed_before(change.control) if earlier is not None else None,
            accepted_at=earlier.accepted_at(change.control) if earlier is not None else None,
        )
        while True:
            outcome = await self._round(attempt)
            if outcome is not None:
                return outcome

    async def _round(self, attempt: _Attempt) -> ChangeOutcome | None:
        """Reads, decides, and then waits or writes; None when the next round has to read again."""
        try:
            present = await self._look(attempt)
        except UnreadableError as fault:
            return self._failure(attempt, f"could not be read: {fault.message}")
        outcome = self._decided(attempt, present)
        if outcome is not None:
            return outcome
        assert present is not None, "a missing profile is decided"
        if is_recent(attempt.accepted_at, self._clock.now()):
            # Sent again, it would be done twice as soon as the first write shows.
            text = f"accepted on {attempt.accepted_at}, not yet visible; continue with --resume later"
            return self._failure(attempt, text)
        if max(self._clock.ticks(), self._quiet_until) > attempt.ends or attempt.writes >= _MOST_WRITES:
            return self._failure(attempt, f"gave up: {attempt.reason}")
        if self._quiet_until > self._clock.ticks():
            # The service asked to wait during another change, and that applies to the whole tenant.
            await self._clock.sleep(self._quiet_until - self._clock.ticks())
            return None
        return await self._write(attempt, present)

    async def _write(self, attempt: _Attempt, present: RecordedState) -> ChangeOutcome | None:
        """Sends the change and reads it back; None after a delay that leaves time for another round."""
        try:
            await self._send(attempt, present)
        except WriteRefusedError as fault:
            if not fault.certain:
                attempt.unconfirmed = attempt.unconfirmed or present
            # An earlier write may have taken effect all the same.
            return await self._refused(attempt, fault.message)
        except WriteDelayedError as fault:
            return await self._delay(attempt, present, fault)
        return await self._read_back(attempt, present)

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

    async def _send(self, attempt: _Attempt, present: RecordedState) -> None:
        change = attempt.change
        sending = fields_to_send(change)
        sent_at = timestamp(self._clock.now())
        self._journal.append(Intent(at=sent_at, control=change.control, before=present, send=sending))
        attempt.writes += 1
        attempt.accepted_at = None
        try:
            await self._writer.write(change.control, sending)
        except JudgementError as fault:
            # Without a token this write did nothing, and no other can follow. An earlier one may have taken effect.
            self._journal.append(self._failure(attempt, fault.message))
            raise
        attempt.accepted_at = sent_at

    async def _refused(self, attempt: _Attempt, message: str) -> ChangeOutcome:
        """A refusal stands, unless a read shows that a write has taken effect nevertheless."""
        if not attempt.is_certain:
            with contextlib.suppress(JudgementError, UnreadableError):
                outcome = self._decided(attempt, await self._look(attempt))
                if outcome is not None:
                    return outcome
        return self._failure(attempt, message)

    async def _give_up(self, attempt: _Attempt) -> ChangeOutcome:
        """Reads once more when the time is over, since a write may have taken effect although its answer was lost."""
        if not attempt.is_certain:
            with contextlib.suppress(JudgementError, UnreadableError):
                present = await self._writer.read(attempt.change.control)
                outcome = self._decided(attempt, present)
                if outcome is not None:
                    return outcome
        return self._failure(attempt, f"gave up: {attempt.reason}")

    async def _look(self, attempt: _Attempt) -> RecordedState | None:
        """The present state; read again while a write may still show, or a copy lags, and there is time for that."""
        change = attempt.change
        ends = self._clock.ticks() + self._patience.visible
        while True:
            present = await self._writer.read(change.control)
            if present is None or self._clock.ticks() + _READ_BACK_EVERY > ends:
                return present
            if not may_change(change, present, self._clock.now(), attempt.unconfirmed):
                return present
            await self._clock.sleep(_READ_BACK_EVERY)

    async def _read_back(self, attempt: _Attempt, sent_from: RecordedState) -> ChangeOutcome:
        """The outcome of a change that the service has accepted: uncertain until a read shows it."""
        change, done = attempt.change, transition(attempt.change)
        before = attempt.unconfirmed = attempt.unconfirmed or sent_from
        # Kept at once, so that a run that is killed from here on is not followed by one that sends again too early.
        self._journal.append(self._failure(attempt, f"{done}; accepted, not yet visible"))
        try:
            present = await self._look(attempt)
        except (JudgementError, UnreadableError) as fault:
            return self._failure(attempt, f"{done}; accepted, but it could not be read back: {fault.message}")
        if present is None:
            return self._failure(attempt, f"{done}; accepted, but the profile is now gone")
        if is_behind(before, present) or is_unchanged(before, present):
            return self._failure(attempt, f"{done}; accepted, not yet visible")
        if is_in_place(change.after, present):
            return applied(change, before, present, self._clock.now())
        # Somebody else was faster, or the service stored something else: the change is not in place.
        return self._failure(attempt, f"{done}; accepted, but the state is now {state_text(present)}")

    def _decided(self, attempt: _Attempt, present: RecordedState | None) -> ChangeOutcome | None:
        outcome = decide(attempt.change, present, self._clock.now(), attempt.unconfirmed)
        if outcome is None or outcome.result != "uncertain":
            return outcome
        return msgspec.structs.replace(outcome, accepted=attempt.accepted_at is not None)

    def _failure(self, attempt: _Attempt, message: str) -> ChangeOutcome:
        is_accepted = attempt.accepted_at is not None
        return failure(attempt.change, message, self._clock.now(), certain=attempt.is_certain, accepted=is_accepted)
