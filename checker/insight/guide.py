"""What to do next: controls with points left, ranked by points for effort."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.insight.effort import WEIGHTS, effort_of
from checker.insight.facts import facts_of
from checker.insight.warnings import DataWarning, data_warnings
from checker.report.report import Report
from checker.requirements.terms.selector import Selector
from checker.snapshot.prose import plain
from checker.tenant.control import Control
from checker.tenant.numbers import TOLERANCE
from checker.tenant.portal import shareable_link
from checker.tenant.tenant import Tenant


class Action(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One control to work on."""

    control: str
    title: str
    control_category: str | None
    service: str | None
    points: Annotated[float, Meta(description="Points that are left to earn.")]
    current_score: float
    max_score: float
    effort: Annotated[float, Meta(description="Weight of the implementation cost plus that of the user impact.")]
    points_per_effort: float
    implementation_cost: Annotated[str, Meta(description="low, moderate, high or unknown, which weighs as moderate.")]
    user_impact: Annotated[str, Meta(description="low, moderate, high or unknown, which weighs as moderate.")]
    state: Annotated[str, Meta(description="The present state; Ignored is an accepted risk.")]
    required_by: Annotated[tuple[str, ...], Meta(description="Requirements that fail on it, POLICY/ID.")]
    remediation: Annotated[str, Meta(description="Microsoft's words as plain text, links as: text <address>.")]
    portal_url: str


class Guide(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What to do next, the most points for the least effort first."""

    schema: ClassVar[tuple[str, str]] = ("guide", "What to do next in a tenant")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Guide"] = "Guide"
    tenant: str
    date: str | None
    weights: dict[str, float]
    points_left: Annotated[float, Meta(description="Of all controls that match, as far as known.")]
    controls_left: int
    unknown: Annotated[tuple[str, ...], Meta(description="Controls whose points left are unknown.")]
    complete: Annotated[bool, Meta(description="Whether these are all of the tenant's controls.")]
    actions: tuple[Action, ...]
    warnings: tuple[DataWarning, ...] = ()


def guide(
    tenant: Tenant,
    *,
    select: Selector | None,
    required: Mapping[str, Sequence[str]],
    most: int,
    weights: Mapping[str, float] = WEIGHTS,
    report: Report | None = None,
) -> Guide:
    """The controls with points left, by points per effort; ties by points, Microsoft's rank, then id.

    Args:
        tenant: the snapshot, prepared.
        select: narrows the controls; None for all.
        required: by control's id in lower case, the requirements that fail on it.
        most: how many actions at most.
        weights: effort of low, moderate and high.
        report: what policies say of it; None without.
    """
    controls = select.pick(tenant, []) if select is not None else list(tenant.controls)
    left_of = {control.id: facts_of(control, tenant).points_left for control in controls}
    found = [
        (control, left, left / effort_of(control, weights))
        for control in controls
        if (left := left_of[control.id] or 0.0) > TOLERANCE
    ]
    found.sort(key=lambda one: (-one[2], -one[1], one[0].rank, one[0].id.casefold()))
    return Guide(
        tenant=tenant.id,
        date=str(tenant.newest.date) if tenant.newest is not None else None,
        weights=dict(weights),
        points_left=sum(left for _, left, _ in found),
        controls_left=len(found),
        unknown=tuple(control.id for control in controls if left_of[control.id] is None),
        complete=tenant.newest is not None and tenant.left_out is None,
        actions=tuple(_action(control, left, tenant, required, weights) for control, left, _ in found[:most]),
        warnings=data_warnings(tenant, report),
    )


def _action(
    control: Control,
    left: float,
    tenant: Tenant,
    required: Mapping[str, Sequence[str]],
    weights: Mapping[str, float],
) -> Action:
    effort = effort_of(control, weights)
    return Action(
        control=control.id,
        title=control.title,
        control_category=control.category,
        service=control.service,
        points=left,
        current_score=control.points or 0.0,
        max_score=control.maximum or 0.0,
        effort=effort,
        points_per_effort=left / effort,
        implementation_cost=control.implementation_cost,
        user_impact=control.user_impact,
        state=control.state.name,
        required_by=tuple(dict.fromkeys(required.get(control.id.casefold(), ()))),
        remediation=plain(control.remediation, partial(shareable_link, tenant=tenant.id)),
        portal_url=tenant.portal_url(control),
    )
