"""The rules of a SARIF run: one for each requirement, so that severity and help are the requirement's."""

import re

from checker.presentation.escape import code, line, markdown
from checker.presentation.json import Object
from checker.report.finding import Reference, RequirementSummary
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
# An https address with a host and no user, and nothing in it that ends a link of Markdown.
_PART = r"(?:[A-Za-z0-9._~:/@!$&*+,;=-]|%[0-9A-Fa-f]{2})*"
_LINK = rf"https://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?:/{_PART})?(?:\?{_PART})?(?:#{_PART})?"
# GitHub refuses the whole file where a description is longer.
_LONGEST = 1024


def rule_id(requirement: RequirementSummary) -> str:
    """``policy.requirement``: GitHub matches results and rules by this text, in which slashes do not work."""
    return f"{requirement.policy}.{requirement.id}"


def rule(requirement: RequirementSummary) -> Object:
    """The reportingDescriptor of a requirement."""
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
        properties["references"] = [_reference(reference) for reference in requirement.references]
    title = _closed(requirement.title)
    required = _closed(requirement.sentence[:1].upper() + requirement.sentence[1:])
    why = _closed(requirement.rationale) if requirement.rationale else ""
    descriptor: Object = {
        "id": rule_id(requirement),
        "name": _pascal(requirement),
        "shortDescription": {"text": title[:_LONGEST]},
        "fullDescription": {"text": f"{required} {why}".strip()[:_LONGEST]},
        "help": {
            "text": _help(requirement, required, why),
            "markdown": _help_markdown(requirement, title, required, why),
        },
        "defaultConfiguration": {"level": level},
        "properties": properties,
    }
    link = next((url for url in map(_link, requirement.references) if url), None)
    if link is not None:
        descriptor["helpUri"] = link
    return descriptor


def _help(requirement: RequirementSummary, required: str, why: str) -> str:
    references = "; ".join(_reference(reference) for reference in requirement.references)
    parts = [required, why, f"References: {references}." if references else ""]
    return " ".join(part for part in parts if part)


def _help_markdown(requirement: RequirementSummary, title: str, required: str, why: str) -> str:
    paragraphs = [f"**{markdown(title)}**", markdown(required)]
    if why:
        paragraphs.append(markdown(why))
    if requirement.references:
        paragraphs.append("\n".join(f"- {_reference_markdown(reference)}" for reference in requirement.references))
    if requirement.owner:
        paragraphs.append(f"Owner: {code(requirement.owner)}")
    return "\n\n".join(paragraphs)


def _reference(reference: Reference) -> str:
    version = f" {reference.version}" if reference.version else ""
    return line(f"{reference.framework}{version} {reference.id}")


def _reference_markdown(reference: Reference) -> str:
    link = _link(reference)
    name = markdown(_reference(reference))
    return f"[{name}]({link})" if link else name


def _link(reference: Reference) -> str | None:
    """The reference's address, if it is safe as a link."""
    url = reference.url or ""
    return url if url and re.fullmatch(_LINK, url) else None


def _closed(text: str) -> str:
    """The text with a full stop, unless it has an end of its own."""
    text = line(text).strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _pascal(requirement: RequirementSummary) -> str:
    """The id in the spelling that viewers of SARIF expect of a name: ``AdminsUseMfa``."""
    return "".join(part[:1].upper() + part[1:] for part in requirement.id.split("-")) or "Requirement"
