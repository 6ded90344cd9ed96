"""scoregate's own SQL over a store: each table as a DuckDB view; a user's is in ``user_query``.

DuckDB reads the files of a store in a folder, with its own pruning. From an object store Delta Lake reads the rows,
with its own credentials, and passes them on as Arrow.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote

import msgspec

from checker.errors import SnapshotError
from checker.store.merge import store_errors, table_url
from checker.store.tables import TABLES, Table

if TYPE_CHECKING:
    import duckdb
    from deltalake import DeltaTable

T = TypeVar("T")

_KINDS = {
    "text": "VARCHAR",
    "number": "DOUBLE",
    "whole": "BIGINT",
    "flag": "BOOLEAN",
    "date": "DATE",
    "texts": "VARCHAR[]",
}


class QueryResult(msgspec.Struct, frozen=True):
    """The rows of a query and the names of its columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


class Connection:
    """An open store, inside a ``with connect(…)`` block."""

    def __init__(self, database: "duckdb.DuckDBPyConnection") -> None:
        self._database = database

    def ask(self, sql: str, values: Sequence[object] = ()) -> QueryResult:
        """The result of a statement that scoregate wrote.

        Args:
            sql: the statement, with ``?`` for each value.
            values: in the order of their ``?``.
        """
        found = self._database.execute(sql, list(values))
        return QueryResult(tuple(str(entry[0]) for entry in found.description or ()), tuple(found.fetchall()))

    def batches(self, sql: str, size: int) -> Iterator[list[tuple[object, ...]]]:
        """The rows of a statement that scoregate wrote, at most ``size`` at once."""
        found = self._database.execute(sql)
        while rows := found.fetchmany(size):
            yield rows

    def copy(self, sql: str, path: str) -> None:
        """Writes the result of a statement that scoregate wrote to a Parquet file."""
        self._database.execute(f"COPY ({sql}) TO '{_escaped(path)}' (FORMAT parquet)")


@contextlib.contextmanager
def connect(url: str, *, writing_to: str | None = None) -> Iterator[Connection]:
    """A store, open for reading.

    Args:
        url: the store's address.
        writing_to: the folder that ``copy`` may write to.

    Raises:
        SnapshotError: there is no store at the address, or it can't be read.
        OutputError: it can't be opened, or the extra ``history`` is not installed.
    """

    def settings(paths: Sequence[list[str] | None]) -> tuple[str, ...]:
        files = [path for found in paths for path in found or ()]
        return f"allowed_paths=[{_listed(files)}]", *folder_settings(writing_to)

    with views_of(url, _create_view, settings) as database:
        yield Connection(database)


def folder_settings(writing_to: str | None) -> tuple[str, ...]:
    """The setting of DuckDB by which it may write to that folder, and to no other; None for none."""
    folders = [os.path.abspath(writing_to)] if writing_to is not None else []
    return (f"allowed_directories=[{_listed(folders)}]",)


@contextlib.contextmanager
def views_of(
    url: str,
    create: Callable[["duckdb.DuckDBPyConnection", str, Table], T | None],
    settings: Callable[[Sequence[T | None]], Sequence[str]],
) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A database in memory with a view of each table of a store, which reaches nothing but what is allowed.

    Args:
        url: the store's address.
        create: creates the view of a table; gives None where the store lacks the table.
        settings: what is set before the configuration is locked, of what ``create`` gave.

    Raises:
        SnapshotError: there is no store at the address, or it can't be read.
        OutputError: it can't be opened, or the extra ``history`` is not installed.
    """
    with store_errors(url):
        import duckdb

        database = duckdb.connect(
            ":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        try:
            # Each table is read as it is at this moment, beginning with the one that is written last: the rows that it
            # refers to are then in the others.
            present = [create(database, url, table) for table in reversed(TABLES)]
            if all(found is None for found in present):
                raise not_a_store(url)
            for setting in ("temp_directory=''", *settings(present), "enable_external_access=false"):
                database.execute(f"SET {setting}")
            database.execute("SET lock_configuration=true")
            yield database
        except duckdb.Error as fault:
            text = " ".join(str(fault).split())[:500]
            raise SnapshotError(f"the store cannot be read: {text}", place=url) from fault
        finally:
            database.close()


def _create_view(database: "duckdb.DuckDBPyConnection", url: str, table: Table) -> list[str] | None:
    """Creates a view of a table, empty if the store lacks the table; returns the files that DuckDB reads."""
    from deltalake import DeltaTable

    place = table_url(url, table)
    columns = ", ".join(f"NULL::{_KINDS[column.kind]} AS {column.name}" for column in table.columns)
    parts = [f"SELECT {columns} WHERE false"]
    paths: list[str] | None = None
    if DeltaTable.is_deltatable(place):
        held = DeltaTable(place)
        paths = files_of(held, place) if "://" not in place else []
        if paths:
            # A parent folder may look like a partition, and has nothing to do with the rows.
            options = "union_by_name=true, hive_partitioning=false"
            parts.insert(0, f"SELECT * FROM read_parquet([{_listed(paths)}], {options})")
        elif "://" in place:
            parts.insert(0, _copied(database, held, table))
    # Columns that some files or the whole store lack are null.
    known = " WHERE date IS NOT NULL" if table.is_dated else ""
    rows = f"SELECT {typed_columns(table)} FROM ({' UNION ALL BY NAME '.join(parts)})"
    database.execute(f"CREATE VIEW {table.name} AS SELECT * FROM ({rows}){known}")
    return paths


def typed_columns(table: Table) -> str:
    """The columns of a table as SQL selects them from its rows; values of another type are null."""
    return ", ".join(
        "strftime(TRY_CAST(date AS DATE), '%Y-%m') AS month"
        if column.name == "month"
        else f"TRY_CAST({column.name} AS {_KINDS[column.kind]}) AS {column.name}"
        for column in table.columns
    )


def _copied(database: "duckdb.DuckDBPyConnection", held: "DeltaTable", table: Table) -> str:
    """A query of the rows of an object store, which Delta Lake has read."""
    from deltalake import QueryBuilder

    rows = QueryBuilder().register(table.name, held).execute(f"SELECT * FROM {table.name}")
    database.register(f"{table.name}_rows", rows)
    database.execute(f"CREATE TABLE {table.name}_held AS SELECT * FROM {table.name}_rows")
    return f"SELECT * FROM {table.name}_held"


def files_of(held: "DeltaTable", place: str) -> list[str]:
    """The files of a table at ``place``: paths, or URLs in an object store."""
    import pyarrow as pa

    refuse_deletion_vectors(held, place)
    if "://" in place:
        return list(held.file_uris())
    # In the log paths are relative to the table and URL-encoded.
    inside = pa.table(held.get_add_actions(flatten=True)).column("path").to_pylist()
    return [os.path.join(place, unquote(path)) for path in inside]


def refuse_deletion_vectors(held: "DeltaTable", place: str) -> None:
    """Refuses a table that has rows which are marked as deleted.

    Raises:
        SnapshotError: it has.
    """
    if "deletionVectors" in (held.protocol().reader_features or []):
        raise SnapshotError(
            "another engine deleted rows with deletion vectors, which scoregate does not read",
            place=place,
            advice="Rewrite the table without them in that engine (REORG TABLE … APPLY (PURGE)).",
        )


def not_a_store(url: str) -> SnapshotError:
    """The error for an address where no table is."""
    return SnapshotError("is not a scoregate store", place=url, advice="'scoregate fetch --store' creates one.")


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(f"'{_escaped(text)}'" for text in texts)


def _escaped(text: str) -> str:
    return text.replace("'", "''")
