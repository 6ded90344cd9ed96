"""``scoregate controls``: what the tenant reports."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from checker.cli import options
from checker.cli.answers import write_answer
from checker.cli.output import parse_outputs
from checker.cli.progress import working
from checker.cli.source import request, say
from checker.errors import EXIT_PASSED
from checker.insight.controls import SHOWN, SORTED, listed
from checker.sources.choose import choose
from checker.tenant.tenant import Tenant
from checker.views.controls import FORMATS, render


@click.command("controls", short_help="List the tenant's controls, filtered and sorted.")
@click.option("--show", type=click.Choice(list(SHOWN)), default="all", show_default=True, help="Which of them.")
@click.option("--sort", type=click.Choice(list(SORTED)), default="id", show_default=True, help="In which order.")
@click.option("--top", type=click.IntRange(1, 100_000), help="How many at most.")
@options.selection
@options.outputs_as(*FORMATS)
@options.any_source
def controls(
    show: str,
    sort: str,
    top: int | None,
    output: Sequence[str],
    now: datetime | None,
    **rest: Any,  # noqa: ANN401 - the keys of a selector and the options of a source, checked by their records
) -> int:
    """List the controls that the tenant reports: scored ones, and profiles without a score.

    \b
    Examples:
      scoregate controls --sandbox --category Identity
      scoregate controls --snapshot snapshot.json --show open --sort left --top 20
      scoregate controls --show declared -o csv=declared.csv

    Of each it says whether the newest day has a score of it, whether there is a profile, or both. More than half of the
    profiles have no score: the tenant has no such product, connector or device.
    """
    wanted = parse_outputs(output, FORMATS)
    moment = now or datetime.now(UTC)
    select = options.selector_of(rest)
    chosen = choose(request(rest), moment, say)
    with working("Looking at the tenant"):
        snapshot = chosen.read(1).snapshot
    found = listed(Tenant(snapshot, chosen.cloud.portal), select=select, show=show, sort=sort, most=top)
    write_answer([(one, render(one.format, found)) for one in wanted])
    return EXIT_PASSED
