"""A tenant that a test describes in a few words → a snapshot that leaves nothing open.

What a test doesn't say is filled in: a control's category, service, tier and maximum are the catalogue's where it knows
the control; each control has a profile; the tenant's totals are the sums of its controls; days are counted from the
day of the run. Nothing is taken from a clock or by chance.
"""

import datetime
from collections.abc import Iterator, Mapping
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from checker.catalogue.controls import known
from checker.documents.path import Path
from checker.presentation.words import counted
from checker.requirements.kinds.peer_gap import Basis
from checker.requirements.terms.minimum import Percent, Points
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
from checker.tenant.states import DEFAULT, DeclarableState

_TENANT = "00000000-0000-0000-0000-000000000001"
_ADMINISTRATOR = "admin@contoso.example"
_MAXIMUM = 10.0
# Microsoft keeps the states of these controls in the scores.
_DEFENDER = "scid_"

DaysBack = Annotated[int, Meta(ge=1, le=3650)]


class GivenPoints(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What a control has earned on a day."""

    scored: Annotated[bool | None, Meta(description="false: the tenant has the control's profile, and no score.")] = (
        None
    )
    percent: Annotated[
        Percent | None, Meta(description="Of its maximum; 100 where neither this nor score is given.")
    ] = None
    score: Annotated[Points | None, Meta(description="In points, in place of percent.")] = None
    max_score: Annotated[
        Points | None, Meta(description="Its maximum in points; the catalogue's, else 10, where absent.")
    ] = None
    category: Annotated[
        str | None, Meta(description="Its controlCategory; the catalogue's, else Identity, where absent.")
    ] = None

    @property
    def contradiction(self) -> str | None:
        """What it says in two ways, as a clause."""
        if self.percent is not None and self.score is not None:
            return "expected percent or score, not both"
        if self.scored is False and (self.percent is not None or self.score is not None):
            return "expected neither percent nor score beside scored: false"
        return None


class GivenControl(GivenPoints, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A control of the newest day, with its profile."""

    service: Annotated[str | None, Meta(description="The catalogue's, else AzureAD, where absent.")] = None
    tier: Annotated[str | None, Meta(description="The catalogue's, else Core, where absent.")] = None
    threats: Annotated[list[str] | None, Meta(description="None where absent.")] = None
    user_impact: Annotated[str | None, Meta(description="Low where absent.")] = None
    implementation_cost: Annotated[str | None, Meta(description="Low where absent.")] = None
    state: Annotated[DeclarableState | None, Meta(description="What somebody set; Default where absent.")] = None
    total: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(description="How many users or devices the control counts; unknown where absent."),
    ] = None


class GivenDay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An older day: the controls of the newest one with the same points, but for those that are named."""

    ago: Annotated[DaysBack, Meta(description="How many days before the newest.")]
    controls: Annotated[dict[str, GivenPoints], Meta(description="What was different, by the control's id.")] = (
        msgspec.field(default_factory=dict)
    )


class GivenTenant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A tenant in a few words."""

    id: Annotated[
        Annotated[str, Meta(min_length=1)] | None, Meta(description="Its id; one of zeros and a 1 where absent.")
    ] = None
    enabled_services: Annotated[
        list[str] | None, Meta(description="Its licences, such as HasAADP2; none where absent.")
    ] = None
    age: Annotated[
        Annotated[int, Meta(ge=0, le=3650)] | None,
        Meta(description="How many days before the run the newest day is; 0 where absent."),
    ] = None
    averages: Annotated[
        dict[Basis, Percent] | None, Meta(description="The scores of other tenants in percent; none where absent.")
    ] = None
    controls: Annotated[dict[str, GivenControl], Meta(description="Its controls by id.")] = msgspec.field(
        default_factory=dict
    )
    days: Annotated[list[GivenDay] | None, Meta(description="Older days; none where absent.")] = None

    def changed(self, by: "GivenTenant") -> "GivenTenant":
        """The tenant with what another one says instead: controls field by field, any other key whole."""
        return msgspec.structs.replace(_over(self, by), controls=_merged(self.controls, by.controls))


Given = TypeVar("Given", bound=msgspec.Struct)


def _over(low: Given, high: msgspec.Struct) -> Given:
    """A record with the members that another one says."""
    said = {name: value for name in high.__struct_fields__ if (value := getattr(high, name)) is not None}
    return msgspec.structs.replace(low, **said)


def _merged(low: Mapping[str, GivenControl], high: Mapping[str, GivenPoints]) -> dict[str, GivenControl]:
    """Controls by id, changed by others. Ids are the same in any case."""
    found = dict(low)
    spelled = {name.casefold(): name for name in low}
    for name, given in high.items():
        key = spelled.setdefault(name.casefold(), name)
        found[key] = _changed(found.get(key, GivenControl()), given)
    return found


def _changed(control: GivenControl, by: GivenPoints) -> GivenControl:
    """A control with what another record says of it; its points are said in one way."""
    if by.percent is not None or by.score is not None:
        control = msgspec.structs.replace(control, percent=None, score=None, scored=None)
    elif by.scored is False:
        control = msgspec.structs.replace(control, percent=None, score=None)
    return _over(control, by)


def contradictions(tenant: GivenTenant) -> Iterator[tuple[Path, str]]:
    """What a tenant says in two ways, as it is written: the path of each, and a clause."""
    places: list[tuple[Path, Mapping[str, GivenPoints]]] = [(("controls",), tenant.controls)]
    days: list[int] = []
    for index, day in enumerate(tenant.days or ()):
        places.append((("days", index, "controls"), day.controls))
        if day.ago in days:
            yield ("days", index, "ago"), f"the day {counted(day.ago, 'day')} ago is already given"
        days.append(day.ago)
    for path, controls in places:
        for name, control in controls.items():
            if control.contradiction is not None:
                yield (*path, name), control.contradiction


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
        profiles=[_profile(tenant, name, control, newest) for name, control in tenant.controls.items()],
    )
    return assemble(pieces, "the test's tenant")


def _on(tenant: GivenTenant, day: GivenDay) -> dict[str, GivenControl]:
    """The controls of an older day; one that is named there was scored, unless it says otherwise."""
    named = {
        name: msgspec.structs.replace(given, scored=True) if given.scored is None else given
        for name, given in day.controls.items()
    }
    return _merged(tenant.controls, named)


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
