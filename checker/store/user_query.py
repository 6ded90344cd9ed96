"""SQL that a user wrote: it reads the rows of a store, reaches no file, and changes nothing.

Two walls, each of them enough. Only what DuckDB itself reads as one SELECT is run, or the EXPLAIN of one. And DuckDB
has neither a file system nor a network: Delta Lake reads the rows and passes them on as Arrow, batch by batch.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checker.errors import SnapshotError, UsageError
from checker.snapshot.redaction import Redaction
from checker.store.merge import table_url
from checker.store.query import QueryResult, refuse_deletion_vectors, typed_columns, views_of
from checker.store.tables import TABLES, Table

if TYPE_CHECKING:
    import duckdb

_ADVICE = f"The tables are {', '.join(table.name for table in TABLES)}."
# Arrow has no comparison of text with the kind of text that DuckDB hands it for a literal of more than 12 bytes.
_NO_PUSHDOWN = "disabled_optimizers='filter_pushdown,join_filter_pushdown'"
_NO_SELECT = "expected one SELECT, or EXPLAIN of one, and nothing else"
# Comments, the word, and what is explained.
_EXPLAIN = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*explain\b(.*)", re.IGNORECASE | re.DOTALL)
# In DuckDB's own description of a statement, the kinds of node that read; WITH can hold others, such as a COPY.
_NODE = re.compile(r'"type":"([A-Z_]+_NODE)"')
_READING = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})


def answer(url: str, sql: str, redact: Redaction = Redaction.NONE) -> QueryResult:
    """The result of a statement that a user wrote.

    Args:
        url: the store's address.
        sql: the statement.
        redact: what the rows that it reads are without.

    Raises:
        UsageError: it is not a query, or reads something outside the store.
        SnapshotError: there is no store at the address, or it can't be read.
        OutputError: it can't be opened, or the extra ``history`` is not installed.
    """
    with sealed(url, redact) as database:
        import duckdb

        try:
            found = database.execute(_judged(database, sql))
            columns = tuple(str(entry[0]) for entry in found.description or ())
            return QueryResult(columns, tuple(found.fetchall()))
        except duckdb.Error as fault:
            if isinstance(fault, duckdb.InvalidInputException):
                # So DuckDB also calls what Arrow raises for a file that can't be read.
                _refuse_damaged(url)
            text = " ".join(str(fault).split())[:500]
            raise UsageError(f"the query cannot be run: {text}", advice=_ADVICE) from fault


def _judged(database: "duckdb.DuckDBPyConnection", sql: str) -> str:
    """The statement to run: what was judged, and not a character more.

    Raises:
        UsageError: it is not one SELECT, or EXPLAIN of one.
        duckdb.Error: it can't be parsed.
    """
    explained = _EXPLAIN.fullmatch(sql)
    if explained is None:
        return _select(database, sql)
    # EXPLAIN ANALYZE runs what it explains. ANALYZE begins no SELECT, so that it is refused as one.
    return f"EXPLAIN {_select(database, explained[1])}"


def _select(database: "duckdb.DuckDBPyConnection", sql: str) -> str:
    import duckdb

    statements = duckdb.extract_statements(sql)
    if [one.type for one in statements] != [duckdb.StatementType.SELECT]:
        raise UsageError(f"the query cannot be run: {_NO_SELECT}", advice=_ADVICE)
    # DuckDB describes what it takes for a SELECT, and nothing else.
    row = database.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()
    nodes = set(_NODE.findall(str(row[0]))) if row is not None else set()
    if not nodes or not nodes <= _READING:
        raise UsageError(f"the query cannot be run: {_NO_SELECT}", advice=_ADVICE)
    return sql


@contextlib.contextmanager
def sealed(url: str, redact: Redaction = Redaction.NONE) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A database in memory with a view of each table of a store; it can open no file and no connection.

    Args:
        url: the store's address.
        redact: what is left out of the tables.

    Raises:
        SnapshotError: there is no store at the address, or it can't be read.
        OutputError: it can't be opened, or the extra ``history`` is not installed.
    """
    settings = (_NO_PUSHDOWN,)
    if redact is Redaction.NONE:
        opened = views_of(url, _create_view, lambda _: settings)
    else:
        from checker.store.redacted import redacted_tables

        opened = redacted_tables(url, redact, settings)
    with opened as database:
        yield database


def _create_view(database: "duckdb.DuckDBPyConnection", url: str, table: Table) -> Table | None:
    """Creates a view of a table, empty if the store lacks the table; gives the table if the store has it."""
    from deltalake import DeltaTable

    place = table_url(url, table)
    # Some versions make the folder that they look for.
    is_there = ("://" in place or os.path.isdir(place)) and DeltaTable.is_deltatable(place)
    if is_there:
        held = DeltaTable(place)
        refuse_deletion_vectors(held, place)
        rows = database.from_arrow(held.to_pyarrow_dataset())
    else:
        rows = database.sql("SELECT 1 WHERE false")
    lacking = {column.name for column in table.columns} - {name.lower() for name in rows.columns}
    everything = ", ".join(["*", *(f"NULL AS {name}" for name in sorted(lacking))])
    view = rows.project(everything).project(typed_columns(table))
    (view.filter("date IS NOT NULL") if table.is_dated else view).create_view(table.name)
    return table if is_there else None


def _refuse_damaged(url: str) -> None:
    """Reads the whole store.

    Raises:
        SnapshotError: a file is damaged or gone.
    """
    import pyarrow as pa
    from deltalake import DeltaTable

    try:
        for place in (table_url(url, table) for table in TABLES):
            if DeltaTable.is_deltatable(place):
                for _ in DeltaTable(place).to_pyarrow_dataset().to_batches():
                    pass
    except (OSError, pa.ArrowException) as fault:
        text = " ".join(str(fault).split())[:500]
        raise SnapshotError(f"the store cannot be read: {text}", place=url) from fault
