"""Plain values of a document → typed records."""

import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from checker.documents.path import Path

T = TypeVar("T")

_QUOTED = "`([^`]*)`"
_STEP = r"\.([^.\[`]+)|\[(\d+)\]"
_WORDS = {
    "str": "text",
    "float": "a number",
    "int": "a whole number",
    "object": "a mapping",
    "array": "a list",
    "bool": "true or false",
}


class MismatchError(Exception):
    """A value that is not what its record wants. Whoever decodes catches it and reports a fault.

    Attributes:
        path: the path below the converted value, empty for the value itself.
        expected: what was expected, as one phrase.
    """

    def __init__(self, path: Path, expected: str) -> None:
        super().__init__(expected)
        self.path = path
        self.expected = expected


def convert(value: object, kind: type[T], written_at: Callable[[Path], str | None]) -> T:
    """The value as a record of class ``kind``.

    Where the record wants text, an unquoted scalar is the characters as written: ``version: 1.10`` stays ``1.10``. Few
    documents need that, so it is tried only where the value does not fit as it is.

    Args:
        value: of a document.
        kind: the record's class.
        written_at: the characters of the number, boolean or null at a path below the value.

    Raises:
        MismatchError: it isn't one.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        from checker.documents.written_text import with_written_text

        restored = with_written_text(value, kind, written_at)
    try:
        return msgspec.convert(restored, kind)
    except msgspec.ValidationError as error:
        expected, _, path = str(error).partition(" - at `$")
        raise MismatchError(_steps(path), _phrase(expected)) from error


def _steps(text: str) -> Path:
    """Msgspec's ``.controls[0].minimum`` as a path. It ends before ``[...]``, a key that msgspec doesn't name."""
    known = text.partition("[...]")[0]
    return tuple(int(index) if index else name for name, index in re.findall(_STEP, known))


def _phrase(text: str) -> str:
    """Msgspec's sentence in the words of a YAML author."""
    text = re.sub(_QUOTED, lambda found: _words(found[1]), text)
    return text[:1].lower() + text[1:]


def _words(kinds: str) -> str:
    """``int | null`` → ``a whole number``; anything else stays as it is, in quotes."""
    names = [name for name in kinds.split(" | ") if name != "null"]
    if all(name in _WORDS for name in names):
        return " or ".join(_WORDS[name] for name in names) or "nothing"
    return f"'{kinds}'"
