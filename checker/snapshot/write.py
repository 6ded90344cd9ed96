"""Graph's entries → a snapshot file: scoregate's head, and the entries unchanged in Graph's order."""

import datetime
from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from checker.snapshot.model import PROFILES, SCORES, Snapshot, SnapshotWarning


class _SnapshotHead(msgspec.Struct, rename="camel", omit_defaults=True):
    """All of the file except the entries."""

    api_version: str
    kind: str
    tenant: str
    fetched_at: str | UnsetType
    warnings: list[SnapshotWarning]
    partial: list[str] = []


def snapshot_file(
    secure_scores: Sequence[msgspec.Raw],
    control_profiles: Sequence[msgspec.Raw],
    *,
    tenant: str,
    fetched_at: datetime.datetime,
    warnings: dict[str, str],
) -> bytes:
    """The bytes of a file that ``read_snapshot`` reads.

    Args:
        secure_scores, control_profiles: Graph's objects, unchanged.
        tenant: the tenant's id in its objects; the empty string if they have none.
        fetched_at: the moment, with a time zone.
        warnings: by collection, Graph's message about a partial answer (206).
    """
    partial_warnings = [
        SnapshotWarning("partial-data", f"Graph's answer for {name} was partial (206): {text}.")
        for name, text in warnings.items()
    ]
    partial = sorted(SCORES if name == SCORES else PROFILES for name in warnings)
    moment = fetched_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = _SnapshotHead("scoregate/v1", "Snapshot", tenant, moment, partial_warnings, partial)
    return _file(head, secure_scores, control_profiles)


def file_of(snapshot: Snapshot) -> bytes:
    """The bytes of a file that holds a snapshot as it was read: the members of the model, and no others.

    It names no moment of fetching, which a snapshot doesn't know.
    """
    head = _SnapshotHead(
        "scoregate/v1", "Snapshot", snapshot.tenant, UNSET, list(snapshot.warnings), sorted(snapshot.partial)
    )
    return _file(
        head,
        [msgspec.Raw(msgspec.json.encode(day.score)) for day in snapshot.days],
        [msgspec.Raw(msgspec.json.encode(profile)) for profile in snapshot.profiles],
    )


def _file(head: _SnapshotHead, secure_scores: Sequence[msgspec.Raw], control_profiles: Sequence[msgspec.Raw]) -> bytes:
    opening = msgspec.json.encode(head)[:-1]
    lists = (
        b',\n"' + name.encode() + b'": [\n' + b",\n".join(bytes(entry) for entry in entries) + b"\n]"
        for name, entries in ((SCORES, secure_scores), (PROFILES, control_profiles))
    )
    return opening + b"".join(lists) + b"}\n"
