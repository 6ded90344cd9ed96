"""The gate's rule: findings → verdict."""

from enum import Enum, unique

import msgspec

from checker.report.finding import Finding
from checker.report.outcome import Enforcement, Outcome, Severity
from checker.report.report import Report


@unique
class Decision(Enum):
    """What the gate says."""

    PASS = "pass"  # noqa: S105 - a decision
    FAIL = "fail"
    INDETERMINATE = "indeterminate"


class Verdict(msgspec.Struct, frozen=True):
    """The decision, and the severity from which on a failure counts."""

    decision: Decision
    fail_on: Severity

    def fails_gate(self, finding: Finding) -> bool:
        """Whether this finding fails the gate."""
        return (
            finding.outcome is Outcome.FAIL
            and finding.enforcement is Enforcement.MANDATORY
            and finding.requirement.severity.rank <= self.fail_on.rank
        )


def decide(report: Report, fail_on: Severity = Severity.INFO) -> Verdict:
    """The first rule that holds.

    1. A mandatory finding at or above ``fail_on`` is ``fail``: the gate fails.
    2. A mandatory finding is ``error``, or every finding was skipped: it could not be judged.
    3. Otherwise the gate passes.
    """
    rule = Verdict(Decision.FAIL, fail_on)
    if any(rule.fails_gate(finding) for finding in report.findings):
        return rule
    error = any(
        finding.outcome is Outcome.ERROR and finding.enforcement is Enforcement.MANDATORY for finding in report.findings
    )
    if error or all(finding.outcome is Outcome.SKIPPED for finding in report.findings):
        return Verdict(Decision.INDETERMINATE, fail_on)
    return Verdict(Decision.PASS, fail_on)
