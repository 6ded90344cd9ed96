"""``scoregate apply``: sets the states of a plan."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import is_typed, taken
from checker.cli.options.completing import complete_files
from checker.cli.options.remediation import JournalPath, MaxAge, MaxChanges, Only, PlanSha256, Wait, Yes
from checker.cli.options.shared import outputs_as
from checker.cli.options.source import AskedOptions
from checker.cli.options.types import file_name
from checker.cli.output import parse_outputs
from checker.cli.plain_option import plain_option
from checker.cli.progress import say, show_wait
from checker.cli.remediation import answer, carried_out, conditions, require_consent
from checker.errors import UsageError
from checker.runs.carry_out import SystemClock
from checker.runs.work import Limits, Work, of_plan, resumed
from checker.sources.choose import writable
from checker.views.formats import FORMATS


class ApplyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``apply``."""

    plan: Annotated[str | None, click.argument("plan", required=False, metavar="[PLAN]", shell_complete=complete_files)]
    yes: Yes
    journal: JournalPath
    resume: Annotated[
        str | None,
        plain_option(
            "--resume",
            metavar="JOURNAL",
            shell_complete=complete_files,
            callback=file_name,
            help="Continue an apply that was interrupted.",
        ),
    ]
    plan_sha256: PlanSha256
    only: Only
    max_changes: MaxChanges
    max_age: MaxAge
    wait: Wait
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: AskedOptions


@click.command(short_help="Set the states of a plan that somebody approved.")
@taken(ApplyOptions)
def apply(options: ApplyOptions) -> int:
    """Set the control profile states that a plan lists, where nobody has changed them since.

    \b
    Examples:
      scoregate apply plan.json
      scoregate apply plan.json --yes --journal journal.jsonl
      scoregate apply --resume journal.jsonl --yes

    Each profile is read again first. A profile that changed after the plan was made is listed and not written, even if
    it was changed back, for example by a rollback: a plan can be used once. The journal records each state before the
    change; 'scoregate rollback' uses it to undo the apply. A change that no read has confirmed is uncertain; --resume
    checks it again.
    Exit codes: 0 every change is in place, 1 some are not, 2 wrong usage or input, 3 no token or no answer.
    """
    wanted = parse_outputs(
        options.output, FORMATS, {"PLAN": options.plan, "--journal": options.journal, "--resume": options.resume}
    )
    resume = options.resume
    if (options.plan is None) == (resume is None):
        raise UsageError("give either a PLAN or --resume JOURNAL")
    if resume is not None and (is_typed("journal") or options.only):
        raise UsageError("--resume continues its own journal and its own changes: leave --journal and --only out")
    require_consent(yes=options.yes)
    moment = options.source.moment()
    limits = Limits(
        only=options.only,
        max_changes=options.max_changes,
        max_age=options.max_age,
        plan_sha256=options.plan_sha256,
    )

    def work() -> Work:
        clock = SystemClock().now()
        return resumed(resume, limits, clock) if resume is not None else of_plan(options.plan or "", limits, clock)

    request = options.source.request()
    how = conditions(
        moment, ask=not options.yes, journal=resume or options.journal, wait=options.wait, timeout=request.timeout
    )
    return answer(carried_out(work, writable(request, moment, say, show_wait), how, request.redact), wanted)
