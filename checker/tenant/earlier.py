"""The days before the newest: which of them can be a base, and which controls they score."""

import datetime
from collections.abc import Iterable, Sequence
from functools import cached_property

from checker.snapshot.model import Day
from checker.tenant.completeness import day_doubt
from checker.tenant.lookup import Lookup

# A day that lies so many days further back than asked for still serves.
SLACK_DAYS = 3


class EarlierDays:
    """The days before the newest, the newest of them first."""

    def __init__(self, days: Sequence[Day]) -> None:
        self._days = days

    def base(self, wanted: datetime.date, slack: int) -> Day | None:
        """The newest day on or before ``wanted``, at most ``slack`` days older, that can be a base; None without one.

        A day whose control scores miss its own score can't: its sums and its controls tell nothing.
        """
        for day in self._days:
            if day.date <= wanted:
                if (wanted - day.date).days > slack:
                    return None
                if can_be_base(day):
                    return day
        return None

    def last_scored(self, name: str, *, exactly: bool = False) -> datetime.date | None:
        """The last of the days on which the control was scored, or None.

        Args:
            name: the control's id.
            exactly: whether another instance of the same connector does not count.
        """
        own = self._names.spelled(name)
        spelled = ([] if own is None else [own]) if exactly else self._names.find_all(name)
        if not spelled:
            return None
        return next((day.date for day in self._days if not scored_names(day).isdisjoint(spelled)), None)

    def began(self, name: str) -> datetime.date | None:
        """The earliest day on which a control of the newest day may have been scored first.

        That is the day after the last one that is known to be without it; None where no older day is. Every instance
        of a connector counts, and an entry without a readable score too: what was there is not new.
        """
        spelled = set(self._listed_names.find_all(name))
        first: datetime.date | None = None
        for day, names in self._listed:
            if not names.isdisjoint(spelled):
                first = None
            elif first is None and can_be_base(day):
                first = day.date + datetime.timedelta(days=1)
        return first

    @cached_property
    def _listed(self) -> list[tuple[Day, set[str]]]:
        return [(day, {score.control_name for score in day.controls}) for day in self._days]

    @cached_property
    def _listed_names(self) -> Lookup[str]:
        return Lookup((name, name) for name in sorted(set[str]().union(*(names for _, names in self._listed))))

    def names(self) -> Iterable[str]:
        """Every id that one of the days scores."""
        return self._names.names()

    @cached_property
    def _names(self) -> Lookup[str]:
        # Which day it was is looked up for the few that are found: most names are of every day.
        found: set[str] = set()
        for day in self._days:
            found |= scored_names(day)
        return Lookup((name, name) for name in sorted(found))


def can_be_base(day: Day) -> bool:
    """Whether a day's score and its controls can be compared with another day's."""
    return day.score.current_score is not None and day_doubt(day) is None


def scored_names(day: Day) -> set[str]:
    """The ids of the controls that a day scores, as it spells them."""
    return {score.control_name for score in day.controls if score.score is not None}


def days_before(date: datetime.date, days: int) -> datetime.date:
    """So many days earlier; the first day of the calendar where that is before it."""
    return datetime.date.fromordinal(max(1, date.toordinal() - days))
