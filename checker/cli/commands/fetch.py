"""``scoregate fetch``: takes a snapshot."""

from datetime import UTC, datetime
from typing import Any

import click

from checker.cli import options
from checker.cli.output import write_standard_output
from checker.cli.progress import working
from checker.cli.source import SourceOptions, fetchable
from checker.documents import files


@click.command(short_help="Take a snapshot of a tenant.")
# Not called output: scoregate.toml's setting of that name lists the formats of a check.
@click.option(
    "-o", "--output", "path", required=True, metavar="PATH", help="The file to write, or - for standard output."
)
@options.option("days", type=click.IntRange(1, 90), default=90, show_default=True, help="How many days of scores.")
@options.asked_source
def fetch(path: str, days: int, now: datetime | None, **source: Any) -> int:  # noqa: ANN401 - checked by SourceOptions
    """Take a snapshot of a tenant: both Secure Score collections in one file, Graph's objects unchanged.

    \b
    Examples:
      scoregate fetch -o snapshot.json
      scoregate fetch -o snapshot.json.gz --days 8 --sandbox

    A name that ends in .gz is compressed. The file holds the tenant's data: a new one is readable by its owner only.
    """  # noqa: D301 - \b is click's mark for a paragraph that keeps its lines
    moment = now or datetime.now(UTC)
    with working("Asking Microsoft Graph"):
        data = fetchable(SourceOptions(**source), moment).document(days)
    # Read before it is written: what contradicts itself is refused, and leaves no file.
    summary = _summary(data, "Graph's answer")
    if path == "-":
        write_standard_output(data)
        return 0
    files.write_whole(path, packed(data) if path.endswith(".gz") else data, private=True)
    click.echo(f"{files.shown(path)}: {summary}", err=True)
    return 0


def packed(data: bytes) -> bytes:
    """The bytes as gzip, the same for the same content: without a time or a name in the head."""
    import gzip

    return gzip.compress(data, compresslevel=6, mtime=0)


def _summary(data: bytes, name: str) -> str:
    from checker.snapshot.numbers import counted
    from checker.snapshot.read import decode_snapshot

    snapshot = decode_snapshot(data, name)
    days = counted(len(snapshot.days), "day")
    return f"{days}, {counted(len(snapshot.profiles), 'control profile')}, tenant {snapshot.tenant or 'unknown'}"
