"""A profile's present state in full, as Graph holds it."""

from checker.remediation.plan import WRITABLE, RecordedState
from checker.snapshot.model import SecureScoreControlProfile
from checker.tenant.states import DEFAULT, newest_update


def recorded(profile: SecureScoreControlProfile) -> RecordedState:
    """The newest entry of ``controlStateUpdates``; one without a state is Default, whoever it is assigned to."""
    newest = newest_update(profile)
    if newest is None:
        return RecordedState(state=DEFAULT)
    state = (newest.state or "").strip() or DEFAULT
    return RecordedState(
        state=WRITABLE.get(state.casefold(), state),
        assigned_to=newest.assigned_to,
        comment=newest.comment,
        updated_by=newest.updated_by,
        updated_date_time=newest.updated_date_time,
    )
