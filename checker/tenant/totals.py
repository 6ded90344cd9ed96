"""The sums of a tenant's newest day: the tenant's own, a category's, a selection's, and the declared points."""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from checker.snapshot.past import ROUNDED
from checker.tenant.completeness import Doubt
from checker.tenant.control import Control
from checker.tenant.numbers import TOLERANCE
from checker.tenant.ranges import ANYTHING, Range, Total, declared_range, points_range, summed
from checker.tenant.tenant import Tenant


class Totals:
    """The sums of a tenant's newest day."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def of_tenant(self, *, observed_only: bool = False) -> Total | None:
        """Microsoft's totals; None where the tenant has no score.

        Args:
            observed_only: without the points that somebody declared.
        """
        newest = self._tenant.newest
        if newest is None:
            return None
        doubts = list(self._tenant.total_doubts)
        points, maximum = newest.score.current_score or 0.0, newest.score.maximum
        known = Range(points, points)
        if observed_only:
            declared = self.declared
            if declared.doubts:
                doubts += declared.doubts
            known = known.minus(declared.range)
            points = max(0.0, points - declared.points)
        if self._tenant.total_doubts or (observed_only and self._tenant.left_out is not None):
            known = ANYTHING if not maximum or maximum < 0 else Range(0.0, max(maximum, 0.0))
        if maximum is None and newest.score.max_score is None:
            maximum = 0.0
        maxima = Range(maximum, maximum) if maximum is not None and maximum >= 0 else None
        return Total(points=points, maximum=maximum, range=known, maxima=maxima, doubts=tuple(doubts))

    @cached_property
    def declared(self) -> Total:
        """The points of the newest day that somebody declared and nobody observed; its maximum is the current score."""
        tenant = self._tenant
        found = [(control, tenant.open_members(control)) for control in tenant.controls]
        ranges = [declared_range(control, members) for control, members in found]
        points = sum(declared_range(control, ()).most for control, _ in found) + 0.0
        doubts = [tenant.left_out] if tenant.left_out is not None else []
        for (_, members), one in zip(found, ranges, strict=True):
            if not one.is_exact:
                doubts += [member.doubt for member in members] or [_UNKNOWN_MAXIMUM]
        whole = tenant.newest.score.current_score if tenant.newest is not None else None
        total = summed(ranges) if tenant.left_out is None else ANYTHING
        maxima = Range(whole, whole) if whole is not None else None
        return Total(points=points, maximum=whole, range=total, maxima=maxima, doubts=tuple(doubts))

    def of(self, controls: Sequence[Control], *, maybe: Sequence[Control] = (), observed_only: bool = False) -> Total:
        """Σ score and Σ maximum of scored controls.

        Args:
            controls: those that are meant.
            maybe: those of which the data leaves open whether they are meant.
            observed_only: without the points that somebody declared.
        """
        ranges = [self._points(control, observed_only=observed_only) for control in controls]
        others = [self._points(control, observed_only=observed_only) for control in maybe]
        doubts = [doubt for control, one in zip(controls, ranges, strict=True) for doubt in self._doubts(control, one)]
        doubts += [may_belong(control) for control in maybe]
        points = sum(self._as_told(control, observed_only=observed_only) for control in controls)
        maximum, maxima, why = self._maxima(controls, maybe)
        doubts += why
        known = summed(ranges).plus(Range(0.0, summed(others).most))
        if self._tenant.left_out is not None:
            doubts.insert(0, self._tenant.left_out)
            known, maxima = ANYTHING, None if maxima is None else Range(maxima.least, math.inf)
        return Total(points=points, maximum=maximum, range=known, maxima=maxima, doubts=tuple(doubts))

    def _points(self, control: Control, *, observed_only: bool) -> Range:
        members = self._tenant.open_members(control)
        points = points_range(control, members)
        return points.minus(declared_range(control, members)) if observed_only else points

    def _as_told(self, control: Control, *, observed_only: bool) -> float:
        points = control.points or 0.0
        return points - declared_range(control, ()).most if observed_only else points

    def _doubts(self, control: Control, points: Range) -> Iterator[Doubt]:
        if not points.is_exact:
            members = self._tenant.open_members(control)
            yield from [member.doubt for member in members] or [_UNKNOWN_MAXIMUM]

    def _maxima(
        self, controls: Sequence[Control], maybe: Sequence[Control]
    ) -> tuple[float | None, Range | None, list[Doubt]]:
        """The maximum as told, the smallest and the largest that it may be, and why they differ."""
        unknown = {control.id for control in controls if control.maximum is None}
        known = sum(control.maximum or 0.0 for control in controls)
        if unknown:
            rest = self._rest if unknown.issuperset(self._without_maximum) else None
            if rest is None or maybe:
                return None, None, []
            return known + rest, Range(known + rest, known + rest), []
        if any(control.maximum is None for control in maybe):
            return known, None, []
        more = sum(control.maximum or 0.0 for control in maybe)
        gap = self._gap
        if gap is None:
            return known, Range(known, known + more), []
        maxima = Range(max(0.0, known + min(gap.points, 0.0)), known + more + max(gap.points, 0.0))
        return known, maxima, [gap.doubt]

    @cached_property
    def _without_maximum(self) -> frozenset[str]:
        return frozenset(control.id for control in self._tenant.controls if control.maximum is None)

    @property
    def _known_maxima(self) -> float:
        return sum(control.maximum or 0.0 for control in self._tenant.controls)

    @cached_property
    def _rest(self) -> float | None:
        """What the tenant's maximum leaves for the controls whose own is unknown; None where it can't be told.

        Never from a total that is open itself.
        """
        newest = self._tenant.newest
        total = newest.score.maximum if newest is not None else None
        if total is None or self._tenant.left_out is not None or self._tenant.total_doubts:
            return None
        left = total - self._known_maxima
        earned = sum(control.points or 0.0 for control in self._tenant.controls if control.maximum is None)
        return max(left, 0.0) if left >= earned - ROUNDED * len(self._without_maximum) - TOLERANCE else None

    @cached_property
    def _gap(self) -> "_Gap | None":
        """What the tenant's maximum and those of its controls differ by, where all are known."""
        newest = self._tenant.newest
        total = newest.score.maximum if newest is not None else None
        if total is None or self._without_maximum:
            return None
        points = total - self._known_maxima
        count = sum(1 for _ in self._tenant.controls)
        if abs(points) <= ROUNDED * count + TOLERANCE:
            return None
        text = (
            f"the maxima of the newest day's controls add up to {self._known_maxima:g} points, and its maxScore is "
            f"{total:g}, so where the difference belongs is unknown"
        )
        return _Gap(points, Doubt("inconsistent", text))


class _Gap(msgspec.Struct, frozen=True):
    """By how many points two maxima that should be the same differ."""

    points: float
    doubt: Doubt


_UNKNOWN_MAXIMUM = Doubt(
    "maximum-unknown", "the maximum of a declared control is unknown, so whether it counts is unknown"
)


def may_belong(control: Control) -> Doubt:
    """The doubt whether a control belongs to a category or a selection."""
    text = f"whether {control.id} belongs to it is unknown, since its profile or a member of it is missing"
    return Doubt("partial-data", f"{text}; fetch the data again")
