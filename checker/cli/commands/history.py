"""``scoregate history``: the store queried and looked after."""

import datetime
from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.completing import complete_folders
from checker.cli.options.redact import Redact
from checker.cli.options.shared import Now, moment_of, outputs_as
from checker.cli.options.source import Store
from checker.cli.options.types import Duration
from checker.cli.output import parse_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.progress import note
from checker.cli.redaction import redacted_answer
from checker.errors import EXIT_FAILED, EXIT_PASSED, UsageError
from checker.views.formats import FORMATS


class SqlOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``history sql``."""

    query: Annotated[str, click.argument("query")]
    store: Store
    redact: Redact
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS, "csv")]


class ExportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``history export``."""

    folder: Annotated[str, click.argument("folder", shell_complete=complete_folders)]
    store: Store
    redact: Redact


class StoreOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``history compact`` and ``history verify``."""

    store: Store
    redact: Redact
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]


class PruneOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``history prune``."""

    keep: Annotated[
        datetime.timedelta,
        plain_option(
            "--keep",
            type=Duration(),
            required=True,
            metavar="DURATION",
            help="How much to keep, for example 90d or 2y.",
        ),
    ]
    store: Store
    redact: Redact
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    now: Now


def _url(store: str | None) -> str:
    if store is None:
        raise UsageError("no store: name one with --store URL", advice="'scoregate fetch --store URL' creates one.")
    return store


@click.group("history", short_help="Query and maintain the store of scores over time.")
def history() -> None:
    """Query and maintain the store of scores over time.

    \b
    Examples:
      scoregate history sql "SELECT date, current_score FROM scores ORDER BY date" --store history/
      scoregate history verify --store history/
      scoregate history prune --keep 2y --store history/

    'scoregate fetch --store URL' and 'scoregate check --store URL' write to it. It needs an extra: pip install
    'scoregate[history]'.
    """


@history.command("sql", short_help="Query the store in SQL.")
@taken(SqlOptions)
def sql(options: SqlOptions) -> int:
    """Query the store in DuckDB's SQL; a query can only read, and only the store.

    \b
    Example:
      scoregate history sql "SELECT control, avg(score) FROM control_scores GROUP BY 1" --store history/ -o csv

    The tables are scores, control_scores, states, findings and profiles; "DESCRIBE scores" shows the columns. With
    --redact the query runs on a copy of the rows without names, which takes memory for all of them.
    """
    from checker.store.user_query import answer
    from checker.views.history import ROW_FORMATS, render_rows

    wanted = parse_outputs(options.output, ROW_FORMATS)
    found = answer(_url(options.store), options.query, options.redact)
    write_answer([(one, render_rows(one.format, found, one.screen)) for one in wanted])
    return EXIT_PASSED


@history.command("export", short_help="Write each table into a Parquet file.")
@taken(ExportOptions)
def export(options: ExportOptions) -> int:
    """Write each table of the store to a Parquet file in FOLDER.

    \b
    Example:
      scoregate history export out/ --store history/
    """
    from checker.documents import files
    from checker.presentation.words import counted
    from checker.store.maintenance import export as write

    for path, rows in write(_url(options.store), options.folder, options.redact).items():
        note(f"{files.shown(path)}: {counted(rows, 'row')}")
    return EXIT_PASSED


@history.command("compact", short_help="Rewrite each month into few files, sorted by tenant.")
@taken(StoreOptions)
def compact(options: StoreOptions) -> int:
    """Rewrite each month into few files, sorted by tenant, so that reading one tenant is fast; once a month is enough.

    \b
    Example:
      scoregate history compact --store history/

    Readers and writers can continue in the meantime. 'prune' deletes the old files after a week.
    """
    from checker.store.maintenance import compact as rewrite
    from checker.views.history import render_compacted

    wanted = parse_outputs(options.output, FORMATS)
    answer = rewrite(_url(options.store))
    write_answer([(one, render_compacted(one.format, answer, one.screen)) for one in wanted])
    return EXIT_PASSED


@history.command("prune", short_help="Delete the days before the period to keep.")
@taken(PruneOptions)
def prune(options: PruneOptions) -> int:
    """Delete the days before the period to keep, and the files that are no longer needed.

    \b
    Example:
      scoregate history prune --keep 2y --store history/

    Replaced files stay for a week, for readers that started before.
    """
    from checker.store.maintenance import prune as cut
    from checker.views.history import render_pruned

    wanted = parse_outputs(options.output, FORMATS)
    if options.keep < datetime.timedelta(days=1):
        raise UsageError("--keep must be at least one day")
    answer = cut(_url(options.store), options.keep, moment_of(options.now).date())
    shown = redacted_answer(answer, options.redact, answer.tenants)
    write_answer([(one, render_pruned(one.format, shown, one.screen)) for one in wanted])
    return EXIT_PASSED


@history.command("verify", short_help="Check the store: logs, keys, days.")
@taken(StoreOptions)
def verify(options: StoreOptions) -> int:
    """Check that the logs are complete, every file exists, no key occurs twice, and every day has its controls.

    \b
    Example:
      scoregate history verify --store history/

    Days that were never fetched, between a tenant's first and last day, are listed. They are not an error.
    Exit codes: 0 the store is sound, 1 it is damaged, 2 wrong usage or input, 3 there is no store.
    """
    from checker.store.check import verify as look
    from checker.views.history import render_check

    wanted = parse_outputs(options.output, FORMATS)
    answer = look(_url(options.store))
    shown = redacted_answer(answer, options.redact, answer.named_tenants)
    write_answer([(one, render_check(one.format, shown, one.screen)) for one in wanted])
    return EXIT_PASSED if answer.is_sound else EXIT_FAILED
