"""``scoregate lock``: accepts the required controls as they are, so that later changes of Microsoft's are seen."""

import os
from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.completing import complete_files
from checker.cli.options.shared import PolicyOptions, outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.output import parse_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.policies import load_policies
from checker.cli.progress import working
from checker.cli.source import chosen
from checker.documents import files
from checker.documents.whole_files import check_output
from checker.errors import EXIT_FAILED, EXIT_PASSED, UsageError
from checker.policy.lockfile import LOCK_NAME, read_lock, write_lock
from checker.runs.locked_catalogue import look_for_lock
from checker.views.formats import FORMATS
from checker.views.lock import lock_document, render


class LockCommandOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``lock``."""

    policies: PolicyOptions
    # No setting: what is written is said where it is written.
    out: Annotated[
        str,
        plain_option(
            "--out",
            metavar="PATH",
            shell_complete=complete_files,
            default=LOCK_NAME,
            show_default=True,
            help="The lock file.",
        ),
    ]
    update: Annotated[
        bool, plain_option("--update", is_flag=True, help="Accept what has drifted: write the lock again.")
    ]
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


@click.command("lock", short_help="Record the required controls; show what has drifted since.")
@taken(LockCommandOptions)
def lock(options: LockCommandOptions) -> int:
    """Record the required controls in scoregate.lock; if the file exists, show what has drifted since.

    \b
    Examples:
      scoregate lock -p policies/
      scoregate lock -p policies/ -o markdown
      scoregate lock -p policies/ --update

    The lock records the id, title, category and maximum of each control that the policies require. It contains no data
    of the tenant: put it under version control. 'scoregate check' warns about drift, and fails on it with --locked.

    Exit codes: 0 nothing has drifted or the drift is accepted, 1 something has drifted, 2 wrong usage or input, 3 no
    data, or not enough to identify the controls.
    """
    wanted = parse_outputs(options.output, FORMATS)
    if not options.policies.policy:
        raise UsageError("no policy: name one with -p PATH", advice="The lock records the controls that it requires.")
    check_output(options.out)
    held = read_lock(options.out) if os.path.lexists(options.out) else None
    source = chosen(options.source, options.source.moment())
    policies = load_policies(options.policies)
    with working("Reading the tenant"):
        run = look_for_lock(source, policies, held)
    written = run.compared is None or options.update
    if written:
        write_lock(options.out, run.required)
    answer = lock_document(run, files.shown(options.out), written=written)
    write_answer([(one, render(one.format, answer, one.screen)) for one in wanted])
    return EXIT_FAILED if answer.drifts and not written else EXIT_PASSED
