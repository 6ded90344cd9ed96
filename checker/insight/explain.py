"""One requirement or control: what it is, how it stands here, who decided what, and how to mend it."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, ClassVar, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta

from checker.catalogue.controls import known, known_controls
from checker.clouds import Cloud
from checker.documents.suggest import did_you_mean
from checker.errors import UsageError
from checker.insight.explained_fields import FieldExplained, explain_fields
from checker.insight.facts import UNKNOWN, facts_of
from checker.insight.warnings import DataWarning, data_warnings
from checker.policy.model import PolicyRequirement, PolicySet
from checker.report.document import LocationDocument
from checker.report.finding import Finding, Reference
from checker.report.outcome import Enforcement, Outcome, Reason, Severity
from checker.report.report import Report
from checker.snapshot.ids import is_control_id
from checker.snapshot.prose import plain
from checker.tenant.control import Control
from checker.tenant.portal import shareable_link
from checker.tenant.states import State, meaning_of, state_history
from checker.tenant.tenant import Tenant

_CONTROLS = 20
_EXPLORER = "https://developer.microsoft.com/graph/graph-explorer"


class StateEntry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A state that a control was set to."""

    state: str
    portal_word: Annotated[str | None, Meta(description="What the portal calls it; null where it has no word for it.")]
    assigned_to: str | None
    comment: str | None
    updated_by: str | None
    updated_date_time: str | None


class JudgedAs(msgspec.Struct, frozen=True, kw_only=True):
    """What a requirement says of a control."""

    requirement: str
    control: str | None
    outcome: Outcome
    reason: Reason
    message: str


