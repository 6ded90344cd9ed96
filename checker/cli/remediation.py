"""What apply, rollback and check --remediate share: the question, the progress, the answer."""

import datetime
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType

import click
import msgspec

from checker.cli.environment import is_interactive, locks_folder
from checker.cli.errors import report_fault
from checker.cli.output import Output, write_answer
from checker.cli.progress import say, steps
from checker.cli.redaction import answer_cleaner
from checker.cli.terminal import screen
from checker.documents import files
from checker.errors import EXIT_FAILED, EXIT_PASSED, OutputError, UsageError
from checker.presentation.escape import line
from checker.remediation.anonymous import redacted_plan, redacted_result, without_people
from checker.remediation.journal import Applied, ChangeOutcome, ChangeResult
from checker.remediation.plan import Plan
from checker.runs.carry_out import Carried, Conditions, execute
from checker.runs.work import Work
from checker.snapshot.redaction import Redaction
from checker.sources.interface import Writable
from checker.views import apply as view
from checker.views.plan import render as render_plan


def require_consent(*, yes: bool) -> None:
    """Refuses early where nobody can be asked.

    Raises:
        UsageError: there is no terminal, and no ``--yes``.
    """
    if not yes and not is_interactive():
        raise UsageError(
            "there is no terminal for questions: give --yes to set the states", advice="Review the plan first."
        )


class _Terminal:
    """The operator at standard error; see ``Operator``."""

    def __init__(self, stack: ExitStack, level: Redaction) -> None:
        self._stack = stack
        self._clean = answer_cleaner(level)
        self._show: Callable[[str], None] | None = None

    def knows(self, work: Work) -> Work:
        """The work, from whose plan on it is known what may not be named."""
        self._clean = answer_cleaner(self._clean.level, [work.plan.tenant])
        return work

    def agrees(self, plan: Plan, known: Mapping[str, ChangeOutcome]) -> bool:
        """Shows what would be done as the tenant stands now, and asks; where nothing is to be done nobody is asked."""
        fitting = tuple(change for change in plan.changes if change.control not in known)
        left_out = map(self._told, known.values())
        whole = msgspec.structs.replace(plan, changes=fitting, notes=(*plan.notes, *map(_left_out, left_out)))
        shown = redacted_plan(whole, self._clean)
        sys.stderr.write(render_plan("text", shown, screen(sys.stderr)).decode())
        return not fitting or click.confirm(f"Set these states in the tenant {line(shown.tenant)}?", err=True)

    def begins(self) -> None:
        """Shows a sign of life."""
        self._show = self._stack.enter_context(steps())
        self._show("Reading the states")

    def sees(self, result: ChangeResult) -> None:
        """Shows the result in its place."""
        if self._show is not None:
            self._show(view.result_line(redacted_result(result, self._clean)))

    def ends_early(self, journal: str) -> None:
        """Says how to continue or to undo, so that whoever watches knows that nothing is lost."""
        self._stack.close()
        name = files.shown(journal)
        how = f"continue with 'scoregate apply --resume {name}', or undo with 'scoregate rollback {name}'"
        say(f"journal: {name}; {how}")

    def document(self, carried: Carried) -> view.ApplyDocument:
        """What came of the plan, as it is told."""
        applied = Applied(tuple(redacted_result(one, self._clean) for one in carried.applied.results))
        tenant = self._clean.text(carried.tenant)
        return view.document(tenant, applied, manual=carried.manual, journal=carried.journal)

    def _told(self, outcome: ChangeOutcome) -> ChangeOutcome:
        if self._clean.level is Redaction.NONE:
            return outcome
        return msgspec.structs.replace(outcome, message=without_people(outcome.message))


def conditions(moment: datetime.datetime, *, ask: bool, journal: str | None, wait: float, timeout: float) -> Conditions:
    """How the caller wants a plan to be carried out, on this machine."""
    return Conditions(ask=ask, journal=journal, wait=wait, timeout=timeout, moment=moment, locks=locks_folder())


def carried_out(
    make: Callable[[], Work], target: Writable, how: Conditions, level: Redaction
) -> view.ApplyDocument | None:
    """The answer about a plan that was carried out; None where the person said no. See ``execute``.

    The journal is whole, since it has to undo; ``level`` is left out of what is said and answered.
    """
    with interruptible(), ExitStack() as stack:
        terminal = _Terminal(stack, level)
        carried = execute(lambda: terminal.knows(make()), target, how, terminal)
        return terminal.document(carried) if carried is not None else None


def answer(document: view.ApplyDocument | None, wanted: Sequence[Output]) -> int:
    """Writes the answer and gives the exit code: 1 where a change is missing."""
    if document is None:
        click.echo("scoregate: nothing was set", err=True)
        return EXIT_FAILED
    try:
        write_answer([(one, view.render(one.format, document, one.screen)) for one in wanted])
    except OutputError as fault:
        # What was done was done, and nobody may lose the journal's name over it.
        click.echo(view.render("text", document, screen(sys.stderr)).decode().rstrip("\n"), err=True)
        return report_fault(fault, EXIT_FAILED)
    return EXIT_PASSED if document.is_complete else EXIT_FAILED


@contextmanager
def interruptible() -> Iterator[None]:
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


def _left_out(outcome: ChangeOutcome) -> str:
    """Why a change is not among those that are shown to be made."""
    stale = "stale, and " if outcome.result == "stale" else ""
    return f"{stale}left out: {outcome.control} {outcome.message}"
