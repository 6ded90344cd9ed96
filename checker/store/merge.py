"""Merges rows into a store: repeating a merge adds nothing, a later fetch of a day replaces it, no writer loses rows.

Each table takes one MERGE, which commits completely or not at all. If another writer was faster, the merge runs again
on the new version. Reading first and then appending would duplicate rows when two writers run.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote

import msgspec

from checker.documents.real_folders import check_folder, make_folder
from checker.errors import OutputError
from checker.store.rows import Row, Rows
from checker.store.tables import TABLES, Column, Table

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable

T = TypeVar("T")

_ATTEMPTS = 200
_FILE_URL = "file://"
_ROWS_AT_ONCE = 500_000


class Merged(msgspec.Struct, frozen=True):
    """What a merge did: rows by table."""

    inserted: dict[str, int]
    updated: dict[str, int]
    deleted: dict[str, int]


def merge(url: str, batches: Sequence[Rows]) -> Merged:
    """Merges rows of any tenants and tables.

    Args:
        url: a folder, or an object store as Delta Lake spells it (``s3://…``, ``abfss://…``, ``gs://…``).
        batches: the new rows; of rows with the same key the last counts.

    Raises:
        OutputError: the store can't be written, or the extra ``history`` is not installed.
    """
    inserted: dict[str, int] = {}
    updated: dict[str, int] = {}
    deleted: dict[str, int] = {}
    with store_errors(url):
        order = [table.name for table in TABLES]
        places = {table.name: table_url(url, table) for table in TABLES}
        _make_folder(url, places.values())
        for together in sorted(_grouped(batches), key=lambda rows: order.index(rows.table.name)):
            metrics = _merge(places[together.table.name], together)
            for found, name in ((inserted, "inserted"), (updated, "updated"), (deleted, "deleted")):
                key = together.table.name
                found[key] = found.get(key, 0) + int(metrics[f"num_target_rows_{name}"])
    return Merged(inserted, updated, deleted)


def _make_folder(url: str, tables: Iterable[str]) -> None:
    """A new folder is readable by its owner only; an existing one keeps its permissions.

    Raises:
        OutputError: a link in the working folder leads to the store, or to a table of it, out of the working folder.
    """
    if url.startswith(_FILE_URL):
        check_folder(unquote(url.removeprefix(_FILE_URL)))
    if "://" in url:
        return
    make_folder(url)
    for table in tables:
        check_folder(table)


def table_url(url: str, table: Table) -> str:
    """The address of a table.

    Raises:
        OutputError: the folder's path would be read as a pattern or as an escaped URL.
    """
    if "://" not in url and any(character in os.path.abspath(url) for character in "%*?["):
        raise OutputError("a store can't be in a folder with one of % * ? [ in its path", place=url)
    return f"{url.rstrip('/')}/{table.name}" if "://" in url else os.path.join(os.path.abspath(url), table.name)


@contextlib.contextmanager
def store_errors(url: str) -> Iterator[None]:
    """Reports errors of Delta Lake as errors of the store.

    Raises:
        OutputError: there was one, or the extra ``history`` is not installed.
    """
    try:
        import deltalake.exceptions
        import pyarrow as pa
    except ImportError as fault:
        raise OutputError(
            "a store needs Delta Lake, Arrow and DuckDB, which are not installed",
            advice="Install them: pip install 'scoregate[history]'.",
        ) from fault
    try:
        yield
    except (deltalake.exceptions.DeltaError, OSError, pa.ArrowException, ValueError, OverflowError) as fault:
        # The rest of the text is the library's stack trace.
        text = " ".join(str(fault).split("stack backtrace")[0].split(" 0: <unknown>")[0].split())[:500]
        raise OutputError(
            f"the store cannot be used: {text}",
            place=url,
            advice="A store is a folder, or the URL of an object store with its credentials in the usual variables.",
        ) from fault


def _grouped(batches: Sequence[Rows]) -> Iterator[Rows]:
    """Rows of one table that replace the same days, for as many tenants as fit into one merge.

    Missing rows can only be deleted if all tenants of a merge have the same days, and profiles of the same age.
    """
    waiting: dict[tuple[str, frozenset[Row], str], list[Rows]] = {}
    for rows in batches:
        rest = frozenset(scope[1:] for scope in rows.scopes)
        key = (rows.table.name, rest, "" if rows.table.is_dated else _newest(rows))
        waiting.setdefault(key, []).append(rows)
        if sum(len(one.rows) for one in waiting[key]) >= _ROWS_AT_ONCE:
            yield _combined(waiting.pop(key))
    for several in waiting.values():
        yield _combined(several)


def _combined(several: Sequence[Rows]) -> Rows:
    table = several[0].table
    key = [[column.name for column in table.columns].index(name) for name in table.key]
    # A merge would insert a duplicate key twice; the later row counts.
    unique = {tuple(row[index] for index in key): row for one in several for row in one.rows}
    rows = sorted(unique.values(), key=lambda row: str(row[0]))
    return Rows(table, tuple(rows), frozenset(scope for one in several for scope in one.scopes))


def _merge(place: str, rows: Rows) -> dict[str, int]:
    data = _arrow(rows)
    return retry_on_conflict(lambda: _merge_once(place, rows, data))


def retry_on_conflict(commit: Callable[[], T]) -> T:
    """The result of a commit, which is run again from the start each time that another writer was faster."""
    import stamina
    from deltalake.exceptions import CommitFailedError

    stamina.instrumentation.set_on_retry_hooks([])
    for attempt in stamina.retry_context(
        on=CommitFailedError, attempts=_ATTEMPTS, timeout=600.0, wait_initial=0.05, wait_max=2.0, wait_jitter=0.3
    ):
        with attempt:
            return commit()
    raise AssertionError("a retry loop ends by an answer or an error")


def _merge_once(place: str, rows: Rows, data: "pa.Table") -> dict[str, int]:
    table = rows.table
    target = _opened(place, table)
    matched = " AND ".join([f"target.{name} = source.{name}" for name in table.key])
    where = _scope_condition(rows)
    merger = target.merge(
        data,
        predicate=f"{matched} AND {where}",
        source_alias="source",
        target_alias="target",
    )
    values = [column for column in table.columns if column.name not in table.key]
    changed = " OR ".join(f"({_value(column)} IS DISTINCT FROM target.{column.name})" for column in values)
    # Rows without a day are replaced by rows that are as new or newer, never by older ones.
    newer = "true" if table.is_dated else "(target.seen IS NULL OR coalesce(source.seen >= target.seen, false))"
    older = "true" if table.is_dated else f"(target.seen IS NULL OR target.seen <= {_date(_newest(rows))})"
    merger = merger.when_matched_update(
        updates={column.name: _value(column) for column in values},
        predicate=f"({changed}) AND {newer}",
    )
    merger = merger.when_not_matched_insert_all().when_not_matched_by_source_delete(predicate=f"{where} AND {older}")
    return dict(merger.execute())


def _opened(place: str, table: Table) -> "DeltaTable":
    """The table, created if missing; missing columns are added to its schema, without rewriting files."""
    from deltalake import DeltaTable, Schema

    if not DeltaTable.is_deltatable(place):
        partitions = ["month"] if table.is_dated else None
        DeltaTable.create(place, schema=table.schema(), partition_by=partitions, mode="ignore")
    held = DeltaTable(place)
    held_names = {field.name for field in held.schema().fields}
    missing = [field for field in Schema.from_arrow(table.schema()).fields if field.name not in held_names]
    if missing:
        held.alter.add_columns(missing)
        held = DeltaTable(place)
    return held


def _newest(rows: Rows) -> str:
    """The newest day of the data that undated rows came with; the first day of the calendar if the data has none."""
    index = [column.name for column in rows.table.columns].index("seen")
    return max((str(row[index]) for row in rows.rows if row[index] is not None), default="0001-01-01")


def _value(column: Column) -> str:
    """The value of a matched row after the merge."""
    if column.kept:
        return f"coalesce(source.{column.name}, target.{column.name})"
    return f"source.{column.name}"


def _scope_condition(rows: Rows) -> str:
    """The condition that selects exactly the rows of the target that the new rows replace."""
    scope = rows.table.scope
    conditions = []
    for index, name in enumerate(scope):
        values = sorted({str(row[index]) for row in rows.scopes})
        conditions.append(f"target.{name} IN ({', '.join(map(_literal if name != 'date' else _date, values))})")
        if name == "date":
            months = sorted({value[:7] for value in values})
            conditions.append(f"target.month IN ({', '.join(map(_literal, months))})")
    return " AND ".join(conditions)


def _literal(text: str) -> str:
    """Text as an SQL literal."""
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _date(text: str) -> str:
    return f"DATE '{text}'"


def _arrow(rows: Rows) -> "pa.Table":
    import pyarrow as pa

    schema = rows.table.schema()
    columns = list(zip(*rows.rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
