"""``scoregate trend``: the course of the score, and what caused each change."""

import datetime
from typing import Annotated

import click
import msgspec

from checker.cli.options import option, taken
from checker.cli.options.shared import outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.options.types import Moment
from checker.cli.output import parse_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.progress import working
from checker.cli.source import chosen
from checker.errors import EXIT_PASSED, UsageError
from checker.insight import trend as insight
from checker.runs.look import look
from checker.tenant.earlier import days_before
from checker.views.trend import BY, FORMATS, render


class TrendOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``trend``."""

    days: Annotated[
        int,
        option(
            "days",
            type=click.IntRange(1, insight.LONGEST_DAYS),
            default=30,
            show_default=True,
            help="How many days to look back.",
        ),
    ]
    since: Annotated[
        datetime.datetime | None,
        plain_option("--since", type=Moment(), metavar="DATE", help="Look back to this day instead."),
    ]
    by: Annotated[
        str,
        plain_option(
            "--by", type=click.Choice(BY), default="control", show_default=True, help="How to list the causes."
        ),
    ]
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


@click.command(short_help="Show the score over time, and what caused each change.")
@taken(TrendOptions)
def trend(options: TrendOptions) -> int:
    """Show the score over time, and what caused each change: the parts sum exactly to the change.

    \b
    Examples:
      scoregate trend --sandbox
      scoregate trend --days 90 --by cause -o svg=trend.svg -o text

    Causes: improved, regressed and declared come from the tenant; added, retired, reweighted and moved from Microsoft;
    licence from a change of the tenant's services; unexplained is what the data does not explain.
    """
    wanted = parse_outputs(options.output, FORMATS)
    moment = options.source.moment()
    source = chosen(options.source, moment)
    since = options.since
    if since is not None and since.date() > moment.date():
        raise UsageError(f"--since {since.date()} is in the future")
    back = max((moment - since).days, 0) if since is not None else options.days
    with working("Reading the tenant"):
        tenant = look(source, back=back).tenant
    newest = tenant.newest.date if tenant.newest is not None else moment.date()
    answer = insight.trend(tenant, since.date() if since is not None else days_before(newest, options.days))
    write_answer([(one, render(one.format, answer, options.by, one.screen)) for one in wanted])
    return EXIT_PASSED
