"""Selectors: which of the controls that the newest day scores a requirement speaks of."""

import datetime
from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from checker.requirements.terms.pattern import control_matcher, is_pattern
from checker.tenant.control import Control
from checker.tenant.tenant import Tenant

Words = Annotated[list[str], Meta(min_length=1)]


class Selector(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Picks controls: all of its keys must fit, of each key's list any one. Case and blanks are ignored."""

    id: Annotated[Words | None, Meta(description="Control ids; * stands for any characters.")] = None
    category: Annotated[Words | None, Meta(description="The score's controlCategory, for example Identity.")] = None
    service: Annotated[Words | None, Meta(description="The profile's service, for example AzureAD or MDO.")] = None
    tier: Annotated[Words | None, Meta(description="The profile's tier: Core, Defense in Depth, Advanced.")] = None
    threats: Annotated[Words | None, Meta(description="One of the profile's threats, e.g. Account Breach.")] = None
    user_impact: Annotated[Words | None, Meta(description="The profile's userImpact: Low, Moderate, High.")] = None
    implementation_cost: Annotated[
        Words | None, Meta(description="The profile's implementationCost: Low, Moderate, High.")
    ] = None

    def __post_init__(self) -> None:
        """Refuses a selector that would pick everything by having no key."""
        if not any(getattr(self, field) for field in self.__struct_fields__):
            raise ValueError(
                "expected at least one of id, category, service, tier, threats, userImpact, implementationCost"
            )

    def pick(self, tenant: Tenant, exclude: list[str]) -> list[Control]:
        """The scored controls that fit and are not excluded, in Graph's order."""
        excluded = control_matcher(exclude)
        fits = self.fits()
        return [control for control in tenant.controls if not excluded(control.id) and fits(control)]

    def count_unscored(self, tenant: Tenant, exclude: list[str]) -> int:
        """How many profiles fit that the newest day does not score."""
        excluded = control_matcher(exclude)
        fits = self.fits()
        unscored = (
            tenant.unscored(profile.id)
            for profile in tenant.snapshot.profiles
            if tenant.scored(profile.id) is None and not excluded(profile.id)
        )
        return sum(1 for control in unscored if control is not None and fits(control))

    def last_scored(self, tenant: Tenant, exclude: list[str]) -> datetime.date | None:
        """The last day before the newest on which a control was scored that fits; None where there was none."""
        excluded = control_matcher(exclude)
        fits = self.fits()
        for day in tenant.snapshot.days[1:]:
            if any(not excluded(control.id) and fits(control) for control in tenant.scored_on(day)):
                return day.date
        return None

    @property
    def needs_profiles(self) -> bool:
        """Whether it asks for what only a profile tells."""
        return any((self.service, self.tier, self.threats, self.user_impact, self.implementation_cost))

    @property
    def literal_ids(self) -> list[str]:
        """The ids that are written out, without wildcards."""
        return [name for name in self.id or () if not is_pattern(name)]

    def sentence(self) -> str:
        """What is picked, for a sentence: ``controls with category Identity and service AzureAD``."""
        parts = [
            f"{name} {' or '.join(words)}"
            for name, words in (
                ("id", self.id),
                ("category", self.category),
                ("service", self.service),
                ("tier", self.tier),
                ("threat", self.threats),
                ("user impact", self.user_impact),
                ("implementation cost", self.implementation_cost),
            )
            if words
        ]
        return f"controls with {' and '.join(parts)}"

    def fits(self) -> Callable[[Control], bool]:
        """The test that a control, scored or not, has to pass."""
        tests: list[Callable[[Control], bool]] = []
        if self.id is not None:
            named = control_matcher(self.id)
            tests.append(lambda control: named(control.id))
        if self.category is not None:
            categories = _folded(self.category)
            tests.append(lambda control: _fold(control.category) in categories)
        for wanted, attribute in (
            (self.service, "service"),
            (self.tier, "tier"),
            (self.user_impact, "user_impact"),
            (self.implementation_cost, "implementation_cost"),
        ):
            if wanted is not None:
                tests.append(_profile_test(attribute, _folded(wanted)))
        if self.threats is not None:
            threats = _folded(self.threats)
            tests.append(lambda control: not threats.isdisjoint(map(_fold, control.threats)))
        return lambda control: all(test(control) for test in tests)


def _profile_test(attribute: str, wanted: frozenset[str]) -> Callable[[Control], bool]:
    return lambda control: control.profile is not None and _fold(getattr(control.profile, attribute)) in wanted


def _fold(word: str | None) -> str:
    """A word without case and blanks: ``Account breach`` is ``accountBreach``."""
    return "".join((word or "").split()).casefold()


def _folded(words: list[str]) -> frozenset[str]:
    return frozenset(_fold(word) for word in words)
