"""``scoregate score``: the posture of a tenant in one place."""

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
from checker.insight.score import posture
from checker.sources.choose import choose
from checker.tenant.tenant import Tenant
from checker.views.formats import FORMATS
from checker.views.score import render


@click.command(short_help="Show the posture: score, categories, states, what is not measured.")
@options.outputs_as(*FORMATS)
@options.any_source
def score(
    output: Sequence[str],
    now: datetime | None,
    **source: Any,  # noqa: ANN401 - the options of a source, checked by SourceRequest
) -> int:
    """Show the posture of a tenant in one place.

    \b
    Examples:
      scoregate score --sandbox
      scoregate score --snapshot snapshot.json -o json

    Points that somebody declared are told apart from those that were observed; controls by completion and by state,
    and what is not measured at all.
    """
    wanted = parse_outputs(output, FORMATS)
    moment = now or datetime.now(UTC)
    chosen = choose(request(source), moment, say)
    with working("Looking at the tenant"):
        snapshot = chosen.read(34).snapshot
    found = posture(Tenant(snapshot, chosen.cloud.portal), moment.date())
    write_answer([(one, render(one.format, found)) for one in wanted])
    return EXIT_PASSED
