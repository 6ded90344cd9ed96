"""What a report for people begins with: the verdict in words, and which tenant, score and policies it is about."""

from collections.abc import Iterator

from checker.presentation.words import age, bracketed, counted, joined, percent, points, points_of
from checker.report.report import Report
from checker.report.verdict import BaselineComparison, Decision

DECISIONS = {Decision.PASS: "PASS", Decision.FAIL: "FAIL", Decision.INDETERMINATE: "COULD NOT JUDGE"}
# As many of a digest as tell files apart.
_DIGITS = 12


def verdict_words(decision: Decision, failing: int) -> str:
    """What the gate says, a clause.

    Args:
        decision: the gate's.
        failing: how many findings fail it.
    """
    match decision:
        case Decision.FAIL:
            return f"{counted(failing, 'finding')} {'fails' if failing == 1 else 'fail'} the gate"
        case Decision.INDETERMINATE:
            return "the data does not show whether the policies hold"
        case Decision.PASS:
            return "nothing fails the gate"


def head_facts(report: Report, comparison: BaselineComparison | None) -> Iterator[tuple[str, str]]:
    """Labels with their values, of which some come from outside."""
    yield "tenant", report.tenant or "unknown"
    yield "score", _score(report)
    yield "policies", ", ".join(report.policies)
    yield "portal", report.portal
    for assumption in report.assumptions:
        yield "assumed", assumption
    if comparison is not None:
        yield "baseline", _baseline(comparison)


def _baseline(comparison: BaselineComparison) -> str:
    counts = ", ".join(f"{number} {change}" for change, number in comparison.counts().items())
    return f"{comparison.evaluated_at}, sha256 {comparison.sha256[:_DIGITS]}: {counts}"


def _score(report: Report) -> str:
    score, date = report.score, report.snapshot.date
    if score is None or date is None:
        return "none yet"
    value = joined(points_of(score.current_score, score.max_score), percent(score.percent, ""))
    declared = bracketed(_declared(score.declared))
    return f"{value}{declared}, on {date}{bracketed(age(report.age_days or 0))}"


def _declared(declared: float | None) -> str | None:
    if declared is None:
        return "declared points unknown"
    return f"{points(declared)} declared, not observed" if declared else None
