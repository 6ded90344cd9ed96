"""``scoregate apply``: sets the states of a plan."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from checker.cli import options
from checker.cli.output import parse_outputs
from checker.cli.remediation import Conditions, answer, execute, require_consent
from checker.cli.source import request, say
from checker.errors import UsageError
from checker.remediation.journal import read_journal
from checker.remediation.planfile import read_plan
from checker.remediation.select import check_age, check_number, narrowed
from checker.runs.carry_out import Work
from checker.sources.choose import writable
from checker.views.formats import FORMATS


@click.command(short_help="Set the states of a plan that somebody approved.")
@click.argument("plan", required=False, metavar="[PLAN]")
@options.yes
@options.journal
@click.option(
    "--resume",
    metavar="JOURNAL",
    callback=options.named_file,
    help="Go on with an apply that did not come to its end.",
)
@options.only
@options.max_changes
@options.max_age
@options.wait
@options.outputs_as(*FORMATS)
@options.asked_source
def apply(  # noqa: PLR0913, PLR0917 - its options, passed by name
    plan: str | None,
    yes: bool,
    journal: str | None,
    resume: str | None,
    only: Sequence[str],
    max_changes: int,
    max_age: timedelta,
    wait: float,
    output: Sequence[str],
    now: datetime | None,
    **source: Any,  # noqa: ANN401 - the options of a source, checked by SourceRequest
) -> int:
    """Set the control profile states of a plan: exactly what it says, where it still fits.

    \b
    Examples:
      scoregate apply plan.json
      scoregate apply plan.json --yes --journal journal.jsonl
      scoregate apply --resume journal.jsonl --yes

    Each profile is read again first: what was changed since the plan was made is left alone and named. The journal
    keeps what was there before; 'scoregate rollback' undoes by it.
    Exit codes: 0 every change is in place, 1 some are not, 2 the caller's mistake, 3 no token or no answer.
    """
    wanted = parse_outputs(output, FORMATS)
    if (plan is None) == (resume is None):
        raise UsageError("give either a PLAN or --resume JOURNAL")
    if resume is not None and (options.is_typed("journal") or only):
        raise UsageError("--resume goes on with its own journal and its own changes: leave --journal and --only out")
    require_consent(yes=yes)
    moment = now or datetime.now(UTC)

    def work() -> Work:
        if resume is not None:
            earlier = read_journal(resume)
            check_age(earlier.plan, moment, max_age)
            check_number(earlier.rest, max_changes)
            return Work(earlier.plan, earlier)
        assert plan is not None
        approved = read_plan(plan)
        check_age(approved, moment, max_age)
        approved = narrowed(approved, only)
        check_number(approved, max_changes)
        return Work(approved)

    given = request(source)
    target = writable(given, moment, say)
    conditions = Conditions(yes=yes, journal=resume or journal, wait=wait, timeout=given.timeout, moment=moment)
    return answer(execute(work, target, conditions), wanted)
