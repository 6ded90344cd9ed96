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

from checker.errors import SnapshotError, UsageError
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


class QueryResult(msgspec.Struct, frozen=True):
    """The rows of a query, and what its columns are called."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


class Connection:
    """An open store; to be used in a ``with`` block of ``connect``."""

    def __init__(self, database: "duckdb.DuckDBPyConnection") -> None:
        self._database = database

    def ask(self, sql: str, values: Sequence[object] = ()) -> QueryResult:
        """The answer to one statement of ours.

        Args:
            sql: with ``?`` for each value.
            values: in their order.
        """
        found = self._database.execute(sql, list(values))
        return QueryResult(tuple(str(entry[0]) for entry in found.description or ()), tuple(found.fetchall()))

    def copy(self, sql: str, path: str) -> None:
        """Writes the answer to one statement of ours into a Parquet file."""
        self._database.execute(f"COPY ({sql}) TO '{_escaped(path)}' (FORMAT parquet)")

    def ask_freely(self, sql: str) -> QueryResult:
        """The answer to what somebody typed.

        Raises:
            UsageError: it is no query, or asks for what is not in the store.
        """
        import duckdb

        advice = f"The tables are {', '.join(table.name for table in TABLES)}."
        try:
            statements = duckdb.extract_statements(sql)
            if len(statements) != 1 or statements[0].type not in {
                duckdb.StatementType.SELECT,
                duckdb.StatementType.EXPLAIN,
            }:
                raise UsageError("the query cannot be answered: expected one SELECT and nothing else", advice=advice)
            return self.ask(sql)
        except duckdb.Error as fault:
            text = " ".join(str(fault).split())[:500]
            raise UsageError(f"the query cannot be answered: {text}", advice=advice) from fault


@contextlib.contextmanager
def connect(url: str, *, writing_to: str | None = None) -> Iterator[Connection]:
    """A store for reading.

    Args:
        url: where it is.
        writing_to: a folder that ``copy`` may write to.

    Raises:
        SnapshotError: there is no store, or it can't be read.
        OutputError: it can't be opened, or the extra ``history`` is not installed.
    """
    with told(url):
        import duckdb

        database = duckdb.connect(
            ":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        try:
            # Each table is read as it was at this moment; the first is that which a writer writes last, so that what it
            # tells of is in the others.
            paths = [_show(database, url, table) for table in reversed(TABLES)]
            if all(found is None for found in paths):
                raise SnapshotError(
                    "is no store of scoregate", place=url, advice="'scoregate fetch --store' makes one."
                )
            files = [path for found in paths for path in found or ()]
            folders = [os.path.abspath(writing_to)] if writing_to is not None else []
            database.execute("SET temp_directory=''")
            database.execute(f"SET allowed_paths=[{_listed(files)}]")
            database.execute(f"SET allowed_directories=[{_listed(folders)}]")
            database.execute("SET enable_external_access=false")
            database.execute("SET lock_configuration=true")
            yield Connection(database)
        except duckdb.Error as fault:
            text = " ".join(str(fault).split())[:500]
            raise SnapshotError(f"the store cannot be read: {text}", place=url) from fault
        finally:
            database.close()


def _show(database: "duckdb.DuckDBPyConnection", url: str, table: Table) -> list[str] | None:
    """Makes a view of a table, an empty one where the store doesn't have it; gives the files that DuckDB reads."""
    from deltalake import DeltaTable

    place = table_url(url, table)
    columns = ", ".join(f"NULL::{_KINDS[column.kind]} AS {column.name}" for column in table.columns)
    parts = [f"SELECT {columns} WHERE false"]
    paths: list[str] | None = None
    if DeltaTable.is_deltatable(place):
        held = DeltaTable(place)
        paths = files_of(held, place) if "://" not in place else []
        if paths:
            # The name of a folder above says nothing of the rows, though it may look like a partition.
            options = "union_by_name=true, hive_partitioning=false"
            parts.insert(0, f"SELECT * FROM read_parquet([{_listed(paths)}], {options})")
        elif "://" in place:
            parts.insert(0, _copied(database, held, table))
    # Columns that are younger than some files, or than the store, are there and null; those of another kind too.
    names = ", ".join(
        "strftime(TRY_CAST(date AS DATE), '%Y-%m') AS month"
        if column.name == "month"
        else f"TRY_CAST({column.name} AS {_KINDS[column.kind]}) AS {column.name}"
        for column in table.columns
    )
    known = " WHERE date IS NOT NULL" if table.is_dated else ""
    rows = f"SELECT {names} FROM ({' UNION ALL BY NAME '.join(parts)})"
    database.execute(f"CREATE VIEW {table.name} AS SELECT * FROM ({rows}){known}")
    return paths


def _copied(database: "duckdb.DuckDBPyConnection", held: "DeltaTable", table: Table) -> str:
    """Rows of an object store, read by Delta Lake."""
    from deltalake import QueryBuilder

    rows = QueryBuilder().register(table.name, held).execute(f"SELECT * FROM {table.name}")
    database.register(f"{table.name}_rows", rows)
    database.execute(f"CREATE TABLE {table.name}_held AS SELECT * FROM {table.name}_rows")
    return f"SELECT * FROM {table.name}_held"


def files_of(held: "DeltaTable", place: str) -> list[str]:
    """The files of a table at ``place``: paths, or URLs in an object store."""
    import pyarrow as pa

    if "deletionVectors" in (held.protocol().reader_features or []):
        raise SnapshotError(
            "rows of it were deleted by another engine with deletion vectors, which are not read here",
            place=place,
            advice="Let that engine rewrite the table without them (REORG TABLE … APPLY (PURGE)).",
        )
    if "://" in place:
        return list(held.file_uris())
    # The log has them relative to the table, as parts of a URL.
    inside = pa.table(held.get_add_actions(flatten=True)).column("path").to_pylist()
    return [os.path.join(place, unquote(path)) for path in inside]


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(f"'{_escaped(text)}'" for text in texts)


def _escaped(text: str) -> str:
    return text.replace("'", "''")
