"""Rows, facts and paragraphs as aligned text, Markdown and CSV; each escapes what it is given."""

import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from checker.presentation.escape import Markup, cell, line, markdown, paragraphs

if TYPE_CHECKING:
    import decimal

Cell: TypeAlias = "str | int | float | decimal.Decimal | None"
Fact = tuple[str, str]
"""A label and its value."""

Record = TypeVar("Record")


def wrapped(text: str, width: int, *, first: str = "", rest: str | None = None, hyphens: bool = False) -> list[str]:
    """Text in lines of at most so many columns; a longer word has a line of its own.

    Args:
        text: from anywhere.
        width: of a line, with what it begins with.
        first: what the first line begins with; alone where there is no text.
        rest: what the other lines begin with; ``first`` unless given.
        hyphens: whether a line may end after a hyphen inside a word.
    """
    return textwrap.wrap(
        line(text),
        width,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=hyphens,
    ) or [first.rstrip()]


def text_table(layout: str, rows: Iterable[Sequence[str]], **widths: int) -> Iterator[str]:
    """Rows in columns.

    Args:
        layout: a field of ``str.format`` for each cell, such as ``  {:<16}{:>10}``.
        rows: the head may be one of them.
        widths: of the fields that name one, such as ``{:<{width}}``.
    """
    for row in rows:
        yield layout.format(*map(line, row), **widths).rstrip()


def fitted_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, widest: int, right: Collection[int] = ()
) -> Iterator[str]:
    """Rows in columns that are as wide as their content.

    Args:
        columns: their names.
        rows: as many cells in each.
        widest: a longer cell is cut.
        right: the columns that are aligned to the right.
    """
    cells = [list(map(line, columns)), *([_shortened(line(text).strip(), widest) for text in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    layout = "  ".join(f"{{:{'>' if index in right else '<'}{width}}}" for index, width in enumerate(widths))
    return text_table(layout, cells)


def _shortened(text: str, widest: int) -> str:
    return text if len(text) <= widest else f"{text[: widest - 1]}…"


def facts(rows: Iterable[Fact], *, label: int, indent: int = 2, width: int | None = None) -> Iterator[str]:
    """Labels with their values, one below the other.

    Args:
        rows: in order.
        label: columns that a label takes.
        indent: blanks before it.
        width: of a line: longer values are wrapped, and their own line breaks kept. None for one line a value.
    """
    blanks = " " * indent
    for name, value in rows:
        first = blanks + name.ljust(label)
        if width is None:
            yield first + line(value)
            continue
        for paragraph in value.splitlines() or [""]:
            yield from wrapped(paragraph, width, first=first, rest=" " * len(first))
            first = " " * len(first)


def markdown_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[int] = ()
) -> Iterator[str]:
    """A table of Markdown.

    Args:
        columns: their names, which may be empty.
        rows: text, which is escaped, or ``Markup``.
        right: the columns that are aligned to the right.
    """
    yield "|" + "".join(f" {_markdown_cell(name)} |" if name else " |" for name in columns)
    yield "|" + "".join("---:|" if index in right else "---|" for index in range(len(columns)))
    for row in rows:
        yield f"| {' | '.join(map(_markdown_cell, row))} |"


def _markdown_cell(value: str) -> str:
    return value if isinstance(value, Markup) else markdown(value)


def markdown_facts(rows: Iterable[Fact]) -> Iterator[str]:
    """Labels with their values as a table of Markdown; a value keeps its line breaks."""
    return markdown_table(("", ""), ((name, paragraphs(value)) for name, value in rows))


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as CSV (RFC 4180), in which nothing is a formula: text is made harmless, numbers stay numbers.

    Args:
        columns: their names.
        rows: None is an empty cell.
    """
    # Imported here, since most answers are not CSV.
    import csv
    import io

    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(map(cell, columns))
    for row in rows:
        writer.writerow(["" if one is None else cell(one) if isinstance(one, str) else one for one in row])
    return file.getvalue().encode()


def csv_records(columns: Mapping[str, Callable[[Record], Cell]], records: Iterable[Record]) -> bytes:
    """Records as CSV.

    Args:
        columns: the name of each, and the function that takes its cell from a record.
        records: one a row.
    """
    return csv_table(tuple(columns), ([column(record) for column in columns.values()] for record in records))
