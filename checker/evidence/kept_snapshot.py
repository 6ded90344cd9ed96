"""The tenant's data of a run: the files that it was read from, or, of a store, its rows as a snapshot file."""

from typing import Literal

import msgspec

from checker.snapshot.model import Snapshot
from checker.snapshot.read import Reading, SourceDocument, assembled
from checker.snapshot.write import file_of

Form = Literal["read", "assembled"]

_NAME = "snapshot.json"


def kept_documents(reading: Reading) -> tuple[tuple[SourceDocument, ...], Form]:
    """The files to keep of a reading, and what they are."""
    if reading.documents:
        return reading.documents, "read"
    return (SourceDocument(_NAME, file_of(reading.snapshot)),), "assembled"


def snapshot_again(documents: tuple[SourceDocument, ...], name: str, form: Form) -> Snapshot:
    """The snapshot that the files of ``kept_documents`` make.

    Raises:
        SnapshotError: they make none.
    """
    snapshot = assembled(documents, name)
    # A store has no bytes that somebody could compare.
    return snapshot if form == "read" else msgspec.structs.replace(snapshot, sha256=None)
