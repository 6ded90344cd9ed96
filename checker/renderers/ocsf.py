"""OCSF Compliance Finding (class 2003), one JSON object a line, for a SIEM or a data lake.

Version 1.8.0 of the schema; only members that 1.3 to 1.8 know are used, since a schema refuses those it doesn't know.
Source: schema.ocsf.io.
"""

from collections.abc import Iterator

import msgspec

from checker import __version__
from checker.presentation.escape import line
from checker.presentation.json import Object, json_lines
from checker.presentation.links import safe_link
from checker.presentation.words import cut
from checker.renderers.interface import Rendering
from checker.report.finding import Finding, Quantity
from checker.report.fingerprint import fingerprint
from checker.report.outcome import BaselineChange, Outcome, Severity
from checker.report.report import Report
from checker.report.verdict import Verdict

_VERSION = "1.8.0"
# Azure's logs take 64 KiB a member; text that is that long helps nobody in a table of events.
_LONGEST = 8_000
_MOST_STANDARDS = 100
_CREATE, _UPDATE, _CLOSE = 1, 2, 3
_ACTIVITIES = {_CREATE: "Create", _UPDATE: "Update", _CLOSE: "Close"}
_SEVERITIES = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
# Of the finding as a case: New, Suppressed, Resolved, Other.
_STATUSES = {
    Outcome.FAIL: (1, "New"),
    Outcome.ERROR: (1, "New"),
    Outcome.WAIVED: (3, "Suppressed"),
    Outcome.PASS: (4, "Resolved"),
    Outcome.SKIPPED: (99, "Not applicable"),
}
# Of the control. A waiver changes nothing of it, and what could not be judged is neither.
_COMPLIANCE = {
    Outcome.FAIL: (3, "Fail"),
    Outcome.ERROR: (0, "Unknown"),
    Outcome.WAIVED: (3, "Fail"),
    Outcome.PASS: (1, "Pass"),
    Outcome.SKIPPED: (99, "Not applicable"),
}


def render(rendering: Rendering) -> bytes:
    """Every finding in the order of the report, then what failed in the baseline and fails no more, as closed."""
    return json_lines(_events(rendering.report, rendering.verdict))


def _events(report: Report, verdict: Verdict) -> Iterator[Object]:
    for finding in report.findings:
        yield _event(finding, report, verdict, _activity(finding, verdict))
    comparison = verdict.comparison
    present = {finding.key for finding in report.findings}
    for finding in comparison.absent if comparison is not None else ():
        # What is judged today has said so itself; nobody has seen the others resolved.
        if finding.key not in present:
            gone = msgspec.structs.replace(
                finding, outcome=Outcome.SKIPPED, message="The policies no longer require this."
            )
            yield _event(gone, report, verdict, _CLOSE)


def _activity(finding: Finding, verdict: Verdict) -> int:
    """Create, or Update for what the baseline has."""
    comparison = verdict.comparison
    if comparison is None:
        return _CREATE
    change = verdict.change(finding)
    is_known = change is not BaselineChange.NEW if change is not None else finding.key in comparison.same
    return _UPDATE if is_known else _CREATE


def _event(finding: Finding, report: Report, verdict: Verdict, activity: int) -> Object:
    requirement = finding.requirement
    is_quiet = finding.outcome in {Outcome.PASS, Outcome.SKIPPED}
    severity, severity_name = _SEVERITIES[Severity.INFO if is_quiet else requirement.severity]
    status, status_name = _STATUSES[finding.outcome]
    return {
        "activity_id": activity,
        "activity_name": _ACTIVITIES[activity],
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200300 + activity,
        "type_name": f"Compliance Finding: {_ACTIVITIES[activity]}",
        "severity_id": severity,
        "severity": severity_name,
        "status_id": status,
        "status": status_name,
        "time": _milliseconds(report),
        "message": _text(finding.message),
        **_origin(finding, report),
        "finding_info": {
            "uid": fingerprint(report.tenant, finding.key),
            "title": _text(requirement.title),
            "desc": _text(requirement.sentence),
            "types": ["Secure Score"],
            "analytic": {"uid": _text(requirement.name), "name": _text(requirement.name), "type_id": 1, "type": "Rule"},
        },
        "compliance": _compliance(finding),
        "resources": [_resource(finding, report)],
        "remediation": _remediation(finding),
        "unmapped": _unmapped(finding, verdict),
    }


