"""Decoded pieces → one Snapshot: days in order, one entry per day and control, one tenant; else an error."""

import datetime

import msgspec

from checker.documents import limits
from checker.errors import SnapshotError
from checker.snapshot.model import ControlScore, Day, SecureScore, SecureScoreControlProfile, Snapshot, SnapshotWarning
from checker.snapshot.moments import in_iso, possible_days


class Pieces(msgspec.Struct, kw_only=True):
    """Graph's entries, from one file or several, in any order.

    Attributes:
        scores, profiles: the entries of the two collections.
        partial: the collections that are known to be incomplete.
        tenants: the tenants that the files name in their heads; the empty string if one names none.
        warnings: what was repaired or looks odd.
    """

    scores: list[SecureScore] = []
    profiles: list[SecureScoreControlProfile] = []
    partial: set[str] = set()
    tenants: set[str] = set()
    warnings: list[SnapshotWarning] = []


def assemble(pieces: Pieces, name: str, sha256: str | None = None) -> Snapshot:
    """One tenant's snapshot.

    Args:
        pieces: what the input holds.
        name: what to call the input in an error.
        sha256: of the input's bytes as stored.

    Raises:
        SnapshotError: two tenants, the tenant ``NA``, or one day, control or profile twice with different values.
    """
    _check_counts(pieces, name)
    warnings = list(pieces.warnings)
    days = _days(pieces.scores, name)
    if days:
        days[0] = _controls_once(days[0], name, warnings)
    return Snapshot(
        tenant=_one_tenant(pieces, name),
        days=tuple(days),
        profiles=_profiles_once(pieces.profiles, name),
        partial=frozenset(pieces.partial),
        sha256=sha256,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _check_counts(pieces: Pieces, name: str) -> None:
    """Refuses what is no tenant's data: judging it would take more memory than reading it did."""
    controls = max((len(score.control_scores or ()) for score in pieces.scores), default=0)
    for count, most, what in (
        (len(pieces.scores), limits.SNAPSHOT_DAYS, "days"),
        (controls, limits.SNAPSHOT_CONTROLS, "controls on one day"),
        (len(pieces.profiles), limits.SNAPSHOT_CONTROLS, "control profiles"),
    ):
        if count > most:
            raise SnapshotError(f"contains {count} {what}; the limit is {most}", place=name)


def _days(scores: list[SecureScore], name: str) -> list[Day]:
    """The days, newest first, one for each date."""
    by_date: dict[datetime.date, SecureScore] = {}
    for score in scores:
        date = _date(score, name)
        if by_date.setdefault(date, score) != score:
            raise SnapshotError(f"contains the day {date} twice, with different values", place=name)
    return [Day(date, by_date[date]) for date in sorted(by_date, reverse=True)]


def _date(score: SecureScore, name: str) -> datetime.date:
    """The day of a score, in UTC; where its date can be read in two ways, the id tells which one is meant."""
    text = score.created_date_time
    days = possible_days(text)
    if len(days) > 1:
        days &= possible_days((score.id or "").rpartition("_")[2]) or days
    if len(days) == 1:
        return days.pop()
    if not days:
        raise SnapshotError(f"expected a date and time in createdDateTime, got {text[:40]!r}", place=name)
    raise SnapshotError(
        f"has the createdDateTime {text[:40]!r}, which may be {' or '.join(str(day) for day in sorted(days))}",
        place=name,
        advice="Write dates as ISO 8601, as Graph does: 2026-10-03T00:00:00Z.",
    )


def _controls_once(day: Day, name: str, warnings: list[SnapshotWarning]) -> Day:
    """The newest day with each control once: equal entries are merged, different ones are refused.

    Ids match without regard to case, so two spellings of an id are one control.
    """
    controls: dict[str, ControlScore] = {}
    for control in day.controls:
        first = controls.setdefault(control.control_name.casefold(), control)
        if first is not control and first != msgspec.structs.replace(control, control_name=first.control_name):
            raise SnapshotError(
                f"scores the control {_spellings(first.control_name, control.control_name)} twice on {day.date}, "
                "with different values",
                place=name,
            )
    if len(controls) == len(day.controls):
        return day
    warnings.append(
        SnapshotWarning("duplicate-control", f"{name} scores a control twice on {day.date}, with equal values.")
    )
    return Day(day.date, msgspec.structs.replace(day.score, control_scores=list(controls.values())))


def _profiles_once(profiles: list[SecureScoreControlProfile], name: str) -> tuple[SecureScoreControlProfile, ...]:
    by_id: dict[str, SecureScoreControlProfile] = {}
    for profile in map(_dated_in_iso, profiles):
        first = by_id.setdefault(profile.id.casefold(), profile)
        if first is not profile and first != msgspec.structs.replace(profile, id=first.id):
            raise SnapshotError(
                f"contains the control profile {_spellings(first.id, profile.id)} twice, with different values",
                place=name,
            )
    return tuple(by_id.values())


def _dated_in_iso(profile: SecureScoreControlProfile) -> SecureScoreControlProfile:
    """The profile with the times of its states as ISO 8601, which every room reads."""
    updates = profile.control_state_updates or []
    if all(in_iso(update.updated_date_time or "") == (update.updated_date_time or "") for update in updates):
        return profile
    dated = [
        msgspec.structs.replace(update, updated_date_time=in_iso(update.updated_date_time or "") or None)
        for update in updates
    ]
    return msgspec.structs.replace(profile, control_state_updates=dated)


def _spellings(first: str, second: str) -> str:
    """One id for a message, or both spellings where they differ."""
    return repr(first) if first == second else f"{first!r} ({second!r})"


def _one_tenant(pieces: Pieces, name: str) -> str:
    """The tenant id that all objects carry; where azureTenantId is missing, a score's id begins with it."""
    ids = set(pieces.tenants)
    for score in pieces.scores:
        ids.add(score.azure_tenant_id or (score.id or "").rpartition("_")[0])
    ids.update(profile.azure_tenant_id or "" for profile in pieces.profiles)
    ids.discard("")
    spelled = {tenant.casefold(): tenant for tenant in sorted(ids)}
    if "na" in spelled or any((score.id or "").upper().partition("_")[0] == "NA" for score in pieces.scores):
        raise SnapshotError(
            "names the tenant 'NA': Graph had no data for the tenant",
            place=name,
            advice="Fetch again later; if the error stays, ask Microsoft's support why the tenant has no Secure Score.",
        )
    if len(spelled) > 1:
        some = ", ".join(sorted(spelled.values())[:3])
        raise SnapshotError(
            f"contains data of {len(spelled)} tenants ({some})",
            place=name,
            advice="Judge one tenant in a run: name the files of only one tenant.",
        )
    return next(iter(spelled.values()), "")
