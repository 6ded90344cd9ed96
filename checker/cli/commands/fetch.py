"""``scoregate fetch``: takes a snapshot."""

from datetime import UTC, datetime
from typing import Any

import click

from checker.cli import options
from checker.cli.keeping import keep_snapshot
from checker.cli.output import write_standard_output
from checker.cli.progress import working
from checker.cli.source import request, say
from checker.documents import files
from checker.errors import UsageError
from checker.presentation.words import counted
from checker.snapshot.model import Snapshot
from checker.sources.choose import fetchable


@click.command(short_help="Take a snapshot of a tenant.")
# Not called output: scoregate.toml's setting of that name lists the formats of a check.
@click.option(
    "-o",
    "--output",
    "path",
    metavar="PATH",
    help="The file to write, or - for standard output; needed without --store.",
)
@options.option("days", type=click.IntRange(1, 90), default=90, show_default=True, help="How many days of scores.")
@options.store
@options.asked_source
def fetch(
    path: str | None,
    days: int,
    store: str | None,
    now: datetime | None,
    **source: Any,  # noqa: ANN401 - the options of a source, checked by SourceRequest
) -> int:
    """Take a snapshot of a tenant: both Secure Score collections in one file, Graph's objects unchanged.

    \b
    Examples:
      scoregate fetch -o snapshot.json
      scoregate fetch -o snapshot.json.gz --days 8 --sandbox
      scoregate fetch --store history/

    A name that ends in .gz is compressed. The file holds the tenant's data: a new one is readable by its owner only.
    """
    moment = now or datetime.now(UTC)
    if path is None and store is None:
        raise UsageError("nowhere to keep it: give -o PATH, --store URL, or both")
    with working("Asking Microsoft Graph"):
        reading = fetchable(request(source), moment, say).read(days)
    # It was read before it is written: what contradicts itself is refused, and leaves no file.
    snapshot = reading.snapshot
    data = bytes(reading.documents[0].data)
    # The file first: a store that can't be written loses no answer of Graph.
    if path == "-":
        write_standard_output(data)
    elif path is not None:
        files.write_whole(path, packed(data) if path.endswith(".gz") else data, private=True)
        click.echo(f"{files.shown(path)}: {_summary(snapshot)}", err=True)
    if store is not None:
        keep_snapshot(store, snapshot)
    return 0


def packed(data: bytes) -> bytes:
    """The bytes as gzip, the same for the same content: without a time or a name in the head."""
    import gzip

    return gzip.compress(data, compresslevel=6, mtime=0)


def _summary(snapshot: Snapshot) -> str:
    days = counted(len(snapshot.days), "day")
    return f"{days}, {counted(len(snapshot.profiles), 'control profile')}, tenant {snapshot.tenant or 'unknown'}"
