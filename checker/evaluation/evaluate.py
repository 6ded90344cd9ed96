"""evaluate: policies and a snapshot in, a report out. Pure: no input or output, no clock, no environment."""

import datetime
from collections.abc import Iterator

import msgspec

from checker.evaluation.context import data_warnings, provenance, score_summary
from checker.evaluation.declared_states import DeclaredStates, NoStates
from checker.evaluation.subject import subject_of
from checker.evaluation.switched_off import switched_off_warnings
from checker.evaluation.waiving import WaiverDesk
from checker.policy.model import Policy, PolicyRequirement, PolicySet
from checker.presentation.words import comment, sentence
from checker.report.finding import Finding, Judgement
from checker.report.outcome import Enforcement, Outcome, Reason
from checker.report.report import Report, RunWarning
from checker.requirements.entry import Case, Entry, PolicyStates, When
from checker.requirements.terms.vocabulary import Vocabulary, vocabulary_of
from checker.snapshot.as_of import without_future
from checker.snapshot.model import Snapshot
from checker.tenant.labels import NO_LABELS, TenantLabels
from checker.tenant.tenant import Tenant
from checker.tenant.totals import Totals


def evaluate(
    policies: PolicySet,
    snapshot: Snapshot,
    now: datetime.datetime,
    *,
    portal: str,
    labels: TenantLabels = NO_LABELS,
) -> Report:
    """Judges one tenant.

    Args:
        policies: requirements and waivers.
        snapshot: the tenant's data.
        now: the moment of the run, with a zone; days are UTC days.
        portal: the cloud's Secure Score page, where a control has no link of its own.
        labels: of the tenant; a waiver that asks for another covers nothing.
    """
    utc = now.astimezone(datetime.UTC)
    snapshot = without_future(snapshot, utc.date())
    tenant = Tenant(snapshot, portal, labels)
    totals = Totals(tenant)
    desk = WaiverDesk(policies, tenant, utc.date())
    warnings: list[RunWarning] = data_warnings(tenant, utc.date())
    run = _Run(tenant, totals, utc.date(), desk)
    words = vocabulary_of(tenant)
    for policy in policies.policies:
        if policy.when is not None and policy.when.holds(tenant) is False:
            warnings.append(RunWarning("policy-skipped", f"{policy.name}: {_not_licensed(policy.when, words)}."))
        warnings.extend(_warnings(run.judge(policy, NoStates(), last=False)))
    if any(one.entry.judged_last for policy in policies.policies for one in policy.requirements):
        # These look at what all the others said.
        states = DeclaredStates(policies.policies, tenant, run.findings, desk)
        for policy in policies.policies:
            run.judge(policy, states, last=True)
    findings = run.in_order(policies.policies)
    warnings.extend(switched_off_warnings(policies, tenant, words))
    warnings.extend(desk.warnings(words))
    return Report(
        tenant=tenant.id,
        evaluated_at=utc,
        snapshot=provenance(snapshot),
        age_days=(utc.date() - tenant.newest.date).days if tenant.newest is not None else None,
        score=score_summary(tenant, totals),
        portal=portal,
        policies=tuple(policy.name for policy in policies.policies),
        findings=findings,
        warnings=tuple(dict.fromkeys(warnings)),
        assumptions=(_ASSUMED_STATES,) if tenant.assumes_default_states else (),
    )


