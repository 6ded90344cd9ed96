"""What apply, rollback and check --remediate share: the question, the journal, the answer."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import click
import msgspec

from checker.cli.answers import write_answer
from checker.cli.output import Output
from checker.cli.progress import steps
from checker.cli.source import is_interactive
from checker.documents import files
from checker.errors import EXIT_FAILED, EXIT_PASSED, UsageError
from checker.escape import line
from checker.remediation.apply import Applied, Patience
from checker.remediation.journal import Journal
from checker.remediation.plan import Change, Plan
from checker.remedy import Order, SystemClock, carry_out, still_to_do
from checker.sources.interface import Writable
from checker.views import apply as view
from checker.views.plan import render as render_plan


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """How the caller wants a plan to be carried out.

    Attributes:
        yes: without asking.
        journal: the path that the caller names, or None.
        wait: seconds until a state that was set can be read back.
        timeout: seconds that one change may take.
        moment: the run's now.
        earlier: the journal to go on with, at ``journal``.
    """

    yes: bool
    journal: str | None
    wait: float
    timeout: float
    moment: datetime
    earlier: Journal | None = None


def require_consent(*, yes: bool) -> None:
    """Refuses early where nobody can be asked.

    Raises:
        UsageError: there is no terminal, and no ``--yes``.
    """
    if not yes and not is_interactive():
        raise UsageError("nobody can be asked here: give --yes to set the states", advice="See the plan before you do.")


def execute(plan: Plan, target: Writable, conditions: Conditions) -> view.ApplyDocument | None:
    """Asks where that is wanted, applies the plan, and gives the answer; None where the person said no.

    Args:
        plan: checked to be for the target's tenant.
        target: the tenant.
        conditions: how.
    """
    if not plan.changes:
        return view.document(plan.tenant, Applied(()), manual=len(plan.manual), journal=None)
    if not conditions.yes and not _agreed(plan, target, conditions):
        return None
    path = conditions.journal or f"scoregate-{conditions.moment:%Y%m%dT%H%M%SZ}.jsonl"
    with _told_how_to_go_on(path), steps() as show:
        order = Order(
            journal=path,
            locks=_locks_folder(),
            patience=Patience(visible=conditions.wait, change=max(conditions.timeout, conditions.wait)),
            tell=lambda result: show(view.told(result)),
            earlier=conditions.earlier,
            clock=SystemClock(),
        )
        show("Reading the states")
        applied = carry_out(plan, target, order)
    return view.document(plan.tenant, applied, manual=len(plan.manual), journal=path)


def answer(found: view.ApplyDocument | None, wanted: Sequence[Output]) -> int:
    """Writes the answer and gives the exit code: 1 where a change is missing."""
    if found is None:
        click.echo("scoregate: nothing was set", err=True)
        return EXIT_FAILED
    write_answer([(one, view.render(one.format, found)) for one in wanted])
    return EXIT_FAILED if found.stale or found.failed else EXIT_PASSED


def _agreed(plan: Plan, target: Writable, conditions: Conditions) -> bool:
    """Shows what would be done as the tenant stands now, and asks."""
    fitting, stale = still_to_do(plan, target) if conditions.earlier is None else (list(plan.changes), [])
    shown = msgspec.structs.replace(plan, changes=tuple(fitting), notes=(*plan.notes, *map(_stale, stale)))
    sys.stderr.write(render_plan("text", shown).decode())
    if not fitting:
        return True
    return click.confirm(f"Set these states in the tenant {line(plan.tenant)}?", err=True)


def _stale(change: Change) -> str:
    return f"stale, and left out: {change.control} was changed since the plan was made, or is gone"


@contextmanager
def _told_how_to_go_on(path: str) -> Iterator[None]:
    """Where a run ends before its plan does, whoever watches learns that nothing is lost."""
    try:
        yield
    except BaseException:
        if os.path.exists(path):
            name = files.shown(path)
            text = f"journal: {name}; go on with 'scoregate apply --resume {name}', or undo with 'scoregate rollback'"
            click.echo(line(text), err=True)
        raise


def _locks_folder() -> str:
    """Source: XDG Base Directory Specification."""
    home = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(home, "scoregate", "locks")
