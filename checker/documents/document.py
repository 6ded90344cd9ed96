"""A document: its value, and the place of every value and key in it."""

from collections.abc import Mapping

import msgspec

from checker.documents.location import SourceLocation
from checker.documents.path import Path, Position


class Document(msgspec.Struct, frozen=True):
    """One document of a YAML file.

    Places are found by path, so a value keeps its place when it is copied, merged or replaced. Most runs ask only where
    mappings and sequences begin; for any other place the file's bytes are read again, once.

    Attributes:
        value: mappings as dict, sequences as list, scalars as str, int, float, bool or None.
        file: the file as the user named it.
        data: the bytes of the whole file.
        number: which document of the file it is, from 0.
        starts: the position of each mapping and sequence, by path.
        written: the characters of each number, boolean and null, by path.
        values: how many keys, items of lists, mappings and lists it has.
    """

    value: object
    file: str
    data: bytes
    number: int
    starts: Mapping[Path, Position]
    written: Mapping[Path, str]
    values: int = 0

    def __repr__(self) -> str:
        # Layers hold their document: its content is long, and the file has it.
        return f"Document({self.file!r}, number={self.number})"

    def value_at(self, path: Path) -> object:
        """The value at ``path``; None where the path leads nowhere."""
        found = self.value
        for step in path:
            match found, step:
                case dict(), str():
                    found = found.get(step)
                case list(), int() if 0 <= step < len(found):
                    found = found[step]
                case _:
                    return None
        return found

    def place_at(self, path: Path, *, key: bool = False) -> SourceLocation:
        """Where the value (or its ``key``) at ``path`` is; its nearest parent where the path leads nowhere."""
        position = None if key else self.starts.get(path)
        line, column = position or self._position_of_any(path, key=key)
        return SourceLocation(self.file, line, column)

    def _position_of_any(self, path: Path, *, key: bool) -> Position:
        from checker.documents.yaml_positions import read_positions

        positions = read_positions(self.data)[self.number]
        if key and path in positions.keys:
            return positions.keys[path]
        while path not in positions.values:
            path = path[:-1]
        return positions.values[path]
