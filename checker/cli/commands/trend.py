"""``scoregate trend``: the course of the score, and what caused each change."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from checker.cli import options
from checker.cli.answers import write_answer
from checker.cli.output import parse_outputs
from checker.cli.progress import working
from checker.cli.source import request, say
from checker.errors import EXIT_PASSED, UsageError
from checker.insight.trend import LONGEST_DAYS
from checker.insight.trend import trend as find
from checker.sources.choose import choose
from checker.tenant.tenant import Tenant, days_before
from checker.views.trend import BY, FORMATS, render


@click.command(short_help="Show the course of the score, and what caused each change.")
@options.option(
    "days", type=click.IntRange(1, LONGEST_DAYS), default=30, show_default=True, help="How many days to look back."
)
@click.option("--since", type=options.Moment(), metavar="DATE", help="Look back to this day instead.")
@click.option("--by", type=click.Choice(BY), default="control", show_default=True, help="How the causes are listed.")
@options.outputs_as(*FORMATS)
@options.any_source
def trend(
    days: int,
    since: datetime | None,
    by: str,
    output: Sequence[str],
    now: datetime | None,
    **source: Any,  # noqa: ANN401 - the options of a source, checked by SourceRequest
) -> int:
    """Show the course of the score, and what caused each change: the parts sum exactly to it.

    \b
    Examples:
      scoregate trend --sandbox
      scoregate trend --days 90 --by cause -o svg=trend.svg -o text

    Causes: improved, regressed and declared are the tenant's own doing; added, retired, reweighted and moved are
    Microsoft's; licence comes on a day when the tenant's services change; unexplained is what the data doesn't tell.
    """
    wanted = parse_outputs(output, FORMATS)
    moment = now or datetime.now(UTC)
    chosen = choose(request(source), moment, say)
    if since is not None and since.date() > moment.date():
        raise UsageError(f"--since {since.date()} is still to come")
    back = (moment - since).days if since is not None else days
    with working("Looking at the tenant"):
        snapshot = chosen.read(max(back, 0) + 4).snapshot
    tenant = Tenant(snapshot, chosen.cloud.portal)
    newest = tenant.newest.date if tenant.newest is not None else moment.date()
    found = find(tenant, since.date() if since is not None else days_before(newest, days))
    write_answer([(one, render(one.format, found, by)) for one in wanted])
    return EXIT_PASSED
