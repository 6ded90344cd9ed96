"""The lines that a value takes up in its file, by the place where it begins."""

from bisect import bisect_right
from collections.abc import Mapping

from checker.documents.location import SourceLocation
from checker.documents.yaml_spans import read_spans

LineRange = tuple[int, int]


class LineRanges:
    """The files of one side."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Reads nothing yet.

        Args:
            files: their bytes by the names that places carry; each was read as YAML before.
        """
        self._files = files
        self._ends: dict[str, dict[tuple[int, int], int]] = {}

    def of(self, place: SourceLocation) -> LineRange | None:
        """The first and the last line of the longest value that begins there; None where none does."""
        if place.file not in self._files:
            return None
        if place.file not in self._ends:
            self._ends[place.file] = _ends(self._files[place.file])
        last = self._ends[place.file].get((place.line, place.column))
        return (place.line, last) if last is not None else None


def _ends(data: bytes) -> dict[tuple[int, int], int]:
    """The last line of each value by the line and the column, from 1, of its beginning."""
    spanned = read_spans(data)
    starts = [0, *(at + 1 for at, character in enumerate(spanned.text) if character == "\n")]
    found: dict[tuple[int, int], int] = {}
    for document in spanned.documents:
        for span in document.values():
            key = bisect_right(starts, span.start), span.column + 1
            found[key] = max(found.get(key, 0), bisect_right(starts, max(span.start, span.end - 1)))
    return found
