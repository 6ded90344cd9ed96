"""What is to be set in a tenant: from a plan, a journal, or policies, checked before anything is asked."""

import datetime

import msgspec

from checker.policy.model import PolicySet
from checker.remediation.guards import check_age, check_digest, check_number, select_changes
from checker.remediation.journal import Journal
from checker.remediation.journal_file import read_journal
from checker.remediation.plan import Plan
from checker.remediation.plan_file import plan_sha256, read_plan_file
from checker.remediation.propose import Run, propose
from checker.remediation.rollback import rollback_plan
from checker.runs.gate import GateRun


class Work(msgspec.Struct, frozen=True):
    """A plan, and how far it has come.

    Attributes:
        plan: what is to be done.
        plan_sha256: of the plan's file, of which ``plan`` may be a part.
        earlier: what the journal says so far, where an interrupted run continues.
    """

    plan: Plan
    plan_sha256: str
    earlier: Journal | None = None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller lets through.

    Attributes:
        only: the controls whose changes are made; empty for all.
        max_changes: more changes are refused.
        max_age: an older plan is refused.
        plan_sha256: the digest of the plan that was approved, in lower case; None for any plan.
    """

    only: tuple[str, ...] = ()
    max_changes: int
    max_age: datetime.timedelta = datetime.timedelta.max
    plan_sha256: str | None = None


def of_plan(path: str, limits: Limits, clock: datetime.datetime) -> Work:
    """The plan in a file.

    Args:
        path: the file's.
        limits: what the caller lets through.
        clock: the machine's time, whatever moment the run uses as the current one.

    Raises:
        PlanError: it can't be read, or the limits forbid it.
    """
    file = read_plan_file(path)
    check_digest(file.sha256, limits.plan_sha256)
    check_age(file.plan, clock, limits.max_age)
    plan = select_changes(file.plan, limits.only)
    check_number(plan, limits.max_changes)
    return Work(plan, file.sha256)


def resumed(path: str, limits: Limits, clock: datetime.datetime) -> Work:
    """The rest of the plan that a journal begins with; arguments as in ``of_plan``.

    Raises:
        JournalError: it can't be read, or was changed.
        PlanError: the limits forbid it.
    """
    journal = read_journal(path)
    check_digest(journal.plan_sha256, limits.plan_sha256)
    check_age(journal.plan, clock, limits.max_age)
    check_number(journal.unfinished, limits.max_changes)
    return Work(journal.plan, journal.plan_sha256, journal)


def undone(path: str, limits: Limits, clock: datetime.datetime, *, run: str) -> Work:
    """The plan that undoes what a journal has recorded.

    Args:
        path: the journal's.
        limits: what the caller lets through.
        clock: the machine's time.
        run: names this run in comments.

    Raises:
        JournalError: it can't be read, or was changed.
        PlanError: the limits forbid it.
    """
    plan = select_changes(rollback_plan(read_journal(path), run=run, moment=clock), limits.only)
    check_number(plan, limits.max_changes)
    return Work(plan, plan_sha256(plan))


def proposed(gate: GateRun, policies: PolicySet, now: datetime.datetime, *, cloud: str, run: str) -> Plan:
    """What the policies would have set.

    Args:
        gate: the tenant, judged by the policies.
        policies: those.
        now: the moment of the run.
        cloud: the tenant's.
        run: names this run in comments.
    """
    named = Run(name=run, moment=now, cloud=cloud, policies_sha256=policies.sha256)
    return propose(gate.judged.report, gate.snapshot, named)


def is_judged_whole(gate: GateRun) -> bool:
    """Whether everything could be judged; else a control that nobody could judge may be declared after all."""
    return not gate.snapshot.partial and not gate.judged.report.counts()["error"]
