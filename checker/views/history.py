"""The answers to ``history``: rows of a query, a check of the store, what was deleted and what was rewritten."""

import datetime
import decimal
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.presentation.cells import shortened
from checker.presentation.colours import RED
from checker.presentation.escape import Markup, line, markdown
from checker.presentation.json import json_document
from checker.presentation.paragraphs import marked, paragraph, remark
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import Cell, TextColumn, csv_table, markdown_table, text_table
from checker.presentation.words import counted
from checker.store.check import StoreCheck
from checker.store.maintenance import Compacted, Pruned
from checker.store.query import QueryResult
from checker.views import formats
from checker.views.formats import rendered, section

ROW_FORMATS = (*formats.FORMATS, "csv")
_WIDEST = 60

Value = bool | int | float | str | list[str] | None


class RowsDocument(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer to ``scoregate history sql``."""

    schema: ClassVar[tuple[str, str]] = ("rows", "The answer to a query of a store")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Rows"] = "Rows"
    columns: tuple[str, ...]
    rows: Annotated[tuple[tuple[Value, ...], ...], Meta(description="Values in the order of the columns.")]


def render_rows(name: str, rows: QueryResult, screen: Screen = FILE) -> bytes:
    """Rows in the format ``name``, one of ``ROW_FORMATS``."""
    others: Mapping[str, Callable[[QueryResult], bytes]] = {"json": _rows_json, "csv": _rows_csv}
    return rendered(name, rows, screen, text=_rows_text, markdown=_rows_markdown, others=others)


def _rows_json(answer: QueryResult) -> bytes:
    rows = tuple(tuple(map(_json_value, row)) for row in answer.rows)
    return json_document(RowsDocument(columns=answer.columns, rows=rows))


def _json_value(value: object) -> Value:
    """A value as JSON has it: numbers, texts, lists of texts; the rest as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, decimal.Decimal):
        return float(value)
    return [str(one) for one in value] if isinstance(value, list | tuple) else str(value)


def _rows_csv(answer: QueryResult) -> bytes:
    return csv_table(answer.columns, (_csv_cells(row) for row in answer.rows))


def _csv_cells(row: tuple[object, ...]) -> list[Cell]:
    return [value if isinstance(value, int | float | decimal.Decimal) else _cell(value) for value in row]


def _cell(value: object) -> str:
    """A value as text."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, float):
        return f"{value:.15g}"
    return ", ".join(map(_cell, value)) if isinstance(value, list) else str(value)


def _rows_text(answer: QueryResult, screen: Screen) -> Iterator[str]:
    columns = [
        TextColumn(line(name), right=bool(answer.rows) and _is_numeric(answer, index), free=index > 0)
        for index, name in enumerate(answer.columns)
    ]
    cells = (tuple(shortened(line(_cell(value)), _WIDEST) for value in row) for row in answer.rows)
    yield from text_table(columns, cells, screen)
    yield ""
    yield f"{counted(len(answer.rows), 'row')}."


def _is_numeric(answer: QueryResult, index: int) -> bool:
    return all(isinstance(row[index], int | float | None) for row in answer.rows)


def _rows_markdown(answer: QueryResult) -> Iterator[str]:
    return markdown_table(answer.columns, (tuple(map(_cell, row)) for row in answer.rows))


def render_check(name: str, check: StoreCheck, screen: Screen = FILE) -> bytes:
    """A check in the format ``name``, one of ``FORMATS``."""
    return rendered(name, check, screen, text=_check_text, markdown=_check_markdown)


def _faults(check: StoreCheck) -> Iterator[str]:
    for table in check.tables:
        if not table.log_is_complete:
            yield f"{table.table}: the table, a version of its log, a file or rows are missing"
    for doubled in check.doubled:
        yield f"{doubled.table}: {counted(doubled.rows, 'row')} with the key {', '.join(doubled.key)}"
    for day in check.days_without_controls:
        yield f"scores: no control scores of {day}"
    for day in check.days_without_score:
        yield f"control_scores: no score of {day}"


def _gaps(check: StoreCheck) -> Iterator[str]:
    for gap in check.gaps:
        yield f"{gap.tenant}: {counted(gap.days, 'day')} missing, {gap.start} to {gap.end}"


def _check_text(check: StoreCheck, screen: Screen) -> Iterator[str]:
    paint = screen.paint
    rows = (
        (table.table, counted(table.rows, "row"), counted(table.files, "file"), f"version {table.version}")
        for table in check.tables
    )
    columns = (TextColumn(style=paint.heading), TextColumn(right=True), TextColumn(right=True), TextColumn())
    yield from text_table(columns, rows, screen, indent=2)
    faults = list(_faults(check))
    for fault in faults:
        yield from marked("✗", fault, screen, lambda mark: paint(mark, RED))
    for gap in _gaps(check):
        yield from remark(gap, screen)
    yield ""
    state = "The store is sound." if check.is_sound else f"The store has {counted(len(faults), 'fault')}."
    verdict = paint.outcome("pass" if check.is_sound else "fail", state)
    yield f"{verdict} {counted(check.tenants, 'tenant')}."


def _check_markdown(check: StoreCheck) -> Iterator[str]:
    yield f"### Store: {'sound' if check.is_sound else 'faulty'}, {counted(check.tenants, 'tenant')}"
    rows = ((Markup(table.table), str(table.rows), str(table.files), str(table.version)) for table in check.tables)
    yield from section(markdown_table(("table", "rows", "files", "version"), rows, right=(1, 2, 3)))
    yield from section(f"- {markdown(text)}" for text in (*_faults(check), *_gaps(check)))


def render_pruned(name: str, pruned: Pruned, screen: Screen = FILE) -> bytes:
    """What was deleted, in the format ``name``, one of ``FORMATS``."""
    return rendered(name, pruned, screen, text=_pruned_text, markdown=_pruned)


def _pruned_text(pruned: Pruned, screen: Screen) -> Iterator[str]:
    return (text for sentence in _pruned(pruned) for text in paragraph(sentence, screen))


def _pruned(pruned: Pruned) -> Iterator[str]:
    rows = sum(pruned.rows.values())
    yield f"{counted(rows, 'row')} from before {pruned.before} deleted, {counted(pruned.files, 'file')} removed."
    for tenant in pruned.tenants:
        yield f"The tenant {line(tenant)} has no days left."


def render_compacted(name: str, compacted: Compacted, screen: Screen = FILE) -> bytes:
    """What was rewritten, in the format ``name``, one of ``FORMATS``."""
    return rendered(name, compacted, screen, text=_compacted_text, markdown=_compacted)


def _compacted_text(compacted: Compacted, screen: Screen) -> Iterator[str]:
    return (text for sentence in _compacted(compacted) for text in paragraph(sentence, screen))


def _compacted(compacted: Compacted) -> Iterator[str]:
    before, after = sum(compacted.before.values()), sum(compacted.after.values())
    yield f"{counted(before, 'file')} before, {counted(after, 'file')} now, sorted by tenant."
