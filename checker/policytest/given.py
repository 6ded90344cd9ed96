"""A tenant as a test describes it in a few words, and what a case changes of its document's."""

from collections.abc import Iterator, Mapping
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from checker.documents.path import Path
from checker.presentation.words import counted
from checker.requirements.kinds.peer_gap import Basis
from checker.requirements.terms.minimum import Percent, Points
from checker.tenant.states import DeclarableState

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
            return "expected neither percent nor score together with scored: false"
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
        return msgspec.structs.replace(_over(self, by), controls=merged_controls(self.controls, by.controls))


Given = TypeVar("Given", bound=msgspec.Struct)


def _over(low: Given, high: msgspec.Struct) -> Given:
    """A record with the members that another one says."""
    said = {name: value for name in high.__struct_fields__ if (value := getattr(high, name)) is not None}
    return msgspec.structs.replace(low, **said)


def merged_controls(low: Mapping[str, GivenControl], high: Mapping[str, GivenPoints]) -> dict[str, GivenControl]:
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
            yield ("days", index, "ago"), f"{counted(day.ago, 'day')} ago is already given"
        days.append(day.ago)
    for path, controls in places:
        for name, control in controls.items():
            if control.contradiction is not None:
                yield (*path, name), control.contradiction
