"""A store without names: a copy of its rows, cleaned before any query runs.

Cleaning what a query gives would not do, since a query can give a name in another form: reversed, cut, as a number of
matches. What is stored never enters the database that the query runs in.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from checker.snapshot.cleaner import Cleaner, cleaner
from checker.snapshot.redaction import REDACTED, Redaction
from checker.store.query import Connection, connect, folder_settings, views_of
from checker.store.tables import FINDINGS, TABLES, Column, Table

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_ROWS_AT_ONCE = 50_000
# What policies name, and what rows are told apart by.
_KEPT = frozenset({"control", "requirement", "policy", "month"})


@contextlib.contextmanager
def connect_redacted(url: str, level: Redaction, *, writing_to: str | None = None) -> Iterator[Connection]:
    """As ``connect``, without names.

    Args:
        url: the store's address.
        level: what is left out.
        writing_to: the folder that ``copy`` may write to.

    Raises:
        SnapshotError, OutputError: as ``connect``.
    """
    if level is Redaction.NONE:
        with connect(url, writing_to=writing_to) as store:
            yield store
        return
    with redacted_tables(url, level, folder_settings(writing_to)) as database:
        yield Connection(database)


@contextlib.contextmanager
def redacted_tables(url: str, level: Redaction, settings: Sequence[str]) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A database in memory with a copy of each table of a store, without names; it reaches nothing.

    Args:
        url: the store's address.
        level: what is left out.
        settings: of DuckDB, set before its configuration is locked.

    Raises:
        SnapshotError, OutputError: as ``connect``.
    """
    with connect(url) as store:
        clean = cleaner(level, tenants_in(store))
        held = {table.name: _cleaned(store, table, clean) for table in reversed(TABLES)}

    def create(database: "duckdb.DuckDBPyConnection", place: str, table: Table) -> Table:
        del place
        database.register("held", held.pop(table.name))
        database.execute(f"CREATE TABLE {table.name} AS SELECT * FROM held")
        database.unregister("held")
        return table

    with views_of(url, create, lambda _: settings) as database:
        yield database


def tenants_in(store: Connection) -> set[str]:
    """The ids of all tenants that a store has rows of."""
    every = " UNION ".join(f"SELECT tenant FROM {table.name}" for table in TABLES)
    return {str(tenant) for (tenant,) in store.ask(every).rows if tenant}


def _cleaned(store: Connection, table: Table, clean: Cleaner) -> "pa.Table":
    import pyarrow as pa

    schema = table.schema()
    steps = [_step(table, column, clean) for column in table.columns]
    batches = []
    for rows in store.batches(_query(table), _ROWS_AT_ONCE):
        columns = (list(map(step, values)) for step, values in zip(steps, zip(*rows, strict=True), strict=True))
        arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
        batches.append(pa.record_batch(arrays, schema=schema))
    return pa.Table.from_batches(batches, schema=schema)


def _query(table: Table) -> str:
    return f"SELECT {', '.join(column.name for column in table.columns)} FROM {table.name}"


def _step(table: Table, column: Column, clean: Cleaner) -> Callable[[object], object]:
    """What a value of the column becomes."""
    if column.name in _KEPT or column.kind not in {"text", "texts"}:
        return lambda value: value
    if (table.name, column.name) == (FINDINGS.name, "message"):
        # A sentence, which may name anybody in any words.
        return lambda value: REDACTED if value else value
    # As Graph calls it, which is how cleaning knows what is of people and what is judged by.
    head, *rest = column.name.split("_")
    member = head + "".join(word.capitalize() for word in rest)
    if column.kind == "texts":
        return lambda value: clean.clean(value, member)

    # Few values are many rows.
    @cache
    def text(value: str | None) -> object:
        if value is None:
            return None
        return _json(value, clean) if column.is_json else clean.clean(value, member)

    return text


def _json(value: str, clean: Cleaner) -> str | None:
    """A document of JSON in a column; null where it is none, since nobody knows what it holds."""
    try:
        return msgspec.json.encode(clean.clean(msgspec.json.decode(value))).decode()
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
