"""How scores follow states that were set: some days later, and only those of the controls that were touched.

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
class Setting:
    """A state that was set.

    Attributes:
        control: the control's id.
        state: as the service spells it.
        day: the UTC day on which it was set.
        maximum: the points that it earns when it is declared.
    """

    control: str
    state: str
    day: datetime.date
    maximum: float


def recalculated(
    days: Sequence[dict[str, Any]], settings: Sequence[Setting], observed: Mapping[str, float], lag_days: int
) -> list[dict[str, Any]]:
    """Give the days with the scores that follow from settings; what none of them touches stays the same object.

    Args:
        days: secureScores, newest first.
        settings: in the order of time.
        observed: points of each control if nobody had declared it, by controlName in lower case.
        lag_days: how many days later a setting shows.
    """
    if not settings:
        return list(days)
    lag = datetime.timedelta(days=lag_days)
    return [_day(day, [setting for setting in settings if setting.day + lag <= day_of(day)], observed) for day in days]


def day_of(day: Mapping[str, Any]) -> datetime.date:
    """Read the date of one of secureScores."""
    return datetime.date.fromisoformat(day["createdDateTime"][:10])


def _day(day: dict[str, Any], settings: Sequence[Setting], observed: Mapping[str, float]) -> dict[str, Any]:
    if not settings:
        return day
    latest = {setting.control.lower(): setting for setting in settings}
    scores = [_control(score, latest.get(score["controlName"].lower()), observed) for score in day["controlScores"]]
    total = round(math.fsum(score["score"] for score in scores), 2)
    return {**day, "currentScore": total, "controlScores": scores}


def _control(score: dict[str, Any], setting: Setting | None, observed: Mapping[str, float]) -> dict[str, Any]:
    if setting is None:
        return score
    points = (
        setting.maximum if setting.state in DECLARED else observed.get(score["controlName"].lower(), score["score"])
    )
    percent = round(100 * points / setting.maximum, 2) if setting.maximum else 0.0
    return {**score, "score": points, "scoreInPercentage": percent}
