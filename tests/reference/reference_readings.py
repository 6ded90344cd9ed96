"""Every reading that a tenant's data leaves open, as plain numbers: written from the design, for comparison only."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

Json = dict[str, Any]
CLOSE = 1e-9
ENDLESS = 1e9
STATES = ("default", "ignored", "thirdparty", "reviewed", "alternatemitigation")
PARTIAL, INCONSISTENT, NO_MAXIMUM = "partial-data", "inconsistent", "maximum-unknown"


class Reading(NamedTuple):
    """What one control may be: points, their maximum (0: none), a percentage, that of its users, a state."""

    points: float
    maximum: float
    percent: float
    share: float
    state: str

    @property
    def declared(self) -> bool:
        return self.state not in {"default", "ignored"}

    @property
    def declared_points(self) -> float:
        return self.points if self.declared and self.points >= self.maximum - CLOSE else 0.0


class Control(NamedTuple):
    """A control: its record, its profile, its readings, why there is more than one, and whether it has no score."""

    entry: Json
    profile: Json | None
    readings: tuple[Reading, ...]
    doubts: frozenset[str]
    alone: bool = False

    @property
    def name(self) -> str:
        return str(self.entry["controlName"])

    @property
    def maximum_known(self) -> bool:
        return NO_MAXIMUM not in self.doubts


def number(value: object) -> float | None:
    """A number, sent as one."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def bare(name: str) -> str:
    """An id without a tenant's prefix."""
    return name.casefold().rpartition(".")[2]


def spelled(name: str, names: Iterable[str]) -> list[str]:
    """The name that is exactly an id, else without case."""
    held = list(names)
    return [one for one in held if one == name] or [one for one in held if one.casefold() == name.casefold()]


def meant(name: str, names: Iterable[str], own: Iterable[str] = ()) -> list[str]:
    """The names that an id of a policy means: the exact one, else without case, else without prefixes.

    Args:
        name: the id.
        names: those that there are.
        own: ids of the tenant's profiles; one that is spelled so means no other connector's control.
    """
    held = list(names)
    found = spelled(name, held)
    if found or (bare(name) != name.casefold() and spelled(name, own)):
        return found
    return [one for one in held if bare(one) == bare(name)]


def day_of(score: Json) -> datetime.date:
    return datetime.date.fromisoformat(score["createdDateTime"][:10])


def moment(text: object) -> datetime.datetime:
    oldest = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    return datetime.datetime.fromisoformat(str(text)) if text else oldest


def newest_state(updates: list[Json]) -> str:
    state, latest = "default", None
    for update in updates:
        at = moment(update.get("updatedDateTime"))
        if latest is None or at >= latest:
            state, latest = str(update.get("state") or "default").casefold(), at
    return state


def states_of(entry: Json, profile: Json | None, *, assumed: bool) -> tuple[str, ...]:
    own = str(entry.get("state") or "").casefold()
    if profile is None:
        fixed = str(entry.get("controlName", "")).casefold().startswith("scid_") and own
        return (own or "default",) if fixed or assumed else STATES
    updates = profile.get("controlStateUpdates")
    if updates is None:
        # Where the profile says Default, the score's own state counts.
        return (*(STATES if own in {"", "default"} else STATES[1:]),)
    found = newest_state(updates)
    return (own or "default",) if found == "default" else (found,)


def maxima_of(entry: Json, profile: Json | None) -> tuple[tuple[float, ...], str | None]:
    """The maxima that may be, and the reason if there are several."""
    points, share = number(entry.get("score")), number(entry.get("scoreInPercentage"))
    if profile is not None:
        if "maxScore" not in profile:
            return (0.0, max(points or 0.0, 0.01), ENDLESS), NO_MAXIMUM
        given = number(profile["maxScore"]) or 0.0
        return ((given,), None) if given >= 0 else ((max(points or 0.0, 0.01), ENDLESS), INCONSISTENT)
    if points is not None and share is not None and points > 0 and share > 0:
        return (100 * points / share,), None
    return (max(points or 0.0, 0.01), ENDLESS), NO_MAXIMUM


def points_of(entry: Json, profile: Json | None, maximum: float) -> tuple[tuple[float, ...], str | None]:
    points = number(entry.get("score"))
    if points is None:
        return (0.0, maximum), PARTIAL
    share = number(entry.get("scoreInPercentage"))
    if profile is None and share is not None and not 0 <= share <= 100:
        # Without a profile neither of the two numbers is trusted.
        return (0.0, maximum), INCONSISTENT
    if points < 0 or (has_range(profile) and points > maximum + CLOSE):
        return (0.0, maximum), INCONSISTENT
    return (points,), None


def has_range(profile: Json | None) -> bool:
    """Whether a profile bounds the points: null says that there is no maximum."""
    return profile is not None and profile.get("maxScore") is not None


