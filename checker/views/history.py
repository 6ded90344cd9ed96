"""Answers about a store: rows of a query, what was checked, what was pruned."""

import datetime
import decimal
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.presentation.escape import line, markdown
from checker.presentation.json import json_document
from checker.presentation.tables import csv_table
from checker.presentation.words import counted
from checker.store.check import StoreCheck
from checker.store.maintenance import Compacted, Pruned
from checker.store.query import Answer
from checker.views import formats
from checker.views.formats import lines, rendered

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


def render_rows(name: str, found: Answer) -> bytes:
    """Rows in the format ``name``, one of ``ROW_FORMATS``."""
    match name:
        case "json":
            rows = tuple(tuple(_plain(value) for value in row) for row in found.rows)
            return json_document(RowsDocument(columns=found.columns, rows=rows))
        case "csv":
            return _csv(found)
        case "markdown":
            return lines(_markdown(found))
        case _:
            return lines(_text(found))


def _plain(value: object) -> Value:
    """A value as JSON has it: numbers, texts, lists of texts; the rest as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, decimal.Decimal):
        return float(value)
    return [str(one) for one in value] if isinstance(value, list | tuple) else str(value)


def _told(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, float):
        return f"{value:.15g}"
    return ", ".join(map(_told, value)) if isinstance(value, list) else str(value)


def _text(found: Answer) -> Iterator[str]:
    shown = [tuple(map(line, found.columns)), *(tuple(_cut(line(_told(value))) for value in row) for row in found.rows)]
    widths = [max(len(row[index]) for row in shown) for index in range(len(found.columns))]
    numeric = [
        bool(found.rows) and all(isinstance(row[index], int | float | None) for row in found.rows)
        for index in range(len(found.columns))
    ]
    for row in shown:
        cells = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, numeric, strict=True)
        )
        yield "  ".join(cells).rstrip()
    yield ""
    yield f"{counted(len(found.rows), 'row')}."


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _markdown(found: Answer) -> Iterator[str]:
    yield f"| {' | '.join(map(markdown, found.columns))} |"
    yield f"|{'---|' * len(found.columns)}"
    for row in found.rows:
        yield f"| {' | '.join(markdown(_told(value)) for value in row)} |"


def _csv(found: Answer) -> bytes:
    numbers = int | float | decimal.Decimal
    return csv_table(
        found.columns,
        ([value if isinstance(value, numbers) else _told(value) for value in row] for row in found.rows),
    )


def render_check(name: str, found: StoreCheck) -> bytes:
    """A check in the format ``name``, one of ``FORMATS``."""
    return rendered(name, found, text=_check_text, markdown=_check_markdown)


def _faults(found: StoreCheck) -> Iterator[str]:
    for table in found.tables:
        if not table.log_is_complete:
            yield f"{table.table}: the table, a version of its log, a file or rows are missing"
    for doubled in found.doubled:
        yield f"{doubled.table}: {counted(doubled.rows, 'row')} of the key {', '.join(doubled.key)}"
    for day in found.days_without_controls:
        yield f"scores: no control scores of {day}"
    for day in found.days_without_score:
        yield f"control_scores: no score of {day}"


def _gaps(found: StoreCheck) -> Iterator[str]:
    for gap in found.gaps:
        yield f"{gap.tenant}: {counted(gap.days, 'day')} missing, {gap.start} to {gap.end}"


def _check_text(found: StoreCheck) -> Iterator[str]:
    for table in found.tables:
        yield f"  {table.table:<16}{table.rows:>12} rows  {counted(table.files, 'file'):>10}  version {table.version}"
    faults = list(_faults(found))
    for fault in faults:
        yield f"  ✗ {line(fault)}"
    for gap in _gaps(found):
        yield f"  ! {line(gap)}"
    yield ""
    state = "The store is sound." if found.is_sound else f"The store has {counted(len(faults), 'fault')}."
    yield f"{state} {counted(found.tenants, 'tenant')}."


def _check_markdown(found: StoreCheck) -> Iterator[str]:
    yield f"### Store: {'sound' if found.is_sound else 'faulty'}, {counted(found.tenants, 'tenant')}"
    yield ""
    yield "| table | rows | files | version |"
    yield "|---|---:|---:|---:|"
    for table in found.tables:
        yield f"| {table.table} | {table.rows} | {table.files} | {table.version} |"
    told = [*_faults(found), *_gaps(found)]
    if told:
        yield ""
    yield from (f"- {markdown(text)}" for text in told)


def render_pruned(name: str, found: Pruned) -> bytes:
    """What was pruned in the format ``name``, one of ``FORMATS``."""
    return rendered(name, found, text=_pruned, markdown=_pruned)


def _pruned(found: Pruned) -> Iterator[str]:
    rows = sum(found.rows.values())
    yield f"{counted(rows, 'row')} from before {found.before} deleted, {counted(found.files, 'file')} removed."
    for tenant in found.tenants:
        yield f"No day is left of the tenant {line(tenant)}."


def render_compacted(name: str, found: Compacted) -> bytes:
    """What was rewritten in the format ``name``, one of ``FORMATS``."""
    return rendered(name, found, text=_compacted, markdown=_compacted)


def _compacted(found: Compacted) -> Iterator[str]:
    before, after = sum(found.before.values()), sum(found.after.values())
    yield f"{counted(before, 'file')} before, {counted(after, 'file')} now, sorted by tenant."
