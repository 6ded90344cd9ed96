"""What a change of policies does to the plan: which states would be set differently, and the score after them. Pure."""

import datetime
from collections.abc import Mapping

import msgspec

from checker.errors import PlanError, ScoregateError
from checker.insight.score import posture
from checker.remediation.plan import Plan
from checker.remediation.propose import Run, propose
from checker.report.report import Report
from checker.review.answer import PlannedState, ReviewScore
from checker.tenant.tenant import Tenant
from checker.whatif.scenario import Scenario, simulate


class Planned(msgspec.Struct, frozen=True):
    """What the plans of both sides differ in.

    Attributes:
        states: by control, those that would be set differently.
        score: today and after each plan.
        notes: why a side has no plan.
    """

    states: tuple[PlannedState, ...]
    score: ReviewScore
    notes: tuple[str, ...]


def compare_plans(tenant: Tenant, base: Report, head: Report, moment: datetime.datetime) -> Planned:
    """The difference.

    Args:
        tenant: which both reports judge.
        base, head: the report of each side.
        moment: of the run.
    """
    notes: list[str] = []
    before, after = (_plan(tenant, one, moment, side, notes) for one, side in ((base, "base"), (head, "head")))
    old, new = _states(before), _states(after)
    states = tuple(
        PlannedState(
            control=control,
            requirement=(new.get(control) or old[control])[1],
            before=old[control][0] if control in old else None,
            after=new[control][0] if control in new else None,
        )
        for control in sorted({*old, *new})
        if (old.get(control) or ("",))[0] != (new.get(control) or ("",))[0]
    )
    projection = _Projection(tenant, head.portal, moment)
    score = ReviewScore(today=projection.of(()), before=projection.of(before), after=projection.of(after))
    return Planned(states if before is not None and after is not None else (), score, tuple(notes))


def _plan(tenant: Tenant, report: Report, moment: datetime.datetime, side: str, notes: list[str]) -> Plan | None:
    """The plan; None, and a note, where the policies contradict themselves."""
    run = Run(name="review", moment=moment, cloud="", policies_sha256="0" * 64)
    try:
        return propose(report, tenant.snapshot, run)
    except PlanError as error:
        notes.append(f"the {side} has no plan: {error.message}")
        return None


def _states(plan: Plan | None) -> Mapping[str, tuple[str, str]]:
    """By control the state that is wanted and the requirement, those that a person has to set too."""
    if plan is None:
        return {}
    by_hand = {one.control: (one.wanted, one.requirement) for one in plan.manual}
    return by_hand | {one.control: (one.after.state, one.requirement) for one in plan.changes}


class _Projection(msgspec.Struct, frozen=True):
    tenant: Tenant
    portal: str
    moment: datetime.datetime

    def of(self, plan: Plan | tuple[()] | None) -> float | None:
        """The score in percent once the plan is carried out, today's without one; None where nobody can say."""
        if plan is None:
            return None
        try:
            tenant = self.tenant
            if plan and plan.changes:
                tenant = Tenant(simulate(tenant, Scenario(plan=plan), self.moment).snapshot, self.portal)
            return posture(tenant, self.moment.date()).percent
        except ScoregateError:
            return None
