"""``scoregate compare``: the tenant beside others."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.shared import outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.output import parse_outputs, write_answer
from checker.cli.progress import working
from checker.cli.source import chosen
from checker.errors import EXIT_PASSED
from checker.insight import peers
from checker.runs.look import look
from checker.views.compare import render
from checker.views.formats import FORMATS


class CompareOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``compare``."""

    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


@click.command(short_help="Compare the score with other tenants.")
@taken(CompareOptions)
def compare(options: CompareOptions) -> int:
    """Compare the score with the average of all tenants, of tenants of this size and of this industry.

    \b
    Examples:
      scoregate compare --sandbox
      scoregate compare --snapshot snapshot.json -o markdown

    Scores are in percent of each tenant's own maximum, so that tenants with different licences can be compared.
    Microsoft does not always publish the averages. A missing one is shown as not available, never as zero.
    """
    wanted = parse_outputs(options.output, FORMATS)
    moment = options.source.moment()
    source = chosen(options.source, moment)
    with working("Reading the tenant"):
        seen = look(source)
    answer = peers.compare(seen.tenant)
    write_answer([(one, render(one.format, answer, one.screen)) for one in wanted])
    return EXIT_PASSED
