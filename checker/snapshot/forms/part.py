"""What a form hands on: entries of one collection, undecoded, each with its place."""

import msgspec

from checker.errors import SnapshotError
from checker.snapshot.decode import decode
from checker.snapshot.model import PROFILES, SCORES

MORE_PROFILES = "ends with a nextLink: Graph had more control profiles than the file contains"


class Piece(msgspec.Struct, frozen=True):
    """A JSON value inside a document, undecoded.

    Attributes:
        raw: its text.
        path: where it is, a JSON path.
    """

    raw: msgspec.Raw
    path: str


class ForeignPart(msgspec.Struct, frozen=True):
    """Entries of one collection.

    Attributes:
        collection: ``secureScores`` or ``controlProfiles``.
        pieces: the entries.
        partial: why the document may hold only some of what Graph has; empty if it holds all.
    """

    collection: str
    pieces: list[Piece]
    partial: str = ""


def listed(raws: list[msgspec.Raw], path: str) -> list[Piece]:
    """The entries of the list at ``path``."""
    return [Piece(raw, f"{path}[{index}]") for index, raw in enumerate(raws)]


def collection_in(entries: list[msgspec.Raw], context: str, name: str, path: str) -> str:
    """The collection that a list is of: by Graph's context, else by its first entry; an empty one is of no day.

    Raises:
        SnapshotError: the first entry is of neither collection.
    """
    context = context.casefold()
    if "securescorecontrolprofiles" in context:
        return PROFILES
    if "securescores" in context or not entries:
        return SCORES
    members, _ = decode(bytes(entries[0]), dict[str, msgspec.Raw], name, f"{path}[0]")
    collection = collection_of(set(members))
    if collection is None:
        raise SnapshotError("contains entries that are neither secureScores nor secureScoreControlProfiles", place=name)
    return collection


def not_a_snapshot(what: str, name: str) -> SnapshotError:
    """The error for a file that is known to be something else."""
    return SnapshotError(
        f"is a {what}, not a Snapshot",
        place=name,
        advice="Name a snapshot that 'scoregate fetch' wrote, or a saved answer of Graph.",
    )


def collection_of(members: set[str]) -> str | None:
    """The collection that an entry is of, by the names of its members; None for neither.

    PowerShell's names differ from Graph's in their first letter only.
    """
    names = {name.casefold() for name in members}
    if names & {"controlscores", "currentscore"}:
        return SCORES
    return PROFILES if "maxscore" in names else None
