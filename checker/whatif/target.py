"""A target for the score: percent or points, of the whole tenant or of a category."""

import re
from collections.abc import Collection

import msgspec

from checker.errors import ScenarioError, UsageError
from checker.insight.effort import effort_of
from checker.insight.facts import facts_of
from checker.requirements.terms.pattern import control_matcher
from checker.tenant.control import Control
from checker.tenant.numbers import TOLERANCE
from checker.tenant.tenant import Tenant
from checker.tenant.totals import Totals
from checker.whatif.optimum import Candidate

_ORDER = {"low": 1, "moderate": 2, "high": 3}


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """The score to reach.

    Attributes:
        category: whose score; None for the whole tenant.
        percent, points: exactly one of them is set.
    """

    category: str | None
    percent: float | None
    points: float | None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which controls may be put in place, and the effort of each.

    Attributes:
        weights: the effort of low, moderate and high.
        exclude: ids of controls to leave out; ``*`` stands for any characters.
        user_impact, implementation_cost: the highest allowed level; unknown counts as moderate, None allows all.
    """

    weights: dict[str, float]
    exclude: list[str] = msgspec.field(default_factory=list)
    user_impact: str | None = None
    implementation_cost: str | None = None

    def candidates(
        self, tenant: Tenant, category: str | None = None, *, taken: Collection[str] = ()
    ) -> list[Candidate]:
        """The controls with points left that may be put in place.

        Retired controls are left out, and those whose points left are unknown.

        Args:
            tenant: the tenant.
            category: limits the controls to one category; None for all.
            taken: ids of controls that a scenario has changed already.
        """
        excluded = control_matcher(self.exclude)
        controls = tenant.controls if category is None else tenant.of_category(category)
        return [
            Candidate(control.id, left, effort_of(control, self.weights))
            for control in controls
            if control.id not in taken
            and not excluded(control.id)
            and self._allows(control)
            and (left := facts_of(control, tenant).points_left or 0.0) > TOLERANCE
        ]

    def _allows(self, control: Control) -> bool:
        return all(
            limit is None or _ORDER.get(level, _ORDER["moderate"]) <= _ORDER[limit]
            for level, limit in (
                (control.implementation_cost, self.implementation_cost),
                (control.user_impact, self.user_impact),
            )
        )


def parse_target(text: str) -> Target:
    """The target in ``75``, ``75%``, ``400points``, or one of these after ``CATEGORY=``.

    Raises:
        UsageError: the text has none of these forms.
    """
    category, _, amount = text.rpartition("=")
    found = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*(%|percent|points)?\s*", amount)
    if found is None or (not category and "=" in text):
        raise UsageError(f"--target expects 75, 75%, 400points or CATEGORY=75, got {text[:100]!r}")
    number = float(found[1])
    if found[2] == "points":
        return Target(category=category or None, percent=None, points=number)
    if number > 100:
        raise UsageError(f"--target {text}: a percentage is at most 100; write {found[1]}points for points")
    return Target(category=category or None, percent=number, points=None)


def points_and_maximum(tenant: Tenant, category: str | None) -> tuple[float, float | None]:
    """Points and maximum of the tenant, or of a category.

    Raises:
        ScenarioError: the tenant scores no control of the category.
        SnapshotError: the tenant has no score.
    """
    if category is None:
        return tenant.current_score(), tenant.scored_day().score.maximum
    controls = tenant.of_category(category)
    if not controls:
        raise ScenarioError(
            f"the tenant scores no control of the category {category}",
            advice=f"It has {', '.join(filter(None, tenant.categories)) or 'none'}.",
        )
    total = Totals(tenant).of(controls)
    return total.points, total.maximum


def wanted_points(target: Target, maximum: float | None) -> float:
    """The score of the target in points.

    Raises:
        ScenarioError: the maximum is unknown or zero, so it has no percentages.
    """
    if target.points is not None:
        return target.points
    if not maximum:
        raise ScenarioError(
            "the maximum is unknown or zero, so a percentage can't be reached; give the target in points"
        )
    return (target.percent or 0.0) * maximum / 100
