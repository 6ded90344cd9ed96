"""The controls that an id or a pattern means, and the judgement that speaks for several of them."""

import math
from collections.abc import Callable, Sequence
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


def matcher_in(tenant: Tenant, names: Sequence[str]) -> Callable[[str], bool]:
    """Whether a control of the tenant is one of those that ids and patterns leave out or cover.

    As with ``resolve``, an id that the tenant itself has means no other instance of the same connector.
    """
    own = frozenset(name.casefold() for name in names if tenant.has(name))
    others = control_matcher([name for name in names if name.casefold() not in own])
    return lambda control: control.casefold() in own or others(control)


def may_mean_more(name: str, ids: Sequence[str]) -> bool:
    """Whether the name may mean more controls than those with these ids, which a day scores.

    A pattern may; so may an id that was found behind a connector's prefix, which another instance may have too.
    """
    return is_pattern(name) or all(found.casefold() != name.casefold() for found in ids)


_ORDER = (Outcome.FAIL, Outcome.ERROR, Outcome.SKIPPED, Outcome.PASS)


def all_of(judgements: Sequence[Judgement]) -> Judgement:
    """The judgement that speaks for all controls that one name means: it holds when each of them does.

    It declares the states of all of them.
    """
    deciding = decisive(judgements)
    found = deciding[0] if deciding[0].outcome is not Outcome.FAIL else _spokesman(deciding)
    return _declaring_all(found, judgements)


def decisive(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Of controls that must all hold, those that decide: all failures, else all errors, and so on."""
    worst = min((judgement.outcome for judgement in judgements), key=_ORDER.index)
    return [judgement for judgement in judgements if judgement.outcome is worst]


def nearest_way(ways: Sequence[Sequence[Judgement]]) -> Judgement:
    """The judgement that speaks for several ways to one end, all of which fail.

    It is that of the way that lacks the fewest points, the first in the order of the policy where several do.

    Args:
        ways: of each, the judgements of the controls that must all hold.
    """
    failing = [decisive(way) for way in ways]
    nearest = min(range(len(failing)), key=lambda index: sum(map(_distance, failing[index])))
    # Two ways may mean the same control, which has failed once.
    own = {judgement.control for judgement in failing[nearest]}
    others = {
        judgement.control: judgement
        for index, way in enumerate(failing)
        for judgement in way
        if index != nearest and judgement.control not in own
    }
    return _declaring_all(_spokesman(failing[nearest], list(others.values())), ways[nearest])


def _declaring_all(found: Judgement, judgements: Sequence[Judgement]) -> Judgement:
    declares = tuple(declared for judgement in judgements for declared in judgement.declares)
    return msgspec.structs.replace(found, declares=declares)


def _spokesman(failing: Sequence[Judgement], other_ways: Sequence[Judgement] = ()) -> Judgement:
    """Of failures the one that is nearest to holding; ties are settled by the order of the policy.

    The message names the others and how they stand: those of other ways all, since the policy lists them. The finding
    stands for all of these controls, so that a waiver of one of them does not cover it.
    """
    nearest = min(failing, key=_distance)
    beside = [judgement for judgement in failing if judgement is not nearest]
    if not beside and not other_ways:
        return nearest
    others = [*beside, *other_ways]
    named = [*beside[:_NAMED], *other_ways]
    standings = ", ".join(f"{judgement.control} {judgement.standing}" for judgement in named)
    more = f", and {len(others) - len(named)} more fail" if len(others) > len(named) else ""
    return msgspec.structs.replace(
        nearest,
        message=f"{nearest.message}; failing too: {standings}{more}",
        also=tuple(judgement.failure for judgement in others),
        other_ways=len(other_ways),
        least=tuple(least for judgement in (nearest, *others) for _, least in judgement.failing),
    )


def _distance(judgement: Judgement) -> float:
    """How many points are missing; what is unknown is farthest."""
    return judgement.points if judgement.points is not None else math.inf
