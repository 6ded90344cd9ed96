"""JSON lines: one entry a line, all of one collection, as ``jq -c '.value[]'`` and many exports write them."""

from collections.abc import Iterator

import msgspec

from checker.errors import SnapshotError
from checker.snapshot.decode import decode
from checker.snapshot.forms import graph_error, other
from checker.snapshot.forms.document import ForeignDocument, Members, document_of, starts_with
from checker.snapshot.forms.part import ForeignPart, Piece, collection_of


def parts(document: ForeignDocument) -> list[ForeignPart] | None:
    """The entries of the lines, where there are several and the first is a whole object.

    Raises:
        SnapshotError: a line is no entry, or is of the other collection.
    """
    if document.members is not None or not starts_with(document.data, b"{"):
        return None
    pieces = list(_pieces(bytes(document.data)))
    if len(pieces) < 2 or not _is_object(pieces[0]):
        return None
    first = document_of(bytes(pieces[0].raw), document.name, pieces[0].path)
    for form in (graph_error, other):
        form.parts(first)
    return [ForeignPart(_one_collection(pieces, document.name), pieces)]


def _pieces(data: bytes) -> Iterator[Piece]:
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield Piece(msgspec.Raw(line), f"line {number}: $")


def _is_object(piece: Piece) -> bool:
    try:
        msgspec.json.decode(piece.raw, type=Members)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _one_collection(pieces: list[Piece], name: str) -> str:
    found: str | None = None
    for piece in pieces:
        members, _ = decode(bytes(piece.raw), Members, name, piece.path)
        collection = collection_of(set(members))
        place = f"{name}: {piece.path.removesuffix(': $')}"
        if collection is None:
            raise SnapshotError(
                "is neither a secureScore nor a secureScoreControlProfile",
                place=place,
                advice="In a file of several lines each is one entry; put answers of Graph into separate files.",
            )
        if found not in {None, collection}:
            raise SnapshotError(
                f"is of {collection}, and the lines before it are of {found}",
                place=place,
                advice="Put each collection into its own file, and name both with --snapshot.",
            )
        found = collection
    assert found is not None
    return found
