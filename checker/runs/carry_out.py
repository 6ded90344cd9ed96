"""Remediation of one tenant: a plan looked at as the tenant stands now, and carried out."""

import asyncio
import datetime
import time
from collections.abc import Callable, Mapping

import msgspec

from checker import __version__
from checker.remediation.applied import Applied, ChangeResult
from checker.remediation.apply import Applier, Patience, preview
from checker.remediation.journal import Begun, Journal, JournalFile, Outcome, create_journal, reopen_journal, stamp
from checker.remediation.plan import Plan
from checker.sources.interface import Writable


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime.datetime:
        """The moment, UTC."""
        return datetime.datetime.now(datetime.UTC)

    def ticks(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await asyncio.sleep(seconds)


class Work(msgspec.Struct, frozen=True):
    """A plan that was checked to be for the target's tenant, and how far it has come.

    Attributes:
        plan: what is to be done.
        earlier: what the journal says so far, where it is to be gone on with.
    """

    plan: Plan
    earlier: Journal | None = None


def look(work: Work, target: Writable) -> dict[str, Outcome]:
    """By control, what is known of the changes as the tenant stands now; the others are still to be made.

    Raises:
        JudgementError: the profiles can't be read.
    """
    # Before the loop begins, which would hold an interrupt back for as long as Entra takes to answer.
    target.tenant_id()
    return asyncio.run(_look(work, target))


async def _look(work: Work, target: Writable) -> dict[str, Outcome]:
    async with target.profiles(work.plan.tenant) as writer:
        return await preview(work.plan, writer, SystemClock(), work.earlier)


def open_journal(work: Work, path: str) -> JournalFile:
    """A new journal that begins with the plan, or the one to go on with.

    Raises:
        OutputError: it can't be written.
    """
    if work.earlier is not None:
        return reopen_journal(path)
    return create_journal(path, Begun(at=stamp(SystemClock().now()), scoregate=__version__, plan=work.plan))


def carry_out(
    work: Work,
    known: Mapping[str, Outcome],
    target: Writable,
    journal: JournalFile,
    patience: Patience,
    tell: Callable[[ChangeResult], None],
) -> Applied:
    """Applies a plan; the caller holds the tenant's lock.

    Args:
        work: what is to be done.
        known: what was found out by ``look``, where somebody was asked.
        target: the tenant.
        journal: open for appending.
        patience: how long things may take.
        tell: is told of each result as it comes.

    Raises:
        OutputError: the journal can't be written.
        JudgementError: the service can't be reached, or takes no token; the rest can be resumed.
    """
    target.tenant_id()

    async def run() -> Applied:
        async with target.profiles(work.plan.tenant) as writer:
            applier = Applier(writer, journal, SystemClock(), patience, tell)
            return await applier.apply(work.plan, known, work.earlier)

    return asyncio.run(run())
