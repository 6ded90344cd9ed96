"""One tenant from a plan to a journal: looked at as it stands now, agreed to, and carried out."""

import asyncio
import datetime
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Protocol

import msgspec

from checker import __version__
from checker.remediation.apply import Applier, Patience
from checker.remediation.guards import check_target
from checker.remediation.journal import Applied, Begun, ChangeOutcome, ChangeResult, timestamp
from checker.remediation.journal_file import JournalFile, create_journal, reopen_journal
from checker.remediation.lock import tenant_lock
from checker.remediation.plan import Plan
from checker.remediation.preview import preview
from checker.runs.work import Work
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


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """How the caller wants a plan to be carried out.

    Attributes:
        ask: ask the operator first.
        journal: the path that the caller names; None for a new name in the working folder.
        wait: seconds until a state that was set can be read back.
        timeout: seconds that one change may take.
        moment: the run's now.
        locks: the folder of locks, which all runs on this machine share.
    """

    ask: bool
    journal: str | None
    wait: float
    timeout: float
    moment: datetime.datetime
    locks: str


class Carried(msgspec.Struct, frozen=True):
    """What came of a plan.

    Attributes:
        tenant: whose plan it was.
        applied: the result of each change.
        manual: how many differences only a person can resolve.
        journal: the journal's path; None where nothing was to be done.
    """

    tenant: str
    applied: Applied
    manual: int
    journal: str | None


class Operator(Protocol):
    """Who is asked, and sees how it goes."""

    def agrees(self, plan: Plan, known: Mapping[str, ChangeOutcome]) -> bool:
        """Whether the plan may be carried out.

        Args:
            plan: what is to be done.
            known: by control, the changes that are not going to be made, and why.
        """

    def begins(self) -> None:
        """The states are about to be read."""

    def sees(self, result: ChangeResult) -> None:
        """A change is done."""

    def ends_early(self, journal: str) -> None:
        """The run ends before its plan does; the journal at that path has what is needed to continue or to undo."""


def execute(make: Callable[[], Work], target: Writable, conditions: Conditions, operator: Operator) -> Carried | None:
    """Asks where that is wanted, and applies a plan; None where the operator said no.

    The tenant is locked from before the plan is known until the last change is made, so that what another run on this
    machine has written to a journal or to the tenant is seen.

    Args:
        make: reads what is to be done.
        target: the tenant.
        conditions: how.
        operator: who is asked, and sees how it goes.

    Raises:
        LockedError: another run on this machine writes to the tenant.
        PlanError, JournalError: what is to be done can't be read, or is not to be done here and now.
        OutputError: the journal can't be written.
        JudgementError: the service can't be reached, or takes no token; the rest can be resumed.
    """
    with tenant_lock(conditions.locks, target.tenant_id()):
        work = make()
        plan = work.plan
        check_target(plan, tenant=target.tenant_id(), cloud=target.cloud.name)
        if not plan.changes:
            return Carried(plan.tenant, Applied(()), len(plan.manual), None)
        known: dict[str, ChangeOutcome] = {}
        if conditions.ask:
            known = _look_ahead(work, target)
            if not operator.agrees(plan, known):
                return None
        path = conditions.journal or _journal_name(conditions.moment)
        with closing(_open_journal(work, path)) as journal:
            try:
                operator.begins()
                applied = _carried_out(work, known, target, journal, conditions, operator)
            except BaseException:
                operator.ends_early(path)
                raise
        return Carried(plan.tenant, applied, len(plan.manual), path)


def _look_ahead(work: Work, target: Writable) -> dict[str, ChangeOutcome]:
    """By control, what is known of the changes as the tenant stands now; the others are still to be made."""
    # Before the loop begins, which would hold an interrupt back for as long as Entra takes to answer.
    target.tenant_id()

    async def run() -> dict[str, ChangeOutcome]:
        async with target.profiles(work.plan.tenant) as writer:
            return await preview(work.plan, writer, SystemClock(), work.earlier)

    return asyncio.run(run())


def _journal_name(moment: datetime.datetime) -> str:
    """A name that no other run takes, though both begin within a second."""
    return f"scoregate-{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}.jsonl"


def _open_journal(work: Work, path: str) -> JournalFile:
    """A new journal that begins with the plan, or the one to go on with.

    Raises:
        OutputError: it can't be written.
    """
    if work.earlier is not None:
        return reopen_journal(path)
    at = timestamp(SystemClock().now())
    begun = Begun(at=at, scoregate=__version__, plan_sha256=work.plan_sha256, plan=work.plan)
    return create_journal(path, begun)


def _carried_out(
    work: Work,
    known: Mapping[str, ChangeOutcome],
    target: Writable,
    journal: JournalFile,
    conditions: Conditions,
    operator: Operator,
) -> Applied:
    patience = Patience(visible=conditions.wait, change=max(conditions.timeout, conditions.wait))
    # As in _look_ahead.
    target.tenant_id()

    async def run() -> Applied:
        async with target.profiles(work.plan.tenant) as writer:
            applier = Applier(writer, journal, SystemClock(), patience, operator.sees)
            return await applier.apply(work.plan, known, work.earlier)

    return asyncio.run(run())