class RequirementExplained(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a policy asks for, and why."""

    requirement: str
    title: str
    sentence: str
    severity: Severity
    enforcement: Enforcement
    owner: str
    rationale: str
    references: tuple[Reference, ...]
    location: LocationDocument
    fields: tuple[FieldExplained, ...]


class ControlExplained(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is known of a control."""

    control: str
    title: str
    source: Annotated[
        Literal["tenant", "catalogue"], Meta(description="catalogue: seen in other tenants; nothing is known of here.")
    ]
    control_category: str | None
    service: str | None
    tier: str | None
    threats: tuple[str, ...]
    implementation_cost: str
    user_impact: str
    score: Annotated[float | None, Meta(description="Points; null where the newest day does not score it.")]
    max_score: float | None
    percent: float | None
    points_left: Annotated[float | None, Meta(description="Points that are open; null where it is not scored.")]
    last_synced: Annotated[str | None, Meta(description="When Microsoft last measured it.")]
    state: Annotated[StateEntry | None, Meta(description="null where it is unknown, or nothing is known of here.")]
    status: Annotated[str, Meta(description="The portal's word, Completed where it is observed in full; or unknown.")]
    history: Annotated[tuple[StateEntry, ...], Meta(description="States that were set, the newest first.")]
    retired: bool
    remediation: Annotated[str, Meta(description="Microsoft's words as plain text, links as: text <address>.")]
    judged: tuple[JudgedAs, ...]
    portal_url: str | None
    graph_url: Annotated[str, Meta(description="The request that shows it.")]
    graph_explorer_url: Annotated[str, Meta(description="The same request, to be tried in Graph Explorer.")]


class Explanation(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer to ``scoregate explain``."""

    schema: ClassVar[tuple[str, str]] = ("explain", "A requirement or a control explained")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Explanation"] = "Explanation"
    tenant: Annotated[str | None, Meta(description="null if no tenant was read.")]
    date: str | None
    requirement: RequirementExplained | None
    findings: Annotated[tuple[JudgedAs, ...], Meta(description="What the requirement says here.")]
    controls: tuple[ControlExplained, ...]
    more_controls: Annotated[int, Meta(description="Controls of the requirement that are not explained.")]
    graph_url: str
    graph_explorer_url: str
    warnings: tuple[DataWarning, ...] = ()


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What can be looked into.

    Attributes:
        cloud: for addresses.
        policies: None without.
        tenant: None where only policies and the catalogue are asked.
        report: the policies judged on the tenant; None without either.
    """

    cloud: Cloud
    policies: PolicySet | None = None
    tenant: Tenant | None = None
    report: Report | None = None


def explain(name: str, context: Context) -> Explanation:
    """What is known of a requirement (``POLICY/ID`` or ``ID``) or of a control.

    Raises:
        UsageError: it is neither, or an id that several policies have.
    """
    entry = _entry(name, context.policies)
    if entry is not None:
        return _requirement(entry, context)
    return _explanation(context, None, (), [_control(name, context)], 0)


def _entry(name: str, policies: PolicySet | None) -> PolicyRequirement | None:
    known = policies.policies if policies is not None else ()
    entries = [entry for policy in known for entry in (*policy.requirements, *policy.disabled)]
    found = [entry for entry in entries if name in {entry.summary.name, entry.summary.id}]
    if len(found) > 1:
        names = " or ".join(entry.summary.name for entry in found)
        raise UsageError(f"{name} is the id of several requirements: say {names}")
    return found[0] if found else None


def _requirement(entry: PolicyRequirement, context: Context) -> Explanation:
    summary = entry.summary
    report = context.report
    findings = [one for one in report.findings if one.requirement.name == summary.name] if report is not None else []
    names = list(dict.fromkeys(one.judgement.control for one in findings if one.judgement.control is not None))
    if not names and entry.entry.only_control is not None:
        names = [entry.entry.only_control]
    place = summary.location
    explained = RequirementExplained(
        requirement=summary.name,
        title=summary.title,
        sentence=summary.sentence,
        severity=summary.severity,
        enforcement=summary.enforcement,
        owner=summary.owner,
        rationale=summary.rationale,
        references=summary.references,
        location=LocationDocument(place.file, place.line, place.column),
        fields=explain_fields(summary.name, context.policies),
    )
    # One that nobody knows is a finding here, and no mistake of whoever asks.
    known_names = [name for name in names if _is_known(name, context)]
    controls = [_control(name, context) for name in known_names[:_CONTROLS]]
    return _explanation(
        context, explained, [_judged(one) for one in findings], controls, len(known_names) - len(controls)
    )


def _explanation(
    context: Context,
    requirement: RequirementExplained | None,
    findings: Sequence[JudgedAs],
    controls: Sequence[ControlExplained],
    more: int,
) -> Explanation:
    tenant = context.tenant
    path = "secureScores?$top=1" if len(controls) != 1 else _profile_path(controls[0].control)
    return Explanation(
        tenant=tenant.id if tenant is not None else None,
        date=str(tenant.newest.date) if tenant is not None and tenant.newest is not None else None,
        requirement=requirement,
        findings=tuple(findings),
        controls=tuple(controls),
        more_controls=more,
        graph_url=_graph(context.cloud, path),
        graph_explorer_url=_explorer(context.cloud, path),
        warnings=data_warnings(tenant, context.report) if tenant is not None else (),
    )


def _is_known(name: str, context: Context) -> bool:
    return _held(name, context.tenant) is not None or known(name) is not None


def _held(name: str, tenant: Tenant | None) -> Control | None:
    return tenant.control(name) if tenant is not None else None


def _control(name: str, context: Context) -> ControlExplained:
    control = _held(name, context.tenant)
    if control is None:
        return _from_catalogue(name, context)
    assert context.tenant is not None
    state = control.state
    history = tuple(map(_state_entry, state_history(control.profile)))
    held = history[0] if history and state.says(history[0].state) else _state_entry(state)
    facts = facts_of(control, context.tenant)
    path = "secureScores?$top=1"
    if control.profile is not None:
        path = _profile_path(control.profile.id)
    return ControlExplained(
        control=control.id,
        title=control.title,
        source="tenant",
        control_category=control.category,
        service=control.service,
        tier=control.tier,
        threats=control.threats,
        implementation_cost=control.implementation_cost,
        user_impact=control.user_impact,
        score=facts.points,
        max_score=facts.maximum,
        percent=facts.percent,
        points_left=facts.points_left if control.is_scored else None,
        last_synced=control.last_synced,
        state=held if facts.state != UNKNOWN else None,
        status=facts.status,
        history=history,
        retired=control.is_retired,
        remediation=plain(control.remediation, partial(shareable_link, tenant=context.tenant.id)),
        judged=_judgements(control.id, context.report),
        portal_url=context.tenant.portal_url(control),
        graph_url=_graph(context.cloud, path),
        graph_explorer_url=_explorer(context.cloud, path),
    )


def _from_catalogue(name: str, context: Context) -> ControlExplained:
    found = known(name)
    if found is None:
        ids = [control.id for control in known_controls().values()]
        words = [*(context.tenant.known_ids() if context.tenant is not None else ()), *ids]
        if context.policies is not None:
            words += [entry.summary.name for policy in context.policies.policies for entry in policy.requirements]
        where = "requirement or control" if context.policies is not None else "control"
        raise UsageError(f"{name[:200]} is not a known {where}{did_you_mean(name, words)}")
    path = _profile_path(found.id)
    return ControlExplained(
        control=found.id,
        title=found.title,
        source="catalogue",
        control_category=found.control_category,
        service=found.service,
        tier=found.tier,
        threats=(),
        implementation_cost="unknown",
        user_impact="unknown",
        score=None,
        max_score=found.max_score,
        percent=None,
        points_left=None,
        last_synced=None,
        state=None,
        status=UNKNOWN,
        history=(),
        retired=False,
        remediation="",
        judged=_judgements(found.id, context.report),
        portal_url=context.cloud.portal,
        graph_url=_graph(context.cloud, path),
        graph_explorer_url=_explorer(context.cloud, path),
    )


def _state_entry(state: State) -> StateEntry:
    return StateEntry(
        state=state.name,
        portal_word=meaning_of(state.name).portal_word,
        assigned_to=state.assigned_to,
        comment=state.comment,
        updated_by=state.updated_by,
        updated_date_time=state.updated_date_time,
    )


def _judgements(control: str, report: Report | None) -> tuple[JudgedAs, ...]:
    if report is None:
        return ()
    folded = control.casefold()
    return tuple(
        _judged(finding) for finding in report.findings if (finding.judgement.control or "").casefold() == folded
    )


def _judged(finding: Finding) -> JudgedAs:
    return JudgedAs(
        requirement=finding.requirement.name,
        control=finding.judgement.control,
        outcome=finding.outcome,
        reason=finding.judgement.reason,
        message=finding.message,
    )


def _profile_path(control: str) -> str:
    """A profile's place in Graph; all profiles where the id is none that Graph has, such as a pattern."""
    return f"secureScoreControlProfiles/{control}" if is_control_id(control) else "secureScoreControlProfiles"


def _graph(cloud: Cloud, path: str) -> str:
    return f"{cloud.graph}/v1.0/security/{path}"


def _explorer(cloud: Cloud, path: str) -> str:
    """The link as Microsoft's page on Secure Score makes it: the request, its method, version and host."""
    return f"{_EXPLORER}?request={quote('security/' + path, safe='/')}&method=GET&version=v1.0&GraphUrl={cloud.graph}"
