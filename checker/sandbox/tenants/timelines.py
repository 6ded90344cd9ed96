"""The timeline of each scored control: what it counts, and how many of those comply on each day."""

import datetime
from dataclasses import dataclass

from checker.sandbox.tenants import story
from checker.sandbox.tenants.catalogue import CatalogueControl, controls
from checker.sandbox.tenants.seeded import SeededChoices

STORY_SEED = 0
"""The seed whose tenant follows the story in every detail; the others deviate from it."""


@dataclass(frozen=True, slots=True)
class TenantSizes:
    """How many users, mailboxes, administrators and devices a tenant has."""

    users: int
    mailboxes: int
    administrators: int
    devices: int


@dataclass(frozen=True, slots=True)
class ControlTimeline:
    """One scored control over time; an age is a number of days before the newest day.

    Attributes:
        control: the control.
        total: how many objects it counts; 1 for a switch, 2 for a setting with three positions, 0 for none.
        steps: (age from which on it applies, how many objects comply), oldest first.
        first: the oldest age at which it is scored.
        last: the youngest age at which it is scored.
        declared: the age from which on a declared state earns full points; None where none does.
    """

    control: CatalogueControl
    total: int
    steps: tuple[tuple[int, int], ...]
    first: int
    last: int
    declared: int | None

    def compliant(self, age: int) -> int:
        """Count the objects that comply at an age."""
        count = 0
        for since, value in self.steps:
            if since < age:
                break
            count = value
        return count

    def maximum(self, age: int) -> float:
        """Give the most points that it can earn at an age."""
        if self.control.id == story.REWEIGHTED_CONTROL and age > story.REWEIGHTED_AGE:
            return story.REWEIGHTED_FROM
        return self.control.maximum

    def category(self, age: int) -> str:
        """Give the category that it belongs to at an age."""
        if self.control.id == story.MOVED_CONTROL and age > story.MOVED_AGE:
            return story.MOVED_FROM
        return self.control.category

    def spans(self, oldest: int) -> list[tuple[int, int]]:
        """Split the ages from 0 to ``oldest`` into spans without a change: the youngest and the oldest age of each."""
        last_ages = {since for since, _ in self.steps} | {story.REWEIGHTED_AGE, story.MOVED_AGE, self.declared or 0}
        ends = [*sorted(age for age in last_ages if age < oldest), oldest]
        return list(zip([0, *(age + 1 for age in ends)], ends, strict=False))

    def score(self, age: int) -> float:
        """Give its points at an age, rounded to two decimals as the service does."""
        if self.declared is not None and age <= self.declared:
            return self.maximum(age)
        return self.observed(age)

    def observed(self, age: int) -> float:
        """Give the points that it would earn at an age if nobody had declared anything."""
        return round(self.maximum(age) * self.compliant(age) / self.total, 2) if self.total else 0.0


@dataclass(frozen=True, slots=True)
class SeededTenant:
    """What the seed decides about a tenant; its scores and profiles are built from it.

    Attributes:
        tenant_id: Entra's id of the tenant.
        newest_day: the day on which the story ends.
        seeded: the choices of the seed.
        sizes: how many users and devices there are.
        timelines: what happens to each control.
    """

    tenant_id: str
    newest_day: datetime.date
    seeded: SeededChoices
    sizes: TenantSizes
    timelines: list[ControlTimeline]


def seeded_tenant(seed: int, newest_day: datetime.date) -> SeededTenant:
    """Choose a tenant."""
    seeded = SeededChoices(seed)
    return SeededTenant(
        seeded.identifier("tenant"), newest_day, seeded, tenant_sizes(seeded, seed), control_timelines(seeded, seed)
    )


