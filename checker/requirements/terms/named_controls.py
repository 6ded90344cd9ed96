"""The controls that an id or a pattern means, and the judgement that speaks for several of them."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from checker.report.finding import Judgement
from checker.report.outcome import Outcome
from checker.requirements.terms.pattern import control_matcher, is_pattern
from checker.tenant.control import Control
from checker.tenant.tenant import Tenant

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
        control = tenant.scored(name)
        if control is None and with_profiles and tenant.scored_earlier(name) is None:
            control = tenant.unscored(name)
        return [control] if control is not None else []
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
            control = tenant.control(name)
            found.update({control.id} if control is not None else ())
    return found


_ORDER = (Outcome.FAIL, Outcome.ERROR, Outcome.SKIPPED, Outcome.PASS)


def weakest(judgements: list[Judgement]) -> Judgement:
    """The judgement that speaks for several controls which one pattern means: the worst of them.

    It declares the states of all of them, and names the others that fail.
    """
    worst = min(judgements, key=lambda judgement: _ORDER.index(judgement.outcome))
    if len(judgements) == 1:
        return worst
    failing = (judgement for judgement in judgements if judgement.outcome is Outcome.FAIL and judgement is not worst)
    return msgspec.structs.replace(
        worst,
        declares=tuple(declared for judgement in judgements for declared in judgement.declares),
        also=tuple(judgement.control for judgement in failing if judgement.control is not None),
    )