def percents_of(
    entry: Json, profile: Json | None, points: float, maximum: float
) -> tuple[tuple[float, ...], str | None]:
    """The percentages that may be of one reading of points and maximum."""
    share = number(entry.get("scoreInPercentage"))
    score = number(entry.get("score"))
    if score is None:
        return (0.0, 100.0), PARTIAL
    if profile is None:
        return _share_alone(score, share)
    if not maximum:
        return (0.0,), None
    own = 100 * points / maximum
    # What the maximum may be, where it is absent, is no contradiction of the percentage.
    if share is None or "maxScore" not in profile or maximum == ENDLESS or abs(share - own) <= 0.006 + 0.5 / maximum:
        return (own,), None
    return (own, min(max(share, 0.0), 100.0)), INCONSISTENT


def _share_alone(score: float, share: float | None) -> tuple[tuple[float, ...], str | None]:
    """The percentages that may be of a control without a profile."""
    if score < 0:
        return (0.0, 100.0), INCONSISTENT
    if share is None:
        return (0.0, 100.0), NO_MAXIMUM
    return ((share,), None) if 0 <= share <= 100 else ((0.0, 100.0), INCONSISTENT)


def read_control(entry: Json, profile: Json | None, *, assumed: bool) -> Control:
    """A control with all of its readings."""
    doubts: set[str | None] = set()
    states = states_of(entry, profile, assumed=assumed)
    if len(states) > 1:
        doubts.add(PARTIAL)
    maxima, why = maxima_of(entry, profile)
    doubts.add(why)
    readings = []
    for maximum in maxima:
        points, why = points_of(entry, profile, maximum)
        doubts.add(why)
        for one in points:
            percents, why = percents_of(entry, profile, one, maximum)
            doubts.add(why)
            share = number(entry.get("scoreInPercentage")) if len(percents) == 1 else None
            readings += [
                Reading(
                    one
                    if index == 0 or profile is None or number(entry.get("score")) is None
                    else percent * maximum / 100,
                    maximum,
                    percent,
                    percent if share is None else share,
                    state,
                )
                for index, percent in enumerate(percents)
                for state in states
            ]
    return Control(entry, profile, tuple(dict.fromkeys(readings)), frozenset(why for why in doubts if why))


def find_profile(name: str, profiles: dict[str, Json]) -> Json | None:
    """The profile that a score is joined with: never that of another connector's instance."""
    found = spelled(name, profiles) or spelled(bare(name), profiles)
    if not found and bare(name) == name.casefold():
        found = [one for one in profiles if bare(one) == name.casefold()]
    return profiles[found[0]] if found else None


class Tenant:
    """A snapshot document without days that lie after tomorrow."""

    def __init__(
        self, document: Json, now: datetime.datetime, *, assumed: bool = False, labels: Sequence[str] = ()
    ) -> None:
        last = now.date() + datetime.timedelta(days=1)
        days = [day for day in document["secureScores"] if day_of(day) <= last]
        self.days: list[Json] = sorted(days, key=day_of, reverse=True)
        self.today = now.date()
        self.id = str(document.get("tenant") or "")
        self.labels = labels
        self.profiles: dict[str, Json] = {one["id"]: one for one in document.get("controlProfiles") or []}
        self.profiles_cut = not self.profiles or "controlProfiles" in (document.get("partial") or [])
        newest = self.days[0] if self.days else {}
        self.entries: list[Json] | None = newest.get("controlScores")
        self.current = number(newest.get("currentScore"))
        self.newest = newest
        self.assumed = assumed
        self.controls = [
            read_control(entry, find_profile(entry["controlName"], self.profiles), assumed=assumed)
            for entry in self.entries or []
        ]

    @property
    def left_out(self) -> str | None:
        """Why controls may be missing from the newest day; None where it is whole."""
        if self.entries is None:
            return PARTIAL
        return INCONSISTENT if self.misses(self.newest) else None

    def misses(self, day: Json) -> bool:
        """Whether a day's records can't sum to its score."""
        entries, current = day.get("controlScores") or [], number(day.get("currentScore"))
        if current is None:
            return False
        slack = 0.005 * len(entries) + CLOSE
        points = [number(entry.get("score")) for entry in entries]
        rest = current - sum(one for one in points if one is not None)
        return rest < -slack or (rest > slack and None not in points)

    def is_whole(self, day: Json) -> bool:
        """Whether a day tells which controls it scores."""
        return number(day.get("currentScore")) is not None and not self.misses(day)

    def same(self, wanted: str, name: str) -> bool:
        """Whether a written-out id means a control: exactly where the tenant has that id, else without prefixes."""
        every = [*self.profiles, *(one.name for one in self.controls)]
        return name.casefold() == wanted.casefold() if spelled(wanted, every) else bare(name) == bare(wanted)
