"""What one read of a profile says about a change: it is done, it no longer fits, or it has to be made. Pure."""

import datetime

from checker.presentation.words import counted, set_by
from checker.remediation.drift import (
    has_same_words,
    is_as_written,
    is_behind,
    is_in_place,
    is_same_entry,
    is_unchanged,
)
from checker.remediation.journal import ChangeOutcome, Result, timestamp
from checker.remediation.plan import Change, RecordedState

# How long an accepted write may take to show in reads; far longer than ever observed.
_LONGEST_UNSEEN = datetime.timedelta(minutes=15)
_LONGEST_MESSAGE = 2000


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
    latest = _latest_known(change, unconfirmed)
    if is_behind(latest, present):
        text = f"reads show an older state ({state_text(present)}) than was there before; run this again later"
        return failure(change, text, now, certain=unconfirmed is None)
    if unconfirmed is not None and is_as_written(change, present):
        return applied(change, unconfirmed, present, now)
    if may_still_appear(change, present, now):
        assert change.unseen is not None, "only what nobody has seen may still appear"
        text = f"the state set on {change.unseen.at} is not visible yet, so it can't be undone; run this again later"
        return failure(change, text, now, certain=False)
    return _decide_done(change, present, now, latest) or _decide_unchanged(change, present, now, unconfirmed)


def may_change(
    change: Change, present: RecordedState, now: datetime.datetime, unconfirmed: RecordedState | None
) -> bool:
    """Whether a read a little later may show something else: a write that is under way, or a copy that lags."""
    latest = _latest_known(change, unconfirmed)
    if is_behind(latest, present) or may_still_appear(change, present, now):
        return True
    return unconfirmed is not None and is_unchanged(unconfirmed, present) and not is_as_written(change, present)


def may_still_appear(change: Change, present: RecordedState, now: datetime.datetime) -> bool:
    """Whether the change undoes a write that no read has shown yet, and that may still take effect."""
    unseen = change.unseen
    if unseen is None or not is_as_written(change, present) or not is_same_entry(unseen.before, present):
        return False
    return is_recent(unseen.at, now)


def is_recent(at: str | None, now: datetime.datetime) -> bool:
    """Whether a write that was sent then and accepted may show yet."""
    try:
        return at is not None and now - datetime.datetime.fromisoformat(at) < _LONGEST_UNSEEN
    except (ValueError, TypeError):
        return False


def applied(change: Change, sent_from: RecordedState, present: RecordedState, now: datetime.datetime) -> ChangeOutcome:
    """A change that a read shows in place.

    Args:
        change: that was made.
        sent_from: the state before the write.
        present: what the read shows.
        now: the moment.
    """
    text = transition(change)
    more = (present.updates or 0) - (sent_from.updates or 0) - 1 if sent_from.updates is not None else 0
    if more > 0:
        text += f"; {counted(more, 'other entry', 'other entries')} appeared in its history meanwhile"
    # With other words, or more entries, somebody else wrote as well: a rollback leaves that alone.
    is_ours = is_as_written(change, present) and more <= 0
    return outcome_of(change, "applied", text, now, after=present if is_ours else None)


def _latest_known(change: Change, unconfirmed: RecordedState | None) -> RecordedState:
    """The newest entry of the profile's history that somebody has read."""
    if unconfirmed is not None:
        return unconfirmed
    return change.unseen.before if change.unseen is not None else change.before


def _decide_done(
    change: Change, present: RecordedState, now: datetime.datetime, latest: RecordedState
) -> ChangeOutcome | None:
    """The outcome of a change that is in place already, of a rollback with assignee and comment; else None."""
    is_restore = change.action == "restore"
    if not (is_as_written(change, present) if is_restore else is_in_place(change.after, present)):
        return None
    if is_restore and not is_same_entry(latest, present):
        text = (
            f"was set back to {state_text(present)}: this journal was rolled back before, or somebody did it; "
            "nothing is undone twice"
        )
        return outcome_of(change, "stale", text, now)
    return outcome_of(change, "alreadyInPlace", f"is already {present.state}{_set_by(present)}", now)


def _decide_unchanged(
    change: Change, present: RecordedState, now: datetime.datetime, unconfirmed: RecordedState | None
) -> ChangeOutcome | None:
    """None where the state is still the one that the plan was made from; else the change is stale."""
    if is_unchanged(change.before, present):
        if unconfirmed is None or is_same_entry(unconfirmed, present):
            return None
        # The write took effect, or somebody else was faster; and then somebody set the state back.
        message = f"is {state_text(present)} again: it was set back after this run's write"
    elif has_same_words(change.before, present):
        message = (
            f"is {state_text(present)} again, by a newer entry of its history: somebody changed it since the plan was "
            "made, or the plan was applied and rolled back; make a new plan"
        )
    else:
        message = f"is now {state_text(present)}; the plan expects {state_text(change.before, who=False)}"
    return outcome_of(change, "stale", message, now)


def outcome_of(
    change: Change, result: Result, message: str, now: datetime.datetime, *, after: RecordedState | None = None
) -> ChangeOutcome:
    """The outcome of a change at this moment."""
    text = message[:_LONGEST_MESSAGE]
    return ChangeOutcome(at=timestamp(now), control=change.control, result=result, message=text, after=after)


def failure(
    change: Change, message: str, now: datetime.datetime, *, certain: bool, accepted: bool = False
) -> ChangeOutcome:
    """A change that failed at this moment.

    Args:
        change: the change to make.
        message: why it failed.
        now: the moment.
        certain: whether it is known that the service has changed nothing; else the change is uncertain.
        accepted: whether the service said that it took the last request.
    """
    result: Result = "failed" if certain else "uncertain"
    text = message[:_LONGEST_MESSAGE]
    return ChangeOutcome(
        at=timestamp(now), control=change.control, result=result, message=text, accepted=accepted and not certain
    )


def transition(change: Change) -> str:
    """What a change did, as a clause."""
    return f"set from {change.before.state} to {change.after.state}"


def state_text(state: RecordedState, *, who: bool = True) -> str:
    """A state as a clause: with assignee, comment, and who set it when."""
    parts = [state.state[:100]]
    if state.assigned_to:
        parts.append(f"assigned to {state.assigned_to[:320]}")
    if state.comment:
        parts.append(f"commented {state.comment[:100]!r}")
    return ", ".join(parts) + (_set_by(state) if who else "")


def _set_by(state: RecordedState) -> str:
    return set_by(state.updated_by, state.updated_date_time, precise=True)
