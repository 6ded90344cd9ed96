"""``scoregate config``: where the options of a command get their values."""

import click

from checker.cli.configuration import configuration
from checker.cli.options.manners import with_manners
from checker.cli.options.redact import redact_option
from checker.cli.options.shared import outputs_as
from checker.cli.output import parse_outputs, write_answer
from checker.cli.redaction import learn_tenant, redacted_answer
from checker.errors import EXIT_PASSED
from checker.snapshot.cleaner import OPTIONS_OF_TENANT
from checker.snapshot.redaction import Redaction
from checker.views.config import render
from checker.views.formats import FORMATS


@click.command(short_help="Show the options of a command, and where their values come from.")
@click.argument("words", nargs=-1, metavar="[COMMAND] [-- ARGUMENT...]", type=click.UNPROCESSED)
@outputs_as(*FORMATS)
@redact_option
@with_manners
def config(words: tuple[str, ...], output: tuple[str, ...], redact: Redaction) -> int:
    """Show the value of each option of COMMAND, and its source: flag, variable, scoregate.toml or default.

    \b
    Examples:
      scoregate config check
      scoregate config history sql -o json
      scoregate config check -- --fail-on high

    Lines of scoregate.toml that every run refuses are listed with the reason. COMMAND is not run. Secrets come only
    from variables; the answer names those that are set, and never shows a value.
    """
    wanted = parse_outputs(output, FORMATS)
    answer = configuration(words)
    learn_tenant(names=[text for one in answer.options if one.option in OPTIONS_OF_TENANT for text in one.values])
    shown = redacted_answer(answer, redact)
    write_answer([(one, render(one.format, shown, one.screen)) for one in wanted])
    return EXIT_PASSED
