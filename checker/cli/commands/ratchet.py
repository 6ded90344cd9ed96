"""``scoregate ratchet``: raises minimums to what the tenant has reached."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.completing import complete_files
from checker.cli.options.shared import Assignments, ParameterFiles, outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.output import parse_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.policies import values_of_parameters
from checker.cli.progress import working
from checker.cli.source import chosen
from checker.errors import EXIT_PASSED
from checker.views.formats import FORMATS


class RatchetOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``ratchet``."""

    # Not the option of other commands: these files are written, so that scoregate.toml may not name them.
    files: Annotated[
        tuple[str, ...],
        plain_option(
            "-p",
            "--policy",
            "files",
            required=True,
            multiple=True,
            metavar="FILE",
            shell_complete=complete_files,
            help="A policy file to change, or a folder of them. May be repeated.",
        ),
    ]
    set: Assignments
    parameters: ParameterFiles
    dry_run: Annotated[
        bool, plain_option("--dry-run", is_flag=True, help="Show the changes as a diff and write nothing.")
    ]
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


@click.command("ratchet", short_help="Raise the minimums of policies to what the tenant has reached.")
@taken(RatchetOptions)
def ratchet(options: RatchetOptions) -> int:
    """Raise the minimums of policies to what the tenant has reached, so that a later drop fails.

    \b
    Examples:
      scoregate ratchet -p policies/ --dry-run
      scoregate ratchet -p policies/baseline.yaml --snapshot snapshot.json

    Each minimum becomes the present value, rounded down to two decimals: for a selector that of its lowest control,
    for anyOf that of its best. No minimum is lowered or added, and the rest of each file, comments included, stays as
    it is. A minimum that comes from a parameter or another file is listed and not changed.
    Exit codes: 0 done, 2 wrong usage or input, 3 no data.
    """
    from checker.runs.raise_minimums import ratchet as look_and_raise
    from checker.views.ratchet import render

    wanted = parse_outputs(options.output, FORMATS)
    moment = options.source.moment()
    given = values_of_parameters(options.set, options.parameters)
    source = chosen(options.source, moment)
    with working("Reading the tenant"):
        found = look_and_raise(options.files, given, source, moment, dry_run=options.dry_run)
    if not options.dry_run:
        found.write()
    write_answer([(one, render(one.format, found.answer, one.screen)) for one in wanted])
    return EXIT_PASSED
