"""``--notify``: addresses are checked before any work, and a message is sent once the verdict is known."""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checker.cli.errors import report_fault
from checker.cli.options.notify import NotifyOptions
from checker.cli.pipeline import run_address
from checker.cli.progress import say
from checker.cli.redaction import without_names
from checker.errors import JudgementError, ScoregateError, UsageError
from checker.presentation.links import safe_link
from checker.report.verdict import Decision

if TYPE_CHECKING:
    from checker.notify.deliver import Address
    from checker.notify.message import Message
    from checker.report.baseline import Baseline
    from checker.runs.gate import Judged

_NO_MEMORY = (
    "no message was sent: a single run that could not judge says little, and earlier runs are unknown; "
    "--notify-state FILE keeps their decisions"
)


class Notifier:
    """What is to be sent, to whom, and what is known of earlier runs."""

    def __init__(self, addresses: "list[Address]", when: str, state: str | None) -> None:
        """Reads the file of earlier decisions.

        Raises:
            NotifyError: the file is something else.
        """
        from checker.notify.earlier import read_state
        from checker.notify.rule import NotifyOn

        self._addresses = addresses
        self._when = NotifyOn(when)
        self._state = state
        self._link = safe_link(run_address())
        self._earlier = read_state(state) if state is not None else ()

    def judged(self, judged: "Judged", store: str | None, baseline: "Baseline | None", *, tenant: str) -> None:
        """Sends the message about a verdict, if one is due.

        Args:
            judged: the report and the verdict.
            store: the store that knows of earlier runs, if any.
            baseline: the report of an earlier run, if any.
            tenant: its id as the store has it.

        Raises:
            OutputError, SnapshotError: the store, or the file of earlier decisions, can't be used.
        """
        from checker.notify.message import message_of

        decision = judged.verdict.decision
        known = True
        if self._state is None:
            self._earlier = self._told(judged, store, baseline, tenant)
            known = store is not None or baseline is not None
        self._finish(decision, message_of(judged.report, judged.verdict, self._link), known=known)

    def not_judged(self, fault: JudgementError) -> None:
        """Sends the message about a run without a verdict, if one is due.

        Raises:
            OutputError: the file of earlier decisions can't be written.
        """
        from checker.notify.message import message_of_fault

        message = message_of_fault(without_names(str(fault)), self._link)
        self._finish(Decision.INDETERMINATE, message, known=self._state is not None)

    def _told(
        self, judged: "Judged", store: str | None, baseline: "Baseline | None", tenant: str
    ) -> tuple[Decision, ...]:
        if store is not None:
            from checker.store.decisions import earlier_decisions

            return earlier_decisions(store, tenant, judged.report.policies)
        return (baseline.decision,) if baseline is not None else ()

    def _finish(self, decision: Decision, message: "Message", *, known: bool) -> None:
        from checker.notify.rule import is_due

        if is_due(self._when, decision, self._earlier):
            self._send(message)
        elif decision is Decision.INDETERMINATE and not known:
            say(_NO_MEMORY)
        if self._state is not None:
            from checker.notify.earlier import write_state

            write_state(self._state, self._earlier, decision)

    def _send(self, message: "Message") -> None:
        from checker.notify.deliver import send

        for name in send(self._addresses, message):
            say(f"{name} did not accept the message; the verdict is unchanged")


def begin_notify(options: NotifyOptions) -> Notifier | None:
    """What sends the messages; None where nobody gets one.

    Raises:
        NotifyError: an address is none, or the file of earlier decisions is something else.
        OutputError: that file can't be written.
        UsageError: options for messages without an address.
    """
    if not options.notify:
        if options.notify_state is not None:
            raise UsageError(
                "--notify-state has no effect without --notify", advice="Give an address with --notify URL."
            )
        return None
    from checker.documents.whole_files import check_output
    from checker.notify.deliver import addresses_of

    addresses = addresses_of(options.notify, os.environ)
    if options.notify_state is not None:
        check_output(options.notify_state)
    return Notifier(addresses, options.notify_on, options.notify_state)


@contextlib.contextmanager
def notify_faults(notifier: Notifier | None) -> Iterator[None]:
    """What can't be judged in the block is told to the notifier, and raised all the same."""
    try:
        yield
    except JudgementError as fault:
        if notifier is not None:
            try:
                notifier.not_judged(fault)
            except ScoregateError as further:
                report_fault(further)
        raise
