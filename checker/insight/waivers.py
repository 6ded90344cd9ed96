"""What each waiver covers on one tenant now, when it ends, and what it costs."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.evaluation.held_waivers import has_label, is_of_tenant
from checker.evaluation.waiving import WaiverDesk
from checker.insight.warnings import DataWarning, data_warnings
from checker.policy.model import LONGEST_WAIVER_DAYS, PolicySet
from checker.policy.waiver_targets import WaiverTargets
from checker.policy.waivers import Waiver, WaiverEntry
from checker.presentation.words import sentence
from checker.report.document import LocationDocument
from checker.report.finding import Finding
from checker.report.outcome import Outcome
from checker.report.report import Report
from checker.requirements.terms.minimum import worded
from checker.requirements.terms.pattern import is_pattern
from checker.requirements.terms.vocabulary import Vocabulary
from checker.tenant.tenant import Tenant

WaiverStatus = Literal["in-force", "not-yet-in-force", "expired", "too-long", "other-tenant", "other-label"]


class CoveredFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A failure that a waiver speaks of."""

    finding: Annotated[str, Meta(description="POLICY/ID, with the control in brackets where it has several findings.")]
    control: str | None
    status: Annotated[
        Literal["covered", "partly", "not-covered"],
        Meta(description="partly: it stands for several controls, and the waiver names some of them."),
    ]
    points: Annotated[float | None, Meta(description="Points that are missing; null where that is unknown.")]
    message: Annotated[str, Meta(description="The finding's message, with what the waiver lacks.")]


class WaiverRow(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A waiver as it stands."""

    requirement: str
    control: str | None
    tenant: str | None
    tenant_label: str | None
    start: Annotated[str, Meta(description="The first day, ISO date, UTC.")] = msgspec.field(name="from")
    until: Annotated[str, Meta(description="The last day, ISO date, UTC.")]
    days_left: Annotated[int, Meta(description="Whole days from today to the last one; negative once it has ended.")]
    floor: str | None
    reason: str
    approved_by: str
    ticket: str | None
    location: LocationDocument
    status: WaiverStatus
    findings: tuple[CoveredFinding, ...]
    points: Annotated[float | None, Meta(description="What it covers costs; null where a part of it is unknown.")]


class WaiverList(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer to ``waivers list``."""

    schema: ClassVar[tuple[str, str]] = ("waiverlist", "What waivers cover now")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["WaiverList"] = "WaiverList"
    tenant: str
    date: str | None
    today: Annotated[str, Meta(description="The day of the run, ISO date, UTC.")]
    waivers: tuple[WaiverRow, ...]
    waived: Annotated[int, Meta(description="Findings that waivers cover, together if need be.")]
    points: Annotated[
        float | None, Meta(description="Points that these findings miss; null where a part of it is unknown.")
    ]
    warnings: tuple[DataWarning, ...] = ()


def list_waivers(policies: PolicySet, tenant: Tenant, report: Report) -> WaiverList:
    """The waivers in the order of their files.

    Args:
        policies: requirements and waivers.
        tenant: the snapshot, prepared.
        report: what the policies say of it.
    """
    today = report.evaluated_at.date()
    failed = [_unwaived(one) for one in report.findings if one.judgement.outcome is Outcome.FAIL]
    limits = {policy.name: policy.longest_waiver_days for policy in policies.policies}
    by_name: dict[str, list[Finding]] = {}
    for finding in failed:
        by_name.setdefault(finding.requirement.name.casefold(), []).append(finding)
    targets = WaiverTargets(policies, Vocabulary(tenant))
    rows = []
    for waiver in policies.waivers:
        longest = min(
            (limits[one.summary.policy] for one in targets.covered(waiver.entry)), default=LONGEST_WAIVER_DAYS
        )
        desk = WaiverDesk(msgspec.structs.replace(policies, waivers=(waiver,)), tenant, today)
        name = waiver.entry.requirement
        may_cover = failed if is_pattern(name) else by_name.get(name.casefold(), [])
        findings = tuple(_covered(may_cover, desk, limits))
        rows.append(_row(waiver, _status(waiver.entry, tenant, today, longest), findings, today))
    waived = [one for one in report.findings if one.outcome is Outcome.WAIVED]
    return WaiverList(
        tenant=tenant.id,
        date=str(tenant.newest.date) if tenant.newest is not None else None,
        today=str(today),
        waivers=tuple(rows),
        waived=len(waived),
        points=_sum([one.judgement.points for one in waived]),
        warnings=data_warnings(tenant, report),
    )


def _unwaived(finding: Finding) -> Finding:
    """The failure as it was before any waiver spoke of it."""
    message = sentence(finding.judgement.message, name=finding.judgement.control)
    return msgspec.structs.replace(finding, outcome=Outcome.FAIL, message=message, waiver=None, waived_controls=())


def _covered(failed: Sequence[Finding], desk: WaiverDesk, limits: dict[str, int]) -> Iterator[CoveredFinding]:
    """The failures that the one waiver of the desk speaks of."""
    for finding in failed:
        found = desk.consider(finding, limits[finding.requirement.policy])
        if found.waiver is None and not found.waived_controls:
            continue
        whole = found.outcome is Outcome.WAIVED
        yield CoveredFinding(
            finding=finding.key,
            control=finding.judgement.control,
            status="covered" if whole else "partly" if found.waived_controls else "not-covered",
            points=finding.judgement.points,
            message=found.message,
        )


def _status(entry: WaiverEntry, tenant: Tenant, today: datetime.date, longest: int) -> WaiverStatus:
    if not is_of_tenant(entry, tenant):
        return "other-tenant"
    if not has_label(entry, tenant):
        return "other-label"
    if today > entry.until:
        return "expired"
    if (entry.until - entry.start).days > longest:
        return "too-long"
    return "not-yet-in-force" if today < entry.start else "in-force"


def _row(waiver: Waiver, status: WaiverStatus, findings: tuple[CoveredFinding, ...], today: datetime.date) -> WaiverRow:
    entry, place = waiver.entry, waiver.location
    return WaiverRow(
        requirement=entry.requirement,
        control=entry.control,
        tenant=entry.tenant,
        tenant_label=entry.tenant_label,
        start=str(entry.start),
        until=str(entry.until),
        days_left=(entry.until - today).days,
        floor=worded(entry.floor.quantity) if entry.floor is not None else None,
        reason=entry.reason,
        approved_by=entry.approved_by,
        ticket=entry.ticket,
        location=LocationDocument(place.file, place.line, place.column),
        status=status,
        findings=findings,
        points=_sum([one.points for one in findings if one.status == "covered"]),
    )


def _sum(points: Sequence[float | None]) -> float | None:
    known = [one for one in points if one is not None]
    return sum(known) + 0.0 if len(known) == len(points) else None
