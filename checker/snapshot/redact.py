"""A reading without what names people, or the tenant: applied before anything is judged, so that no output can tell.

Only the members that the model reads are kept, so free text of Graph that nobody looks at can't name anybody either.
"""

from collections.abc import Iterable

import msgspec

from checker.snapshot.cleaner import cleaner
from checker.snapshot.model import Snapshot
from checker.snapshot.read import Reading, SourceDocument, decode_snapshot
from checker.snapshot.redaction import Redaction
from checker.snapshot.write import file_of

_NAME = "the redacted snapshot"


def redacted(reading: Reading, level: Redaction, names: Iterable[str | None] = ()) -> Reading:
    """The reading as if the data had never named anybody.

    Args:
        reading: a snapshot and what it was read from.
        level: what is left out.
        names: other names of the tenant, such as the domain that was asked for.
    """
    if level is Redaction.NONE:
        return reading
    clean = cleaner(level, tenants_of(reading.snapshot), names)
    plain: dict[str, object] = msgspec.to_builtins(reading.snapshot)
    cleaned = msgspec.convert({name: clean.clean(value, name) for name, value in plain.items()}, Snapshot)
    anonymous = _with_ids(cleaned, reading.snapshot)
    data = file_of(anonymous)
    # Read as any file is, so that whoever gets the document comes to the same.
    return Reading(decode_snapshot(data, _NAME), (SourceDocument(_NAME, data),), _NAME)


def tenants_of(snapshot: Snapshot) -> set[str]:
    """The ids of tenants that a snapshot names; one, unless it contradicts itself."""
    ids = {snapshot.tenant, *(day.score.azure_tenant_id or "" for day in snapshot.days)}
    return (ids | {profile.azure_tenant_id or "" for profile in snapshot.profiles}) - {""}


def _with_ids(cleaned: Snapshot, original: Snapshot) -> Snapshot:
    """The cleaned snapshot with the ids of its controls as they were: policies name them, and two must not be one."""
    replace = msgspec.structs.replace
    profiles = tuple(
        replace(one, id=before.id) for one, before in zip(cleaned.profiles, original.profiles, strict=True)
    )
    days = []
    for day, old in zip(cleaned.days, original.days, strict=True):
        pairs = zip(day.controls, old.controls, strict=True)
        scores = [replace(one, control_name=before.control_name) for one, before in pairs]
        listed = scores if day.score.control_scores is not None else None
        days.append(replace(day, score=replace(day.score, control_scores=listed)))
    return replace(cleaned, days=tuple(days), profiles=profiles)
