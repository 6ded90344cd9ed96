"""``check --remediate``: what a scheduled job may set without anybody looking."""

import datetime
import sys
from typing import TYPE_CHECKING

import click

from checker.cli.options import is_typed
from checker.cli.options.remediation import RemediateOptions
from checker.cli.progress import say, show_wait
from checker.cli.terminal import screen
from checker.errors import UsageError
from checker.sources.choose import judged_before_writing, writable
from checker.sources.pair import SourcePair
from checker.sources.request import SourceRequest

if TYPE_CHECKING:
    from checker.policy.model import PolicySet
    from checker.runs.gate import GateRun
    from checker.sources.interface import Writable


class StateEnforcement:
    """The tenant, with the permission to write asked for, and what is to be set in it once the verdict is known."""

    def __init__(self, options: RemediateOptions, request: SourceRequest, moment: datetime.datetime) -> None:
        """Chooses the tenant; nothing is sent yet.

        Raises:
            UsageError: nobody said yes, or the source can't be written to.
        """
        if not options.yes:
            raise UsageError(
                "--remediate sets states in the tenant: give --yes too", advice="See 'scoregate plan' first."
            )
        self.target: Writable = writable(request, moment, say, show_wait)
        self._options = options
        self._request = request
        self._moment = moment

    def sources(self) -> SourcePair:
        """The tenant to judge: days after the run's are dropped, as without ``--remediate``."""
        return judged_before_writing(self.target, self._request, self._moment)

    def set_states(self, gate: "GateRun", policies: "PolicySet") -> int:
        """Sets the states and gives the exit code of that part.

        Everything that it says goes to standard error, since standard output is the report's.

        Args:
            gate: the tenant as it was judged, whole.
            policies: that it was judged by.
        """
        from checker.cli.pipeline import run_name
        from checker.cli.remediation import carried_out, conditions
        from checker.errors import EXIT_FAILED, EXIT_PASSED
        from checker.remediation.guards import check_number, keep_automatic
        from checker.remediation.plan_file import plan_sha256
        from checker.runs.work import Work, is_judged_whole, proposed
        from checker.views.apply import render

        if not is_judged_whole(gate):
            click.echo("scoregate: not everything could be judged, so no state was set", err=True)
            return EXIT_PASSED
        moment, options = self._moment, self._options
        every = proposed(gate, policies, moment, cloud=self.target.cloud.name, run=run_name(moment))
        plan = keep_automatic(every, declarations=options.allow_declarations)
        for note in plan.notes:
            say(f"scoregate: {note}")
        check_number(plan, options.max_changes)
        how = conditions(moment, ask=False, journal=options.journal, wait=options.wait, timeout=self._request.timeout)
        document = carried_out(lambda: Work(plan, plan_sha256(plan)), self.target, how, self._request.redact)
        assert document is not None, "nobody was asked"
        click.echo(render("text", document, screen(sys.stderr)).decode().rstrip("\n"), err=True)
        return EXIT_PASSED if document.is_complete else EXIT_FAILED


def enforcement_of(
    options: RemediateOptions, request: SourceRequest, moment: datetime.datetime
) -> StateEnforcement | None:
    """What sets states once the verdict is known; None without ``--remediate``.

    Raises:
        UsageError: as ``StateEnforcement``; or ``--allow-declarations`` or ``--journal`` without ``--remediate``.
    """
    if options.remediate:
        return StateEnforcement(options, request, moment)
    given = {"allow_declarations": options.allow_declarations, "journal": options.journal is not None}
    for name, value in given.items():
        if value and is_typed(name):
            flag = f"--{name.replace('_', '-')}"
            raise UsageError(f"{flag} has no effect without --remediate: give --remediate too")
    return None
