"""A document whose form is not known yet: its bytes, and the members of its top object, undecoded."""

from typing import TYPE_CHECKING

import msgspec

from checker.errors import SnapshotError
from checker.snapshot.decode import decode

if TYPE_CHECKING:
    from checker.documents.files import Buffer

_OBJECT = b"{"
Members = dict[str, msgspec.Raw]


class ForeignDocument(msgspec.Struct, frozen=True):
    """A document, or a value inside one.

    Attributes:
        data: UTF-8 text.
        name: as messages show it.
        path: where it is in the file, a JSON path.
        members: of its top object; None where it is no object, or no JSON.
    """

    data: "Buffer"
    name: str
    path: str = "$"
    members: Members | None = None

    def has(self, *names: str) -> bool:
        """Whether it is an object with all of these members."""
        return self.members is not None and all(name in self.members for name in names)

    def inner(self, raw: msgspec.Raw, path: str) -> "ForeignDocument":
        """A value inside it."""
        return document_of(bytes(raw), self.name, path)


def document_of(data: "Buffer", name: str, path: str = "$") -> ForeignDocument:
    """The document in ``data``, whatever it is."""
    members = None
    if starts_with(data, _OBJECT):
        try:
            members, _ = decode(data, Members, name, path)
        except SnapshotError:
            members = None  # no JSON: the form of lines may know it
    return ForeignDocument(data, name, path, members)


def starts_with(data: "Buffer", mark: bytes) -> bool:
    """Whether the first character that is not blank is ``mark``."""
    return data[:200].lstrip()[:1] == mark


def text_of(raw: msgspec.Raw | None) -> str | None:
    """A member's text; None where it is absent or no text."""
    if raw is None:
        return None
    value = msgspec.json.decode(raw)
    return value if isinstance(value, str) else None
