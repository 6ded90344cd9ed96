"""The posture of a tenant in one place."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.insight.facts import UNKNOWN, facts_of
from checker.insight.warnings import DataWarning, data_warnings
from checker.tenant.control import Control
from checker.tenant.difference import Difference, difference, level_on
from checker.tenant.numbers import at_least, percent_of
from checker.tenant.states import DEFAULT
from checker.tenant.tenant import Tenant
from checker.tenant.totals import Totals

YESTERDAY, LAST_WEEK, LAST_MONTH = 1, 7, 30
LOOKS_BACK_DAYS = LAST_MONTH
"""How far before the newest day the posture looks."""


class CategoryScore(msgspec.Struct, frozen=True, rename="camel"):
    """The controls of a category, taken together."""

    control_category: str
    current_score: Annotated[float | None, Meta(description="null where the data leaves it open.")]
    max_score: Annotated[float | None, Meta(description="null where a control's maximum is unknown.")]
    percent: float | None
    controls: int


class TierScore(msgspec.Struct, frozen=True, rename="camel"):
    """The controls of a tier, taken together."""

    tier: str
    current_score: float | None
    max_score: float | None
    percent: float | None
    controls: int


class Completion(msgspec.Struct, frozen=True, rename="camel"):
    """Scored controls by how much of their maximum they earn, and profiles without a score."""

    full: int
    partial: int
    none: int
    unknown: Annotated[int, Meta(description="Scored controls of which the data leaves that open.")]
    not_scored: Annotated[int, Meta(description="Profiles without a score: no such product, connector or device.")]


class ChangeSince(msgspec.Struct, frozen=True, rename="camel"):
    """The change of the score since an earlier day."""

    since: str
    change: Difference


class Score(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A tenant's posture on its newest day.

    Everything but ``currentScore`` and ``maxScore``, which are Microsoft's, is computed from the controls.
    """

    schema: ClassVar[tuple[str, str]] = ("score", "The posture of a tenant")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Score"] = "Score"
    tenant: str
    date: str
    age_days: Annotated[int, Meta(description="Whole UTC days from the newest day to the run.")]
    current_score: float | None
    max_score: float | None
    percent: float | None
    observed: Annotated[float | None, Meta(description="Points that were observed; null where that is open.")]
    declared: Annotated[
        float | None, Meta(description="Points that somebody declared and nobody observed; null where that is open.")
    ]
    consistent: Annotated[bool, Meta(description="Whether control scores and totals contradict nothing.")]
    since_yesterday: ChangeSince | None
    since_last_week: ChangeSince | None
    since_last_month: ChangeSince | None
    categories: tuple[CategoryScore, ...]
    tiers: tuple[TierScore, ...]
    completion: Completion
    states: Annotated[dict[str, int], Meta(description="Controls and profiles by state.")]
    enabled_services: tuple[str, ...] | None
    licensed_user_count: int | None
    active_user_count: int | None
    warnings: tuple[DataWarning, ...] = ()


def posture(tenant: Tenant, today: datetime.date) -> Score:
    """The posture on the newest day.

    Args:
        tenant: the snapshot, prepared.
        today: the UTC day of the run.

    Raises:
        SnapshotError: the tenant has no score yet.
    """
    day = tenant.scored_day()
    score = day.score
    controls = list(tenant.controls)
    totals = Totals(tenant)
    observed, declared = totals.of(controls, observed_only=True), totals.declared
    return Score(
        tenant=tenant.id,
        date=str(day.date),
        age_days=(today - day.date).days,
        current_score=score.current_score,
        max_score=score.maximum,
        percent=tenant.percent,
        observed=observed.points if observed.range.is_exact else None,
        declared=declared.points if declared.range.is_exact else None,
        consistent=tenant.is_consistent,
        since_yesterday=_since(tenant, YESTERDAY),
        since_last_week=_since(tenant, LAST_WEEK),
        since_last_month=_since(tenant, LAST_MONTH),
        categories=tuple(
            CategoryScore(*group) for group in _grouped(totals, controls, lambda control: control.category or "none")
        ),
        tiers=tuple(TierScore(*group) for group in _grouped(totals, controls, _tier)),
        completion=_completion(tenant, controls),
        states=dict(sorted(_states(tenant).items())),
        enabled_services=tuple(score.enabled_services) if score.enabled_services is not None else None,
        licensed_user_count=score.licensed_user_count,
        active_user_count=score.active_user_count,
        warnings=data_warnings(tenant),
    )


def _since(tenant: Tenant, days: int) -> ChangeSince | None:
    """The change since so many days before the newest; None where the data has no such day."""
    assert tenant.newest is not None
    then = tenant.day_before(days)
    found = difference(level_on(then), level_on(tenant.newest)) if then is not None else None
    return ChangeSince(str(then.date), found) if then is not None and found is not None else None


_Group = tuple[str, float | None, float | None, float | None, int]


def _grouped(totals: Totals, controls: list[Control], name: Callable[[Control], str]) -> Iterable[_Group]:
    groups: dict[str, list[Control]] = {}
    for control in controls:
        groups.setdefault(name(control), []).append(control)
    for group, members in sorted(groups.items()):
        total = totals.of(members)
        exact = total.range.is_exact
        whole = total.maximum if total.maxima is not None and total.maxima.is_exact else None
        points = total.points if exact else None
        yield group, points, whole, percent_of(points, whole), len(members)


# Graph spells a tier with capitals here and there.
_TIERS = {"core": "Core", "defense in depth": "Defense in Depth", "advanced": "Advanced"}


def _tier(control: Control) -> str:
    tier = control.tier or "unknown"
    return _TIERS.get(tier.casefold(), tier)


def _completion(tenant: Tenant, controls: list[Control]) -> Completion:
    percents = [facts_of(control, tenant).percent for control in controls]
    none = sum(
        1 for control, percent in zip(controls, percents, strict=True) if percent == 0 or _earns_nothing(control)
    )
    full = sum(1 for percent in percents if percent is not None and at_least(percent, 100))
    partial = sum(1 for percent in percents if percent is not None and not at_least(percent, 100) and percent > 0)
    unscored = sum(1 for control in tenant.every() if not control.is_scored)
    return Completion(full, partial, none, len(controls) - full - partial - none, unscored)


def _earns_nothing(control: Control) -> bool:
    """Whether it earns nothing of a maximum that nobody knows, or that is none."""
    return control.points == 0 and control.percent is None


def _states(tenant: Tenant) -> Counter[str]:
    """Controls and profiles by state; those without a known state are counted as unknown."""
    found: Counter[str] = Counter()
    for control in tenant.every():
        unknown = tenant.state_doubt(control) is not None
        # A retired control without a score is in no state that counts.
        counts = control.is_scored or not control.is_retired
        name = UNKNOWN if unknown else control.state.name if counts else DEFAULT
        found[name[:1].upper() + name[1:] if not unknown else name] += 1
    return found