def tenant_sizes(seeded: SeededChoices, seed: int) -> TenantSizes:
    """Choose the sizes of a tenant."""
    if seed == STORY_SEED:
        return TenantSizes(users=50, mailboxes=48, administrators=4, devices=15)
    users = seeded.between(20, 400, "users")
    return TenantSizes(
        users=users,
        mailboxes=users - seeded.between(0, 4, "mailboxes"),
        administrators=2 * seeded.between(1, 4, "administrators"),
        devices=max(4, int(users * (0.2 + 0.6 * seeded.fraction("devices")))),
    )


def control_timelines(seeded: SeededChoices, seed: int) -> list[ControlTimeline]:
    """Choose the timeline of every control that is scored on any day, in the order of the catalogue."""
    sizes = tenant_sizes(seeded, seed)
    maturity = 0.56 if seed == STORY_SEED else 0.35 + 0.4 * seeded.fraction("maturity")
    return [_timeline(control, seeded, seed, sizes, maturity) for control in controls() if control.measure]


def _timeline(
    control: CatalogueControl, seeded: SeededChoices, seed: int, sizes: TenantSizes, maturity: float
) -> ControlTimeline:
    total = _total(control, sizes)
    first, last = story.ALWAYS, 0
    if control.id in story.LICENSED_CONTROLS:
        first = story.LICENSED_AGE
    elif control.id in story.APPEARED_CONTROLS:
        first = story.APPEARED_AGE
    elif control.id == story.RETIRED_CONTROL:
        last = story.RETIRED_AGE
    return ControlTimeline(
        control=control,
        total=total,
        steps=tuple((age, round(share * total)) for age, share in _shares(control, seeded, seed, total, maturity)),
        first=first,
        last=last,
        declared=_declared(control.id),
    )


def _total(control: CatalogueControl, sizes: TenantSizes) -> int:
    if control.id == story.WITHOUT_OBJECTS:
        return 0
    if control.id == "scid_6090":
        return max(4, sizes.devices // 5)
    if control.id == "meeting_autoadmitusers_v1":
        return 2
    totals = {
        "users": sizes.users,
        "mailboxes": sizes.mailboxes,
        "administrators": sizes.administrators,
        "devices": sizes.devices,
        "accounts": sizes.administrators if control.id == "OneAdmin" else max(1, sizes.users * 18 // 100),
    }
    return totals.get(control.measure, 1)


def _shares(
    control: CatalogueControl, seeded: SeededChoices, seed: int, total: int, maturity: float
) -> tuple[tuple[int, float], ...]:
    planned = story.PLANS.get(control.id)
    follows_story = seed == STORY_SEED or seeded.fraction(f"{control.id} strays") > 0.3
    if planned and follows_story:
        return planned
    if any(declaration.control == control.id for declaration in story.DECLARATIONS):
        return ((story.ALWAYS, 0.0),)
    return _chosen_shares(control, seeded, total, maturity)


def _chosen_shares(
    control: CatalogueControl, seeded: SeededChoices, total: int, maturity: float
) -> tuple[tuple[int, float], ...]:
    luck = seeded.fraction(f"{control.id} outcome")
    if luck < maturity:
        share = 1.0
    elif luck < maturity + 0.18 and total > 1:
        share = 0.05 + 0.9 * seeded.fraction(f"{control.id} share")
    else:
        return ((story.ALWAYS, 0.0),)
    if seeded.fraction(f"{control.id} improves") > 0.4:
        return ((story.ALWAYS, share),)
    before = share * seeded.fraction(f"{control.id} before") if total > 1 else 0.0
    # Nothing improves within the last days, so that the regression there stands out.
    return ((story.ALWAYS, before), (seeded.between(12, 88, f"{control.id} age"), share))


def _declared(control_id: str) -> int | None:
    if control_id in story.DEFENDER_STATES:
        return story.DEFENDER_STATES[control_id][1] - story.DECLARATION_LAG
    for declaration in story.DECLARATIONS:
        if declaration.control == control_id and declaration.earns:
            return declaration.age - story.DECLARATION_LAG
    return None
