"""Applies a plan, one change at a time: read, compare, note, write, read back, note.

A change is written only while its *before* still holds. What was sent is never sent again before the profile was read
anew, so that an answer that got lost costs nothing but time.
"""

import contextlib
from collections.abc import Callable, Mapping

import msgspec

from checker.errors import JudgementError
from checker.remediation.decide import decide, may_still_appear, outcome_of, state_text, transition
from checker.remediation.drift import fields_to_send, is_as_written, is_in_place, is_unchanged
from checker.remediation.journal import (
    Applied,
    ChangeResult,
    Ended,
    Intent,
    Journal,
    Outcome,
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
    """How long things may take, in seconds.

    Attributes:
        visible: until a state that was written is read back.
        change: of one change, with all waits that the service asks for.
    """

    visible: float = 20.0
    change: float = 120.0


async def preview(plan: Plan, writer: ProfileWriter, clock: Clock, earlier: Journal | None) -> dict[str, Outcome]:
    """By control, what is known of the changes without sending anything; those still to be made are not in it.

    Args:
        plan: what is to be done.
        writer: the tenant's profiles.
        clock: time.
        earlier: what an earlier run has done of it.

    Raises:
        JudgementError: the profiles can't be read.
    """
    known: dict[str, Outcome] = {}
    for change in plan.changes:
        outcome = earlier.final_outcome(change.control) if earlier is not None else None
        if outcome is None:
            sent_from = earlier.unconfirmed_before(change.control) if earlier is not None else None
            outcome = await _seen(change, writer, clock, sent_from)
        if outcome is not None:
            known[change.control] = outcome
    return known


async def _seen(change: Change, writer: ProfileWriter, clock: Clock, sent_from: RecordedState | None) -> Outcome | None:
    try:
        present = await writer.read(change.control)
    except UnreadableError as fault:
        return outcome_of(
            change, "failed", f"could not be read: {fault.message}", clock.now(), certain=sent_from is None
        )
    if present is not None and may_still_appear(change, present, clock.now()):
        return None
    return decide(change, present, clock.now(), sent_from)


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
            journal: open for appending; it has begun with the plan.
            clock: time.
            patience: how long things may take.
            tell: is told of each result as it comes.
        """
        self._writer = writer
        self._journal = journal
        self._clock = clock
        self._patience = patience
        self._tell = tell
        self._quiet_until = clock.ticks()

    async def apply(self, plan: Plan, known: Mapping[str, Outcome], earlier: Journal | None = None) -> Applied:
        """Makes every change of the plan that still fits.

        Args:
            plan: what is to be done.
            known: outcomes of a preview; what was shown to be left out is left out.
            earlier: what the journal says so far. What is settled stays so, what failed or is open is looked at anew.

        Raises:
            OutputError: the journal can't be written; nothing was sent after that.
            JudgementError: the service can't be reached, or takes no token any more; the rest can be resumed.
        """
        if earlier is not None:
            self._journal.append(Resumed(at=timestamp(self._clock.now())))
        results = []
        for change in plan.changes:
            outcome = earlier.final_outcome(change.control) if earlier is not None else None
            if outcome is None:
                sent_from = earlier.unconfirmed_before(change.control) if earlier is not None else None
                outcome = known.get(change.control) or await self._change(change, sent_from)
                self._journal.append(outcome)
                self._tell(change_result(change, outcome))
            results.append(change_result(change, outcome))
        applied = Applied(tuple(results))
        self._journal.append(Ended(at=timestamp(self._clock.now()), counts=applied.counts()))
        return applied

    async def _change(self, change: Change, sent_from: RecordedState | None) -> Outcome:
        """One change from reading to reading back.

        Args:
            change: what is to be done.
            sent_from: what was seen before something was sent of which nobody knows what came of it; else None.
        """
        ends = self._clock.ticks() + self._patience.change
        wait = _FIRST_WAIT
        last = "the service asks to wait"
        while True:
            try:
                present = await self._look(change, sent=sent_from is not None)
            except UnreadableError as fault:
                return self._failed(change, f"could not be read: {fault.message}", certain=sent_from is None)
            sent = sent_from is not None
            outcome = decide(change, present, self._clock.now(), sent_from)
            if outcome is not None:
                return outcome
            assert present is not None
            if max(self._clock.ticks(), self._quiet_until) > ends:
                return self._failed(change, f"gave up: {last}", certain=not sent)
            if self._quiet_until > self._clock.ticks():
                # Another change was told to wait, and the wait is for the whole tenant.
                await self._clock.sleep(self._quiet_until - self._clock.ticks())
                continue
            try:
                await self._send(change, present, sent=sent)
            except WriteRefusedError as fault:
                # Of what was sent before, nobody knows.
                return self._failed(change, fault.message, certain=not sent)
            except WriteDelayedError as fault:
                last = fault.message
                sent_from = sent_from or (None if fault.certain else present)
                pause = fault.wait if fault.wait is not None else wait
                if fault.wait is not None:
                    self._quiet_until = self._clock.ticks() + fault.wait
                if self._clock.ticks() + pause > ends:
                    return await self._given_up(change, last, sent_from)
                await self._clock.sleep(pause)
                wait = min(2 * wait, _LONGEST_WAIT)
                continue
            return await self._read_back(change)

    async def _send(self, change: Change, present: RecordedState, *, sent: bool) -> None:
        sending = fields_to_send(change)
        intent = Intent(at=timestamp(self._clock.now()), control=change.control, before=present, send=sending)
        self._journal.append(intent)
        try:
            await self._writer.write(change.control, sending)
        except JudgementError as fault:
            # Without a token nothing was done now, and nothing more can be; of what was sent before, nobody knows.
            self._journal.append(self._failed(change, fault.message, certain=not sent))
            raise

    async def _given_up(self, change: Change, last: str, sent_from: RecordedState | None) -> Outcome:
        """The end of the patience; what was sent may have come through all the same."""
        if sent_from is not None:
            with contextlib.suppress(JudgementError, UnreadableError):
                present = await self._writer.read(change.control)
                outcome = decide(change, present, self._clock.now(), sent_from)
                if outcome is not None:
                    return outcome
        return self._failed(change, f"gave up: {last}", certain=sent_from is None)

    async def _look(self, change: Change, *, sent: bool) -> RecordedState | None:
        """The present state; while something that was sent doesn't show, until it does or the patience ends."""
        ends = self._clock.ticks() + self._patience.visible
        while True:
            present = await self._writer.read(change.control)
            if present is None or self._clock.ticks() + _READ_BACK_EVERY > ends:
                return present
            is_ours_missing = sent and is_unchanged(change.before, present) and not is_in_place(change.after, present)
            if not is_ours_missing and not may_still_appear(change, present, self._clock.now()):
                return present
            await self._clock.sleep(_READ_BACK_EVERY)

    async def _read_back(self, change: Change) -> Outcome:
        """The service has accepted the change; whether it shows is another matter."""
        done = transition(change)
        try:
            present = await self._look(change, sent=True)
        except (JudgementError, UnreadableError) as fault:
            text = f"{done}; it could not be read back: {fault.message}"
            return outcome_of(change, "applied", text, self._clock.now(), visible=False)
        if present is not None and is_in_place(change.after, present):
            # With other words it is somebody else's entry by now, which a rollback leaves alone.
            after = present if is_as_written(change, present) else None
            return outcome_of(change, "applied", done, self._clock.now(), visible=True, after=after)
        if present is not None and is_unchanged(change.before, present):
            text = f"{done}; accepted, not yet visible"
            return outcome_of(change, "applied", text, self._clock.now(), visible=False)
        reads = f"is {state_text(present)}" if present is not None else "gone"
        # Somebody was faster, or the service makes something else of it; as it should be it is not.
        return self._failed(change, f"{done}; accepted, and {reads} by now", certain=False)

    def _failed(self, change: Change, message: str, *, certain: bool) -> Outcome:
        return outcome_of(change, "failed", message, self._clock.now(), certain=certain)
