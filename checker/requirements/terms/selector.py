"""Selectors: which of the controls that the newest day scores a requirement speaks of."""

import datetime
from collections.abc import Callable, Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from checker.requirements.direction import Direction, growing, together
from checker.requirements.terms.named_controls import matcher_in
from checker.requirements.terms.pattern import control_matcher, is_pattern
from checker.requirements.terms.vocabulary import fold
from checker.requirements.words import WordGroup, WordKind
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
        return self.sort(tenant, exclude)[0]

    def sort(self, tenant: Tenant, exclude: list[str]) -> tuple[list[Control], list[Control]]:
        """The scored controls that fit and are not excluded, and those of which the data leaves it open."""
        excluded = matcher_in(tenant, exclude) if exclude else None
        fits = self.fit()
        picked: list[Control] = []
        maybe: list[Control] = []
        for control in tenant.controls:
            found = fits(control)
            if found is not False and (excluded is None or not excluded(control.id)):
                (maybe if found is None else picked).append(control)
        return picked, maybe

    def count_unscored(self, tenant: Tenant, exclude: list[str]) -> int:
        """How many profiles fit that the newest day does not score."""
        excluded = matcher_in(tenant, exclude)
        fits = self.fit()
        unscored = (
            tenant.unscored(profile.id)
            for profile in tenant.snapshot.profiles
            if tenant.scored(profile.id) is None and not excluded(profile.id)
        )
        return sum(1 for control in unscored if control is not None and fits(control))

    def last_scored(self, tenant: Tenant, exclude: list[str]) -> datetime.date | None:
        """The last day before the newest on which a control was scored that fits; None where there was none."""
        excluded = matcher_in(tenant, exclude)
        fits = self.fit()
        for day in tenant.snapshot.days[1:]:
            if any(not excluded(control.id) and fits(control) for control in tenant.scored_on(day)):
                return day.date
        return None

    @property
    def literal_ids(self) -> list[str]:
        """The ids that are written out, without wildcards."""
        return [name for name in self.id or () if not is_pattern(name)]

    def words(self) -> Iterator[WordGroup]:
        """The words of each key."""
        keys = (
            (WordKind.CONTROL, self.id),
            (WordKind.CATEGORY, self.category),
            (WordKind.SERVICE, self.service),
            (WordKind.TIER, self.tier),
            (WordKind.THREAT, self.threats),
            (WordKind.USER_IMPACT, self.user_impact),
            (WordKind.IMPLEMENTATION_COST, self.implementation_cost),
        )
        for kind, words in keys:
            if words:
                yield WordGroup(kind, tuple(words))

    def sentence(self) -> str:
        """What is picked, for a sentence: ``controls with category Identity and service AzureAD``."""
        parts = [
            f"{'id' if group.kind is WordKind.CONTROL else group.kind.value} {' or '.join(group.words)}"
            for group in self.words()
        ]
        return f"controls with {' and '.join(parts)}"

    def fit(self) -> Callable[[Control], bool | None]:
        """The test that a control, scored or not, has to pass; None where the data leaves it open."""
        tests = list(self._tests())
        if len(tests) == 1:
            return tests[0]

        def test_all(control: Control) -> bool | None:
            found = [test(control) for test in tests]
            return False if False in found else None if None in found else True

        return test_all

    def _tests(self) -> Iterator[Callable[[Control], bool | None]]:
        if self.id is not None:
            yield _name_test(self.id)
        if self.category is not None:
            yield _category_test(_folded(self.category))
        for member in ("service", "tier", "user_impact", "implementation_cost", "threats"):
            words = getattr(self, member)
            if words is not None:
                yield _profile_test(member, _folded(words))


def _name_test(names: list[str]) -> Callable[[Control], bool | None]:
    named = control_matcher(names)
    return lambda control: named(control.id)


def _category_test(wanted: frozenset[str]) -> Callable[[Control], bool | None]:
    def test(control: Control) -> bool | None:
        if control.score is not None and not fold(control.score.control_category):
            return None
        return fold(control.category) in wanted

    return test


def _profile_test(member: str, wanted: frozenset[str]) -> Callable[[Control], bool | None]:
    def test(control: Control) -> bool | None:
        if member in control.missing_members:
            return None
        value = getattr(control.profile, member)
        words = value if isinstance(value, list) else [value]
        return not wanted.isdisjoint(map(fold, words))

    return test


def _folded(words: list[str]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


def direction_of_selector(before: Selector, after: Selector) -> Direction:
    """Of one finding for each control that is picked: who picks more asks for more."""
    keys = (key for key in before.__struct_fields__ if key != "id")
    found = [_direction_of_key(getattr(before, key), getattr(after, key), fold) for key in keys]
    return together([*found, _direction_of_ids(before, after)])


def _direction_of_ids(before: Selector, after: Selector) -> Direction:
    if after.id is None and before.literal_ids:
        # More is picked; that a certain one is scored no more is not noticed.
        return Direction.UNDECIDED
    return _direction_of_key(before.id, after.id, str.casefold)


def _direction_of_key(before: list[str] | None, after: list[str] | None, form: Callable[[str], str]) -> Direction:
    if before is None or after is None:
        # A further key picks fewer.
        return Direction.NEUTRAL if before == after else Direction.TIGHTER if after is None else Direction.LOOSER
    return growing(list[str], form)(before, after)