def _milliseconds(report: Report) -> int:
    return int(report.evaluated_at.timestamp()) * 1000


def _origin(finding: Finding, report: Report) -> Object:
    """Who says so, and about which tenant; the profile ``cloud`` is left out where the tenant is unknown."""
    tenant = _text(report.tenant)
    metadata: Object = {
        "version": _VERSION,
        "product": {"name": "scoregate", "vendor_name": "scoregate", "version": __version__},
        "event_code": finding.judgement.reason.value,
    }
    if not tenant:
        return {"metadata": metadata}
    account = {"uid": tenant, "name": tenant, "type_id": 6, "type": "Azure AD Account"}
    return {
        "metadata": {**metadata, "tenant_uid": tenant, "profiles": ["cloud"]},
        "cloud": {"provider": "Microsoft 365", "account": account},
    }


def _compliance(finding: Finding) -> Object:
    requirement = finding.requirement
    named = (f"{one.framework} {one.version or ''}".strip() for one in requirement.references)
    standards = dict.fromkeys(map(_text, (*named, requirement.policy)))
    asked = (f"{one.framework}: {one.id}" for one in requirement.references)
    status, name = _COMPLIANCE[finding.outcome]
    return {
        "control": _text(finding.judgement.control or requirement.name),
        "standards": list(standards)[:_MOST_STANDARDS],
        "requirements": list(dict.fromkeys(map(_text, (requirement.sentence, *asked))))[:_MOST_STANDARDS],
        "status_id": status,
        "status": name,
    }


def _resource(finding: Finding, report: Report) -> Object:
    judgement = finding.judgement
    tenant, control = _text(report.tenant) or "unknown", judgement.control
    data = {"measured": _quantity(judgement.measured), "required": _quantity(judgement.required)}
    known = {name: value for name, value in data.items() if value is not None}
    return {
        "uid": f"{tenant}/{_text(control)}" if control is not None else tenant,
        "name": _text(finding.subject.title or control or tenant),
        "type": "microsoft.graph.secureScore" + ("" if control is None else "ControlProfile"),
        **({"data": known} if known else {}),
    }


def _quantity(quantity: Quantity | None) -> Object | None:
    if quantity is None:
        return None
    value = quantity.value
    return {"value": _text(value) if isinstance(value, str) else value, "unit": quantity.unit.value}


def _remediation(finding: Finding) -> Object:
    requirement = finding.requirement
    urls = (finding.subject.portal_url, *(one.url for one in requirement.references))
    links = [url for url in map(safe_link, urls) if url is not None]
    text = requirement.rationale or requirement.sentence
    return {"desc": _text(text), **({"references": list(dict.fromkeys(links))} if links else {})}


def _unmapped(finding: Finding, verdict: Verdict) -> Object:
    """What OCSF has no word for, in ours."""
    place = finding.requirement.location
    waiver = finding.waiver
    waived = {"until": waiver.until, "approvedBy": _text(waiver.approved_by)} if waiver is not None else None
    return {
        "outcome": finding.outcome.value,
        "enforcement": finding.enforcement.value,
        "failsGate": verdict.fails_gate(finding),
        "owner": _text(finding.requirement.owner),
        "location": _text(f"{place.file}:{place.line}:{place.column}"),
        **({"waiver": waived} if waived is not None else {}),
    }


def _text(text: str) -> str:
    return cut(line(text), _LONGEST)
