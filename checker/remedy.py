"""Remediation of one tenant: a plan made from what the gate finds, and carried out."""

import asyncio  # noqa: TID253 - this file is imported only to write
import datetime
import time
from collections.abc import Callable

import msgspec

from checker import __version__
from checker.remediation.apply import Applied, Applier, ChangeResult, Patience
from checker.remediation.journal import Begun, Journal, JournalFile, create_journal, reopen_journal, stamp
from checker.remediation.lock import tenant_lock
from checker.remediation.plan import Change, Plan
from checker.remediation.staleness import is_in_place, is_still
from checker.sources.interface import Writable


class SystemClock:
    """The machine's time; ``shift`` moves it, for the sandbox's day."""

    def __init__(self, shift: datetime.timedelta = datetime.timedelta()) -> None:
        self._shift = shift

    def now(self) -> datetime.datetime:
        """The moment, UTC."""
        return datetime.datetime.now(datetime.UTC) + self._shift

    def ticks(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await asyncio.sleep(seconds)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """How a plan is to be carried out.

    Attributes:
        journal: the journal's path; a new file unless ``earlier`` is given.
        locks: the folder of locks.
        patience: how long things may take.
        tell: is told of each result as it comes.
        earlier: what the journal says so far, to go on with it.
        clock: time.
    """

    journal: str
    locks: str
    patience: Patience
    tell: Callable[[ChangeResult], None]
    earlier: Journal | None = None
    clock: SystemClock = msgspec.field(default_factory=SystemClock)


def carry_out(plan: Plan, target: Writable, order: Order) -> Applied:
    """Applies a plan that was checked to be for the target's tenant.

    Raises:
        LockedError: another run writes to the tenant.
        OutputError: the journal can't be written.
        JudgementError: there is no token.
    """
    # Before the loop begins, which would hold an interrupt back for as long as Entra takes to answer.
    target.tenant_id()
    with tenant_lock(order.locks, plan.tenant):
        if order.earlier is None:
            begun = Begun(at=stamp(order.clock.now()), scoregate=__version__, plan=plan)
            journal = create_journal(order.journal, begun)
        else:
            journal = reopen_journal(order.journal)
        try:
            return asyncio.run(_carry_out(plan, target, order, journal))
        finally:
            journal.close()


async def _carry_out(plan: Plan, target: Writable, order: Order, journal: JournalFile) -> Applied:
    async with target.profiles(plan.tenant) as writer:
        applier = Applier(writer, journal, order.clock, order.patience, order.tell)
        return await (applier.apply(plan) if order.earlier is None else applier.resume(plan, order.earlier))


def still_to_do(plan: Plan, target: Writable) -> tuple[list[Change], list[Change]]:
    """The plan's changes as the tenant stands now: those to be made, and those that no longer fit.

    Raises:
        JudgementError: a profile can't be read.
    """
    target.tenant_id()
    return asyncio.run(_still_to_do(plan, target))


async def _still_to_do(plan: Plan, target: Writable) -> tuple[list[Change], list[Change]]:
    fitting: list[Change] = []
    stale: list[Change] = []
    async with target.profiles(plan.tenant) as writer:
        for change in plan.changes:
            present = await writer.read(change.control)
            if present is not None and is_in_place(change.after, present):
                continue
            fits = present is not None and is_still(change.before, present)
            (fitting if fits else stale).append(change)
    return fitting, stale
