"""How scores follow changes of state: some days later, and only for the controls that were changed.

Source: https://learn.microsoft.com/defender-xdr/microsoft-secure-score-improvement-actions: third party and alternate
mitigation earn the points, an accepted risk doesn't; "24-48 hours for changes to be reflected".
"""

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DECLARED = frozenset({"ThirdParty", "Reviewed"})


@dataclass(frozen=True, slots=True)
class ControlStateChange:
    """A state that was given to a control.

    Attributes:
        control: the control's id.
        state: the state, as the service spells it.
        day: the UTC day of the change.
        maximum: the points that a declared state earns.
    """

    control: str
    state: str
    day: datetime.date
    maximum: float


def recalculated_scores(
    days: Sequence[dict[str, Any]], changes: Sequence[ControlStateChange], observed: Mapping[str, float], lag_days: int
) -> list[dict[str, Any]]:
    """Give the days with the scores that follow from changes of state; a day without any stays the same object.

    Args:
        days: secureScores, newest first.
        changes: the changes, in the order of time.
        observed: the points of each control without declared states, by controlName in lower case.
        lag_days: how many days after a change the scores follow it.
    """
    if not changes:
        return list(days)
    lag = datetime.timedelta(days=lag_days)
    return [_day(day, [change for change in changes if change.day + lag <= day_of(day)], observed) for day in days]


def day_of(day: Mapping[str, Any]) -> datetime.date:
    """Read the date of a secureScore."""
    return datetime.date.fromisoformat(day["createdDateTime"][:10])


def _day(day: dict[str, Any], changes: Sequence[ControlStateChange], observed: Mapping[str, float]) -> dict[str, Any]:
    if not changes:
        return day
    latest = {change.control.lower(): change for change in changes}
    scores = [
        _control_score(score, latest.get(score["controlName"].lower()), observed) for score in day["controlScores"]
    ]
    total = round(math.fsum(score["score"] for score in scores), 2)
    return {**day, "currentScore": total, "controlScores": scores}


def _control_score(
    score: dict[str, Any], change: ControlStateChange | None, observed: Mapping[str, float]
) -> dict[str, Any]:
    if change is None:
        return score
    points = change.maximum if change.state in DECLARED else observed.get(score["controlName"].lower(), score["score"])
    percent = round(100 * points / change.maximum, 2) if change.maximum else 0.0
    return {**score, "score": points, "scoreInPercentage": percent}
