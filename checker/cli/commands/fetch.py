"""``scoregate fetch``: takes a snapshot."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import option, taken
from checker.cli.options.completing import complete_files
from checker.cli.options.shared import output_help
from checker.cli.options.source import AskedOptions, Store
from checker.cli.output import snapshot_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.progress import note, say, show_wait, working
from checker.cli.store import report_kept
from checker.documents import files
from checker.errors import UsageError
from checker.presentation.words import counted
from checker.runs.keep import keep_snapshot
from checker.runs.look import take
from checker.snapshot.model import Snapshot
from checker.sources.choose import fetchable


class FetchOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``fetch``."""

    # Not called output: scoregate.toml's setting of that name lists the formats of a check.
    paths: Annotated[
        tuple[str, ...],
        plain_option(
            "-o",
            "--output",
            "paths",
            multiple=True,
            metavar="FORMAT[=PATH]",
            shell_complete=complete_files,
            help=f"{output_help('json')} PATH alone is enough. Needed without --store.",
        ),
    ]
    days: Annotated[
        int,
        option(
            "days", type=click.IntRange(1, 90), default=90, show_default=True, help="How many days of scores to fetch."
        ),
    ]
    store: Store
    source: AskedOptions


@click.command(short_help="Take a snapshot of a tenant.")
@taken(FetchOptions)
def fetch(options: FetchOptions) -> int:
    """Take a snapshot of a tenant: both Secure Score collections in one file, Graph's objects unchanged.

    \b
    Examples:
      scoregate fetch -o snapshot.json
      scoregate fetch -o json=snapshot.json.gz --days 8 --sandbox
      scoregate fetch --store history/

    If the name ends in .gz, the file is compressed. It contains the tenant's data, so only its owner can read it.
    """
    moment = options.source.moment()
    wanted, store = snapshot_outputs(options.paths), options.store
    if not wanted and store is None:
        raise UsageError("nowhere to write the snapshot: give -o PATH, --store URL, or both")
    sources = fetchable(options.source.request(), moment, say, show_wait)
    with working("Reading from Microsoft Graph"):
        # Read before anything is written: what contradicts itself is refused, and leaves no file.
        reading = take(sources.shown, options.days)
    # The file first: a store that can't be written loses no answer of Graph.
    if wanted:
        (document,) = reading.documents
        data = bytes(document.data)
        write_answer([(one, packed(data) if (one.path or "").endswith(".gz") else data) for one in wanted])
    for one in wanted:
        if one.path is not None:
            note(f"{files.shown(one.path)}: {_summary(reading.snapshot)}")
    if store is not None:
        # A store that lacked names could never be told from that of another tenant.
        report_kept(store, keep_snapshot(store, take(sources.whole, options.days).snapshot))
    return 0


def packed(data: bytes) -> bytes:
    """The bytes as gzip, the same for the same content: without a time or a name in the head."""
    import gzip

    return gzip.compress(data, compresslevel=6, mtime=0)


def _summary(snapshot: Snapshot) -> str:
    days = counted(len(snapshot.days), "day")
    return f"{days}, {counted(len(snapshot.profiles), 'control profile')}, tenant {snapshot.tenant or 'unknown'}"
