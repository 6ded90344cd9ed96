"""``scoregate test``: tests of policies."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import option, taken
from checker.cli.options.completing import complete_policies
from checker.cli.options.redact import Redact
from checker.cli.options.shared import outputs_as
from checker.cli.output import parse_outputs, write_answer
from checker.errors import EXIT_FAILED, EXIT_NOT_JUDGED, EXIT_PASSED
from checker.policytest.load import load_tests
from checker.policytest.run import run_tests
from checker.views.test import FORMATS, render

_CODES = {"pass": EXIT_PASSED, "fail": EXIT_FAILED, "indeterminate": EXIT_NOT_JUDGED}


class PolicyTestOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``test``."""

    paths: Annotated[
        tuple[str, ...], click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_policies)
    ]
    require_coverage: Annotated[
        bool,
        option(
            "require-coverage",
            is_flag=True,
            help="Fail unless tests show each requirement both passing and failing.",
        ),
    ]
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    redact: Redact


@click.command("test", short_help="Run tests of policies, and show what they cover.")
@taken(PolicyTestOptions)
def test(options: PolicyTestOptions) -> int:
    """Run tests of policies (kind: PolicyTest). Each describes a tenant and the expected outcome of requirements.

    \b
    Examples:
      scoregate test
      scoregate test policies/ --require-coverage
      scoregate test pack:essentials -o junit=tests.xml -o text

    A PATH is a file, a folder of them (read recursively), or pack:NAME for the tests that ship with a pack. The
    default is the folder policies/. Tests may be in the same folder as the policies that they test: 'check' ignores
    them, and 'lint' checks them.

    Exit codes: 0 every case passes, 1 a case fails or required coverage is missing, 2 a test or a policy is malformed,
    3 a snapshot of a test can't be read.
    """
    wanted = parse_outputs(options.output, FORMATS)
    tests = load_tests(options.paths or ["policies"])
    run = run_tests(tests, require_coverage=options.require_coverage, redact=options.redact)
    # Policies and their tests are no data of a tenant.
    write_answer([(one, render(one.format, run, one.screen)) for one in wanted], private=False)
    return _CODES[run.verdict]
