"""``scoregate rollback``: undoes an apply by its journal."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.completing import complete_files
from checker.cli.options.remediation import JournalPath, MaxChanges, Only, Wait, Yes
from checker.cli.options.shared import outputs_as
from checker.cli.options.source import AskedOptions
from checker.cli.options.types import file_name
from checker.cli.output import parse_outputs
from checker.cli.pipeline import run_name
from checker.cli.progress import say, show_wait
from checker.cli.remediation import answer, carried_out, conditions, require_consent
from checker.runs.carry_out import SystemClock
from checker.runs.work import Limits, Work, undone
from checker.sources.choose import writable
from checker.views.formats import FORMATS


class RollbackOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``rollback``."""

    undone: Annotated[
        str, click.argument("undone", metavar="JOURNAL", shell_complete=complete_files, callback=file_name)
    ]
    yes: Yes
    journal: JournalPath
    only: Only
    max_changes: MaxChanges
    wait: Wait
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: AskedOptions


@click.command(short_help="Undo an apply by its journal.")
@taken(RollbackOptions)
def rollback(options: RollbackOptions) -> int:
    """Undo an apply: restore the states, assignees and comments that its journal recorded.

    \b
    Examples:
      scoregate rollback journal.jsonl
      scoregate rollback journal.jsonl --yes --journal undone.jsonl

    What somebody has changed since then is listed and not written, and nothing is undone twice. The rollback writes a
    journal of its own.
    Exit codes: 0 everything is as before, 1 something is not, 2 wrong usage or input, 3 no token or no answer.
    """
    wanted = parse_outputs(options.output, FORMATS, {"JOURNAL": options.undone, "--journal": options.journal})
    require_consent(yes=options.yes)
    moment = options.source.moment()
    limits = Limits(only=options.only, max_changes=options.max_changes)

    def work() -> Work:
        return undone(options.undone, limits, SystemClock().now(), run=run_name(moment))

    request = options.source.request()
    how = conditions(moment, ask=not options.yes, journal=options.journal, wait=options.wait, timeout=request.timeout)
    return answer(carried_out(work, writable(request, moment, say, show_wait), how, request.redact), wanted)
