"""Paragraphs of text: behind a mark, or as they are."""

from collections.abc import Callable, Iterator

from checker.presentation.cells import wrapped
from checker.presentation.screen import Screen


def paragraph(text: str, screen: Screen, *, indent: int = 0, hang: int = 0) -> list[str]:
    """Text from anywhere in lines that fit.

    Args:
        text: from anywhere.
        screen: what it is put for.
        indent: blanks before each line.
        hang: further blanks before all but the first.
    """
    blanks = " " * indent
    return wrapped(text, screen.width, first=blanks, rest=blanks + " " * hang)


def marked(mark: str, text: str, screen: Screen, style: Callable[[str], str], *, lead: str = "") -> Iterator[str]:
    """A paragraph behind a mark, indented.

    Args:
        mark: one character.
        text: from anywhere.
        screen: what it is put for.
        style: puts the colour of the mark around it.
        lead: between the mark and the text, harmless already; its blanks are kept.
    """
    first, *rest = wrapped(text, screen.width, first=f"  {mark} {lead}", rest="    ")
    yield f"  {style(mark)}{first[3:]}"
    yield from rest


def remark(text: str, screen: Screen) -> Iterator[str]:
    """A warning or another remark, behind its mark."""
    return marked("!", text, screen, screen.paint.warning)
