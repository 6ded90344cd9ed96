"""Journal → the plan that undoes it. Pure. What a person has changed since then is stale when the plan is applied."""

import datetime

from checker.remediation.drift import state_after
from checker.remediation.journal import Journal
from checker.remediation.plan import WRITABLE, Change, Effect, NewState, Plan, PlanSource, RecordedState, UnseenWrite


def rollback_plan(journal: Journal, *, run: str, moment: datetime.datetime) -> Plan:
    """The changes that restore the states before the journal's run, the last change first.

    A change is undone if it was made, or if a request was sent and its result is unknown. A write that no read has
    shown yet may still take effect, so applying the rollback waits for it. Where the journal has no end, its last lines
    may be missing: a change that it does not mention is undone where the tenant shows exactly what the plan writes.

    Args:
        journal: of the run to undo.
        run: the run that makes the plan.
        moment: when the plan is made.
    """
    undone = (_undone(change, journal) for change in reversed(journal.plan.changes))
    return Plan(
        tenant=journal.plan.tenant,
        cloud=journal.plan.cloud,
        created_at=moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        run=run,
        source=PlanSource(journal_sha256=journal.sha256),
        changes=tuple(change for change in undone if change is not None),
        manual=(),
    )


def _undone(change: Change, journal: Journal) -> Change | None:
    """The change back; None where nothing was done."""
    intent = journal.intents.get(change.control)
    outcome = journal.outcomes.get(change.control)
    if intent is None:
        is_missing = outcome is None and not journal.ended
        return _undo(change, change.before, UnseenWrite(at=None, before=change.before)) if is_missing else None
    if outcome is None or outcome.result == "uncertain":
        return _undo(change, intent.before, UnseenWrite(at=journal.sent_at[change.control], before=intent.before))
    if outcome.result != "applied":
        return None
    # Where somebody else wrote too, what is there now has another place in the history, and stays.
    alone = state_after(change, updates=(intent.before.updates or 0) + 1)
    return _undo(change, intent.before, outcome.after or alone)


def _undo(change: Change, before: RecordedState, wrote: RecordedState | UnseenWrite) -> Change:
    """The change back.

    Args:
        change: that was made, or may have been.
        before: what to restore.
        wrote: what the write left; the write itself where nobody has seen it.
    """
    return Change(
        control=change.control,
        title=change.title,
        action="restore",
        before=wrote if isinstance(wrote, RecordedState) else state_after(change),
        after=NewState(
            state=WRITABLE[before.state.casefold()],
            assigned_to=before.assigned_to or "",
            comment=before.comment or "",
        ),
        requirement=change.requirement,
        also_required_by=change.also_required_by,
        location=change.location,
        effect=_opposite(change.effect),
        portal_url=change.portal_url,
        unseen=wrote if isinstance(wrote, UnseenWrite) else None,
    )


def _opposite(effect: Effect) -> Effect:
    match effect.kind:
        case "earns":
            return Effect(kind="loses", points=effect.points)
        case "loses":
            return Effect(kind="earns", points=effect.points)
        case _:
            return Effect(kind="none")
