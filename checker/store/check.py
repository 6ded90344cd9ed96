"""A store checked: logs, keys, days."""

import os
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.store.merge import store_errors, table_url
from checker.store.query import Connection, connect, files_of
from checker.store.tables import TABLES, Table

_SHOWN = 100
# The tables that every fetch writes.
_ALWAYS = frozenset({"control_scores", "scores"})


class Doubled(msgspec.Struct, frozen=True):
    """A key that stands more than once."""

    table: str
    key: tuple[str, ...]
    rows: int


class Gap(msgspec.Struct, frozen=True, rename="camel"):
    """Days that are missing between a tenant's first and last."""

    tenant: str
    start: Annotated[str, Meta(description="The first day that is missing.")] = msgspec.field(name="from")
    end: Annotated[str, Meta(description="The last day that is missing.")] = msgspec.field(name="to")
    days: int


class TableCheck(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One table as it was found."""

    table: str
    rows: int
    version: int
    files: int
    log_is_complete: Annotated[bool, Meta(description="Whether no version, file or row is missing.")]


class StoreCheck(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What ``scoregate history verify`` found."""

    schema: ClassVar[tuple[str, str]] = ("storecheck", "The state of a store")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["StoreCheck"] = "StoreCheck"
    store: str
    is_sound: Annotated[bool, Meta(description="Logs complete, no key twice, no day without its controls.")]
    tenants: int
    tables: tuple[TableCheck, ...]
    doubled: tuple[Doubled, ...]
    days_without_controls: tuple[str, ...]
    days_without_score: tuple[str, ...]
    gaps: Annotated[tuple[Gap, ...], Meta(description="Days that nobody fetched; not an error of the store.")]

    @property
    def named_tenants(self) -> set[str]:
        """The tenants that it names."""
        days = {text.partition(" ")[0] for text in (*self.days_without_controls, *self.days_without_score)}
        return days | {gap.tenant for gap in self.gaps} | {one.key[0] for one in self.doubled}


def verify(url: str) -> StoreCheck:
    """Checks a store: logs, keys, days.

    Raises:
        SnapshotError: there is none.
        OutputError: it can't be read.
    """
    with connect(url) as store:
        tables = tuple(check for table in TABLES if (check := _table(url, table, store)) is not None)
        lost = store.ask(
            "SELECT DISTINCT tenant || ' ' || date FROM control_scores c WHERE NOT EXISTS (SELECT 1 FROM scores s "
            "WHERE c.tenant = s.tenant AND c.date = s.date) ORDER BY 1 LIMIT ?",
            [_SHOWN],
        ).rows
        doubled = tuple(one for table in TABLES for one in _doubled(table, store))
        bare = store.ask(
            "SELECT tenant || ' ' || date FROM scores s WHERE NOT EXISTS (SELECT 1 FROM control_scores c "
            "WHERE c.tenant = s.tenant AND c.date = s.date) ORDER BY 1 LIMIT ?",
            [_SHOWN],
        ).rows
        gaps = _gaps(store)
        (number,) = store.ask("SELECT count(DISTINCT tenant) FROM scores").rows[0]
    return StoreCheck(
        store=url,
        is_sound=not doubled and not bare and not lost and all(table.log_is_complete for table in tables),
        tenants=int(str(number)),
        tables=tables,
        doubled=doubled,
        days_without_controls=tuple(str(row[0]) for row in bare),
        days_without_score=tuple(str(row[0]) for row in lost),
        gaps=gaps,
    )


def _table(url: str, table: Table, store: Connection) -> TableCheck | None:
    import pyarrow as pa
    from deltalake import DeltaTable

    place = table_url(url, table)
    with store_errors(url):
        if not DeltaTable.is_deltatable(place):
            missing = TableCheck(table=table.name, rows=0, version=0, files=0, log_is_complete=False)
            return missing if table.name in _ALWAYS else None
        held = DeltaTable(place)
        versions = sorted(int(entry["version"]) for entry in held.history() if "version" in entry)
        newest = held.version()
        complete = not versions or (versions[-1] == newest and versions == list(range(versions[0], newest + 1)))
        paths = files_of(held, place)
        recorded = pa.table(held.get_add_actions(flatten=True)).column("num_records").to_pylist()
    # In a folder each file is looked up; the files of an object store have been read by the query.
    exist = "://" in place or all(os.path.isfile(path) for path in paths)
    (rows,) = store.ask(f"SELECT count(*) FROM {table.name}").rows[0]
    return TableCheck(
        table=table.name,
        rows=int(str(rows)),
        version=newest,
        files=len(paths),
        log_is_complete=complete and exist and (None in recorded or sum(recorded) == rows),
    )


def _doubled(table: Table, store: Connection) -> list[Doubled]:
    key = ", ".join(table.key)
    found = store.ask(
        f"SELECT {key}, count(*) FROM {table.name} GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT {_SHOWN}"
    )
    return [Doubled(table.name, tuple(str(part) for part in row[:-1]), int(str(row[-1]))) for row in found.rows]


def _gaps(store: Connection) -> tuple[Gap, ...]:
    rows = store.ask(
        "SELECT tenant, previous + 1, date - 1, date - previous - 1 FROM (SELECT tenant, date, lag(date) OVER "
        "(PARTITION BY tenant ORDER BY date) AS previous FROM scores) WHERE date - previous > 1 ORDER BY ALL LIMIT ?",
        [_SHOWN],
    ).rows
    return tuple(Gap(str(tenant), str(start)[:10], str(end)[:10], int(str(days))) for tenant, start, end, days in rows)
