"""``check --remediate``: what a scheduled job may set without anybody looking."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import click
import msgspec

from checker.cli import options
from checker.cli.source import say
from checker.errors import UsageError
from checker.presentation.escape import line
from checker.sources.choose import writable
from checker.sources.request import SourceRequest

if TYPE_CHECKING:
    from checker.policy.model import PolicySet
    from checker.runs.gate import Judged
    from checker.sources.interface import Writable


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``check`` that set states."""

    remediate: bool
    allow_declarations: bool
    yes: bool
    journal: str | None
    max_changes: int
    wait: float


def refuse_idle(remedy: Remedy) -> None:
    """Refuses options that would do nothing.

    Raises:
        UsageError: ``--allow-declarations`` or ``--journal`` without ``--remediate``.
    """
    for name, given in (("--allow-declarations", remedy.allow_declarations), ("--journal", remedy.journal is not None)):
        if given and options.is_typed(name.removeprefix("--").replace("-", "_")):
            raise UsageError(f"{name} says how states are set, and nothing sets any: give --remediate too")


def target(remedy: Remedy, given: SourceRequest, moment: datetime) -> "Writable":
    """The tenant, with the permission to write asked for.

    Raises:
        UsageError: nobody said yes, or the source can't be written to.
    """
    if not remedy.yes:
        raise UsageError("--remediate sets states in the tenant: give --yes too", advice="See 'scoregate plan' first.")
    return writable(given, moment, say)


def enforcement(
    remedy: Remedy, given: SourceRequest, tenant: "Writable", moment: datetime
) -> "Callable[[Judged, PolicySet], int]":
    """What is to be done once the verdict is told: sets the states and gives the exit code of that part.

    Everything that it says goes to standard error, since standard output is the report's.
    """

    def enforce(judged: "Judged", policies: "PolicySet") -> int:
        from checker.cli.pipeline import run_name
        from checker.cli.remediation import Conditions, execute
        from checker.errors import EXIT_FAILED, EXIT_PASSED
        from checker.remediation.propose import Run, propose
        from checker.remediation.select import check_number, unattended
        from checker.runs.carry_out import Work
        from checker.views.apply import render

        if judged.snapshot.partial or judged.report.counts()["error"]:
            # What nobody could judge may be declared after all.
            click.echo("scoregate: not everything could be judged, so no state was set", err=True)
            return EXIT_PASSED
        run = Run(name=run_name(moment), moment=moment, cloud=tenant.cloud.name, policies_sha256=policies.sha256)
        plan = unattended(propose(judged.report, judged.snapshot, run), declarations=remedy.allow_declarations)
        for note in plan.notes:
            click.echo(f"scoregate: {line(note)}", err=True)
        check_number(plan, remedy.max_changes)
        conditions = Conditions(
            yes=True, journal=remedy.journal, wait=remedy.wait, timeout=given.timeout, moment=moment
        )
        found = execute(lambda: Work(plan), tenant, conditions)
        assert found is not None, "nobody was asked"
        click.echo(render("text", found).decode().rstrip("\n"), err=True)
        return EXIT_PASSED if found.is_complete else EXIT_FAILED

    return enforce
