"""Which changes of a plan are to be applied here and now."""

import datetime
from collections.abc import Sequence

import msgspec

from checker.errors import PlanError
from checker.presentation.words import counted, shown
from checker.remediation.plan import Plan
from checker.requirements.terms.pattern import control_matcher

_CLOCKS_APART = datetime.timedelta(minutes=5)


def check_target(plan: Plan, *, tenant: str, cloud: str) -> None:
    """Whether the plan is for the tenant that was signed in to.

    Raises:
        PlanError: it is for another tenant or cloud.
    """
    if plan.cloud != cloud:
        raise PlanError(f"the plan is for the cloud {plan.cloud[:100]}, and this run is for {cloud}")
    if not plan.tenant or (tenant and plan.tenant.casefold() != tenant.casefold()):
        raise PlanError(
            f"the plan is for the tenant {plan.tenant[:100] or '(none)'}, "
            f"and this run signed in to {tenant or '(none)'}",
            advice="Sign in to the plan's tenant, or make a plan for this one.",
        )


def check_age(plan: Plan, now: datetime.datetime, longest: datetime.timedelta) -> None:
    """Whether the plan is young enough.

    Raises:
        PlanError: it is too old, or made later than now.
    """
    try:
        made = datetime.datetime.fromisoformat(plan.created_at)
        age = now - made
    except (ValueError, TypeError) as fault:
        raise PlanError(f"createdAt is no time: {plan.created_at[:100]!r}") from fault
    if age > longest:
        limit = longest.total_seconds() / 3600
        raise PlanError(
            f"the plan is {shown(age.total_seconds() / 3600, beside=limit)} hours old, and may be {shown(limit)}",
            advice="Make a new one, or raise --max-age.",
        )
    if age < -_CLOCKS_APART:
        raise PlanError(f"the plan was made on {plan.created_at[:100]}, which is still to come; is the clock right?")


def select_changes(plan: Plan, only: Sequence[str]) -> Plan:
    """The plan with the changes that ``only`` (ids, ``*`` for any characters) names; all where it is empty.

    Raises:
        PlanError: a name fits no change.
    """
    if not only:
        return plan
    for name in only:
        matches = control_matcher([name])
        if not any(matches(change.control) for change in plan.changes):
            raise PlanError(f"--only {name} fits no change of the plan")
    matches = control_matcher(only)
    changes = tuple(change for change in plan.changes if matches(change.control))
    return msgspec.structs.replace(plan, changes=changes)


def keep_automatic(plan: Plan, *, declarations: bool) -> Plan:
    """What may be applied without anybody looking: changes that their requirements leave to a job.

    Args:
        plan: all differences.
        declarations: ThirdParty, Reviewed and Ignored too; else resets to Default alone.
    """
    kept, notes = [], list(plan.notes)
    for change in plan.changes:
        if not change.automatic:
            continue
        if change.after.state == "Default" or declarations:
            kept.append(change)
        else:
            notes.append(f"{change.control} is not set to {change.after.state}: that needs --allow-declarations")
    manual = tuple(entry for entry in plan.manual if entry.automatic)
    return msgspec.structs.replace(plan, changes=tuple(kept), manual=manual, notes=tuple(notes))


def check_number(plan: Plan, most: int) -> None:
    """Whether the plan is small enough to be meant.

    Raises:
        PlanError: it has more changes than ``most``.
    """
    if len(plan.changes) > most:
        raise PlanError(
            f"the plan has {counted(len(plan.changes), 'change')}, and at most {most} may be applied at once",
            advice="Narrow it with --only, or raise --max-changes.",
        )
