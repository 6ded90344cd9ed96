"""What caused the change of a score between two days: parts that sum to it exactly, in points and in percentage points.

The method. Of each control there are a score ``s`` and a maximum ``m`` on both days, zero where it was not scored. The
change in points is the sum of the controls' own. The percentage is P / M, and both move; the change of such a quotient
falls into a part for P and one for M without favour to either day (Shapley's value of two factors)::

    Δ(P/M) = ΔP · (1/M₁ + 1/M₂) / 2  -  ΔM · (P₁ + P₂) / 2 / (M₁ · M₂)

It is linear in every ``Δs`` and ``Δm``, so each control has its share, the shares sum to the whole, and the way back is
the way there with the other sign. A control whose maximum changed falls apart in the same manner, into what its new
weight did and what its own course did. What Microsoft's totals hold beyond the controls is ``unexplained``.
"""

import datetime
from collections.abc import Iterator
from typing import Literal

import msgspec

from checker.snapshot.model import Day
from checker.snapshot.moments import day_of
from checker.tenant.difference import difference, level_on
from checker.tenant.numbers import TOLERANCE
from checker.tenant.states import UNTOUCHED, State, state_history
from checker.tenant.tenant import Tenant

Cause = Literal[
    "improved", "regressed", "declared", "added", "retired", "licence", "reweighted", "moved", "unexplained"
]
# What the tenant's own controls did; the others are Microsoft's doing, or a licence's.
OWN: frozenset[Cause] = frozenset({"improved", "regressed", "declared"})


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A share of the change.

    Attributes:
        control: whose; None where no control's.
        category: the category whose score it changes.
        points, percentage_points: of the tenant's score.
        by, at, comment: of a declaration, as far as Graph tells.
    """

    cause: Cause
    control: str | None
    category: str | None
    points: float
    percentage_points: float
    by: str | None = None
    at: str | None = None
    comment: str | None = None


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """The change from one day to another, whole and in parts.

    Attributes:
        points: the change of the current score.
        percentage_points: the change of 100 × current / maximum; None where a maximum is zero or missing, and the
            parts' percentage points are then zero.
    """

    start: datetime.date
    end: datetime.date
    points: float
    percentage_points: float | None
    parts: tuple[Part, ...]

    def of_tenant(self) -> tuple[float, float]:
        """Points and percentage points that the tenant's own controls account for."""
        own = [part for part in self.parts if part.cause in OWN]
        return sum(part.points for part in own), sum(part.percentage_points for part in own)


class _Scored(msgspec.Struct, frozen=True):
    """A control on one day."""

    points: float
    maximum: float
    category: str | None


def attribute(tenant: Tenant, start: Day, end: Day) -> Attribution | None:
    """The change from ``start`` to ``end``; None where a day has no current score.

    Causes are named in the order of time. From a later day to an earlier one every number has the other sign.
    """
    if start.date > end.date:
        forward = attribute(tenant, end, start)
        return _reversed(forward) if forward is not None else None
    change = difference(level_on(start), level_on(end))
    if change is None:
        return None
    weights = _Weights(start, end)
    parts = [part for part in _Parts(tenant, start, end, weights).all() if _matters(part)]
    rest = Part(
        cause="unexplained",
        control=None,
        category=None,
        points=change.points - sum(part.points for part in parts),
        percentage_points=(change.percentage_points or 0.0) - sum(part.percentage_points for part in parts),
    )
    if _matters(rest):
        parts.append(rest)
    return Attribution(
        start=start.date,
        end=end.date,
        points=change.points,
        percentage_points=change.percentage_points,
        parts=tuple(parts),
    )


class _Weights:
    """What a point earned and a point of maximum are worth in percentage points between two days."""

    def __init__(self, start: Day, end: Day) -> None:
        before, after = start.score, end.score
        self._earned = self._possible = 0.0
        if before.maximum and after.maximum:
            earned = before.current_score or 0.0, after.current_score or 0.0
            possible = before.maximum, after.maximum
            self._earned = 100 * (1 / possible[0] + 1 / possible[1]) / 2
            self._possible = -100 * (earned[0] + earned[1]) / 2 / (possible[0] * possible[1])

    def of(self, points: float, maximum: float) -> float:
        """The percentage points of a change of points and of a change of the maximum."""
        return points * self._earned + maximum * self._possible


