"""What one read of a profile says about a change: it is done, it no longer fits, or it has to be made. Pure."""

import datetime

from checker.presentation.words import set_by
from checker.remediation.drift import is_as_written, is_in_place, is_unchanged
from checker.remediation.journal import ChangeOutcome, Result, timestamp
from checker.remediation.plan import Change, RecordedState

# How long an accepted write may take to show in reads; far longer than ever observed.
_LONGEST_UNSEEN = datetime.timedelta(minutes=15)


def decide(
    change: Change, present: RecordedState | None, now: datetime.datetime, unconfirmed: RecordedState | None
) -> ChangeOutcome | None:
    """The outcome of a change as far as reading alone decides it; None where the change has to be made.

    Args:
        change: the change to make.
        present: the profile's state; None where there is no such profile.
        now: the moment.
        unconfirmed: the state before a write whose result is unknown; None if there is no such write.
    """
    if present is None:
        return outcome_of(change, "stale", "the tenant no longer has this profile", now)
    if unconfirmed is not None and is_as_written(change, present):
        return outcome_of(change, "applied", transition(change), now, visible=True, after=present)
    if may_still_appear(change, present, now):
        text = f"the state set on {change.unseen_since} is not visible yet, so it can't be undone; run this again later"
        return failure(change, text, now, certain=False)
    if _is_done(change, present):
        return outcome_of(change, "alreadyInPlace", f"is already {present.state}{_set_by(present)}", now)
    message = f"is now {state_text(present)}; the plan expects {state_text(change.before, who=False)}"
    if is_unchanged(change.before, present):
        if unconfirmed is None or present.updated_date_time == unconfirmed.updated_date_time:
            return None
        # The write took effect, or somebody else was faster; and then somebody set the state back.
        message = f"is {state_text(present)} again: it was set back after this run's write"
    return outcome_of(change, "stale", message, now)


def _is_done(change: Change, present: RecordedState) -> bool:
    """Whether nothing is left to do. A rollback restores assignee and comment too."""
    return is_as_written(change, present) if change.action == "restore" else is_in_place(change.after, present)


def may_still_appear(change: Change, present: RecordedState, now: datetime.datetime) -> bool:
    """Whether the change undoes a write that no read has shown yet, and that may still take effect."""
    if change.unseen_since is None or not is_as_written(change, present):
        return False
    try:
        return now - datetime.datetime.fromisoformat(change.unseen_since) < _LONGEST_UNSEEN
    except (ValueError, TypeError):
        return False


def outcome_of(
    change: Change,
    result: Result,
    message: str,
    now: datetime.datetime,
    *,
    visible: bool | None = None,
    after: RecordedState | None = None,
) -> ChangeOutcome:
    """The outcome of a change at this moment."""
    return ChangeOutcome(
        at=timestamp(now), control=change.control, result=result, message=message, visible=visible, after=after
    )


def failure(change: Change, message: str, now: datetime.datetime, *, certain: bool) -> ChangeOutcome:
    """A change that failed at this moment.

    Args:
        change: the change to make.
        message: why it failed.
        now: the moment.
        certain: whether it is known that the service has changed nothing.
    """
    return ChangeOutcome(at=timestamp(now), control=change.control, result="failed", message=message, certain=certain)


def transition(change: Change) -> str:
    """What a change did, as a clause."""
    return f"set from {change.before.state} to {change.after.state}"


def state_text(state: RecordedState, *, who: bool = True) -> str:
    """A state as a clause: with assignee, comment, and who set it when."""
    parts = [state.state]
    if state.assigned_to:
        parts.append(f"assigned to {state.assigned_to}")
    if state.comment:
        parts.append(f"commented {state.comment[:100]!r}")
    return ", ".join(parts) + (_set_by(state) if who else "")


def _set_by(state: RecordedState) -> str:
    return set_by(state.updated_by, state.updated_date_time, precise=True)
