"""The course of each scored control: what it counts and how much of it was in order on which day."""

from dataclasses import dataclass

from checker.sandbox.tenants import story
from checker.sandbox.tenants.catalogue import Control, controls
from checker.sandbox.tenants.draws import Draws

STORY_SEED = 0
"""The seed whose tenant follows the story in every detail; others stray from it."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of everything a tenant has."""

    users: int
    mailboxes: int
    administrators: int
    devices: int


@dataclass(frozen=True, slots=True)
class Course:
    """One scored control over the days; every age is in days before the newest day.

    Attributes:
        control: the control.
        total: how many objects it counts; 1 for a switch, 2 for a setting with a middle position, 0 for none.
        steps: (age from which on it holds, how many objects are in order), oldest first.
        first: the oldest age that scores it.
        last: the youngest age that scores it.
        claimed: the age from which on a declared state earns full points; None without one.
    """

    control: Control
    total: int
    steps: tuple[tuple[int, int], ...]
    first: int
    last: int
    claimed: int | None

    def compliant(self, age: int) -> int:
        """Count the objects that were in order on a day."""
        count = 0
        for since, value in self.steps:
            if since < age:
                break
            count = value
        return count

    def maximum(self, age: int) -> float:
        """Tell the points that it could earn on a day."""
        if self.control.id == story.REWEIGHTED_CONTROL and age > story.REWEIGHTED_AGE:
            return story.REWEIGHTED_FROM
        return self.control.maximum

    def category(self, age: int) -> str:
        """Tell the category that it belonged to on a day."""
        if self.control.id == story.MOVED_CONTROL and age > story.MOVED_AGE:
            return story.MOVED_FROM
        return self.control.category

    def score(self, age: int) -> float:
        """Tell its points on a day, rounded to two decimals as the service does."""
        if self.claimed is not None and age <= self.claimed:
            return self.maximum(age)
        return self.observed(age)

    def observed(self, age: int) -> float:
        """Tell the points that it would earn on a day if nobody had declared anything."""
        return round(self.maximum(age) * self.compliant(age) / self.total, 2) if self.total else 0.0


def sizes(draws: Draws, seed: int) -> Sizes:
    """Draw how many users, mailboxes, administrators and devices a tenant has."""
    if seed == STORY_SEED:
        return Sizes(users=50, mailboxes=48, administrators=4, devices=15)
    users = draws.between(20, 400, "users")
    return Sizes(
        users=users,
        mailboxes=users - draws.between(0, 4, "mailboxes"),
        administrators=2 * draws.between(1, 4, "administrators"),
        devices=max(4, int(users * (0.2 + 0.6 * draws.fraction("devices")))),
    )


def courses(draws: Draws, seed: int) -> list[Course]:
    """Draw the course of every control that is scored on some day, in the order of the catalogue."""
    numbers = sizes(draws, seed)
    maturity = 0.56 if seed == STORY_SEED else 0.35 + 0.4 * draws.fraction("maturity")
    return [_course(control, draws, seed, numbers, maturity) for control in controls() if control.measure]


def _course(control: Control, draws: Draws, seed: int, numbers: Sizes, maturity: float) -> Course:
    total = _total(control, numbers)
    first, last = story.ALWAYS, 0
    if control.id in story.LICENSED_CONTROLS:
        first = story.LICENSED_AGE
    elif control.id in story.APPEARED_CONTROLS:
        first = story.APPEARED_AGE
    elif control.id == story.RETIRED_CONTROL:
        last = story.RETIRED_AGE
    return Course(
        control=control,
        total=total,
        steps=tuple((age, round(share * total)) for age, share in _shares(control, draws, seed, total, maturity)),
        first=first,
        last=last,
        claimed=_claimed(control.id),
    )


def _total(control: Control, numbers: Sizes) -> int:
    if control.id == story.WITHOUT_OBJECTS:
        return 0
    if control.id == "scid_6090":
        return max(4, numbers.devices // 5)
    if control.id == "meeting_autoadmitusers_v1":
        return 2
    totals = {
        "users": numbers.users,
        "mailboxes": numbers.mailboxes,
        "administrators": numbers.administrators,
        "devices": numbers.devices,
        "accounts": numbers.administrators if control.id == "OneAdmin" else max(1, numbers.users * 18 // 100),
    }
    return totals.get(control.measure, 1)


def _shares(control: Control, draws: Draws, seed: int, total: int, maturity: float) -> tuple[tuple[int, float], ...]:
    planned = story.PLANS.get(control.id)
    follows = seed == STORY_SEED or draws.fraction(f"{control.id} strays") > 0.3
    if planned and follows:
        return planned
    if any(declaration.control == control.id for declaration in story.DECLARATIONS):
        return ((story.ALWAYS, 0.0),)
    return _drawn_shares(control, draws, total, maturity)


def _drawn_shares(control: Control, draws: Draws, total: int, maturity: float) -> tuple[tuple[int, float], ...]:
    luck = draws.fraction(f"{control.id} outcome")
    if luck < maturity:
        share = 1.0
    elif luck < maturity + 0.18 and total > 1:
        share = 0.05 + 0.9 * draws.fraction(f"{control.id} share")
    else:
        return ((story.ALWAYS, 0.0),)
    if draws.fraction(f"{control.id} improves") > 0.4:
        return ((story.ALWAYS, share),)
    before = share * draws.fraction(f"{control.id} before") if total > 1 else 0.0
    # Nothing improves within the last days, so that the regression there is plain to see.
    return ((story.ALWAYS, before), (draws.between(12, 88, f"{control.id} age"), share))


def _claimed(control_id: str) -> int | None:
    if control_id in story.DEFENDER_STATES:
        return story.DEFENDER_STATES[control_id][1] - story.DECLARATION_LAG
    for declaration in story.DECLARATIONS:
        if declaration.control == control_id and declaration.earns:
            return declaration.age - story.DECLARATION_LAG
    return None
