"""SQL over a store: every table as a view of DuckDB, which reads nothing but the store.

A store in a folder is read file by file, with DuckDB's own pruning; of an object store Delta Lake reads the rows, with
its own credentials, and hands them over as Arrow.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from checker.errors import OutputError, SnapshotError, UsageError
from checker.store.merge import table_url, told
from checker.store.tables import TABLES, Table

if TYPE_CHECKING:
    import duckdb
    from deltalake import DeltaTable

_KINDS = {
    "text": "VARCHAR",
    "number": "DOUBLE",
    "whole": "BIGINT",
    "flag": "BOOLEAN",
    "date": "DATE",
    "texts": "VARCHAR[]",
}


class Answer(msgspec.Struct, frozen=True):
    """The rows of a query, and what its columns are called."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


class Connection:
    """An open store; to be used in a ``with`` block of ``connect``."""

    def __init__(self, database: "duckdb.DuckDBPyConnection") -> None:
        self._database = database

    def ask(self, sql: str, values: Sequence[object] = ()) -> Answer:
        """The answer to one statement of ours.

        Args:
            sql: with ``?`` for each value.
            values: in their order.
        """
        found = self._database.execute(sql, list(values))
        return Answer(tuple(str(entry[0]) for entry in found.description or ()), tuple(found.fetchall()))

    def copy(self, sql: str, path: str) -> None:
        """Writes the answer to one statement of ours into a Parquet file."""
        self._database.execute(f"COPY ({sql}) TO '{_escaped(path)}' (FORMAT parquet)")

    def ask_freely(self, sql: str) -> Answer:
        """The answer to what somebody typed.

        Raises:
            UsageError: it is no query, or asks for what is not in the store.
        """
        import duckdb

        try:
            return self.ask(sql)
        except duckdb.Error as fault:
            text = " ".join(str(fault).split())[:500]
            tables = ", ".join(table.name for table in TABLES)
            raise UsageError(f"the query cannot be answered: {text}", advice=f"The tables are {tables}.") from fault


@contextlib.contextmanager
def connect(url: str, *, writing_to: str | None = None) -> Iterator[Connection]:
    """A store for reading.

    Args:
        url: where it is.
        writing_to: a folder that ``copy`` may write to.

    Raises:
        SnapshotError: there is no store.
        OutputError: it can't be read, or the extra ``history`` is not installed.
    """
    with told(url):
        import duckdb

        database = duckdb.connect(
            ":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        try:
            # Evaluated now: a table that another writer is replacing is read as it was at this moment.
            shown = [_show(database, url, table) for table in TABLES]
            if not any(shown):
                raise SnapshotError(
                    "is no store of scoregate", place=url, advice="'scoregate fetch --store' makes one."
                )
            folders = [table_url(url, table) for table in TABLES] if "://" not in url else []
            folders += [os.path.abspath(writing_to)] if writing_to is not None else []
            listed = ", ".join(f"'{_escaped(folder)}'" for folder in folders)
            database.execute(f"SET allowed_directories=[{listed}]")
            database.execute("SET enable_external_access=false")
            database.execute("SET lock_configuration=true")
            yield Connection(database)
        except duckdb.Error as fault:
            text = " ".join(str(fault).split())[:500]
            raise OutputError(f"the store cannot be read: {text}", place=url) from fault
        finally:
            database.close()


def _show(database: "duckdb.DuckDBPyConnection", url: str, table: Table) -> bool:
    """Makes a view of a table; an empty one where the store doesn't have it. Tells whether it does."""
    from deltalake import DeltaTable

    place = table_url(url, table)
    columns = ", ".join(f"NULL::{_KINDS[column.kind]} AS {column.name}" for column in table.columns)
    parts = [f"SELECT {columns} WHERE false"]
    exists = bool(DeltaTable.is_deltatable(place))
    if exists:
        part = _part(database, DeltaTable(place), place, table)
        parts = [part, *parts] if part is not None else parts
    names = ", ".join(column.name for column in table.columns)
    # Columns that are younger than some files, or than the store, are there and null.
    database.execute(f"CREATE VIEW {table.name} AS SELECT {names} FROM ({' UNION ALL BY NAME '.join(parts)})")
    return exists


def _part(database: "duckdb.DuckDBPyConnection", held: "DeltaTable", place: str, table: Table) -> str | None:
    from deltalake import QueryBuilder

    if "://" not in place:
        paths = files_of(held, place)
        if not paths:
            return None
        listed = ", ".join(f"'{_escaped(path)}'" for path in paths)
        options = "union_by_name=true, hive_partitioning=true, hive_types={'month': VARCHAR}"
        return f"SELECT * FROM read_parquet([{listed}], {options if table.is_dated else 'union_by_name=true'})"
    rows = QueryBuilder().register(table.name, held).execute(f"SELECT * FROM {table.name}")
    database.register(f"{table.name}_rows", rows)
    database.execute(f"CREATE TABLE {table.name}_held AS SELECT * FROM {table.name}_rows")
    return f"SELECT * FROM {table.name}_held"


def files_of(held: "DeltaTable", place: str) -> list[str]:
    """The files of a table at ``place``: paths, or URLs in an object store."""
    import pyarrow as pa

    if "://" in place:
        return list(held.file_uris())
    # The log has them relative to the table, as parts of a URL.
    inside = pa.table(held.get_add_actions(flatten=True)).column("path").to_pylist()
    return [os.path.join(place, unquote(path)) for path in inside]


def _escaped(text: str) -> str:
    return text.replace("'", "''")
