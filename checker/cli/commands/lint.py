"""``scoregate lint``: checks policies and waivers without a tenant."""

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from checker.cli import options
from checker.cli.output import colour_wanted, parse_outputs, write_standard_output
from checker.cli.repository import repository_paths
from checker.documents import files
from checker.errors import EXIT_CALLER, EXIT_PASSED
from checker.policy.lint import lint as inspect
from checker.views.lint import FORMATS, LintResult, render


@click.command(short_help="Check policies and waivers without a tenant.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@options.policies
@options.waivers
@click.option(
    "-o",
    "--output",
    multiple=True,
    metavar="FORMAT[=PATH]",
    help="text (the default), json or sarif. May be repeated.",
)
@options.now
def lint(
    paths: Sequence[str],
    policy: Sequence[str],
    waivers: Sequence[str],
    output: Sequence[str],
    now: datetime | None,
) -> int:
    """Check policies and waivers without a tenant: every fault with its place, and what looks wrong.

    \b
    Examples:
      scoregate lint policies/
      scoregate lint policies/ waivers.yaml -o sarif=lint.sarif

    Without a PATH the folder policies/ is checked. Faults give exit code 2; warnings alone give 0.
    """
    wanted = parse_outputs(output, FORMATS)
    moment = now or datetime.now(UTC)
    found = inspect([*paths, *policy] or ["policies"], waivers, moment.date())
    result = LintResult(found, repository_paths({problem.place.file for problem in found.problems}, None))
    rendered = [(one, render(one.format, result, colour=one.path is None and colour_wanted())) for one in wanted]
    for one, data in rendered:
        if one.path is not None:
            files.write_whole(one.path, data)
    for one, data in rendered:
        if one.path is None:
            write_standard_output(data)
    return EXIT_CALLER if found.has_faults else EXIT_PASSED
