"""A tenant that a test describes in a few words → a snapshot that leaves nothing open.

What a test doesn't say is filled in: a control's category, service, tier and maximum are the catalogue's where it knows
the control; each control has a profile; the tenant's totals are the sums of its controls; days are counted from the
day of the run. Nothing is taken from a clock or by chance.
"""

import datetime
from collections.abc import Iterator, Mapping

import msgspec

from checker.catalogue.controls import known
from checker.policytest.given import GivenControl, GivenDay, GivenTenant, merged_controls
from checker.snapshot.assemble import Pieces, assemble
from checker.snapshot.model import (
    AverageComparativeScore,
    ControlScore,
    SecureScore,
    SecureScoreControlProfile,
    SecureScoreControlStateUpdate,
    Snapshot,
)
from checker.tenant.earlier import days_before
from checker.tenant.states import DEFAULT

_TENANT = "00000000-0000-0000-0000-000000000001"
_ADMINISTRATOR = "admin@contoso.example"
_MAXIMUM = 10.0
# Microsoft keeps the states of these controls in the scores.
_DEFENDER = "scid_"


def impossible_points(tenant: GivenTenant) -> Iterator[str]:
    """The controls of a complete tenant that have more points than they may have, as clauses."""
    for controls in (tenant.controls, *(_on(tenant, day) for day in tenant.days or ())):
        for name, control in controls.items():
            if control.score is not None and control.score > _maximum(name, control):
                yield f"gives {name} {control.score:g} points of {_maximum(name, control):g}"


def snapshot_of(tenant: GivenTenant, today: datetime.date) -> Snapshot:
    """The snapshot of a tenant.

    Args:
        tenant: without ``contradictions`` and ``impossible_points``.
        today: the day of the run.

    Raises:
        SnapshotError: its id is one that Graph gives to no tenant.
    """
    newest = days_before(today, tenant.age or 0)
    pieces = Pieces(
        scores=[
            _day(tenant, newest, tenant.controls, is_newest=True),
            *(_day(tenant, days_before(newest, day.ago), _on(tenant, day)) for day in tenant.days or ()),
        ],
        profiles=[_profile(tenant, name, control, newest) for name, control in _with_lost(tenant).items()],
    )
    return assemble(pieces, "the test's tenant")


def _on(tenant: GivenTenant, day: GivenDay) -> dict[str, GivenControl]:
    """The controls of an older day; one that is named there was scored, unless it says otherwise."""
    named = {
        name: msgspec.structs.replace(given, scored=True) if given.scored is None else given
        for name, given in day.controls.items()
    }
    return merged_controls(tenant.controls, named)


def _with_lost(tenant: GivenTenant) -> dict[str, GivenControl]:
    """The tenant's controls, and those that only older days name: without a profile their maximum could be unknown."""
    lost: dict[str, GivenControl] = {}
    for day in reversed(tenant.days or ()):
        lost = merged_controls(lost, day.controls)
    # A day may give another maximum than today's.
    own = {name.casefold() for name in tenant.controls}
    return {**tenant.controls, **{name: control for name, control in lost.items() if name.casefold() not in own}}


def _day(
    tenant: GivenTenant, date: datetime.date, controls: Mapping[str, GivenControl], *, is_newest: bool = False
) -> SecureScore:
    scored = {name: control for name, control in controls.items() if control.scored is not False}
    scores = [_score(name, control, is_newest=is_newest) for name, control in scored.items()]
    averages = tenant.averages if is_newest else None
    return SecureScore(
        created_date_time=f"{date}T00:00:00Z",
        id=f"{tenant.id or _TENANT}_{date}",
        azure_tenant_id=tenant.id or _TENANT,
        current_score=sum(score.score or 0.0 for score in scores),
        max_score=sum(_maximum(name, control) for name, control in scored.items()),
        control_scores=scores,
        enabled_services=tenant.enabled_services or [],
        average_comparative_scores=[
            AverageComparativeScore(basis=basis, average_score=percent) for basis, percent in (averages or {}).items()
        ],
    )


def _score(name: str, control: GivenControl, *, is_newest: bool) -> ControlScore:
    maximum = _maximum(name, control)
    points = control.score
    if points is None:
        points = (100.0 if control.percent is None else control.percent) * maximum / 100
    in_score = is_newest and name.casefold().startswith(_DEFENDER)
    return ControlScore(
        control_name=name,
        score=points,
        score_in_percentage=100 * points / maximum if maximum else 0.0,
        control_category=_category(name, control),
        total=control.total if is_newest else None,
        state=(control.state or DEFAULT) if in_score else None,
    )


def _profile(tenant: GivenTenant, name: str, control: GivenControl, newest: datetime.date) -> SecureScoreControlProfile:
    fact = known(name)
    update = SecureScoreControlStateUpdate(state=DEFAULT)
    if control.state is not None and control.state != DEFAULT:
        day = days_before(newest, 1)
        update = SecureScoreControlStateUpdate(
            state=control.state, updated_by=_ADMINISTRATOR, updated_date_time=f"{day}T00:00:00Z"
        )
    return SecureScoreControlProfile(
        id=name,
        azure_tenant_id=tenant.id or _TENANT,
        title=fact.title if fact is not None else None,
        max_score=_maximum(name, control),
        control_category=_category(name, control),
        service=control.service or (fact.service if fact is not None else None) or "AzureAD",
        tier=control.tier or (fact.tier if fact is not None else None) or "Core",
        threats=control.threats or [],
        user_impact=control.user_impact or "Low",
        implementation_cost=control.implementation_cost or "Low",
        control_state_updates=[update],
    )


def _maximum(name: str, control: GivenControl) -> float:
    fact = known(name)
    given = control.max_score if control.max_score is not None else fact.max_score if fact is not None else None
    return _MAXIMUM if given is None else given


def _category(name: str, control: GivenControl) -> str:
    fact = known(name)
    return control.category or (fact.control_category if fact is not None else None) or "Identity"
