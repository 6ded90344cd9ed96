"""How each finding stands to the gate: what every format for people groups by."""

from enum import Enum, unique

from checker.report.finding import Finding
from checker.report.outcome import Outcome
from checker.report.report import Report
from checker.report.verdict import Verdict


@unique
class GateStanding(Enum):
    """The order of the members is that in which they matter to a reader."""

    FAILS_GATE = "fails-gate"
    NOT_JUDGED = "not-judged"
    EXCUSED = "excused"
    TOLERATED = "tolerated"
    WAIVED = "waived"
    SKIPPED = "skipped"
    PASSED = "passed"


HEADINGS = {
    GateStanding.FAILS_GATE: "Fails the gate",
    GateStanding.NOT_JUDGED: "Could not be judged",
    GateStanding.EXCUSED: "Unchanged since the baseline",
    GateStanding.TOLERATED: "Fails, but does not fail the gate",
    GateStanding.WAIVED: "Waived",
    GateStanding.SKIPPED: "Skipped",
    GateStanding.PASSED: "Passed",
}
_BY_OUTCOME = {
    Outcome.ERROR: GateStanding.NOT_JUDGED,
    Outcome.WAIVED: GateStanding.WAIVED,
    Outcome.SKIPPED: GateStanding.SKIPPED,
    Outcome.PASS: GateStanding.PASSED,
}


def standing(finding: Finding, verdict: Verdict) -> GateStanding:
    """How one finding stands; a failure that does not fail the gate is excused by the baseline, or tolerated."""
    if finding.outcome is not Outcome.FAIL:
        return _BY_OUTCOME[finding.outcome]
    if verdict.fails_gate(finding):
        return GateStanding.FAILS_GATE
    return GateStanding.EXCUSED if verdict.is_excused(finding) else GateStanding.TOLERATED


def by_standing(report: Report, verdict: Verdict) -> dict[GateStanding, list[Finding]]:
    """The findings of each standing, in the order of the report; every standing is a key."""
    found: dict[GateStanding, list[Finding]] = {one: [] for one in GateStanding}
    for finding in report.findings:
        found[standing(finding, verdict)].append(finding)
    return found


def worst_first(findings: list[Finding]) -> list[Finding]:
    """From worst to least severe, and in the order of the report within a severity."""
    return sorted(findings, key=lambda finding: finding.requirement.severity.rank)
