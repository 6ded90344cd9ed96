"""Cells of a terminal: how many columns text takes, and text cut or wrapped to a number of them.

A Chinese character or an emoji takes two columns, an accent that joins the letter before it takes none. Source: Unicode
Standard Annex 11, East Asian Width.
"""

import re
from collections.abc import Iterator

from checker.presentation.escape import line
from checker.secrecy.known import conceal

_ELLIPSIS = "…"
_EMOJI_STYLE = "\ufe0f"
# Columns that words get at least, however much stands before them.
_LEAST = 5
_LEAST_INDENT = 2
# Addresses stay whole, so that a terminal can open them.
_ADDRESS = r"[<(]?https?://"
# Where a word that is longer than a line is broken, if there is such a mark in its second half.
_MARKS = " -_./\\,;=&?"
# Words that no line ends with: a number before its unit, an arrow before what it leads to.
_JOINS = r"(?:\(?[+-]?\d[\d.]*|->)$"
_LONGEST_JOINED = 20
_HYPHEN = r"(?<=[^\W\d_]-)(?=[^\W\d_])"


def cells(text: str) -> int:
    """The columns that a line of printable text takes."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(character: str) -> int:
    if character.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if character == _EMOJI_STYLE:
        # It makes the character before it twice as wide.
        return 1
    if category(character) in {"Mn", "Me"}:
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1


def padded(text: str, width: int, *, right: bool = False) -> str:
    """The text with blanks up to ``width`` columns: after it, or before it."""
    blanks = " " * (width - cells(text))
    return blanks + text if right else text + blanks


def shortened(text: str, widest: int) -> str:
    """The text, cut and with an ellipsis where it takes more than ``widest`` columns."""
    text = conceal(text)
    if cells(text) <= widest:
        return text
    return text[: _fitting(text, widest - 1)].rstrip() + _ELLIPSIS


def _fitting(text: str, width: int) -> int:
    """How many characters fit into so many columns, those without a width included."""
    taken = 0
    for place, character in enumerate(text):
        taken += _cell(character)
        if taken > width:
            return place
    return len(text)


def wrapped(text: str, width: int, *, first: str = "", rest: str | None = None, hyphens: bool = False) -> list[str]:
    """Text in lines of at most so many columns; an address that is longer has a line of its own.

    Args:
        text: from anywhere.
        width: of a line, with what it begins with.
        first: what the first line begins with; alone where there is no text.
        rest: what the other lines begin with; ``first`` unless given.
        hyphens: whether a line may end after a hyphen inside a word.
    """
    # Broken over two lines, a secret would not be found again by what conceals the whole output.
    text = line(conceal(text))
    if text.isascii() and len(first) + len(text) <= width and "  " not in text:
        return [(first + text.strip()).rstrip()]
    lines = _Lines(width, first, first if rest is None else rest)
    for gap, word in _words(text, hyphens=hyphens):
        lines.add(gap, word)
    return lines.ended()


class _Lines:
    """Lines that are filled word by word."""

    def __init__(self, width: int, first: str, rest: str) -> None:
        self._lines: list[str] = []
        self._text, self._rest = first, rest
        self._later = max(width - cells(rest), _LEAST)
        self._room = max(width - cells(first), _LEAST)
        self._is_empty = True

    def add(self, gap: str, word: str) -> None:
        """A word, and the blank before it unless it begins a line."""
        if not self._is_empty and cells(gap) + cells(word) > self._room:
            self._end()
        if not self._is_empty:
            self._put(gap + word)
            return
        if cells(word) > self._room and re.match(_ADDRESS, word):
            self._put_address(word)
            return
        for number, piece in enumerate(_broken(word, self._room, self._later)):
            if number:
                self._end()
            self._put(piece)

    def _put_address(self, address: str) -> None:
        """An address that is too long for its line: below what that begins with, and to the left if it fits there."""
        if self._text.strip():
            self._end()
        indent = len(self._text) + self._room - cells(address)
        self._put(address)
        if _LEAST_INDENT <= indent < len(self._rest) and not self._rest.strip():
            self._text = " " * indent + address

    def ended(self) -> list[str]:
        """All of them."""
        return [*self._lines, self._text.rstrip()]

    def _put(self, text: str) -> None:
        self._text += text
        self._room -= cells(text)
        self._is_empty = False

    def _end(self) -> None:
        self._lines.append(self._text.rstrip())
        self._text, self._room, self._is_empty = self._rest, self._later, True


def _words(text: str, *, hyphens: bool) -> Iterator[tuple[str, str]]:
    """Each word with the blank before it; with ``hyphens`` the parts of a word are words without a blank."""
    for word in _joined(text.split()):
        gap = " "
        for part in re.split(_HYPHEN, word) if hyphens and "-" in word and "://" not in word else (word,):
            yield gap, part
            gap = ""


def _joined(words: list[str]) -> Iterator[str]:
    """The words, with a number and what it counts as one: no line ends after it."""
    held = ""
    for word in words:
        if held and "://" in word:
            yield held
            held = ""
        held = f"{held} {word}" if held else word
        if len(held) > _LONGEST_JOINED or not re.match(_JOINS, word):
            yield held
            held = ""
    if held:
        yield held


def _broken(word: str, room: int, later: int) -> Iterator[str]:
    """A word in pieces that fit.

    Args:
        word: the first of a line.
        room: the columns of that line.
        later: those of the lines after it.
    """
    while cells(word) > room:
        end = _break(word, room)
        if not end:
            break
        yield word[:end]
        word, room = word[end:].lstrip(), later
    yield word


def _break(word: str, room: int) -> int:
    """Where to break a word: after a mark, else where the line is full; 0 where it can't be broken."""
    full = _fitting(word, room)
    half = max(full // 2, 1)
    marked = max(word.rfind(mark, half, full) for mark in _MARKS) + 1
    end = marked or full
    # No line may begin with what a runner takes for a command.
    while end and word.startswith(":", end):
        end -= 1
    return end
