"""What would come of a plan as the tenant stands now: read, and nothing written."""

from checker.remediation.decide import decide, failure, may_change
from checker.remediation.journal import ChangeOutcome, Journal
from checker.remediation.plan import Change, Plan
from checker.remediation.writer import Clock, ProfileWriter, UnreadableError


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
            outcome = await _read_outcome(change, writer, clock, earlier)
        if outcome is not None:
            known[change.control] = outcome
    return known


async def _read_outcome(
    change: Change, writer: ProfileWriter, clock: Clock, earlier: Journal | None
) -> ChangeOutcome | None:
    unconfirmed = earlier.unconfirmed_before(change.control) if earlier is not None else None
    accepted = earlier is not None and earlier.accepted_at(change.control) is not None
    try:
        present = await writer.read(change.control)
    except UnreadableError as fault:
        text = f"could not be read: {fault.message}"
        return failure(change, text, clock.now(), certain=unconfirmed is None, accepted=accepted)
    if present is not None and may_change(change, present, clock.now(), unconfirmed):
        return None
    return decide(change, present, clock.now(), unconfirmed)
