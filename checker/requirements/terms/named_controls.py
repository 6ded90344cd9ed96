"""The controls that an id or a pattern means, and the judgement that speaks for several of them."""

import math
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from checker.report.finding import Judgement
from checker.report.outcome import Outcome
from checker.requirements.terms.pattern import control_matcher, is_pattern
from checker.tenant.control import Control
from checker.tenant.tenant import Tenant

_NAMED = 5

ControlId = Annotated[str, Meta(min_length=1, max_length=200)]


def resolve(name: str, tenant: Tenant, *, with_profiles: bool) -> list[Control]:
    """The controls that an id or a pattern means.

    Args:
        name: the id or pattern.
        tenant: whose controls.
        with_profiles: controls that have a profile and no score count too (their state can be judged), unless an
            earlier day scored them.
    """
    if not is_pattern(name):
        found = tenant.all_scored(name)
        if not found and with_profiles and tenant.scored_earlier(name) is None:
            profiled = tenant.unscored(name)
            return [profiled] if profiled is not None else []
        return found
    matches = control_matcher([name])
    scored = [control for control in tenant.controls if matches(control.id)]
    if scored or not with_profiles:
        return scored
    named = (profile.id for profile in tenant.snapshot.profiles if matches(profile.id))
    unscored = (tenant.unscored(name) for name in named if tenant.scored_earlier(name) is None)
    return [control for control in unscored if control is not None]


def meant(names: Sequence[str], tenant: Tenant) -> set[str]:
    """The ids of all controls that these ids and patterns mean, scored or not."""
    found: set[str] = set()
    for name in names:
        if is_pattern(name):
            matches = control_matcher([name])
            found.update(known for known in tenant.known_ids() if matches(known))
        else:
            scored = [control.id for control in tenant.all_scored(name)]
            control = tenant.control(name)
            found.update(scored or ([control.id] if control is not None else []))
    return found


def may_mean_more(name: str, controls: Sequence[Control]) -> bool:
    """Whether the name may mean more controls than these, which a day scores.

    A pattern may; so may an id that was found behind a connector's prefix, which another instance may have too.
    """
    return is_pattern(name) or all(control.id.casefold() != name.casefold() for control in controls)


_ORDER = (Outcome.FAIL, Outcome.ERROR, Outcome.SKIPPED, Outcome.PASS)


def all_of(judgements: list[Judgement]) -> Judgement:
    """The judgement that speaks for all controls that one name means: it holds when each of them does.

    It declares the states of all of them.
    """
    worst = min((judgement.outcome for judgement in judgements), key=_ORDER.index)
    found = spokesman([judgement for judgement in judgements if judgement.outcome is worst])
    return msgspec.structs.replace(
        found, declares=tuple(declared for judgement in judgements for declared in judgement.declares)
    )


def spokesman(judgements: Sequence[Judgement]) -> Judgement:
    """Of judgements with one outcome, the one that speaks for all: of failures the nearest to holding, else the first.

    Ties are settled by the order of the policy. The message names every other failure and how it stands, and the
    finding stands for all of these controls, so that a waiver of one of them does not cover it.
    """
    if len(judgements) == 1 or judgements[0].outcome is not Outcome.FAIL:
        return judgements[0]
    nearest = min(judgements, key=_distance)
    others = [judgement for judgement in judgements if judgement is not nearest]
    standings = ", ".join(f"{judgement.control} {judgement.standing}" for judgement in others[:_NAMED])
    more = f", and {len(others) - _NAMED} more fail" if len(others) > _NAMED else ""
    return msgspec.structs.replace(
        nearest,
        message=f"{nearest.message}; failing too: {standings}{more}",
        also=tuple(judgement.failure for judgement in others if judgement.control is not None),
    )


def _distance(judgement: Judgement) -> float:
    """How many points are missing; what is unknown is farthest."""
    return judgement.points if judgement.points is not None else math.inf
