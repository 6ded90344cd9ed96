"""The gate's rule, by the design's text."""

from typing import NamedTuple

SEVERITIES = ("critical", "high", "medium", "low", "info")


class Finding(NamedTuple):
    """One line of the answer; the control only where a requirement has a finding for each.

    Attributes:
        message: texts that the message has to hold, of which the first is the control that it begins with.
        undecided: the design does not say whether the waiver's floor holds.
    """

    requirement: str
    control: str | None
    outcome: str
    reasons: frozenset[str]
    severity: str = "medium"
    enforcement: str = "mandatory"
    message: tuple[str, ...] = ()


def gate(findings: list[Finding], fail_on: str) -> str:
    """The first rule that holds."""
    counting = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    mandatory = [one for one in findings if one.enforcement == "mandatory"]
    if any(one.outcome == "fail" and one.severity in counting for one in mandatory):
        return "fail"
    if any(one.outcome == "error" for one in mandatory) or all(one.outcome == "skipped" for one in findings):
        return "indeterminate"
    return "pass"


def tolerated(findings: list[Finding], most: int) -> list[Finding]:
    """The findings of one selector: advisory while no more of them fail than may."""
    failing = [one for one in findings if one.outcome == "fail"]
    if len(failing) > most:
        return findings
    return [one._replace(enforcement="advisory") if one.outcome == "fail" else one for one in findings]
