"""Reports made of plain values, for the tests of what is written."""

import datetime
from collections.abc import Sequence
from typing import Any

import msgspec

from checker.documents.location import SourceLocation
from checker.renderers.interface import Rendering
from checker.report.finding import (
    Affected,
    Declaration,
    Finding,
    Judgement,
    Quantity,
    Reference,
    RequirementSummary,
    Subject,
    WaiverUse,
)
from checker.report.outcome import Enforcement, Outcome, Reason, Severity, Unit
from checker.report.report import Provenance, Report, RunWarning, ScoreSummary
from checker.report.verdict import decide

POLICY_FILE = "policies/baseline.yaml"
POLICY_TEXT = b"apiVersion: scoregate/v1\nkind: Policy\ncontrols:\n  - id: admins-use-mfa\n    control: AdminMFAV2\n"
REASONS = {
    Outcome.PASS: Reason.MET,
    Outcome.FAIL: Reason.BELOW_MINIMUM,
    Outcome.WAIVED: Reason.BELOW_MINIMUM,
    Outcome.SKIPPED: Reason.NOT_LICENSED,
    Outcome.ERROR: Reason.MAXIMUM_UNKNOWN,
}


def waiver_use(**changes: Any) -> WaiverUse:
    use = WaiverUse(
        status="in-force",
        start="2026-05-01",
        until="2026-06-10",
        reason="The scanner fleet moves in June",
        approved_by="ciso@contoso.example",
        ticket="SEC-204",
        points=5.0,
        location=SourceLocation("policies/waivers.yaml", 4, 5),
    )
    return msgspec.structs.replace(use, **changes)


def requirement(identifier: str = "admins-use-mfa", **changes: Any) -> RequirementSummary:
    summary = RequirementSummary(
        name=f"baseline/{identifier}",
        policy="baseline",
        id=identifier,
        title="Administrators sign in with MFA",
        sentence="AdminMFAV2 must be at 100 % or more",
        severity=Severity.CRITICAL,
        enforcement=Enforcement.MANDATORY,
        owner="identity@contoso.example",
        rationale="Stolen passwords are the shortest way in",
        references=(Reference(framework="CIS", version="5.0.0", id="5.2.2.1"),),
        location=SourceLocation(POLICY_FILE, 4, 5),
    )
    return msgspec.structs.replace(summary, **changes)


def finding(
    outcome: Outcome = Outcome.FAIL,
    *,
    of: RequirementSummary | None = None,
    message: str = "AdminMFAV2 is at 50 % (5 of 10 points) and must be at 100 %.",
    enforcement: Enforcement | None = None,
    **changes: Any,
) -> Finding:
    """A finding; ``changes`` are members of its judgement or of its subject."""
    asked = of or requirement()
    judgement = Judgement(
        outcome=Outcome.FAIL if outcome is Outcome.WAIVED else outcome,
        reason=REASONS[outcome],
        message=message.rstrip("."),
        control="AdminMFAV2",
        measured=Quantity(50.0, Unit.PERCENT),
        required=Quantity(100.0, Unit.PERCENT),
        affected=Affected(2, 4),
        points=5.0,
    )
    subject = Subject(
        title="Ensure MFA is enabled for administrators",
        category="Identity",
        last_synced="2026-05-21T14:00:00Z",
        declared_by=Declaration("ThirdParty", "sam@contoso.example", "2026-03-01T12:00:00Z"),
        portal_url="https://security.microsoft.com/securescore",
    )
    about = {name: changes.pop(name) for name in Subject.__struct_fields__ if name in changes}
    return Finding(
        requirement=asked,
        judgement=msgspec.structs.replace(judgement, **changes),
        subject=msgspec.structs.replace(subject, **about),
        outcome=outcome,
        enforcement=enforcement or asked.enforcement,
        message=message,
        waiver=waiver_use() if outcome is Outcome.WAIVED else None,
    )


def rendering(
    findings: Sequence[Finding],
    *,
    tenant: str = "3f8b2c1e-6a44-4d0b-9c57-0c1f5e2a7b11",
    fail_on: Severity = Severity.INFO,
    warnings: Sequence[RunWarning] = (),
    **changes: Any,
) -> Rendering:
    """What a renderer gets; ``changes`` are members of the rendering."""
    report = Report(
        tenant=tenant,
        evaluated_at=datetime.datetime(2026, 5, 22, 9, 0, tzinfo=datetime.UTC),
        snapshot=Provenance(datetime.date(2026, 5, 22), "ab" * 32),
        age_days=0,
        score=ScoreSummary(698.17, 1127.0, 61.94942324755989, 12.0),
        portal="https://security.microsoft.com/securescore",
        policies=("baseline",),
        findings=tuple(findings),
        warnings=tuple(warnings),
    )
    whole = Rendering(
        report=report,
        verdict=decide(report, fail_on),
        sources={POLICY_FILE: POLICY_TEXT},
        uris={POLICY_FILE: POLICY_FILE},
    )
    return msgspec.structs.replace(whole, **changes)
