"""Whether what a plan was made from still holds. Null and the empty string are the same; states have no case."""

from checker.remediation.plan import Change, NewState, RecordedState


def is_still(before: RecordedState, present: RecordedState) -> bool:
    """Whether the present state is the one that the plan saw, whoever wrote it when."""
    return (
        _same(before.state, present.state)
        and (before.assigned_to or "") == (present.assigned_to or "")
        and (before.comment or "") == (present.comment or "")
    )


def is_in_place(after: NewState, present: RecordedState) -> bool:
    """Whether the state is the wanted one already; assignee and comment are never judged."""
    return _same(after.state, present.state)


def is_ours(change: Change, present: RecordedState) -> bool:
    """Whether the present state is what the change writes, to the letter."""
    return is_still(expected(change), present)


def expected(change: Change) -> RecordedState:
    """The state as it will be once the change is made."""
    after = change.after
    return RecordedState(
        state=after.state,
        assigned_to=change.before.assigned_to if after.assigned_to is None else after.assigned_to,
        comment=after.comment,
    )


def fields(change: Change) -> dict[str, str]:
    """What has to be sent: the state, and of the rest only what differs, so that nothing else is touched."""
    found: dict[str, str] = {"state": change.after.state}
    if change.after.assigned_to is not None and change.after.assigned_to != (change.before.assigned_to or ""):
        found["assignedTo"] = change.after.assigned_to
    if change.after.comment != (change.before.comment or ""):
        found["comment"] = change.after.comment
    return found


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
