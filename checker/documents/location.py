"""A place in a file."""

import msgspec


class SourceLocation(msgspec.Struct, frozen=True):
    """A place in a document: the file as the user named it, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """``file:line:column``, as compilers write it."""
        return f"{self.file}:{self.line}:{self.column}"
