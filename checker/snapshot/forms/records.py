"""Parts → records of the two collections: an entry in Graph's words at once, any other by way of translation."""

from typing import TypeVar

from checker.errors import SnapshotError
from checker.snapshot.assemble import Pieces
from checker.snapshot.decode import convert, decode
from checker.snapshot.forms.part import ForeignPart, Piece
from checker.snapshot.forms.powershell import in_graphs_words
from checker.snapshot.model import SCORES, SecureScore, SecureScoreControlProfile, SnapshotWarning

T = TypeVar("T")


def add_part(pieces: Pieces, part: ForeignPart, name: str) -> None:
    """Adds the entries of a part.

    Raises:
        SnapshotError: an entry is not of the part's collection; its place is the path of the member.
    """
    if part.collection == SCORES:
        pieces.scores.extend(_record(pieces, piece, SecureScore, name) for piece in part.pieces)
    else:
        pieces.profiles.extend(_record(pieces, piece, SecureScoreControlProfile, name) for piece in part.pieces)
    if part.partial:
        pieces.partial.add(part.collection)
        pieces.warnings.append(SnapshotWarning("partial-data", f"{name} {part.partial}."))


def _record(pieces: Pieces, piece: Piece, kind: type[T], name: str) -> T:
    data = bytes(piece.raw)
    try:
        record, warnings = decode(data, kind, name, piece.path)
    except SnapshotError as fault:
        value, warnings = decode(data, object, name, piece.path)
        translated = in_graphs_words(value, f"{name}: {piece.path}")
        if translated == value:
            raise fault from None
        record = convert(translated, kind, name, piece.path)
    pieces.warnings.extend(warnings)
    return record
