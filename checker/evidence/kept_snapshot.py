"""The tenant's data of a run: the files that it was read from, or, of a store, its rows as a snapshot file."""

from typing import Literal

import msgspec

from checker.snapshot.model import SecureScore, SecureScoreControlProfile, Snapshot, SnapshotWarning
from checker.snapshot.read import Reading, SourceDocument, assembled

Form = Literal["read", "assembled"]

_NAME = "snapshot.json"


class _WholeSnapshot(msgspec.Struct, frozen=True, rename="camel"):
    """A snapshot file that decodes to a snapshot, members that a store lacks left out as they were."""

    api_version: str
    kind: str
    tenant: str
    warnings: tuple[SnapshotWarning, ...]
    partial: list[str]
    secure_scores: list[SecureScore]
    control_profiles: list[SecureScoreControlProfile]


def kept_documents(reading: Reading) -> tuple[tuple[SourceDocument, ...], Form]:
    """The files to keep of a reading, and what they are."""
    if reading.documents:
        return reading.documents, "read"
    snapshot = reading.snapshot
    whole = _WholeSnapshot(
        "scoregate/v1",
        "Snapshot",
        snapshot.tenant,
        snapshot.warnings,
        sorted(snapshot.partial),
        [day.score for day in snapshot.days],
        list(snapshot.profiles),
    )
    return (SourceDocument(_NAME, msgspec.json.encode(whole)),), "assembled"


def snapshot_again(documents: tuple[SourceDocument, ...], name: str, form: Form) -> Snapshot:
    """The snapshot that the files of ``kept_documents`` make.

    Raises:
        SnapshotError: they make none.
    """
    snapshot = assembled(documents, name)
    # A store has no bytes that somebody could compare.
    return snapshot if form == "read" else msgspec.structs.replace(snapshot, sha256=None)
