"""evaluate: policies and a snapshot in, a report out. Pure: no input or output, no clock, no environment."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from checker.evaluation.context import data_warnings, provenance, score_summary
from checker.evaluation.declared_states import StateCoverage
from checker.evaluation.waiving import WaiverDesk
from checker.policy.model import Policy, PolicyReconciliation, PolicyRequirement, PolicySet
from checker.report.finding import Finding, Judgement
from checker.report.outcome import Enforcement, Outcome, Reason
from checker.report.report import Report, RunWarning
from checker.requirements.entry import Declared, When
from checker.snapshot.model import Snapshot
from checker.tenant.tenant import Tenant


def evaluate(policies: PolicySet, snapshot: Snapshot, now: datetime.datetime, *, portal: str) -> Report:
    """Judges one tenant.

    Args:
        policies: requirements and waivers.
        snapshot: the tenant's data.
        now: the moment of the run, with a zone; days are UTC days.
        portal: the cloud's Secure Score page, where a control has no link of its own.
    """
    utc = now.astimezone(datetime.UTC)
    tenant = Tenant(snapshot, portal)
    desk = WaiverDesk(policies, tenant.id, utc.date())
    warnings: list[RunWarning] = data_warnings(tenant, utc.date())
    by_policy: dict[str, list[Finding]] = {policy.name: [] for policy in policies.policies}
    for policy in policies.policies:
        if policy.when is not None and policy.when.holds(tenant) is False:
            warnings.append(RunWarning("policy-skipped", f"{policy.name}: {_not_licensed(policy.when)}."))
        for entry in policy.requirements:
            found = _judge(entry, policy, tenant, desk, partial(entry.requirement.judge, tenant, utc.date()))
            by_policy[policy.name].extend(found)
            warnings.extend(_warnings(found))
    if any(policy.states for policy in policies.policies):
        # These look at what all the others said.
        coverage = StateCoverage(policies.policies, tenant, by_policy, desk)
        for policy in policies.policies:
            for state in policy.states:
                judge = partial(state.requirement.reconcile, tenant, coverage, state.summary.name)
                by_policy[policy.name].extend(_judge(state, policy, tenant, desk, judge))
    findings = [finding for found in by_policy.values() for finding in found]
    warnings.extend(desk.warnings())
    return Report(
        tenant=tenant.id,
        evaluated_at=utc,
        snapshot=provenance(snapshot),
        age_days=(utc.date() - tenant.newest.date).days if tenant.newest is not None else None,
        score=score_summary(tenant),
        portal=portal,
        policies=tuple(policy.name for policy in policies.policies),
        findings=tuple(findings),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _judge(
    entry: PolicyRequirement | PolicyReconciliation,
    policy: Policy,
    tenant: Tenant,
    desk: WaiverDesk,
    judge: Callable[[], Sequence[Judgement]],
) -> list[Finding]:
    """The findings of one requirement: judged, waived, and tolerated as far as ``atMost`` goes."""
    requirement = entry.requirement
    for when in (policy.when, requirement.when):
        if when is not None and not when.holds(tenant):
            return [_finding(entry, _skip(requirement, when, tenant))]
    found = []
    for judgement in judge():
        finding = _finding(entry, judgement)
        found.append(desk.consider(finding, policy.longest_waiver_days) if finding.fails else finding)
    if requirement.tolerated:
        failing = sum(1 for finding in found if finding.fails)
        if failing <= requirement.tolerated:
            found = [_tolerated(finding, failing, requirement.tolerated) for finding in found]
    return found


def _skip(requirement: Declared, when: When, tenant: Tenant) -> Judgement:
    """The judgement of a requirement that is not for this tenant, or may not be.

    It names its control, as it does when it is judged, so that a CI's history goes on when the licence comes.
    """
    unknown = when.holds(tenant) is None
    name = requirement.only_control
    control = (tenant.scored(name) or tenant.unscored(name)) if name is not None else None
    return Judgement(
        outcome=Outcome.ERROR if unknown else Outcome.SKIPPED,
        reason=Reason.NOT_AVAILABLE if unknown else Reason.NOT_LICENSED,
        message=_UNKNOWN_LICENCES if unknown else _not_licensed(when),
        control=control.id if control is not None else name,
        control_title=control.title if control is not None else None,
        control_category=control.category if control is not None else None,
        portal_url=tenant.portal_url(control),
    )


def _finding(entry: PolicyRequirement | PolicyReconciliation, judgement: Judgement) -> Finding:
    message = judgement.message
    # A control's id keeps its spelling at the head of a sentence; anything else begins with a capital.
    if message.startswith(("the ", "no ", "none ", "every ")):
        message = message[0].upper() + message[1:]
    return Finding(
        requirement=entry.summary,
        judgement=judgement,
        outcome=judgement.outcome,
        enforcement=entry.summary.enforcement,
        message=message.removesuffix(".") + ".",
    )


def _tolerated(finding: Finding, failing: int, limit: int) -> Finding:
    if not finding.fails:
        return finding
    return Finding(
        requirement=finding.requirement,
        judgement=finding.judgement,
        outcome=finding.outcome,
        enforcement=Enforcement.ADVISORY,
        message=f"{finding.message} Tolerated: {failing} of at most {limit}.",
        waiver=finding.waiver,
    )


_UNKNOWN_LICENCES = "Graph does not tell which services the tenant has, so whether this is to be judged is unknown"


def _not_licensed(when: When) -> str:
    services = " or ".join(when.enabled_services)
    return f"the tenant has no {services}, so this is not judged"


def _warnings(findings: list[Finding]) -> Iterator[RunWarning]:
    for finding in findings:
        if finding.judgement.warns:
            text = f"{finding.requirement.name}: {finding.judgement.message}."
            yield RunWarning(finding.judgement.reason.value, text)
