"""``scoregate lint``: checks policies and waivers without a tenant."""

from collections.abc import Sequence
from typing import Annotated

import click
import msgspec

from checker.cli.catalogue_lock import present_lock
from checker.cli.options import is_typed, taken
from checker.cli.options.catalogue_lock import LockPath
from checker.cli.options.completing import complete_policies
from checker.cli.options.shared import Now, PolicyOptions, moment_of, outputs_as
from checker.cli.output import parse_outputs, say_warnings, write_answer, write_standard_output
from checker.cli.plain_option import plain_option
from checker.cli.policies import given_parameters
from checker.cli.repository import places, present_checkout
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.errors import EXIT_CALLER, EXIT_PASSED, UsageError
from checker.policy.lint import lint as inspect
from checker.policy.load import load
from checker.policy.lockfile import LockedControl
from checker.policy.parameters import Given
from checker.policy.sources import PolicySource
from checker.views.lint import FORMATS, LintResult, render


class LintOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``lint``."""

    paths: Annotated[
        tuple[str, ...], click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_policies)
    ]
    policies: PolicyOptions
    # No setting, since it belongs to one question.
    resolved: Annotated[
        bool,
        plain_option(
            "--resolved",
            is_flag=True,
            help="Print the policies as they are judged, with bases, parameters and defaults filled in.",
        ),
    ]
    strict: Annotated[
        bool,
        plain_option(
            "--strict",
            is_flag=True,
            help="Warn about every control id that is neither in the catalogue nor in scoregate.lock.",
        ),
    ]
    lock: LockPath
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    now: Now


@click.command(short_help="Check policies, waivers and tests without a tenant.")
@taken(LintOptions)
def lint(options: LintOptions) -> int:
    """Check policies, waivers and tests without a tenant: list every error with its position, and what looks wrong.

    \b
    Examples:
      scoregate lint policies/
      scoregate lint policies/ waivers.yaml -o sarif=lint.sarif
      scoregate lint policies/ --resolved
      scoregate lint policies/ --strict

    Without a PATH the folder policies/ is checked. Errors give exit code 2; warnings alone give 0.
    """
    wanted = parse_outputs(options.output, FORMATS)
    today = moment_of(options.now).date()
    paths = [*options.paths, *options.policies.policy] or ["policies"]
    given = given_parameters(options.policies)
    if options.resolved:
        return _print_resolved(paths, options, given)
    linted = inspect(paths, options.policies.waivers, today, given, _test_faults, _seen(options))
    found = places(dict.fromkeys(problem.place.file for problem in linted.problems), None, present_checkout())
    result = LintResult(linted, found.uris, found.warnings)
    # Policies are no data of a tenant.
    write_answer([(one, render(one.format, result, one.screen)) for one in wanted], private=False)
    if any(one.format == "sarif" for one in wanted):
        say_warnings(found.warnings)
    return EXIT_CALLER if linted.has_faults else EXIT_PASSED


def _test_faults(source: PolicySource, document: Document) -> Sequence[Fault]:
    """What is wrong with a test among the policies."""
    # Few folders of policies have tests, and these know how to judge.
    from checker.policytest.load import faults_of_test

    return faults_of_test(source, document)


def _seen(options: LintOptions) -> Sequence[LockedControl] | None:
    """The controls of the lock, for --strict; None without it."""
    if not options.strict:
        if options.lock is not None and is_typed("lock"):
            raise UsageError("--lock has no effect without --strict: give --strict too")
        return None
    lock = present_lock(options.lock)
    return lock.controls if lock is not None else ()


def _print_resolved(paths: list[str], options: LintOptions, given: Given) -> int:
    """Prints the policies as they are judged."""
    from checker.policy.resolved import resolved

    if options.output:
        raise UsageError("--resolved prints YAML: leave -o out")
    write_standard_output(resolved(load(paths, options.policies.waivers, given=given, keep_layers=True)))
    return EXIT_PASSED