class _Run:
    """The findings of one run, requirement by requirement."""

    def __init__(self, tenant: Tenant, totals: Totals, today: datetime.date, desk: WaiverDesk) -> None:
        self._tenant = tenant
        self._totals = totals
        self._today = today
        self._desk = desk
        self._found: dict[str, list[Finding]] = {}

    @property
    def findings(self) -> Iterator[Finding]:
        """All that were judged so far."""
        return (finding for found in self._found.values() for finding in found)

    def in_order(self, policies: tuple[Policy, ...]) -> tuple[Finding, ...]:
        """All findings in the order of the policies."""
        names = (one.summary.name for policy in policies for one in (*policy.requirements, *policy.disabled))
        return tuple(finding for name in names for finding in self._found[name])

    def judge(self, policy: Policy, states: PolicyStates, *, last: bool) -> list[Finding]:
        """Judges a policy's requirements: those that are ``judged_last``, or all others."""
        found: list[Finding] = []
        for one in policy.requirements:
            if one.entry.judged_last is last:
                findings = self._findings_of(one, policy, states)
                self._found[one.summary.name] = findings
                found += findings
        if not last:
            for one in policy.disabled:
                self._found[one.summary.name] = [_finding(one, _disabled(one.entry), self._tenant)]
        return found

    def _findings_of(self, one: PolicyRequirement, policy: Policy, states: PolicyStates) -> list[Finding]:
        """The findings of one requirement: judged, waived, and tolerated as far as ``atMost`` goes."""
        entry = one.entry
        for when in one.conditions:
            if not when.holds(self._tenant):
                return [_finding(one, _skip(entry, when, self._tenant), self._tenant)]
        found = []
        for judgement in entry.judge(Case(self._tenant, self._today, self._totals, one.summary.name, states)):
            finding = _finding(one, judgement, self._tenant)
            found.append(self._desk.consider(finding, policy.longest_waiver_days) if finding.fails else finding)
        return _tolerate(found, entry.tolerated) if entry.tolerated else found


def _disabled(entry: Entry) -> Judgement:
    """The judgement of a requirement that the policy takes out."""
    why = entry.disabled.reason if entry.disabled is not None else ""
    return Judgement(
        outcome=Outcome.SKIPPED,
        reason=Reason.DISABLED,
        message=f"the policy disables this requirement: {comment(why)}",
        control=entry.only_control,
    )


def _skip(entry: Entry, when: When, tenant: Tenant) -> Judgement:
    """The judgement of a requirement that is not for this tenant, or may not be.

    It names its control, as it does when it is judged, so that a CI's history goes on when the licence comes.
    """
    unknown = when.holds(tenant) is None
    name = entry.only_control
    control = tenant.control(name) if name is not None else None
    return Judgement(
        outcome=Outcome.ERROR if unknown else Outcome.SKIPPED,
        reason=Reason.NOT_AVAILABLE if unknown else Reason.NOT_LICENSED,
        message=_UNKNOWN_LICENCES if unknown else _not_licensed(when, vocabulary_of(tenant)),
        control=control.id if control is not None else name,
    )


def _finding(one: PolicyRequirement, judgement: Judgement, tenant: Tenant) -> Finding:
    return Finding(
        requirement=one.summary,
        judgement=judgement,
        subject=subject_of(judgement, tenant),
        outcome=judgement.outcome,
        enforcement=one.summary.enforcement,
        message=sentence(judgement.message, name=judgement.control),
    )


def _tolerate(findings: list[Finding], limit: int) -> list[Finding]:
    """The findings, advisory where no more of them fail than ``atMost`` lets."""
    failing = sum(1 for finding in findings if finding.fails)
    return [_tolerated(finding, failing, limit) for finding in findings] if failing <= limit else findings


def _tolerated(finding: Finding, failing: int, limit: int) -> Finding:
    if not finding.fails:
        return finding
    message = f"{finding.message} Tolerated: {failing} of at most {limit}."
    return msgspec.structs.replace(finding, enforcement=Enforcement.ADVISORY, message=message)


_ASSUMED_STATES = "every control without a profile is assumed to be in the state Default"
_UNKNOWN_LICENCES = "Graph does not report the tenant's services, so whether this applies is unknown"


def _not_licensed(when: When, words: Vocabulary) -> str:
    unknown = words.first_unknown(when.words())
    if unknown is not None:
        return f"{unknown.message}, so this is not judged"
    services = " or ".join(when.enabled_services)
    return f"the tenant has no {services}, so this is not judged"


def _warnings(findings: list[Finding]) -> Iterator[RunWarning]:
    for finding in findings:
        if finding.judgement.warns:
            text = f"{finding.requirement.name}: {finding.judgement.message}."
            yield RunWarning(finding.judgement.reason.value, text)
