"""``scoregate history``: the store queried and looked after."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import click

from checker.cli import options
from checker.cli.answers import write_answer
from checker.cli.output import parse_outputs
from checker.errors import EXIT_FAILED, EXIT_PASSED, UsageError
from checker.views.formats import FORMATS


def _url(store: str | None) -> str:
    if store is None:
        raise UsageError("no store: name one with --store URL", advice="'scoregate fetch --store URL' makes one.")
    return store


@click.group("history", short_help="Query the store of scores over time, and look after it.")
def history() -> None:
    """Query the store of scores over time, and look after it.

    \b
    Examples:
      scoregate history sql "SELECT date, current_score FROM scores ORDER BY date" --store history/
      scoregate history verify --store history/
      scoregate history prune --keep 2y --store history/

    'scoregate fetch --store URL' and 'scoregate check --store URL' fill it. Needs the extra: pip install
    'scoregate[history]'.
    """


@history.command("sql", short_help="Ask the store in SQL.")
@click.argument("query")
@options.store
@options.outputs_as(*FORMATS, "csv")
def sql(query: str, store: str | None, output: Sequence[str]) -> int:
    """Ask the store in DuckDB's SQL; it reads nothing but the store.

    \b
    Example:
      scoregate history sql "SELECT control, avg(score) FROM control_scores GROUP BY 1" --store history/ -o csv

    The tables are scores, control_scores, states, findings and profiles; docs/history.md has their columns.
    """
    from checker.store.query import connect
    from checker.views.history import ROW_FORMATS, render_rows

    wanted = parse_outputs(output, ROW_FORMATS)
    with connect(_url(store)) as held:
        found = held.ask_freely(query)
    write_answer([(one, render_rows(one.format, found)) for one in wanted])
    return EXIT_PASSED


@history.command("export", short_help="Write each table into a Parquet file.")
@click.argument("folder")
@options.store
def export(folder: str, store: str | None) -> int:
    """Write each table of the store into one Parquet file of FOLDER.

    \b
    Example:
      scoregate history export out/ --store history/
    """
    from checker.documents import files
    from checker.presentation.words import counted
    from checker.store.maintenance import export as write

    for path, rows in write(_url(store), folder).items():
        click.echo(f"{files.shown(path)}: {counted(rows, 'row')}", err=True)
    return EXIT_PASSED


@history.command("compact", short_help="Rewrite each month into few files, sorted by tenant.")
@options.store
@options.outputs_as(*FORMATS)
def compact(store: str | None, output: Sequence[str]) -> int:
    """Rewrite each month into few files, sorted by tenant, so that one tenant is read fast; once a month is enough.

    \b
    Example:
      scoregate history compact --store history/

    Readers and writers go on meanwhile; 'prune' removes the old files a week later.
    """
    from checker.store.maintenance import compact as rewrite
    from checker.views.history import render_compacted

    wanted = parse_outputs(output, FORMATS)
    found = rewrite(_url(store))
    write_answer([(one, render_compacted(one.format, found)) for one in wanted])
    return EXIT_PASSED


@history.command("prune", short_help="Delete the days that are older than what is to be kept.")
@click.option(
    "--keep", type=options.Duration(), required=True, metavar="DURATION", help="How far back to keep: 90d, 2y."
)
@options.store
@options.outputs_as(*FORMATS)
@options.now
def prune(keep: timedelta, store: str | None, output: Sequence[str], now: datetime | None) -> int:
    """Delete the days that are older than what is to be kept, and the files that nobody needs any more.

    \b
    Example:
      scoregate history prune --keep 2y --store history/

    Files stay for a week after they were replaced, for readers that began before.
    """
    from checker.store.maintenance import prune as cut
    from checker.views.history import render_pruned

    wanted = parse_outputs(output, FORMATS)
    if keep < timedelta(days=1):
        raise UsageError("--keep takes at least one day")
    found = cut(_url(store), keep, (now or datetime.now(UTC)).date())
    write_answer([(one, render_pruned(one.format, found)) for one in wanted])
    return EXIT_PASSED


@history.command("verify", short_help="Check the store: logs, keys, days.")
@options.store
@options.outputs_as(*FORMATS)
def verify(store: str | None, output: Sequence[str]) -> int:
    """Check the store: logs complete, every file there, no key twice, no day without its controls.

    \b
    Example:
      scoregate history verify --store history/

    Days that nobody fetched, inside a tenant's span, are named and are no fault.
    Exit codes: 0 sound, 1 faulty, 2 the caller's mistake, 3 no store.
    """
    from checker.store.check import verify as look
    from checker.views.history import render_check

    wanted = parse_outputs(output, FORMATS)
    found = look(_url(store))
    write_answer([(one, render_check(one.format, found)) for one in wanted])
    return EXIT_PASSED if found.is_sound else EXIT_FAILED
