"""GitLab's Code Quality report: what fails, beside the lines of the policies, compared between branches by GitLab.

A finding that could not be judged is in it too: GitLab would take one that is missing for one that is fixed. A waived
one is left out, and returns when its waiver ends. Source: docs.gitlab.com, "Code Quality", the report format.
"""

from checker.presentation.escape import line
from checker.presentation.json import Object, json_document
from checker.presentation.words import cut
from checker.renderers.interface import Rendering
from checker.report.finding import Finding
from checker.report.fingerprint import fingerprint
from checker.report.outcome import Severity
from checker.report.standing import GateStanding, standing

_SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "major",
    Severity.MEDIUM: "minor",
    Severity.LOW: "info",
    Severity.INFO: "info",
}
_LEADS = {
    GateStanding.FAILS_GATE: "",
    GateStanding.NOT_JUDGED: "could not be judged: ",
    GateStanding.EXCUSED: "unchanged since the baseline: ",
    GateStanding.TOLERATED: "does not fail the gate: ",
}
_LONGEST = 4_000


def render(rendering: Rendering) -> bytes:
    """An array of issues, in the order of the report; no consumer's limit on their number is known."""
    placed = ((finding, standing(finding, rendering.verdict)) for finding in rendering.report.findings)
    return json_document([_issue(finding, how, rendering) for finding, how in placed if how in _LEADS])


def _issue(finding: Finding, how: GateStanding, rendering: Rendering) -> Object:
    requirement = finding.requirement
    text = f"{finding.key}: {_LEADS[how]}{finding.message}"
    return {
        "description": cut(line(text), _LONGEST),
        "check_name": line(requirement.name),
        "fingerprint": fingerprint(rendering.report.tenant, finding.key),
        "severity": _severity(requirement.severity, how),
        "location": {
            "path": line(rendering.path(requirement.location.file)),
            "lines": {"begin": requirement.location.line},
        },
    }


def _severity(severity: Severity, how: GateStanding) -> str:
    """GitLab has a word above critical, which is for what blocks a change."""
    blocks = severity is Severity.CRITICAL and how is GateStanding.FAILS_GATE
    return "blocker" if blocks else _SEVERITIES[severity]
