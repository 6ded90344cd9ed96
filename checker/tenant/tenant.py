"""One snapshot prepared once for judging: joins, lookups and sums that every requirement needs."""

import datetime
from collections.abc import Iterable, Iterator
from functools import cached_property

from checker.errors import SnapshotError
from checker.snapshot.model import PROFILES, SCORES, ControlScore, Day, SecureScoreControlProfile, Snapshot
from checker.snapshot.past import maximum_on
from checker.tenant.completeness import Doubt, OpenMember, day_doubt, open_members, state_doubt, total_doubts
from checker.tenant.control import Control
from checker.tenant.earlier import SLACK_DAYS, EarlierDays, days_before
from checker.tenant.labels import NO_LABELS, TenantLabels
from checker.tenant.lookup import Lookup, bare
from checker.tenant.numbers import percent_of
from checker.tenant.portal import portal_url
from checker.tenant.states import state_of


class Tenant:
    """What requirements are judged against. Nothing here changes after it was made."""

    def __init__(self, snapshot: Snapshot, portal: str, labels: TenantLabels = NO_LABELS) -> None:
        """Joins the newest day with the profiles.

        Args:
            snapshot: the tenant's data.
            portal: the cloud's Secure Score page, for controls whose profile has no link that may be shown.
            labels: that the caller gives it; waivers may ask for one.
        """
        self.snapshot = snapshot
        self.id = snapshot.tenant
        self.labels = labels
        self.assumes_default_states = snapshot.assumes_default_states
        self.newest: Day | None = snapshot.days[0] if snapshot.days else None
        self.earlier = EarlierDays(snapshot.days[1:])
        self._portal = portal
        self._profiles = Lookup((profile.id, profile) for profile in snapshot.profiles)
        self._controls: dict[str, Control] = {}
        self._urls: dict[str, str] = {}
        self._open: dict[str, tuple[OpenMember, ...]] = {}
        for score in self.newest.controls if self.newest is not None else ():
            profile = self.profile_of(score.control_name)
            self._controls[score.control_name] = Control(score.control_name, score, profile, state_of(score, profile))
        self._scored = Lookup(self._controls.items())

    @property
    def controls(self) -> Iterable[Control]:
        """The controls that the newest day scores, in Graph's order."""
        return self._controls.values()

    def control(self, name: str) -> Control | None:
        """The control called ``name``: the scored one, else the one that has a profile alone; None where neither."""
        return self.scored(name) or self.unscored(name)

    def scored(self, name: str) -> Control | None:
        """The scored control called ``name``, the first of several."""
        found = self.all_scored(name)
        return found[0] if found else None

    def all_scored(self, name: str) -> list[Control]:
        """Every scored control that ``name`` means: exactly, without case, or behind a tenant's prefix (``11770.``).

        A name with a prefix means another connector's control only where the tenant has no profile of that very name.
        """
        own = self._scored.spelled(name)
        if own is not None:
            return [own]
        return [] if self._is_own(name) else self._scored.find_all(name)

    def has(self, name: str) -> bool:
        """Whether the tenant reports a control of that very name, but for its case."""
        return self._scored.spelled(name) is not None or self._profiles.spelled(name) is not None

    def _is_own(self, name: str) -> bool:
        """Whether the tenant has a profile of that very name with a prefix: it means no other connector's control."""
        return bare(name) != name and self._profiles.spelled(name) is not None

    def still_scored(self, name: str) -> Control | None:
        """The scored control that an earlier day called ``name``: not another instance of the same connector."""
        own = self._scored.spelled(name)
        return own if own is not None or bare(name) != name else self.scored(name)

    def profile(self, name: str) -> SecureScoreControlProfile | None:
        """The control profile called ``name``, found the same way."""
        return self._profiles.find(name)

    def profile_of(self, control: str) -> SecureScoreControlProfile | None:
        """The profile that a control of a day's scores is joined with: not that of another connector's instance."""
        return self._profiles.same_instance(control)

    def unscored(self, name: str) -> Control | None:
        """The control called ``name`` that has a profile but no score on the newest day."""
        profile = self.profile(name)
        return Control(profile.id, None, profile, state_of(None, profile)) if profile is not None else None

    def with_state(self) -> Iterator[Control]:
        """Every control in a state other than Default, scored ones first; retired ones without a score are left out."""
        return (control for control in self.with_any_state() if not control.state.is_default)

    def with_any_state(self) -> Iterator[Control]:
        """Every control whose state counts: all but retired ones without a score."""
        return (control for control in self.every() if control.is_scored or not control.is_retired)

    def every(self) -> Iterator[Control]:
        """Every control that the tenant reports: scored ones first, then profiles that no score is joined with."""
        yield from self.controls
        scored = {control.profile.id for control in self.controls if control.profile is not None}
        for profile in self.snapshot.profiles:
            if profile.id not in scored:
                yield Control(profile.id, None, profile, state_of(None, profile))

    @property
    def has_all_profiles(self) -> bool:
        """Whether an id that has no profile here has none in the tenant."""
        return bool(self.snapshot.profiles) and PROFILES not in self.snapshot.partial

    def known_ids(self) -> list[str]:
        """Every control id that the tenant reports, scored or not."""
        return list(dict.fromkeys([*self._controls, *(profile.id for profile in self.snapshot.profiles)]))

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

    def open_members(self, control: Control) -> tuple[OpenMember, ...]:
        """What the data leaves open about a control; nothing for most."""
        held = self._open.get(control.id)
        if held is None:
            held = self._open[control.id] = open_members(control, assume_default_states=self.assumes_default_states)
        return held

    def state_doubt(self, control: Control) -> Doubt | None:
        """What is open about a control's state."""
        return state_doubt(control, assume_default_states=self.assumes_default_states)

    @cached_property
    def left_out(self) -> Doubt | None:
        """Why the newest day may leave controls out, so that one that is not there may be scored; None where it can't.

        The sums of such a day tell nothing either.
        """
        if self.newest is None:
            return None
        if SCORES in self.snapshot.partial:
            text = f"Graph's answer was incomplete, so the day {self.newest.date} may lack controls"
            return Doubt("partial-data", f"{text}; fetch the data again")
        return day_doubt(self.newest)

    @cached_property
    def total_doubts(self) -> tuple[Doubt, ...]:
        """What is open about Microsoft's totals of the newest day."""
        if self.newest is None:
            return ()
        own = tuple(total_doubts(self.newest))
        doubt = day_doubt(self.newest)
        # Without control scores there is nothing that contradicts the total.
        return (*own, doubt) if doubt is not None and doubt.code == "inconsistent" else own

    def scored_day(self) -> Day:
        """The newest day, for an answer that needs one.

        Raises:
            SnapshotError: there is none.
        """
        if self.newest is None:
            raise SnapshotError("the tenant has no Secure Score yet", advice="Microsoft publishes it within some days.")
        return self.newest

    def current_score(self) -> float:
        """The newest day's points, for an answer that is built on them.

        Raises:
            SnapshotError: there are none.
        """
        day = self.scored_day()
        if day.score.current_score is None:
            raise SnapshotError(
                f"Graph sent no currentScore for the day {day.date}, so nothing can be projected from it",
                advice="Fetch the data again.",
            )
        return day.score.current_score

    @property
    def percent(self) -> float | None:
        """The newest day's score in percent of its maximum; None where there is none, or where a total is in doubt."""
        if self.newest is None or self.total_doubts:
            return None
        return percent_of(self.newest.score.current_score, self.newest.score.maximum)

    @property
    def is_consistent(self) -> bool:
        """Whether nothing contradicts the newest day's totals: its control scores add up, its numbers are in range."""
        return not any(doubt.code == "inconsistent" for doubt in self.total_doubts)

    def scored_earlier(self, name: str) -> datetime.date | None:
        """The last day before the newest on which the control was scored, or None."""
        return self.earlier.last_scored(name, exactly=self._is_own(name))

    def scored_on(self, day: Day) -> Iterator[Control]:
        """The controls that a past day scores, with today's profiles; their states are today's too."""
        for score in day.controls:
            if score.score is not None:
                profile = self.profile_of(score.control_name)
                yield Control(score.control_name, score, profile, state_of(score, profile))

    def began(self, name: str) -> datetime.date | None:
        """The earliest day on which a scored control may have been scored first; None where no older day lacks it."""
        return self.earlier.began(name)

    def earlier_ids(self) -> Iterable[str]:
        """Every id that an earlier day scores."""
        return self.earlier.names()

    def day_before(self, days: int, *, slack: int = SLACK_DAYS) -> Day | None:
        """The newest day that lies ``days`` or more before the newest and can be a base; else None.

        Args:
            days: how many days back.
            slack: how many days more it may lie back.
        """
        return self.earlier.base(days_before(self.newest.date, days), slack) if self.newest is not None else None

    def maximum_on(self, score: ControlScore) -> float | None:
        """A past day's maximum of a control."""
        return maximum_on(score, self.profile_of(score.control_name))
