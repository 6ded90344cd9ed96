"""The gate's rule: findings → verdict."""

from collections import Counter
from collections.abc import Mapping
from enum import Enum, unique
from typing import TYPE_CHECKING

import msgspec

from checker.report.finding import Finding
from checker.report.outcome import BaselineChange, Enforcement, Outcome, Severity
from checker.report.report import Report

if TYPE_CHECKING:
    from checker.report.baseline import Baseline


@unique
class Decision(Enum):
    """What the gate says."""

    PASS = "pass"  # noqa: S105 - a decision
    FAIL = "fail"
    INDETERMINATE = "indeterminate"


class BaselineComparison(msgspec.Struct, frozen=True, kw_only=True):
    """What is new or worse than a baseline.

    Attributes:
        sha256: of the baseline's bytes.
        evaluated_at: the moment that the baseline judged at, RFC 3339.
        changes: of each failure, by key.
        notes: of each failure that is worse, by key: a clause that says in what.
        same: keys of other findings that had the same outcome in the baseline.
        absent: the baseline's failures that fail no more.
    """

    sha256: str
    evaluated_at: str
    changes: Mapping[str, BaselineChange]
    notes: Mapping[str, str]
    same: frozenset[str]
    absent: tuple[Finding, ...]

    def clause(self, finding: Finding) -> str:
        """How a failure stands to the baseline, and in what it is worse; the empty string for what is no failure."""
        change = self.changes.get(finding.key) if finding.fails else None
        return ": ".join(filter(None, (change.value, self.notes.get(finding.key)))) if change is not None else ""

    def counts(self) -> dict[str, int]:
        """Failures by change, and those that are absent."""
        found = Counter(self.changes.values())
        return {**{change.value: found[change] for change in BaselineChange}, "absent": len(self.absent)}


class Verdict(msgspec.Struct, frozen=True):
    """The decision, the severity from which on a failure counts, and the comparison with the baseline, if any."""

    decision: Decision
    fail_on: Severity
    comparison: BaselineComparison | None = None

    def fails_gate(self, finding: Finding) -> bool:
        """Whether this finding fails the gate."""
        return self._counts(finding) and self.change(finding) is not BaselineChange.UNCHANGED

    def is_excused(self, finding: Finding) -> bool:
        """Whether this finding would fail the gate, did it not fail in the baseline just so."""
        return self._counts(finding) and self.change(finding) is BaselineChange.UNCHANGED

    def change(self, finding: Finding) -> BaselineChange | None:
        """How a failure stands to the baseline; None without one, and for what is no failure."""
        return self.comparison.changes.get(finding.key) if self.comparison is not None and finding.fails else None

    def _counts(self, finding: Finding) -> bool:
        return (
            finding.outcome is Outcome.FAIL
            and finding.enforcement is Enforcement.MANDATORY
            and finding.requirement.severity.rank <= self.fail_on.rank
        )


def decide(report: Report, fail_on: Severity = Severity.INFO, baseline: "Baseline | None" = None) -> Verdict:
    """The first rule that holds.

    1. A mandatory finding at or above ``fail_on`` is ``fail``, and new or worse than in the baseline where there is
       one: the gate fails.
    2. A mandatory finding is ``error``, or every finding was skipped: it could not be judged.
    3. Otherwise the gate passes.

    A baseline excuses no error. Whether something is worse than before is exactly what an error leaves open, so a
    pass would be one that nobody earned, however often the error has been seen.

    Raises:
        BaselineError: the baseline is of another tenant.
    """
    comparison = baseline.compare(report) if baseline is not None else None
    rule = Verdict(Decision.FAIL, fail_on, comparison)
    if any(rule.fails_gate(finding) for finding in report.findings):
        return rule
    error = any(
        finding.outcome is Outcome.ERROR and finding.enforcement is Enforcement.MANDATORY for finding in report.findings
    )
    if error or all(finding.outcome is Outcome.SKIPPED for finding in report.findings):
        return Verdict(Decision.INDETERMINATE, fail_on, comparison)
    return Verdict(Decision.PASS, fail_on, comparison)
