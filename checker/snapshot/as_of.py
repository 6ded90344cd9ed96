"""A snapshot as it would have been on an earlier day, as far as the data shows.

Graph drops most members of a past day. The dates of updates tell the earlier states of profiles. What has no date is
assumed to be unchanged: titles and maxima, how many users or devices a control counts, and the states that Defender
keeps in the scores.
"""

import datetime

import msgspec

from checker.snapshot.model import Day, SecureScoreControlProfile, Snapshot


def as_of(snapshot: Snapshot, date: datetime.date) -> Snapshot:
    """The days up to ``date``, and the states that were set by its end (UTC)."""
    days = [day for day in snapshot.days if day.date <= date]
    if len(days) == len(snapshot.days):
        return snapshot
    if days:
        days[0] = _completed(days[0], snapshot.days[0])
    return msgspec.structs.replace(
        snapshot,
        days=tuple(days),
        profiles=tuple(_profile(profile, str(date)) for profile in snapshot.profiles),
    )


def _completed(day: Day, newest: Day) -> Day:
    """The day with the members that only the newest day has."""
    held = {score.control_name: score for score in newest.controls}
    scores = [
        msgspec.structs.replace(score, total=now.total, state=now.state)
        if (now := held.get(score.control_name)) is not None and score.total is None and score.state is None
        else score
        for score in day.controls
    ]
    return Day(day.date, msgspec.structs.replace(day.score, control_scores=scores))


def _profile(profile: SecureScoreControlProfile, last: str) -> SecureScoreControlProfile:
    updates = profile.control_state_updates or []
    kept = [update for update in updates if (update.updated_date_time or "")[:10] <= last]
    if len(kept) == len(updates):
        return profile
    return msgspec.structs.replace(profile, control_state_updates=kept)
