"""``scoregate score``: the posture of a tenant in one place."""

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
from checker.insight.score import LOOKS_BACK_DAYS, posture
from checker.runs.look import look
from checker.views.formats import FORMATS
from checker.views.score import render


class ScoreOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``score``."""

    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


@click.command(short_help="Show the posture: score, categories, states, what is not measured.")
@taken(ScoreOptions)
def score(options: ScoreOptions) -> int:
    """Show a tenant's posture: score, change, categories, tiers, completion, states.

    \b
    Examples:
      scoregate score --sandbox
      scoregate score --snapshot snapshot.json -o json

    Declared points are shown apart from observed ones. Controls are counted by completion and by state, including
    those that are not measured.
    """
    wanted = parse_outputs(options.output, FORMATS)
    moment = options.source.moment()
    source = chosen(options.source, moment)
    with working("Reading the tenant"):
        seen = look(source, back=LOOKS_BACK_DAYS)
    answer = posture(seen.tenant, moment.date())
    write_answer([(one, render(one.format, answer, one.screen)) for one in wanted])
    return EXIT_PASSED
