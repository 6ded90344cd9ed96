"""``scoregate compare``: the tenant beside others."""

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
from checker.insight.peers import compare as find
from checker.sources.choose import choose
from checker.tenant.tenant import Tenant
from checker.views.compare import render
from checker.views.formats import FORMATS


@click.command(short_help="Compare the score with that of other tenants.")
@options.outputs_as(*FORMATS)
@options.any_source
def compare(
    output: Sequence[str],
    now: datetime | None,
    **source: Any,  # noqa: ANN401 - the options of a source, checked by SourceRequest
) -> int:
    """Compare the score with all tenants, tenants of this size and of this industry.

    \b
    Examples:
      scoregate compare --sandbox
      scoregate compare --snapshot snapshot.json -o markdown

    In percent of each one's maximum, so that tenants with other licences compare. Microsoft publishes the averages, and
    not always: what is missing is not available, never zero.
    """
    wanted = parse_outputs(output, FORMATS)
    moment = now or datetime.now(UTC)
    chosen = choose(request(source), moment, say)
    with working("Looking at the tenant"):
        snapshot = chosen.read(1).snapshot
    found = find(Tenant(snapshot, chosen.cloud.portal))
    write_answer([(one, render(one.format, found)) for one in wanted])
    return EXIT_PASSED
