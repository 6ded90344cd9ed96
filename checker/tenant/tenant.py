"""One snapshot prepared once for judging: joins, lookups and sums that every requirement needs."""

import datetime
from collections.abc import Iterable, Iterator
from functools import cached_property

import msgspec

from checker.snapshot.model import PROFILES, ControlScore, Day, SecureScoreControlProfile, Snapshot
from checker.tenant.control import Control
from checker.tenant.lookup import Lookup
from checker.tenant.numbers import TOLERANCE
from checker.tenant.past import maximum_on
from checker.tenant.portal import portal_url
from checker.tenant.states import state_of

# Sums of control scores may miss Graph's total by its rounding: half a cent of a point for each control.
_ROUNDING = 0.005
# A day that lies so many days further back than asked for still serves.
SLACK_DAYS = 3

# How much older than asked for a day may be that stands in for one that the data lacks.
SLACK_DAYS = 3


class Sum(msgspec.Struct, frozen=True):
    """Points and maximum of several controls; ``maximum`` is None where one control's is unknown."""

    points: float
    maximum: float | None


class Tenant:
    """What requirements are judged against. Nothing here changes after it was made."""

    def __init__(self, snapshot: Snapshot, portal: str) -> None:
        """Joins the newest day with the profiles.

        Args:
            snapshot: the tenant's data.
            portal: the cloud's Secure Score page, for controls whose profile has no link that may be shown.
        """
        self.snapshot = snapshot
        self.id = snapshot.tenant
        self.newest: Day | None = snapshot.days[0] if snapshot.days else None
        self._portal = portal
        self._profiles = Lookup((profile.id, profile) for profile in snapshot.profiles)
        self._controls: dict[str, Control] = {}
        self._urls: dict[str, str] = {}
        if self.newest is not None:
            for score in self.newest.controls:
                if score.score is not None:
                    profile = self._profiles.find(score.control_name)
                    state = state_of(score, profile)
                    self._controls[score.control_name] = Control(score.control_name, score, profile, state)
        self._scored = Lookup(self._controls.items())

    @property
    def controls(self) -> Iterable[Control]:
        """The controls that the newest day scores, in Graph's order."""
        return self._controls.values()

    def control(self, name: str) -> Control | None:
        """The control called ``name``: the scored one, else the one that has a profile alone; None where neither."""
        return self.scored(name) or self.unscored(name)

    def scored(self, name: str) -> Control | None:
        """The scored control called ``name``: exactly, without case, or behind a tenant's prefix (``11770.``)."""
        found = self._scored.find(name)
        return None if found is None or self._is_namesake(found.id, name, found.profile) else found

    def _is_namesake(self, found: str, name: str, profile: SecureScoreControlProfile | None) -> bool:
        """Whether the id that was found for ``name`` is another control's, of another prefix.

        It is where a profile of that very name is there which is not the found one's.
        """
        if found.casefold() == name.casefold():
            return False
        own = self._profiles.find(name)
        return own is not None and own is not profile and own.id.casefold() == name.casefold()

    def profile(self, name: str) -> SecureScoreControlProfile | None:
        """The control profile called ``name``, found the same way."""
        return self._profiles.find(name)

    def unscored(self, name: str) -> Control | None:
        """The control called ``name`` that has a profile but no score on the newest day."""
        profile = self.profile(name)
        return Control(profile.id, None, profile, state_of(None, profile)) if profile is not None else None

    def with_state(self) -> Iterator[Control]:
        """Every control in a state other than Default, scored ones first; retired ones without a score are left out."""
        for control in self.every():
            if not control.state.is_default and not (control.is_retired and not control.is_scored):
                yield control

    def every(self) -> Iterator[Control]:
        """Every control that the tenant reports: scored ones first, then profiles that no score is joined with."""
        yield from self.controls
        scored = {control.profile.id for control in self.controls if control.profile is not None}
        for profile in self.snapshot.profiles:
            if profile.id not in scored:
                yield Control(profile.id, None, profile, state_of(None, profile))

    def known_ids(self) -> list[str]:
        """Every control id that the tenant reports, scored or not."""
        return [*self._controls, *(profile.id for profile in self.snapshot.profiles)]

    def portal_url(self, control: Control | None) -> str:
        """Where a person sees and changes the control."""
        if control is None:
            return self._portal
        if control.id not in self._urls:
            self._urls[control.id] = portal_url(control.profile, self.id, self._portal)
        return self._urls[control.id]

    @cached_property
    def enabled_services(self) -> frozenset[str] | None:
        """Licences of the newest day, in lower case; None where Graph doesn't tell."""
        services = self.newest.score.enabled_services if self.newest is not None else None
        return frozenset(service.casefold() for service in services) if services is not None else None

    @cached_property
    def categories(self) -> list[str]:
        """Every category of a scored control, in Graph's order."""
        return list(dict.fromkeys(control.category for control in self.controls if control.category is not None))

    def of_category(self, category: str) -> list[Control]:
        """The scored controls of a category, compared without case."""
        return self._by_category.get(category.casefold(), [])

    @cached_property
    def _by_category(self) -> dict[str, list[Control]]:
        found: dict[str, list[Control]] = {}
        for control in self.controls:
            found.setdefault((control.category or "").casefold(), []).append(control)
        return found

    @cached_property
    def is_consistent(self) -> bool:
        """Whether the newest day's control scores add up to its current score, within rounding."""
        if self.newest is None or self.newest.score.current_score is None:
            return True
        total = sum(control.points or 0.0 for control in self.controls)
        return abs(total - self.newest.score.current_score) <= _ROUNDING * len(self._controls) + TOLERANCE

    @cached_property
    def lacks_profiles(self) -> bool:
        """Whether profiles are missing that would tell states and services: of an incomplete answer, or all of them."""
        if not self._controls:
            return False
        if not self.snapshot.profiles:
            return True
        return PROFILES in self.snapshot.partial and any(control.profile is None for control in self.controls)

    @cached_property
    def declared_points(self) -> float:
        """Points of the newest day that somebody declared and nobody observed."""
        return sum(control.points or 0.0 for control in self.controls if control.state.is_declared) + 0.0

    def sum(self, controls: Iterable[Control], *, observed_only: bool = False) -> Sum:
        """Σ score and Σ maximum of scored controls.

        Where maxima are unknown (no profile, and a score of zero) they are what is left of the tenant's ``maxScore``,
        if every control without one is among ``controls``; else the sum's maximum is None.
        """
        points = maximum = 0.0
        unknown: set[str] = set()
        for control in controls:
            if not (observed_only and control.state.is_declared):
                points += control.points or 0.0
            if control.maximum is None:
                unknown.add(control.id)
            else:
                maximum += control.maximum
        if not unknown:
            return Sum(points, maximum)
        rest = self._left_over if unknown.issuperset(self._without_maximum) else None
        return Sum(points, maximum + rest if rest is not None else None)

    @cached_property
    def _without_maximum(self) -> frozenset[str]:
        return frozenset(control.id for control in self.controls if control.maximum is None)

    @cached_property
    def _left_over(self) -> float | None:
        """What the tenant's maximum leaves for the controls whose own is unknown."""
        total = self.newest.score.max_score if self.newest is not None else None
        if total is None:
            return None
        left = total - sum(control.maximum or 0.0 for control in self.controls)
        return max(left, 0.0) if left > -0.5 else None

    def scored_earlier(self, name: str) -> datetime.date | None:
        """The last day before the newest on which the control was scored, or None."""
        spelled = self._earlier.find(name)
        if spelled is None or self._is_namesake(spelled, name, self._profiles.find(spelled)):
            return None
        return next(day.date for day in self.snapshot.days[1:] if spelled in _scored_names(day))

    def scored_on(self, day: Day) -> Iterator[Control]:
        """The controls that a past day scores, with today's profiles; their states are today's too."""
        for score in day.controls:
            if score.score is not None:
                profile = self._profiles.find(score.control_name)
                yield Control(score.control_name, score, profile, state_of(score, profile))

    def earlier_ids(self) -> Iterable[str]:
        """Every id that an earlier day scores."""
        return self._earlier.names()

    @cached_property
    def _earlier(self) -> Lookup[str]:
        # Which day it was is looked up for the few that are found: most names are of every day.
        found: set[str] = set()
        for day in self.snapshot.days[1:]:
            found |= _scored_names(day)
        return Lookup((name, name) for name in sorted(found))

    def day_before(self, days: int, *, slack: int = SLACK_DAYS) -> Day | None:
        """The newest day that lies ``days`` or more before the newest, at most ``slack`` days more; else None."""
        if self.newest is None:
            return None
        wanted = days_before(self.newest.date, days)
        for day in self.snapshot.days[1:]:
            if day.date <= wanted:
                return day if (wanted - day.date).days <= slack else None
        return None

    def maximum_on(self, score: ControlScore) -> float | None:
        """A past day's maximum of a control."""
        return maximum_on(score, self._profiles.find(score.control_name))


def days_before(date: datetime.date, days: int) -> datetime.date:
    """So many days earlier; the first day of the calendar where that is before it."""
    return datetime.date.fromordinal(max(1, date.toordinal() - days))


def _scored_names(day: Day) -> set[str]:
    return {score.control_name for score in day.controls if score.score is not None}
