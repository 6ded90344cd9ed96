"""The change of a score between two moments: one computation for every view of it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from checker.snapshot.model import Day
from checker.tenant.numbers import percent_of


class Difference(msgspec.Struct, frozen=True, rename="camel"):
    """A change of the score."""

    points: float
    percentage_points: Annotated[
        float | None, Meta(description="Of 100 × current / maximum; null where a maximum is zero or missing.")
    ]


class ScoreLevel(msgspec.Struct, frozen=True):
    """A score at one moment: points, and percent of its maximum (None where that is zero or missing)."""

    points: float | None
    percent: float | None


def level_on(day: Day) -> ScoreLevel:
    """The tenant's score on a day."""
    return ScoreLevel(day.score.current_score, percent_of(day.score.current_score, day.score.maximum))


def difference(before: ScoreLevel, after: ScoreLevel) -> Difference | None:
    """The change from one moment to another; None where one of them has no score."""
    if before.points is None or after.points is None:
        return None
    share = after.percent - before.percent if after.percent is not None and before.percent is not None else None
    return Difference(after.points - before.points, share)
