"""``scoregate lint``: checks policies and waivers without a tenant."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.shared import Now, Policies, Waivers, moment_of, outputs_as
from checker.cli.output import parse_outputs, say_warnings, write_answer
from checker.cli.repository import places, present_checkout
from checker.errors import EXIT_CALLER, EXIT_PASSED
from checker.policy.lint import lint as inspect
from checker.views.lint import FORMATS, LintResult, render


class LintOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``lint``."""

    paths: Annotated[tuple[str, ...], click.argument("paths", nargs=-1, metavar="[PATH]...")]
    policy: Policies
    waivers: Waivers
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    now: Now


@click.command(short_help="Check policies and waivers without a tenant.")
@taken(LintOptions)
def lint(options: LintOptions) -> int:
    """Check policies and waivers without a tenant: every fault with its place, and what looks wrong.

    \b
    Examples:
      scoregate lint policies/
      scoregate lint policies/ waivers.yaml -o sarif=lint.sarif

    Without a PATH the folder policies/ is checked. Faults give exit code 2; warnings alone give 0.
    """
    wanted = parse_outputs(options.output, FORMATS)
    today = moment_of(options.now).date()
    linted = inspect([*options.paths, *options.policy] or ["policies"], options.waivers, today)
    found = places(dict.fromkeys(problem.place.file for problem in linted.problems), None, present_checkout())
    result = LintResult(linted, found.uris, found.warnings)
    # Policies are no data of a tenant.
    write_answer([(one, render(one.format, result, colour=one.colour)) for one in wanted], private=False)
    if any(one.format == "sarif" for one in wanted):
        say_warnings(found.warnings)
    return EXIT_CALLER if linted.has_faults else EXIT_PASSED
