"""The report as gauges, for a textfile collector or a push gateway: text that Prometheus and OpenMetrics both read.

A value that is unknown has no sample: a zero would read as a measurement.
"""

from collections.abc import Iterator

from checker.presentation.metrics import Gauge, Sample, metrics_document
from checker.renderers.interface import Rendering
from checker.report.finding import Finding
from checker.report.outcome import Outcome, Severity
from checker.report.report import Report
from checker.report.standing import by_standing, worst_first
from checker.report.verdict import Decision, Verdict

# Each finding is a series of its own, and monitoring pays for each. The counts are of all findings.
_MOST = 5_000
# As everybody thinks of the score; a ratio is what Prometheus asks for.
_PERCENT = 100


def render(rendering: Rendering) -> bytes:
    """The verdict, the counts, the score, the age of the data, and each finding, those that fail first."""
    report, verdict = rendering.report, rendering.verdict
    return metrics_document([*_of_run(report, verdict), *_of_score(report), *_of_findings(report, verdict)])


def _of_run(report: Report, verdict: Verdict) -> Iterator[Gauge]:
    tenant = {"tenant": report.tenant}
    yield Gauge(
        "scoregate_verdict",
        "Whether this is the gate's verdict, 1 or 0.",
        [Sample({**tenant, "verdict": one.value}, float(one is verdict.decision)) for one in Decision],
    )
    yield Gauge(
        "scoregate_findings",
        "Findings by outcome.",
        [Sample({**tenant, "outcome": outcome}, number) for outcome, number in report.counts().items()],
    )
    failing = [finding.requirement.severity for finding in report.findings if verdict.fails_gate(finding)]
    yield Gauge(
        "scoregate_gate_failures",
        "Findings that fail the gate, by severity.",
        [Sample({**tenant, "severity": one.value}, failing.count(one)) for one in Severity],
    )
    yield Gauge(
        "scoregate_evaluated_time_seconds",
        "The moment that was used as the current time, in seconds since 1970-01-01.",
        [Sample(tenant, report.evaluated_at.timestamp())],
    )
    yield from _known(
        "scoregate_data_age_days", "Whole UTC days since the newest day of the data.", report.age_days, report
    )


def _of_score(report: Report) -> Iterator[Gauge]:
    score = report.score
    if score is None:
        return
    ratio = score.percent / _PERCENT if score.percent is not None else None
    yield from _known("scoregate_score_points", "The current score.", score.current_score, report)
    yield from _known("scoregate_score_max_points", "The highest score that can be reached.", score.max_score, report)
    yield from _known("scoregate_score_ratio", "The current score as a part of the highest, 0 to 1.", ratio, report)
    what = "Points of the score that somebody declared and nobody observed."
    yield from _known("scoregate_score_declared_points", what, score.declared, report)


def _of_findings(report: Report, verdict: Verdict) -> Iterator[Gauge]:
    every = [finding for group in by_standing(report, verdict).values() for finding in worst_first(group)]
    yield Gauge(
        "scoregate_finding_passed",
        "1 if the requirement is met; 0 if it fails, is waived, is skipped or could not be judged.",
        [_of_finding(finding, report) for finding in every[:_MOST]],
    )
    yield Gauge(
        "scoregate_findings_left_out",
        "Findings without a series of their own, because there are too many.",
        [Sample({"tenant": report.tenant}, max(len(every) - _MOST, 0))],
    )


def _of_finding(finding: Finding, report: Report) -> Sample:
    requirement = finding.requirement
    labels = {
        "tenant": report.tenant,
        "requirement": requirement.name,
        "severity": requirement.severity.value,
        "enforcement": finding.enforcement.value,
        "outcome": finding.outcome.value,
        "control": finding.judgement.control or "",
    }
    return Sample(labels, float(finding.outcome is Outcome.PASS))


def _known(name: str, what: str, value: float | None, report: Report) -> Iterator[Gauge]:
    if value is not None:
        yield Gauge(name, what, [Sample({"tenant": report.tenant}, value)])
