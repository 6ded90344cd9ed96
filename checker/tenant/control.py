"""A control of one tenant: the join of its score and its profile, and what follows from both."""

import math
from collections.abc import Mapping
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from checker.snapshot.model import ControlScore, SecureScoreControlProfile
from checker.snapshot.moments import in_iso
from checker.snapshot.past import implied_maximum
from checker.tenant.numbers import at_least, finite, percent_of
from checker.tenant.states import State

# Graph's words for cost and impact in one spelling; anything else is unknown.
LEVELS: Mapping[str, str] = {"low": "low", "moderate": "moderate", "medium": "moderate", "high": "high"}
UNKNOWN_LEVEL = "unknown"

# What selectors look at in a profile.
SELECTED_MEMBERS = frozenset({"service", "tier", "threats", "user_impact", "implementation_cost"})

T = TypeVar("T")


class Control(msgspec.Struct, frozen=True):
    """A control of the newest day: scored, with a profile or without, or a profile alone (``score`` is None)."""

    id: str
    score: ControlScore | None
    profile: SecureScoreControlProfile | None
    state: State

    @property
    def title(self) -> str:
        """The profile's title without blanks around it, else the id."""
        title = self.profile.title if self.profile is not None else None
        return (title or "").strip() or self.id

    @property
    def category(self) -> str | None:
        """The score's own category: a profile's may be of another year."""
        if self.score is not None and self.score.control_category is not None:
            return self.score.control_category
        return self.profile.control_category if self.profile is not None else None

    @property
    def service(self) -> str | None:
        """The product that the control belongs to, as its profile names it."""
        return _held(self.profile.service) if self.profile is not None else None

    @property
    def tier(self) -> str | None:
        """Core, Defense in Depth or Advanced, as its profile spells it."""
        return _held(self.profile.tier) if self.profile is not None else None

    @property
    def threats(self) -> tuple[str, ...]:
        """What the control protects from."""
        return tuple(_held(self.profile.threats) or ()) if self.profile is not None else ()

    @property
    def implementation_cost(self) -> str:
        """``low``, ``moderate``, ``high`` or ``unknown``."""
        return _level(_held(self.profile.implementation_cost) if self.profile is not None else None)

    @property
    def user_impact(self) -> str:
        """``low``, ``moderate``, ``high`` or ``unknown``."""
        return _level(_held(self.profile.user_impact) if self.profile is not None else None)

    @property
    def rank(self) -> float:
        """Microsoft's rank, which it sends as number or as text; infinite where there is none."""
        rank = finite(self.profile.rank) if self.profile is not None else None
        return rank if rank is not None else math.inf

    @property
    def remediation(self) -> str | None:
        """Microsoft's HTML on what to do."""
        return self.profile.remediation if self.profile is not None else None

    @property
    def is_retired(self) -> bool:
        """Whether Microsoft has deprecated the control."""
        return self.profile is not None and bool(self.profile.deprecated)

    @property
    def missing_members(self) -> frozenset[str]:
        """The members of its profile that selectors look at and that are absent; all of them without a profile."""
        profile = self.profile
        if profile is None:
            return SELECTED_MEMBERS
        return frozenset(name for name in SELECTED_MEMBERS if getattr(profile, name) is UNSET)

    @property
    def is_scored(self) -> bool:
        """Whether the newest day scores the control."""
        return self.score is not None

    @property
    def last_synced(self) -> str | None:
        """When Microsoft last measured the control, ISO 8601."""
        synced = self.score.last_synced if self.score is not None else None
        return in_iso(synced) if isinstance(synced, str) else None

    @property
    def points(self) -> float | None:
        """The points earned, None when the newest day does not score the control."""
        return self.score.score if self.score is not None else None

    @property
    def percent(self) -> float | None:
        """100 × score / the profile's maximum; without a profile Graph's own percentage; None where neither tells."""
        if self.score is None or self.score.score is None:
            return None
        if self.profile is None:
            return self.score.score_in_percentage
        return percent_of(self.score.score, self.maximum)

    @property
    def maximum(self) -> float | None:
        """The profile's maximum; without a profile 100 × score / scoreInPercentage, where the score is positive.

        Zero where the profile says that there is none (null); None where it is unknown.
        """
        if self.profile is not None:
            maximum = self.profile.max_score
            if maximum is None:
                return 0.0
            return None if maximum is UNSET or maximum < 0 else maximum
        return implied_maximum(self.score) if self.score is not None else None

    @property
    def points_left(self) -> float:
        """Points left; none of a control that is declared done or retired, or whose maximum is unknown."""
        if self.score is None or self.state.is_declared or self.is_retired or self.maximum is None:
            return 0.0
        return max(0.0, self.maximum - (self.points or 0.0))

    @property
    def is_not_yet_counted(self) -> bool:
        """Declared, and still below its maximum: Microsoft has not counted it yet, so its points were observed."""
        below = self.points is not None and self.maximum is not None and not at_least(self.points, self.maximum)
        return self.state.is_declared and below

    @property
    def is_completed(self) -> bool:
        """Observed in full (the portal's Completed): nothing is left that could be declared."""
        percent = self.percent
        return percent is not None and at_least(percent, 100) and not self.state.is_declared


def _held(member: T | UnsetType | None) -> T | None:
    """A member of a profile; None where it is absent."""
    return None if isinstance(member, UnsetType) else member


def _level(word: str | None) -> str:
    return LEVELS.get((word or "").strip().casefold(), UNKNOWN_LEVEL)
