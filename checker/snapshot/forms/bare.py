"""Entries without Graph's head: a list, one object, or ``value`` with names that only PowerShell writes.

``Get-MgSecuritySecureScore | ConvertTo-Json -Depth 10`` writes a list, or the one object itself where there is one.
"""

import msgspec

from checker.errors import SnapshotError
from checker.snapshot.decode import decode
from checker.snapshot.forms.document import ForeignDocument, starts_with, text_of
from checker.snapshot.forms.part import MORE_PROFILES, ForeignPart, Piece, collection_in, collection_of, listed
from checker.snapshot.model import PROFILES


def parts(document: ForeignDocument) -> list[ForeignPart] | None:
    """The entries of a list, of ``value``, or the one entry that the document is."""
    if document.has("value"):
        return [_answer(document)]
    if starts_with(document.data, b"["):
        entries, _ = decode(document.data, list[msgspec.Raw], document.name, document.path)
        collection = collection_in(entries, "", document.name, document.path)
        return [ForeignPart(collection, listed(entries, document.path))]
    single = collection_of(set(document.members or ()))
    if single is None:
        return None
    return [ForeignPart(single, [Piece(msgspec.Raw(document.data), document.path)])]


def held(document: ForeignDocument, what: str) -> list[ForeignPart]:
    """As ``parts``, of a value that must be one of these.

    Raises:
        SnapshotError: it isn't; ``what`` says what it is.
    """
    found = parts(document)
    if found is None:
        raise SnapshotError(f"{what} is neither an answer of Graph nor an entry", place=_place(document))
    return found


def _answer(document: ForeignDocument) -> ForeignPart:
    members = document.members or {}
    path = f"{document.path}.value"
    entries, _ = decode(bytes(members["value"]), list[msgspec.Raw], document.name, path)
    context = text_of(members.get("@odata.context")) or ""
    collection = collection_in(entries, context, document.name, path)
    # More days than the file holds are no fault; more profiles are.
    is_cut = collection == PROFILES and text_of(members.get("@odata.nextLink")) is not None
    return ForeignPart(collection, listed(entries, path), MORE_PROFILES if is_cut else "")


def _place(document: ForeignDocument) -> str:
    return document.name if document.path == "$" else f"{document.name}: {document.path}"
