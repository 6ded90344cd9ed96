"""Whether a profile is still in the state that a plan expects.

Of the words null equals the empty string; leading and trailing blanks, and the case of a state, are ignored. Which
entry of the state history it is shows in how many there are and in the newest one's time.
"""

from checker.remediation.plan import Change, NewState, RecordedState
from checker.snapshot.moments import parse_moment


def is_unchanged(before: RecordedState, present: RecordedState) -> bool:
    """Whether the present state is the one before: the same words, and as far as is known no newer entry."""
    return has_same_words(before, present) and is_same_entry(before, present)


def has_same_words(one: RecordedState, other: RecordedState) -> bool:
    """Whether state, assignee and comment are equal, whoever set them and when."""
    return (
        _same(one.state, other.state)
        and _text(one.assigned_to) == _text(other.assigned_to)
        and _text(one.comment) == _text(other.comment)
    )


def is_same_entry(before: RecordedState, present: RecordedState) -> bool:
    """Whether nothing shows that the state history has changed; true where nothing is known of it."""
    counted = before.updates is not None and present.updates is not None
    if counted and before.updates != present.updates:
        return False
    old, new = before.updated_date_time, present.updated_date_time
    # An entry without a time is known to have none only where its history was read.
    return _is_same_time(old, new) if counted or (old and new) else True


def is_behind(latest: RecordedState, present: RecordedState) -> bool:
    """Whether the present state is older than one that was read earlier: a copy of the service that lags."""
    if latest.updates is not None and present.updates is not None and latest.updates != present.updates:
        return present.updates < latest.updates
    old, new = parse_moment(latest.updated_date_time), parse_moment(present.updated_date_time)
    return old is not None and new is not None and new < old


def is_in_place(after: NewState, present: RecordedState) -> bool:
    """Whether the state is already the wanted one; assignee and comment are not compared."""
    return _same(after.state, present.state)


def is_as_written(change: Change, present: RecordedState) -> bool:
    """Whether the present state is exactly what the change writes, assignee and comment included."""
    return has_same_words(state_after(change), present)


def state_after(change: Change, updates: int | None = None) -> RecordedState:
    """The state after the change is made, and how many entries the history has then, if that is known."""
    after = change.after
    return RecordedState(
        state=after.state,
        assigned_to=change.before.assigned_to if after.assigned_to is None else after.assigned_to,
        comment=after.comment,
        updates=updates,
    )


def fields_to_send(change: Change) -> dict[str, str]:
    """What has to be sent: the state, and of the other fields only those that differ."""
    found: dict[str, str] = {"state": change.after.state}
    if change.after.assigned_to is not None and _text(change.after.assigned_to) != _text(change.before.assigned_to):
        found["assignedTo"] = change.after.assigned_to
    if _text(change.after.comment) != _text(change.before.comment):
        found["comment"] = change.after.comment
    return found


def _is_same_time(one: str | None, other: str | None) -> bool:
    """Whether two times are one moment; to the second where one of them, as some tools write it, has no fraction."""
    old, new = parse_moment(one), parse_moment(other)
    if old is None or new is None:
        return _text(one) == _text(other)
    if old.microsecond and new.microsecond:
        return old == new
    return old.replace(microsecond=0) == new.replace(microsecond=0)


def _text(text: str | None) -> str:
    return (text or "").strip()


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
