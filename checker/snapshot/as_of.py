"""A snapshot as it would have been on an earlier day, as far as the data shows.

Graph drops most members of a past day. The dates of updates tell the earlier states of profiles. What has no date is
assumed to be unchanged: titles, how many users or devices a control counts, and the states that Defender keeps in the
scores. A maximum is that of the day's own numbers.
"""

import datetime
from collections.abc import Mapping

import msgspec

from checker.snapshot.model import ControlScore, Day, SecureScoreControlProfile, Snapshot, SnapshotWarning
from checker.snapshot.moments import day_of
from checker.snapshot.past import maximum_on

_SLACK = datetime.timedelta(days=1)


def as_of(snapshot: Snapshot, date: datetime.date) -> Snapshot:
    """The days up to ``date``, and the states that were set by its end (UTC)."""
    days = [day for day in snapshot.days if day.date <= date]
    if len(days) == len(snapshot.days):
        return snapshot
    scores: dict[str, ControlScore] = {}
    if days:
        days[0] = _completed(days[0], snapshot.days[0])
        scores = {score.control_name.casefold(): score for score in days[0].controls}
    return msgspec.structs.replace(
        snapshot,
        days=tuple(days),
        profiles=tuple(_profile(profile, date, scores) for profile in snapshot.profiles),
    )


def without_future(snapshot: Snapshot, today: datetime.date) -> Snapshot:
    """The snapshot without days after tomorrow (UTC), which are no evidence; a warning names them.

    A day of slack is for clocks and zones.
    """
    # A difference has no end, as the calendar has.
    future = [str(day.date) for day in snapshot.days if day.date - today > _SLACK]
    if not future:
        return snapshot
    text = f"Left out, since they lie after the day of the run, {today}: {', '.join(future[:5])}; is the clock right?"
    warning = SnapshotWarning("data-from-the-future", text)
    return msgspec.structs.replace(snapshot, days=snapshot.days[len(future) :], warnings=(*snapshot.warnings, warning))


def _completed(day: Day, newest: Day) -> Day:
    """The day with the members that only the newest day has."""
    if day.score.control_scores is None:
        return day
    held = {score.control_name: score for score in newest.controls}
    scores = [
        msgspec.structs.replace(score, total=now.total, state=now.state)
        if (now := held.get(score.control_name)) is not None and score.total is None and score.state is None
        else score
        for score in day.controls
    ]
    return Day(day.date, msgspec.structs.replace(day.score, control_scores=scores))


def _profile(
    profile: SecureScoreControlProfile, last: datetime.date, scores: Mapping[str, ControlScore]
) -> SecureScoreControlProfile:
    """The profile as it was: with the states up to the day, and the maximum that the day's own numbers tell."""
    updates = profile.control_state_updates
    kept = updates
    if updates is not None:
        kept = [update for update in updates if (day_of(update.updated_date_time) or last) <= last]
    score = scores.get(profile.id.casefold())
    maximum = maximum_on(score, profile) if score is not None else None
    if maximum is None:
        return profile if kept == updates else msgspec.structs.replace(profile, control_state_updates=kept)
    return msgspec.structs.replace(profile, control_state_updates=kept, max_score=maximum)
