"""Points and sums as far as they are known: the number that the data says, and the range under every reading."""

import math
from collections.abc import Iterable, Sequence

import msgspec

from checker.tenant.completeness import Doubt, OpenMember, readings_of
from checker.tenant.control import Control
from checker.tenant.numbers import TOLERANCE, at_least, percent_of


class Range(msgspec.Struct, frozen=True):
    """A number as far as it is known: at least and at most."""

    least: float
    most: float

    @property
    def is_exact(self) -> bool:
        """Whether nothing is open."""
        return self.most - self.least <= TOLERANCE

    def plus(self, other: "Range") -> "Range":
        """The sum of two."""
        return Range(self.least + other.least, self.most + other.most)

    def minus(self, other: "Range") -> "Range":
        """The difference of two, never below zero."""
        return Range(max(0.0, self.least - other.most), max(0.0, self.most - other.least))


NOTHING = Range(0.0, 0.0)
ANYTHING = Range(0.0, math.inf)


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """Points and maximum of the tenant, a category or a selection.

    Attributes:
        points: as the data says.
        maximum: as the data says; None where it is unknown, zero where there is none.
        range: of the points, under every reading.
        maxima: the smallest and the largest that the maximum may be; None where it is unknown.
        doubts: what is open, the first that counts first.
    """

    points: float
    maximum: float | None
    range: Range
    maxima: Range | None
    doubts: tuple[Doubt, ...] = ()

    @property
    def percent(self) -> float | None:
        """100 × points / maximum, as the data says."""
        return percent_of(self.points, self.maximum)

    @property
    def percents(self) -> Range | None:
        """The percentage under every reading; None where the maximum is unknown or may be zero."""
        if self.maxima is None or self.maxima.least <= 0:
            return None
        return Range(
            min(100.0 * self.range.least / self.maxima.most, 100.0) if self.doubts else self._exact,
            min(100.0 * self.range.most / self.maxima.least, 100.0) if self.doubts else self._exact,
        )

    @property
    def _exact(self) -> float:
        assert self.maximum
        return 100.0 * self.points / self.maximum


def points_range(control: Control, members: Sequence[OpenMember]) -> Range:
    """The control's points under every reading."""
    if not members:
        points = control.points or 0.0
        return Range(points, points)
    found = [reading.points or 0.0 for reading in readings_of(control, members)]
    return Range(min(found), max(found))


def declared_range(control: Control, members: Sequence[OpenMember]) -> Range:
    """The points that somebody declared and nobody observed, under every reading.

    A declared control that is still below its maximum has not been counted yet: its points were observed.
    """
    if not members and not control.state.is_declared:
        return NOTHING
    found: list[float] = []
    for reading in readings_of(control, members):
        points, maximum = reading.points or 0.0, reading.maximum
        if not reading.state.is_declared or points <= 0:
            found.append(0.0)
        elif maximum is None:
            found += [0.0, points]
        else:
            found.append(points if at_least(points, maximum) else 0.0)
    return Range(min(found), max(found))


def summed(ranges: Iterable[Range]) -> Range:
    """The sum of several."""
    least = most = 0.0
    for one in ranges:
        least += one.least
        most += one.most
    return Range(least, most)
