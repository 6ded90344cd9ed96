"""Journal → the plan that undoes it. Pure. What a person has changed since then is stale when the plan is applied."""

import datetime

from checker.remediation.drift import state_after
from checker.remediation.journal import Intent, Journal
from checker.remediation.plan import WRITABLE, Change, Effect, NewState, Plan, PlanSource, RecordedState


def rollback_plan(journal: Journal, *, run: str, moment: datetime.datetime) -> Plan:
    """The changes that restore the states before the journal's run, the last change first.

    A change is undone if it was made, or if a request was sent and its result is unknown. A write that no read has
    shown yet may still take effect, so applying the rollback waits for it.

    Args:
        journal: of the run to undo.
        run: the run that makes the plan.
        moment: when the plan is made.
    """
    changes = []
    for change in reversed(journal.plan.changes):
        intent = journal.intents.get(change.control)
        outcome = journal.outcomes.get(change.control)
        made = outcome is None or outcome.result == "applied" or not outcome.certain
        if intent is not None and made:
            seen = outcome is not None and outcome.visible is True
            after = outcome.after if outcome is not None else None
            since = None if seen else journal.sent_at[change.control]
            changes.append(_undo(change, intent, after or state_after(change), since))
    return Plan(
        tenant=journal.plan.tenant,
        cloud=journal.plan.cloud,
        created_at=moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        run=run,
        source=PlanSource(),
        changes=tuple(changes),
        manual=(),
    )


def _undo(change: Change, intent: Intent, wrote: RecordedState, unseen_since: str | None) -> Change:
    before = intent.before
    return Change(
        control=change.control,
        title=change.title,
        action="restore",
        before=wrote,
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
        unseen_since=unseen_since,
    )


def _opposite(effect: Effect) -> Effect:
    match effect.kind:
        case "earns":
            return Effect(kind="loses", points=effect.points)
        case "loses":
            return Effect(kind="earns", points=effect.points)
        case _:
            return Effect(kind="none")
