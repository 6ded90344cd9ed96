"""Whether a profile is still in the state that a plan expects.

Null equals the empty string; leading and trailing blanks, and the case of a state, are ignored.
"""

from checker.remediation.plan import Change, NewState, RecordedState


def is_unchanged(before: RecordedState, present: RecordedState) -> bool:
    """Whether the present state equals the one that the plan was made from; who set it and when is ignored."""
    return (
        _same(before.state, present.state)
        and _text(before.assigned_to) == _text(present.assigned_to)
        and _text(before.comment) == _text(present.comment)
    )


def is_in_place(after: NewState, present: RecordedState) -> bool:
    """Whether the state is already the wanted one; assignee and comment are not compared."""
    return _same(after.state, present.state)


def is_as_written(change: Change, present: RecordedState) -> bool:
    """Whether the present state is exactly what the change writes, assignee and comment included."""
    return is_unchanged(state_after(change), present)


def state_after(change: Change) -> RecordedState:
    """The state after the change is made."""
    after = change.after
    return RecordedState(
        state=after.state,
        assigned_to=change.before.assigned_to if after.assigned_to is None else after.assigned_to,
        comment=after.comment,
    )


def fields_to_send(change: Change) -> dict[str, str]:
    """What has to be sent: the state, and of the other fields only those that differ."""
    found: dict[str, str] = {"state": change.after.state}
    if change.after.assigned_to is not None and _text(change.after.assigned_to) != _text(change.before.assigned_to):
        found["assignedTo"] = change.after.assigned_to
    if _text(change.after.comment) != _text(change.before.comment):
        found["comment"] = change.after.comment
    return found


def _text(text: str | None) -> str:
    return (text or "").strip()


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
