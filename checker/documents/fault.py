"""A fault: one thing that is wrong with a document, and where."""

import msgspec

from checker.documents.location import SourceLocation
from checker.documents.path import Path, dotted


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong with a document.

    Attributes:
        place: where in the file.
        path: the path of the value; empty for the whole document.
        expected: what was expected, as one phrase.
    """

    place: SourceLocation
    path: Path
    expected: str

    def __str__(self) -> str:
        """``file:line:column: path: what was expected``."""
        path = dotted(self.path)
        return f"{self.place}: {path}: {self.expected}" if path else f"{self.place}: {self.expected}"
