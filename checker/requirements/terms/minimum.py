"""Minimums and differences: numbers that a policy sets, each with its unit."""

from typing import Annotated

import msgspec
from msgspec import Meta

from checker.presentation.words import amount
from checker.report.finding import Quantity
from checker.report.outcome import Unit
from checker.requirements.direction import Direction, falling, rising, together

Percent = Annotated[float, Meta(ge=0, le=100, description="0 to 100.")]
Points = Annotated[float, Meta(ge=0, le=1_000_000, description="Points, as Secure Score counts them.")]


class Minimum(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What a control must reach, in percent of its maximum or in points; 100 percent where neither is said."""

    percent: Percent | None = None
    points: Points | None = None
    all_but: Annotated[
        Annotated[int, Meta(ge=1, le=10_000)] | None,
        Meta(description="How many users or devices may be left out; never half of them or more."),
    ] = None

    def __post_init__(self) -> None:
        """Refuses two minimums at once."""
        if self.percent is not None and self.points is not None:
            raise ValueError("expected percent or points, not both")

    @property
    def quantity(self) -> Quantity:
        """The minimum as a number with its unit."""
        if self.points is not None:
            return Quantity(self.points, Unit.POINTS)
        return Quantity(100.0 if self.percent is None else self.percent, Unit.PERCENT)


class ScoreMinimum(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a score must reach, in percent of its maximum or in points: exactly one of them."""

    percent: Percent | None = None
    points: Points | None = None

    def __post_init__(self) -> None:
        """Refuses none and both."""
        if (self.percent is None) == (self.points is None):
            raise ValueError("expected exactly one of percent and points")

    @property
    def quantity(self) -> Quantity:
        """The minimum as a number with its unit."""
        if self.points is not None:
            return Quantity(self.points, Unit.POINTS)
        return Quantity(self.percent or 0.0, Unit.PERCENT)


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """How much a score may lose: in points, or in percentage points; exactly one of them."""

    points: Points | None = None
    percentage_points: Annotated[float, Meta(ge=0, le=100, description="0 to 100.")] | None = None

    def __post_init__(self) -> None:
        """Refuses none and both."""
        if (self.points is None) == (self.percentage_points is None):
            raise ValueError("expected exactly one of points and percentagePoints")

    @property
    def quantity(self) -> Quantity:
        """The limit with its unit."""
        if self.points is not None:
            return Quantity(self.points, Unit.POINTS)
        return Quantity(self.percentage_points or 0.0, Unit.PERCENTAGE_POINTS)


def direction_of_minimum(before: Minimum, after: Minimum) -> Direction:
    """A minimum is tighter the higher it is and the fewer it lets be left out; two units can't be compared."""
    return together(
        (
            direction_of_quantity(before, after),
            falling(lambda minimum: minimum.all_but or 0)(before, after),
        )
    )


def direction_of_quantity(before: Minimum | ScoreMinimum, after: Minimum | ScoreMinimum) -> Direction:
    """A number that must be reached."""
    if before.quantity.unit is not after.quantity.unit:
        return Direction.UNDECIDED
    return rising(lambda minimum: float(minimum.quantity.value))(before, after)


def direction_of_limit(before: Limit, after: Limit) -> Direction:
    """A loss that is still allowed."""
    if before.quantity.unit is not after.quantity.unit:
        return Direction.UNDECIDED
    return falling(lambda limit: float(limit.quantity.value))(before, after)


def zero_minimum(quantity: Quantity) -> str:
    """Why a minimum of zero asks for nothing, as a clause."""
    return f"every score reaches a minimum of {worded(quantity)}"


def worded(quantity: Quantity) -> str:
    """A number with its unit as text, unrounded: ``80 %``, ``12.5 points``, ``3 days``."""
    return amount(quantity.value, quantity.unit.value)
