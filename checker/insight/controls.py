"""The controls that a tenant reports, filtered and sorted."""

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.insight.facts import UNKNOWN, facts_of
from checker.insight.warnings import DataWarning, data_warnings
from checker.requirements.terms.selector import Selector
from checker.tenant.control import Control
from checker.tenant.numbers import TOLERANCE
from checker.tenant.states import IGNORED, meaning_of
from checker.tenant.tenant import Tenant


class ControlRow(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One control as the tenant reports it."""

    control: str
    title: str
    control_category: str | None
    service: str | None
    tier: str | None
    state: Annotated[str, Meta(description="Graph's word; unknown where the data leaves it open.")]
    status: Annotated[str, Meta(description="The portal's word: Completed for a control that is observed in full.")]
    score: Annotated[float | None, Meta(description="Points; null where the newest day does not score it.")]
    max_score: Annotated[float | None, Meta(description="null where it is unknown.")]
    percent: float | None
    points_left: Annotated[float | None, Meta(description="null where the data leaves it open.")]
    implementation_cost: str
    user_impact: str
    has_score: Annotated[bool, Meta(description="Whether the newest day scores it.")]
    has_profile: Annotated[bool, Meta(description="Whether there is a control profile of it.")]
    retired: Annotated[bool, Meta(description="Whether Microsoft has deprecated it.")]


class ControlList(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The controls of a tenant."""

    schema: ClassVar[tuple[str, str]] = ("controls", "The controls of a tenant")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Controls"] = "Controls"
    tenant: str
    date: str | None
    total: Annotated[int, Meta(description="Controls that the tenant reports, listed or not.")]
    controls: tuple[ControlRow, ...]
    warnings: tuple[DataWarning, ...] = ()


SHOWN: dict[str, Callable[[ControlRow], bool]] = {
    "all": lambda _: True,
    "scored": lambda row: row.has_score,
    "unscored": lambda row: not row.has_score,
    "open": lambda row: row.points_left is None or row.points_left > TOLERANCE,
    "declared": lambda row: row.state != UNKNOWN and meaning_of(row.state).is_declaration,
    "ignored": lambda row: meaning_of(row.state).name == IGNORED,
    "without-profile": lambda row: not row.has_profile,
    "retired": lambda row: row.retired,
}

# Numbers come largest first, words in order; what is unknown comes last.
SORTED: dict[str, Callable[[ControlRow], tuple[bool, float | str]]] = {
    "id": lambda row: (False, row.control.casefold()),
    "category": lambda row: (row.control_category is None, (row.control_category or "").casefold()),
    "service": lambda row: (row.service is None, (row.service or "").casefold()),
    "state": lambda row: (False, row.state.casefold()),
    "points": lambda row: (row.score is None, -(row.score or 0.0)),
    "maximum": lambda row: (row.max_score is None, -(row.max_score or 0.0)),
    "percent": lambda row: (row.percent is None, -(row.percent or 0.0)),
    "left": lambda row: (row.points_left is None, -(row.points_left or 0.0)),
}


def listed(tenant: Tenant, *, select: Selector | None, show: str, sort: str, most: int | None) -> ControlList:
    """The controls, scored ones and profiles alone.

    Args:
        tenant: the snapshot, prepared.
        select: narrows them; None for all.
        show: one of ``SHOWN``.
        sort: one of ``SORTED``; ties by id.
        most: how many at most; None for all.
    """
    fits = select.fit() if select is not None else lambda _: True
    every = list(tenant.every())
    rows = [row for row in (_row(control, tenant) for control in every if fits(control)) if SHOWN[show](row)]
    rows.sort(key=lambda row: (*SORTED[sort](row), row.control.casefold()))
    return ControlList(
        tenant=tenant.id,
        date=str(tenant.newest.date) if tenant.newest is not None else None,
        total=len(every),
        controls=tuple(rows[:most]),
        warnings=data_warnings(tenant),
    )


def _row(control: Control, tenant: Tenant) -> ControlRow:
    facts = facts_of(control, tenant)
    return ControlRow(
        control=control.id,
        title=control.title,
        control_category=control.category,
        service=control.service,
        tier=control.tier,
        state=facts.state,
        status=facts.status,
        score=facts.points,
        max_score=facts.maximum,
        percent=facts.percent,
        points_left=facts.points_left,
        implementation_cost=control.implementation_cost,
        user_impact=control.user_impact,
        has_score=control.is_scored,
        has_profile=control.profile is not None,
        retired=control.is_retired,
    )
