"""Maintenance of a store: delete old days, compact files, export tables."""

import datetime
import os
from collections import Counter
from functools import partial
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.documents import files
from checker.documents.real_folders import make_folder
from checker.documents.whole_files import move_whole, scratch_folder
from checker.errors import OutputError, UsageError
from checker.snapshot.redaction import Redaction
from checker.store.merge import retry_on_conflict, store_errors, table_url
from checker.store.query import connect
from checker.store.redacted import connect_redacted
from checker.store.tables import TABLES, Table

# Readers that started within this time still find the files that they have listed.
_RETENTION_HOURS = 168


class Pruned(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What ``scoregate history prune`` did."""

    schema: ClassVar[tuple[str, str]] = ("pruned", "What was deleted from a store")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Pruned"] = "Pruned"
    store: str
    before: Annotated[str, Meta(description="Days before this one are gone.")]
    rows: Annotated[dict[str, int], Meta(description="Rows that were deleted, by table.")]
    files: Annotated[int, Meta(description="Files that were no longer needed and were deleted.")]
    tenants: Annotated[tuple[str, ...], Meta(description="Tenants of which no day is left.")]


def prune(url: str, keep: datetime.timedelta, today: datetime.date) -> Pruned:
    """Deletes the days that are older than ``keep``, and the files that no reader needs any more.

    Raises:
        UsageError: it would delete every day.
        SnapshotError: there is no store at the address.
        OutputError: it can't be written.
    """
    first = datetime.date.fromordinal(max(1, today.toordinal() - keep.days))
    with connect(url) as store:
        newest = store.ask("SELECT tenant, max(date) FROM scores WHERE date <= ? GROUP BY 1 ORDER BY 1", [today]).rows
    gone = [str(tenant) for tenant, last in newest if isinstance(last, datetime.date) and last < first]
    if len(gone) == len(newest):
        raise UsageError(f"--keep {keep.days}d would delete everything: no tenant has a day on or after {first}")
    deleted: dict[str, int] = {}
    removed = 0
    with store_errors(url):
        from deltalake import DeltaTable

        # The score of a day goes first, so that an interrupted run leaves no day without its controls.
        for table in reversed(TABLES):
            place = table_url(url, table)
            if not DeltaTable.is_deltatable(place):
                continue
            held = DeltaTable(place)
            if table.is_dated:
                # A whole month is deleted without reading it.
                condition = f"month <= '{str(first)[:7]}' AND date < DATE '{first}'"
                deleted[table.name] = retry_on_conflict(partial(_deleted, place, condition))
                held = DeltaTable(place)
            held.create_checkpoint()
            removed += len(held.vacuum(retention_hours=_RETENTION_HOURS, dry_run=False))
    return Pruned(store=url, before=str(first), rows=deleted, files=removed, tenants=tuple(gone))


def _deleted(place: str, condition: str) -> int:
    from deltalake import DeltaTable

    return int(DeltaTable(place).delete(condition)["num_deleted_rows"] or 0)


class Compacted(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What ``scoregate history compact`` did."""

    schema: ClassVar[tuple[str, str]] = ("compacted", "What was rewritten in a store")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Compacted"] = "Compacted"
    store: str
    before: Annotated[dict[str, int], Meta(description="Files by table.")]
    after: dict[str, int]


def compact(url: str) -> Compacted:
    """Rewrites each month that has more than one file, sorted by tenant; readers and writers continue meanwhile.

    Raises:
        SnapshotError: there is no store at the address.
        OutputError: it can't be written, or another writer was faster at every attempt.
    """
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    with connect(url):
        pass
    with store_errors(url):
        from deltalake import DeltaTable

        for table in TABLES:
            place = table_url(url, table)
            if not DeltaTable.is_deltatable(place):
                continue
            before[table.name] = len(DeltaTable(place).file_uris())
            retry_on_conflict(partial(_sorted, place, table))
            after[table.name] = len(DeltaTable(place).file_uris())
    return Compacted(store=url, before=before, after=after)


def _sorted(place: str, table: Table) -> None:
    from deltalake import DeltaTable

    held = DeltaTable(place)
    if not table.is_dated:
        if len(held.file_uris()) > 1:
            held.optimize.z_order(["tenant"])
        return
    months = Counter(path.partition("month=")[2].partition("/")[0] for path in held.file_uris())
    for month, number in months.items():
        if number > 1:
            held.optimize.z_order(["tenant"], partition_filters=[("month", "=", month)])


def export(url: str, folder: str, redact: Redaction = Redaction.NONE) -> dict[str, int]:
    """Writes each table into one Parquet file of a folder; gives the number of rows by file.

    Args:
        url: the store's address.
        folder: new or empty.
        redact: what is left out of the rows.

    Raises:
        SnapshotError: there is no store at the address.
        OutputError: a file already exists, or can't be written.
    """
    try:
        real = make_folder(folder)
    except OSError as fault:
        raise OutputError(f"cannot be created: {files.reason(fault)}", place=files.shown(folder)) from fault
    names = {table: f"{table.name}.parquet" for table in TABLES}
    for name in names.values():
        if os.path.lexists(os.path.join(folder, name)):
            raise OutputError(
                "exists already", place=files.shown(os.path.join(folder, name)), advice="Name another folder."
            )
    written = {}
    with scratch_folder(real) as scratch:
        with connect_redacted(url, redact, writing_to=scratch) as store:
            for table, name in names.items():
                columns = ", ".join(column.name for column in table.columns)
                order = ", ".join(table.key)
                query = f"SELECT {columns} FROM {table.name} ORDER BY {order}"
                store.copy(query, os.path.join(scratch, name))
                (rows,) = store.ask(f"SELECT count(*) FROM {table.name}").rows[0]
                written[os.path.join(folder, name)] = int(str(rows))
        for name in names.values():
            move_whole(os.path.join(scratch, name), os.path.join(folder, name))
    return written
