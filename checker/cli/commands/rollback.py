"""``scoregate rollback``: undoes an apply by its journal."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from checker.cli import options
from checker.cli.output import parse_outputs
from checker.cli.pipeline import run_name
from checker.cli.remediation import Conditions, answer, execute, require_consent
from checker.cli.source import request, say
from checker.remediation.journal import read_journal
from checker.remediation.rollback import inverse
from checker.remediation.select import check_number, narrowed
from checker.runs.carry_out import Work
from checker.sources.choose import writable
from checker.views.formats import FORMATS


@click.command(short_help="Undo an apply by its journal.")
@click.argument("undone", metavar="JOURNAL", callback=options.named_file)
@options.yes
@options.journal
@options.only
@options.max_changes
@options.wait
@options.outputs_as(*FORMATS)
@options.asked_source
def rollback(
    undone: str,
    yes: bool,
    journal: str | None,
    only: Sequence[str],
    max_changes: int,
    wait: float,
    output: Sequence[str],
    now: datetime | None,
    **source: Any,  # noqa: ANN401 - the options of a source, checked by SourceRequest
) -> int:
    """Undo what an apply did: states, assignees and comments as its journal says they were.

    \b
    Examples:
      scoregate rollback journal.jsonl
      scoregate rollback journal.jsonl --yes --journal undone.jsonl

    What a person changed since is left alone and named. The rollback has a journal of its own.
    Exit codes: 0 all is as before, 1 some is not, 2 the caller's mistake, 3 no token or no answer.
    """
    wanted = parse_outputs(output, FORMATS)
    require_consent(yes=yes)
    moment = now or datetime.now(UTC)

    def work() -> Work:
        plan = narrowed(inverse(read_journal(undone), run=run_name(moment), moment=moment), only)
        check_number(plan, max_changes)
        return Work(plan)

    given = request(source)
    target = writable(given, moment, say)
    conditions = Conditions(yes=yes, journal=journal, wait=wait, timeout=given.timeout, moment=moment)
    return answer(execute(work, target, conditions), wanted)
