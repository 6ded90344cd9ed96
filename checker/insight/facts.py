"""A control as an answer shows it: a value where it is known under every reading, else unknown."""

import msgspec

from checker.tenant.completeness import readings_of
from checker.tenant.control import Control
from checker.tenant.numbers import TOLERANCE
from checker.tenant.ranges import points_range
from checker.tenant.tenant import Tenant

UNKNOWN = "unknown"
COMPLETED = "Completed"


class ControlFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a control.

    Attributes:
        points, maximum, percent: None where it is not scored, or where the data leaves it open.
        points_left: points that can still be earned; None where that is open.
        state: Graph's word, or ``unknown``.
        status: the portal's word: Completed for a control that is observed in full; ``unknown`` where that is open.
    """

    points: float | None
    maximum: float | None
    percent: float | None
    points_left: float | None
    state: str
    status: str


def facts_of(control: Control, tenant: Tenant) -> ControlFacts:
    """What is known of a control of the tenant."""
    members = tenant.open_members(control)
    readings = readings_of(control, members)
    exact = points_range(control, members).is_exact
    state_is_known = tenant.state_doubt(control) is None
    return ControlFacts(
        points=control.points if exact else None,
        maximum=control.maximum,
        percent=_same([reading.percent for reading in readings]),
        points_left=_points_left(control, readings, tenant),
        state=control.state.name if state_is_known else UNKNOWN,
        status=_same_word({_status(reading) for reading in readings}),
    )


def _points_left(control: Control, readings: list[Control], tenant: Tenant) -> float | None:
    if not control.is_scored:
        # Without a day, or where the newest one leaves controls out, it may be scored after all.
        return 0.0 if tenant.newest is not None and tenant.left_out is None else None
    done = all(reading.state.is_declared or reading.is_retired for reading in readings)
    # A maximum that a rounded percentage implies is nobody's word.
    has_maximum = control.profile is not None or tenant.assumes_default_states
    if (control.maximum is None or not has_maximum) and not done:
        return None
    return _same([reading.points_left for reading in readings])


def _same(values: list[float | None]) -> float | None:
    """The one value of all readings; None where they differ."""
    known = [value for value in values if value is not None]
    if len(known) < len(values) or max(known) - min(known) > TOLERANCE:
        return None
    return values[0]


def _same_word(words: set[str]) -> str:
    return words.pop() if len(words) == 1 else UNKNOWN


def _status(control: Control) -> str:
    if control.is_completed:
        return COMPLETED
    meaning = control.state.meaning
    return meaning.portal_word or control.state.name
