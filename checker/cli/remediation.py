"""What apply, rollback and check --remediate share: the lock, the question, the journal, the answer."""

import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from types import FrameType

import click
import msgspec

from checker.cli.answers import write_answer
from checker.cli.errors import complain
from checker.cli.output import Output
from checker.cli.progress import steps
from checker.cli.source import is_interactive
from checker.documents import files
from checker.errors import EXIT_FAILED, EXIT_PASSED, OutputError, UsageError
from checker.presentation.escape import line
from checker.remediation.apply import Patience
from checker.remediation.guards import check_target
from checker.remediation.journal import Applied, Outcome
from checker.remediation.lock import tenant_lock
from checker.remediation.plan import Plan
from checker.runs.carry_out import Work, carry_out, look, open_journal
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
    """

    yes: bool
    journal: str | None
    wait: float
    timeout: float
    moment: datetime


def require_consent(*, yes: bool) -> None:
    """Refuses early where nobody can be asked.

    Raises:
        UsageError: there is no terminal, and no ``--yes``.
    """
    if not yes and not is_interactive():
        raise UsageError("nobody can be asked here: give --yes to set the states", advice="See the plan before you do.")


def execute(make: Callable[[], Work], target: Writable, conditions: Conditions) -> view.ApplyDocument | None:
    """Asks where that is wanted, applies a plan, and gives the answer; None where the person said no.

    The tenant is locked from before the plan is known until the last change is made, so that what another run on this
    machine has written to a journal or to the tenant is seen.

    Args:
        make: reads what is to be done.
        target: the tenant.
        conditions: how.
    """
    with _terminable(), tenant_lock(_locks_folder(), target.tenant_id()):
        work = make()
        plan = work.plan
        check_target(plan, tenant=target.tenant_id(), cloud=target.cloud.name)
        if not plan.changes:
            return view.document(plan.tenant, Applied(()), manual=len(plan.manual), journal=None)
        known: dict[str, Outcome] = {}
        if not conditions.yes:
            known = look(work, target)
            if not _agreed(plan, known):
                return None
        path = conditions.journal or _journal_name(conditions.moment)
        with closing(open_journal(work, path)) as journal, _told_how_to_go_on(path), steps() as show:
            patience = Patience(visible=conditions.wait, change=max(conditions.timeout, conditions.wait))
            show("Reading the states")
            applied = carry_out(work, known, target, journal, patience, lambda result: show(view.result_line(result)))
        return view.document(plan.tenant, applied, manual=len(plan.manual), journal=path)


def answer(found: view.ApplyDocument | None, wanted: Sequence[Output]) -> int:
    """Writes the answer and gives the exit code: 1 where a change is missing."""
    if found is None:
        click.echo("scoregate: nothing was set", err=True)
        return EXIT_FAILED
    try:
        write_answer([(one, view.render(one.format, found)) for one in wanted])
    except OutputError as fault:
        # What was done was done, and nobody may lose the journal's name over it.
        click.echo(view.render("text", found).decode().rstrip("\n"), err=True)
        return complain(str(fault), EXIT_FAILED)
    return EXIT_PASSED if found.is_complete else EXIT_FAILED


def _agreed(plan: Plan, known: Mapping[str, Outcome]) -> bool:
    """Shows what would be done as the tenant stands now, and asks; where nothing is to be done nobody is asked."""
    fitting = tuple(change for change in plan.changes if change.control not in known)
    shown = msgspec.structs.replace(plan, changes=fitting, notes=(*plan.notes, *map(_left_out, known.values())))
    sys.stderr.write(render_plan("text", shown).decode())
    return not fitting or click.confirm(f"Set these states in the tenant {line(plan.tenant)}?", err=True)


def _left_out(outcome: Outcome) -> str:
    """Why a change is not among those that are shown to be made."""
    stale = "stale, and " if outcome.result == "stale" else ""
    return f"{stale}left out: {outcome.control} {outcome.message}"


def _journal_name(moment: datetime) -> str:
    """A name that no other run takes, though both begin within a second."""
    return f"scoregate-{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}.jsonl"


@contextmanager
def _told_how_to_go_on(path: str) -> Iterator[None]:
    """Where a run ends before its plan does, whoever watches learns that nothing is lost."""
    try:
        yield
    except BaseException:
        name = files.shown(path)
        text = (
            f"journal: {name}; go on with 'scoregate apply --resume {name}', or undo with 'scoregate rollback {name}'"
        )
        click.echo(line(text), err=True)
        raise


@contextmanager
def _terminable() -> Iterator[None]:
    """Within it SIGTERM, which a CI sends to a job that is cancelled, ends a run as an interrupt does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            # As in a shell's background; nobody would hear an interrupt.
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _locks_folder() -> str:
    """Source: XDG Base Directory Specification."""
    home = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(home):
        home = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(home, "scoregate", "locks")
