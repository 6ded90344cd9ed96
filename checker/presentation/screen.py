"""What text is put for: how wide it may be, and whether it shows colours."""

import msgspec

from checker.presentation.colours import Paint

# Of paragraphs where there is no terminal, in columns.
_PARAGRAPH = 100


class Screen(msgspec.Struct, frozen=True):
    """What text is put for; by default a file or a pipe.

    Attributes:
        columns: of the terminal, which no line goes beyond; None in a file or a pipe, where a row is one line.
        colour: whether it shows colours.
    """

    columns: int | None = None
    colour: bool = False

    @property
    def width(self) -> int:
        """The columns that a paragraph may take."""
        return _PARAGRAPH if self.columns is None else self.columns

    @property
    def paint(self) -> Paint:
        """What puts colours around text."""
        return Paint(self.colour)


FILE = Screen()
"""A file or a pipe."""
