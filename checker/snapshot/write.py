"""Graph's entries → a snapshot file: our head, and the entries unchanged in Graph's order."""

import datetime
from collections.abc import Sequence

import msgspec

from checker.snapshot.model import PROFILES, SCORES, SnapshotWarning


class _SnapshotHead(msgspec.Struct, rename="camel", omit_defaults=True):
    """Everything of the file but the entries."""

    api_version: str
    kind: str
    tenant: str
    fetched_at: str
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
        secure_scores, control_profiles: Graph's objects, untouched.
        tenant: the tenant's id as its objects say it; the empty string where there is none.
        fetched_at: the moment, with a zone.
        warnings: by collection, what Graph said where its answer was partial (206).
    """
    said = [
        SnapshotWarning("partial-data", f"Graph's answer for {name} was partial (206): {text}.")
        for name, text in warnings.items()
    ]
    partial = sorted(SCORES if name == SCORES else PROFILES for name in warnings)
    moment = fetched_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = _SnapshotHead("scoregate/v1", "Snapshot", tenant, moment, said, partial)
    opening = msgspec.json.encode(head)[:-1]
    lists = (
        b',\n"' + name.encode() + b'": [\n' + b",\n".join(bytes(entry) for entry in entries) + b"\n]"
        for name, entries in ((SCORES, secure_scores), (PROFILES, control_profiles))
    )
    return opening + b"".join(lists) + b"}\n"
