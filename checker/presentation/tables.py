"""Rows, facts and paragraphs as aligned text, Markdown and CSV; each escapes what it is given."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from checker.presentation.cells import cells, padded, wrapped
from checker.presentation.escape import cell, line, linked, markdown, shown_markdown
from checker.presentation.facts import Fact
from checker.presentation.screen import Screen

if TYPE_CHECKING:
    import decimal

Cell: TypeAlias = "str | int | float | decimal.Decimal | None"


class Linked(str):
    """Text of ours, of a policy or of Microsoft, whose addresses are links where the format has links."""

    __slots__ = ()


Record = TypeVar("Record")
# Columns that free text keeps, however little room there is.
_LEAST_FREE = 24
# How far text below a row is indented.
_HANG = 4
# A longer cell leaves a table of Markdown unaligned from there on.
_WIDEST_ALIGNED = 48


class TextColumn(NamedTuple):
    """A column of a table of text.

    Attributes:
        name: its head; a table whose columns have no names has no head.
        right: it is aligned to the right.
        free: it holds free text, which is wrapped where the row is too long.
        style: puts a colour around a cell, whose blanks come along.
        blanks: between it and the next column.
    """

    name: str = ""
    right: bool = False
    free: bool = False
    style: Callable[[str], str] = str
    blanks: int = 2


def text_table(
    columns: Sequence[TextColumn], rows: Iterable[Sequence[str]], screen: Screen, *, indent: int = 0
) -> Iterator[str]:
    """Rows in columns that are as wide as their content, or as the screen allows.

    Columns of free text are wrapped where a row would not fit. Where that is not enough free text goes below its row,
    and as the last resort each row becomes a paragraph: its first cell, and the others below it.

    Args:
        columns: the first one identifies a row, and is never broken.
        rows: as many cells in each; may be none.
        screen: what they are put for.
        indent: blanks before each row.
    """
    body = [[line(text).strip() for text in row] for row in rows]
    head = [[column.name for column in columns]] if any(column.name for column in columns) else []
    room = screen.columns and screen.columns - indent
    widths = _fitted(columns, [*head, *body], room)
    kept = [index for index, column in enumerate(columns) if widths is not None or not column.free]
    columns_kept, head, rows_kept = [columns[index] for index in kept], _only(kept, head), _only(kept, body)
    if widths is None:
        widths = _fitted(columns_kept, [*head, *rows_kept], room)
    if widths is None:
        for row in body:
            yield from _paragraph(columns, row, screen, indent)
        return
    plain = [column._replace(style=screen.paint.secondary, free=False) for column in columns_kept]
    for row in head:
        yield from _row(plain, row, widths, indent)
    for whole, row in zip(body, rows_kept, strict=True):
        yield from _row(columns_kept, row, widths, indent)
        for index in sorted({*range(len(columns))} - {*kept}):
            yield from _below(columns[index], whole[index], screen, indent)


def _only(kept: Sequence[int], rows: Iterable[Sequence[str]]) -> list[list[str]]:
    return [[row[index] for index in kept] for row in rows]


def _below(column: TextColumn, text: str, screen: Screen, indent: int) -> Iterator[str]:
    """Free text below its row."""
    if text:
        for one in wrapped(text, screen.width, first=" " * (indent + _HANG)):
            yield " " * (indent + _HANG) + column.style(one.lstrip())


def _fitted(columns: Sequence[TextColumn], rows: Iterable[Sequence[str]], room: int | None) -> list[int] | None:
    """The widths at which the rows fit; None where there are none."""
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    if room is None:
        return widths
    over = sum(widths) + sum(column.blanks for column in columns[: len(widths) - 1]) - room
    by_width = sorted(range(len(widths)), key=lambda index: -widths[index])
    for index in by_width:
        if over > 0 and columns[index].free:
            spared = min(over, max(widths[index] - _LEAST_FREE, 0))
            widths[index] -= spared
            over -= spared
    return widths if over <= 0 else None


def _row(columns: Sequence[TextColumn], row: Sequence[str], widths: Sequence[int], indent: int) -> Iterator[str]:
    """A row in as many lines as its longest cell needs."""
    parts = [
        wrapped(text, width) if column.free and cells(text) > width else [text]
        for column, text, width in zip(columns, row, widths, strict=True)
    ]
    for number in range(max(map(len, parts))):
        text, blanks = " " * indent, ""
        for column, part, width in zip(columns, parts, widths, strict=True):
            cell = part[number] if number < len(part) else ""
            space = " " * (width - cells(cell))
            before, after = (space, "") if column.right else ("", space)
            if cell:
                text += blanks + before + column.style(cell)
                blanks = ""
            else:
                before, after = "", space
            blanks += after + " " * column.blanks
        yield text


def _paragraph(columns: Sequence[TextColumn], row: Sequence[str], screen: Screen, indent: int) -> Iterator[str]:
    """A row as a paragraph."""
    blanks = " " * indent
    (key, *others) = zip(columns, row, strict=True)
    yield from (key[0].style(text) for text in wrapped(key[1], screen.width, first=blanks))
    for column, text in others:
        if column.free:
            yield from _below(column, text, screen, indent)
    values = " · ".join(f"{column.name} {text}".strip() for column, text in others if text and not column.free)
    if values:
        yield from map(screen.paint.secondary, wrapped(values, screen.width, first=blanks + " " * _HANG))


def markdown_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[int] = ()
) -> Iterator[str]:
    """A table of Markdown.

    Args:
        columns: their names, which may be empty.
        rows: text, which is escaped, or ``Markup``; columns are aligned up to the first with a long cell.
        right: the columns that are aligned to the right.
    """
    head, *body = [[shown_markdown(text) for text in row] for row in (columns, *rows)]
    widest = [max(map(cells, column)) for column in zip(head, *body, strict=True)]
    long = next((index for index, width in enumerate(widest) if width > _WIDEST_ALIGNED), len(widest))
    dashes = [max(width, 4) if index < long else 4 for index, width in enumerate(widest)]
    rule = [f"{'-' * (width - 1)}:" if index in right else "-" * width for index, width in enumerate(dashes)]
    for row in (head, rule, *body):
        shown = (padded(text, dashes[index], right=index in right) for index, text in enumerate(row))
        yield f"| {' | '.join(shown)} |"


def markdown_facts(rows: Iterable[Fact]) -> Iterator[str]:
    """Labels with their values as a list of Markdown; a value of several lines keeps them, and its own list."""
    for name, value in rows:
        put = linked if isinstance(value, Linked) else markdown
        first, *rest = value.splitlines() or [""]
        yield f"- **{markdown(name)}:** {put(first)}".rstrip()
        for text in rest:
            if text.startswith("- "):
                yield f"  - {put(text[2:])}"
            else:
                yield from ("", f"  {put(text)}")


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