class _Parts:
    """The parts that the controls of two days account for."""

    def __init__(self, tenant: Tenant, start: Day, end: Day, weights: _Weights) -> None:
        self._tenant = tenant
        self._start = start
        self._end = end
        self._weights = weights
        self._days = [day for day in reversed(tenant.snapshot.days) if start.date <= day.date <= end.date]
        self._licence_days: dict[str, bool] = {}

    def all(self) -> Iterator[Part]:
        """Control by control, in the order of the later day; those that are gone last."""
        before, after = _by_name(self._tenant, self._start), _by_name(self._tenant, self._end)
        for key, (name, now) in after.items():
            then = before.get(key)
            if then is None:
                yield self._part(self._appeared(key), name, now.category, now.points, now.maximum)
            else:
                yield from self._both(name, then[1], now)
        for key, (name, then_only) in before.items():
            if key not in after:
                cause = self._vanished(key)
                yield self._part(cause, name, then_only.category, -then_only.points, -then_only.maximum)

    def _both(self, name: str, then: _Scored, now: _Scored) -> Iterator[Part]:
        if (then.category or "").casefold() != (now.category or "").casefold():
            yield self._part("moved", name, then.category, -then.points, -then.maximum)
            yield self._part("moved", name, now.category, then.points, then.maximum)
        rise = now.points - then.points
        heavier = now.maximum - then.maximum
        if abs(heavier) > TOLERANCE and then.maximum > 0 and now.maximum > 0:
            share = (then.points / then.maximum + now.points / now.maximum) / 2
            yield self._part("reweighted", name, now.category, share * heavier, heavier)
            rise -= share * heavier
        elif abs(heavier) > TOLERANCE:
            yield self._part("reweighted", name, now.category, 0.0, heavier)
        declaration = self._declaration(name) if rise > TOLERANCE else None
        if declaration is None:
            yield self._part("improved" if rise > 0 else "regressed", name, now.category, rise, 0.0)
        else:
            yield self._part("declared", name, now.category, rise, 0.0, declaration)

    def _part(
        self,
        cause: Cause,
        control: str,
        category: str | None,
        points: float,
        maximum: float,
        state: State = UNTOUCHED,
    ) -> Part:
        return Part(
            cause=cause,
            control=control,
            category=category,
            points=points,
            percentage_points=self._weights.of(points, maximum),
            by=state.updated_by,
            at=state.updated_date_time,
            comment=state.comment,
        )

    def _declaration(self, name: str) -> State | None:
        """The newest state between the two days that declared the control done."""
        for state in state_history(self._tenant.profile_of(name)):
            day = day_of(state.updated_date_time)
            if state.is_declared and day is not None and self._start.date <= day <= self._end.date:
                return state
        return None

    def _appeared(self, key: str) -> Cause:
        first = next(day for day in self._days if key in _names(day))
        return "licence" if self._licence_changed(first) else "added"

    def _vanished(self, key: str) -> Cause:
        last = next(day for day in reversed(self._days) if key in _names(day))
        return "licence" if self._licence_changed(self._days[self._days.index(last) + 1]) else "retired"

    def _licence_changed(self, day: Day) -> bool:
        """Whether the tenant's services on a day differ from those of the day before it in the data."""
        if day.date <= self._start.date:
            return False
        earlier = self._days[self._days.index(day) - 1]
        services = day.score.enabled_services, earlier.score.enabled_services
        if services[0] is None or services[1] is None:
            return False
        return {one.casefold() for one in services[0]} != {one.casefold() for one in services[1]}


def _by_name(tenant: Tenant, day: Day) -> dict[str, tuple[str, _Scored]]:
    """The day's scored controls by id in lower case."""
    found: dict[str, tuple[str, _Scored]] = {}
    for score in day.controls:
        if score.score is not None:
            maximum = tenant.maximum_on(score)
            scored = _Scored(score.score, maximum or 0.0, score.control_category)
            found.setdefault(score.control_name.casefold(), (score.control_name, scored))
    return found


def _names(day: Day) -> set[str]:
    return {score.control_name.casefold() for score in day.controls if score.score is not None}


def _matters(part: Part) -> bool:
    return abs(part.points) > TOLERANCE or abs(part.percentage_points) > TOLERANCE


def _reversed(forward: Attribution) -> Attribution:
    return Attribution(
        start=forward.end,
        end=forward.start,
        points=-forward.points,
        percentage_points=-forward.percentage_points if forward.percentage_points is not None else None,
        parts=tuple(
            msgspec.structs.replace(part, points=-part.points, percentage_points=-part.percentage_points)
            for part in forward.parts
        ),
    )
