"""The JSON report: the contract that other tools read, with types of its own and a version.

Within ``scoregate/v1`` members are only ever added.
"""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.report.finding import Affected, Declaration, Failure, Finding, Quantity, Reference, Since, WaiverUse
from checker.report.outcome import BaselineChange, Enforcement, Outcome, Reason, Severity
from checker.report.report import FrameworkCoverage, OptionUse, Report, RunWarning, ScoreSummary
from checker.report.verdict import BaselineComparison, Decision, Verdict


class LocationDocument(msgspec.Struct, frozen=True):
    """Where a requirement stands in its policy; line and column from 1."""

    file: str
    line: int
    column: int


class WaiverDocument(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The waiver that covers a finding, or the first that doesn't."""

    status: Annotated[
        Literal["in-force", "expired", "not-yet-in-force", "too-long", "below-floor"],
        Meta(description="in-force covers the finding; the others don't."),
    ]
    start: Annotated[str, Meta(description="The first day, ISO date, UTC.")] = msgspec.field(name="from")
    until: Annotated[str, Meta(description="The last day, ISO date, UTC.")]
    reason: str
    approved_by: str
    ticket: str | None
    points: Annotated[float | None, Meta(description="What the exception costs; null where unknown.")]
    location: LocationDocument


class FindingDocument(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One requirement judged against one tenant; of a selector, one for each control."""

    requirement: Annotated[str, Meta(description="POLICY/ID, stable from run to run.")]
    key: Annotated[
        str | None,
        Meta(description="What identifies the finding from run to run: POLICY/ID, or POLICY/ID [control]."),
    ] = None
    control: Annotated[str | None, Meta(description="The control's id as the tenant spells it.")]
    title: str
    outcome: Outcome
    reason: Reason
    severity: Severity
    enforcement: Annotated[Enforcement, Meta(description="advisory too while atMost tolerates the failure.")]
    fails_gate: Annotated[bool, Meta(description="Whether this finding fails the gate.")]
    message: Annotated[str, Meta(description="Plain text; it may hold what the tenant's people wrote.")]
    measured: Quantity | None
    required: Quantity | None
    location: LocationDocument
    affected: Annotated[Affected | None, Meta(description="Users or devices left out, of how many.")]
    points: Annotated[float | None, Meta(description="Points missing; null where unknown or none.")]
    last_synced: Annotated[str | None, Meta(description="When Microsoft last measured the control.")]
    declared_by: Annotated[Declaration | None, Meta(description="The state that somebody set, and who and when.")]
    waiver: WaiverDocument | None
    owner: str
    rationale: str
    references: tuple[Reference, ...]
    control_title: str | None
    control_category: str | None
    portal_url: str | None
    since: Annotated[Since | None, Meta(description="Since when it fails; null unless requested.")] = None
    also: Annotated[
        tuple[Failure, ...], Meta(description="The other controls that fail, for which the finding stands too.")
    ] = ()
    waived_controls: Annotated[
        tuple[str, ...], Meta(description="Of a failure of several controls, those that a waiver covers.")
    ] = ()
    baseline: Annotated[
        BaselineChange | None,
        Meta(description="How a failure compares with the baseline; null without a baseline and for other outcomes."),
    ] = None


class SnapshotDocument(msgspec.Struct, frozen=True, rename="camel"):
    """Which data was judged."""

    date: Annotated[str | None, Meta(description="The newest day, ISO date; null where there is none.")]
    age_days: Annotated[int | None, Meta(description="Whole UTC days from it to evaluatedAt.")]
    sha256: Annotated[str | None, Meta(description="Of the input's bytes as stored.")]


class CountsDocument(msgspec.Struct, frozen=True):
    """Findings by outcome."""

    passed: int = msgspec.field(name="pass")
    fail: int
    waived: int
    skipped: int
    error: int


class BaselineDocument(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The report that this one was compared with, and failures by how they stand to it."""

    sha256: Annotated[str, Meta(description="Of the file's bytes.")]
    evaluated_at: Annotated[str, Meta(description="The moment that the baseline used as the current time, RFC 3339.")]
    new: int
    worse: int
    unchanged: int
    absent: Annotated[int, Meta(description="Failures of the baseline that no longer fail.")]


class ReportDocument(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A run of ``scoregate check`` for one tenant."""

    schema: ClassVar[tuple[str, str]] = ("report", "A scoregate report")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Report"] = "Report"
    verdict: Decision
    fail_on: Annotated[Severity, Meta(description="Failures of this severity and above fail the gate.")]
    tenant: str
    evaluated_at: Annotated[str, Meta(description="The moment used as the current time, RFC 3339, UTC.")]
    snapshot: SnapshotDocument
    score: ScoreSummary | None
    policies: tuple[str, ...]
    counts: CountsDocument
    findings: tuple[FindingDocument, ...]
    warnings: tuple[RunWarning, ...]
    assumptions: Annotated[
        tuple[str, ...], Meta(description="What the caller assumes where the data leaves it open.")
    ] = ()
    provenance: Annotated[
        tuple[OptionUse, ...], Meta(description="The options that decided the run, but for those at their default.")
    ] = ()
    baseline: Annotated[
        BaselineDocument | None, Meta(description="With which only what is new or worse fails the gate; null without.")
    ] = None
    framework: Annotated[
        FrameworkCoverage | None, Meta(description="The findings by the controls of --framework; null without.")
    ] = None


def moment(report: Report) -> str:
    """``evaluated_at`` as RFC 3339 with whole seconds: ``2026-05-22T09:00:00Z``."""
    return report.evaluated_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def document(report: Report, verdict: Verdict) -> ReportDocument:
    """The report as other tools read it."""
    counts = report.counts()
    return ReportDocument(
        verdict=verdict.decision,
        fail_on=verdict.fail_on,
        tenant=report.tenant,
        evaluated_at=moment(report),
        snapshot=SnapshotDocument(
            report.snapshot.date.isoformat() if report.snapshot.date is not None else None,
            report.age_days,
            report.snapshot.sha256,
        ),
        score=report.score,
        policies=report.policies,
        counts=CountsDocument(counts["pass"], counts["fail"], counts["waived"], counts["skipped"], counts["error"]),
        findings=tuple(_finding(finding, verdict) for finding in report.findings),
        warnings=report.warnings,
        assumptions=report.assumptions,
        provenance=report.provenance,
        baseline=_baseline(verdict.comparison) if verdict.comparison is not None else None,
        framework=report.framework,
    )


def _baseline(comparison: BaselineComparison) -> BaselineDocument:
    return BaselineDocument(sha256=comparison.sha256, evaluated_at=comparison.evaluated_at, **comparison.counts())


def _finding(finding: Finding, verdict: Verdict) -> FindingDocument:
    requirement, judgement = finding.requirement, finding.judgement
    place = requirement.location
    return FindingDocument(
        requirement=requirement.name,
        key=finding.key,
        control=judgement.control,
        title=requirement.title,
        outcome=finding.outcome,
        reason=judgement.reason,
        severity=requirement.severity,
        enforcement=finding.enforcement,
        fails_gate=verdict.fails_gate(finding),
        message=finding.message,
        measured=judgement.measured,
        required=judgement.required,
        location=LocationDocument(place.file, place.line, place.column),
        affected=judgement.affected,
        points=judgement.points,
        last_synced=finding.subject.last_synced,
        declared_by=finding.subject.declared_by,
        waiver=_waiver(finding.waiver) if finding.waiver is not None else None,
        owner=requirement.owner,
        rationale=requirement.rationale,
        references=requirement.references,
        control_title=finding.subject.title,
        control_category=finding.subject.category,
        portal_url=finding.subject.portal_url,
        since=finding.since,
        also=judgement.also,
        waived_controls=finding.waived_controls,
        baseline=verdict.change(finding),
    )


def _waiver(use: WaiverUse) -> WaiverDocument:
    return WaiverDocument(
        status=use.status,  # type: ignore[arg-type]
        start=use.start,
        until=use.until,
        reason=use.reason,
        approved_by=use.approved_by,
        ticket=use.ticket,
        points=use.points,
        location=LocationDocument(use.location.file, use.location.line, use.location.column),
    )
