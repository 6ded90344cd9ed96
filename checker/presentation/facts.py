"""Labels with their values, one below the other, as aligned text."""

from collections.abc import Iterable, Iterator

from checker.presentation.colours import Paint
from checker.presentation.escape import line

Fact = tuple[str, str]
"""A label and its value."""


def facts(
    rows: Iterable[Fact],
    *,
    label: int,
    indent: int = 2,
    width: int | None = None,
    paint: Paint | None = None,
    keeps_breaks: bool = False,
) -> Iterator[str]:
    """Labels with their values, one below the other.

    Args:
        rows: in order.
        label: columns that a label takes.
        indent: blanks before it.
        width: of a line, longer values are wrapped; None for one line a value.
        paint: puts the colour of labels around them.
        keeps_breaks: a value's own line breaks are kept where it is wrapped, so that it can look like further facts.
    """
    blanks = " " * indent
    rest = " " * (indent + label)
    for name, value in rows:
        first = blanks + name.ljust(label)
        head = blanks + paint.secondary(name) + " " * (label - len(name)) if paint is not None else first
        if width is None:
            yield head + line(value)
            continue
        for paragraph in (value.splitlines() if keeps_breaks else ()) or [value]:
            hanging = rest + "  " if keeps_breaks and paragraph.startswith("- ") else rest
            from checker.presentation.cells import wrapped

            lines = wrapped(paragraph, width, first=first, rest=hanging)
            yield (head + lines[0][len(first) :]).rstrip()
            yield from lines[1:]
            first = head = rest
