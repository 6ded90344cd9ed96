"""The paths of Graph that the sandbox answers; case doesn't matter but in keys, nor does a slash at the end.

Both forms of a key are read: `secureScores/ID` and `secureScores('ID')`.
Sources: https://learn.microsoft.com/graph/use-the-api and OData 4.01, Part 2: URL Conventions.
"""

import re
from dataclasses import dataclass
from typing import Literal

from checker.sandbox.errors import GraphResponseError
from checker.sandbox.responses import is_graph_path

Collection = Literal["secureScores", "secureScoreControlProfiles"]
COLLECTIONS: tuple[Collection, ...] = ("secureScores", "secureScoreControlProfiles")

_KEYED = re.compile(r"(?P<name>[^()]+)\('(?P<key>(?:[^']|'')*)'\)")


@dataclass(frozen=True, slots=True)
class BatchPath:
    """`/v1.0/$batch`."""

    version: str

    def __str__(self) -> str:
        return f"/{self.version}/$batch"


@dataclass(frozen=True, slots=True)
class CollectionPath:
    """`/v1.0/security/secureScores`, or the same with `/$count`."""

    version: str
    collection: Collection
    counts: bool = False

    def __str__(self) -> str:
        return f"/{self.version}/security/{self.collection}{'/$count' if self.counts else ''}"


@dataclass(frozen=True, slots=True)
class ItemPath:
    """`/v1.0/security/secureScores/ID`."""

    version: str
    collection: Collection
    key: str

    def __str__(self) -> str:
        return f"/{self.version}/security/{self.collection}/{self.key}"


GraphPath = BatchPath | CollectionPath | ItemPath


def parse_path(path: str) -> GraphPath:
    """Parse a decoded path of Graph.

    Raises:
        GraphResponseError: 400, which names the first segment that is unknown.
    """
    version, *segments = path.removesuffix("/")[1:].split("/")
    match [version.lower(), *segments]:
        case [known, only] if only.lower() == "$batch":
            return BatchPath(known)
        case [known, security, *rest] if rest and security.lower() == "security":
            return _below_security(known, rest)
        case [_, security, *_] if security.lower() == "security":
            raise unknown_segment_error(security)
        case _:
            raise unknown_segment_error(segments[0] if segments else "")


def canonical_path(path: str) -> str:
    """Give a path as the documentation spells it, or unchanged where the sandbox doesn't know it."""
    if not is_graph_path(path):
        return path
    try:
        return str(parse_path(path))
    except GraphResponseError:
        return path


def unknown_segment_error(segment: str) -> GraphResponseError:
    """Make the error for a path that Graph doesn't have."""
    return GraphResponseError(400, "BadRequest", f"Resource not found for the segment '{segment[:64]}'.")


def _below_security(version: str, segments: list[str]) -> GraphPath:
    keyed = _KEYED.fullmatch(segments[0])
    collection = _collection(keyed["name"] if keyed else segments[0])
    if collection is None:
        raise unknown_segment_error(segments[0])
    rest = [keyed["key"].replace("''", "'"), *segments[1:]] if keyed else segments[1:]
    match rest:
        case []:
            return CollectionPath(version, collection)
        case [last] if last.lower() == "$count" and not keyed:
            return CollectionPath(version, collection, counts=True)
        case [key]:
            return ItemPath(version, collection, key)
        case _:
            raise unknown_segment_error(rest[1])


def _collection(name: str) -> Collection | None:
    return next((known for known in COLLECTIONS if known.lower() == name.lower()), None)
