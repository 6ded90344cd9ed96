"""Guards: which plans, and which changes of a plan, may be applied here and now. Pure."""

import datetime
from collections.abc import Sequence

import msgspec

from checker.errors import PlanError
from checker.presentation.words import counted, shown
from checker.remediation.plan import Plan
from checker.requirements.terms.pattern import control_matcher

_CLOCKS_APART = datetime.timedelta(minutes=5)


def check_target(plan: Plan, *, tenant: str, cloud: str) -> None:
    """Refuses a plan for another tenant than the one that the run signed in to.

    Raises:
        PlanError: it is for another tenant or cloud.
    """
    if plan.cloud != cloud:
        raise PlanError(f"the plan is for the cloud {plan.cloud[:100]}, but this run is for {cloud}")
    if not plan.tenant or (tenant and plan.tenant.casefold() != tenant.casefold()):
        raise PlanError(
            f"the plan is for the tenant {plan.tenant[:100] or '(none)'}, "
            f"and this run signed in to {tenant or '(none)'}",
            advice="Sign in to the plan's tenant, or make a plan for this one.",
        )


def check_digest(sha256: str, approved: str | None) -> None:
    """Refuses another plan than the one that was approved.

    Args:
        sha256: of the plan's file.
        approved: the digest of the plan that was approved; None for any plan.

    Raises:
        PlanError: it is another plan.
    """
    if approved is not None and sha256 != approved:
        raise PlanError(
            f"the plan's SHA-256 is {sha256}, and --plan-sha256 names {approved}",
            advice="Apply the file that was approved: 'scoregate plan' shows the digest, as sha256sum does.",
        )


def check_age(plan: Plan, now: datetime.datetime, longest: datetime.timedelta) -> None:
    """Refuses a plan that is too old.

    Args:
        plan: with the time at which it was made.
        now: the machine's time: a run that may choose its own now could apply any plan.
        longest: the oldest that a plan may be.

    Raises:
        PlanError: it is too old, or its date is in the future.
    """
    try:
        made = datetime.datetime.fromisoformat(plan.created_at)
        age = now - made
    except (ValueError, TypeError) as fault:
        raise PlanError(f"createdAt is not a date and time: {plan.created_at[:100]!r}") from fault
    if age > longest:
        limit = longest.total_seconds() / 3600
        hours = shown(age.total_seconds() / 3600, beside=limit)
        raise PlanError(
            f"the plan is {hours} hours old; at most {shown(limit)} are allowed",
            advice="Make a new one, or raise --max-age.",
        )
    if age < -_CLOCKS_APART:
        raise PlanError(
            f"the plan was made on {plan.created_at[:100]}, which is in the future",
            advice="Check the clock of this machine and of the one that made the plan.",
        )


def select_changes(plan: Plan, only: Sequence[str]) -> Plan:
    """The plan with only the changes that ``only`` names; with all of them where it is empty.

    Args:
        plan: all changes.
        only: ids of controls; ``*`` stands for any characters.

    Raises:
        PlanError: a name matches no change.
    """
    if not only:
        return plan
    for name in only:
        matches = control_matcher([name])
        if not any(matches(change.control) for change in plan.changes):
            raise PlanError(f"--only {name} matches no change of the plan")
    matches = control_matcher(only)
    changes = tuple(change for change in plan.changes if matches(change.control))
    return msgspec.structs.replace(plan, changes=changes)


def keep_automatic(plan: Plan, *, declarations: bool) -> Plan:
    """The plan with only the changes that a job may apply unattended, as their requirements say.

    Args:
        plan: all changes.
        declarations: keep ThirdParty, Reviewed and Ignored too; else only resets to Default.
    """
    kept, notes = [], list(plan.notes)
    for change in plan.changes:
        if not change.automatic:
            continue
        if change.after.state == "Default" or declarations:
            kept.append(change)
        else:
            notes.append(f"{change.control} is not set to {change.after.state}: this needs --allow-declarations")
    manual = tuple(entry for entry in plan.manual if entry.automatic)
    return msgspec.structs.replace(plan, changes=tuple(kept), manual=manual, notes=tuple(notes))


def check_number(plan: Plan, most: int) -> None:
    """Refuses a plan that is larger than intended.

    Raises:
        PlanError: it has more changes than ``most``.
    """
    if len(plan.changes) > most:
        raise PlanError(
            f"the plan has {counted(len(plan.changes), 'change')}, and at most {most} may be applied at once",
            advice="Choose some of them with --only, or raise --max-changes.",
        )
