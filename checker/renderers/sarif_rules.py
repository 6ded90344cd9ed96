"""The rules of a SARIF run: one for each requirement, so that severity and help are the requirement's."""

from checker.presentation.escape import line
from checker.presentation.json import Object
from checker.renderers.sarif_help import Help, closed, reference_name
from checker.report.finding import RequirementSummary
from checker.report.outcome import Severity

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub's scale: above 9 critical, from 7 high, from 4 medium, from 0.1 low. Without a number an alert has no severity.
_SECURITY_SEVERITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
_PROBLEM_SEVERITY = {"error": "error", "warning": "warning", "note": "recommendation"}
# GitHub refuses the whole file where a description is longer.
_LONGEST = 1024


def rule_id(requirement: RequirementSummary) -> str:
    """``policy.requirement``: GitHub matches results and rules by this text, in which slashes do not work."""
    return f"{requirement.policy}.{requirement.id}"


def rule(whole: Help) -> Object:
    """The reportingDescriptor of a requirement."""
    requirement = whole.findings[0].requirement
    level = LEVELS[requirement.severity]
    properties: Object = {
        # A policy may be called like a tag of ours, and tags must be unique.
        "tags": list(dict.fromkeys(("security", "secure-score", requirement.policy))),
        "precision": "very-high",
        "problem.severity": _PROBLEM_SEVERITY[level],
    }
    if requirement.severity in _SECURITY_SEVERITY:
        properties["security-severity"] = _SECURITY_SEVERITY[requirement.severity]
    if requirement.owner:
        properties["owner"] = line(requirement.owner)
    if requirement.references:
        properties["references"] = [reference_name(reference) for reference in requirement.references]
    required = closed(requirement.sentence, capital=True)
    why = closed(requirement.rationale) if requirement.rationale else ""
    return {
        "id": rule_id(requirement),
        "name": _pascal(requirement),
        "shortDescription": {"text": closed(requirement.title)[:_LONGEST]},
        "fullDescription": {"text": f"{required} {why}".strip()[:_LONGEST]},
        **whole.members,
        "defaultConfiguration": {"level": level},
        "properties": properties,
    }


def _pascal(requirement: RequirementSummary) -> str:
    """The id in the spelling that viewers of SARIF expect of a name: ``AdminsUseMfa``."""
    return "".join(part[:1].upper() + part[1:] for part in requirement.id.split("-")) or "Requirement"
