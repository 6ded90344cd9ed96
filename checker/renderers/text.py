"""The report for a terminal: the verdict first, then what fails, then the rest in brief."""

from collections.abc import Iterator
from typing import NamedTuple

from checker.presentation.cells import wrapped
from checker.presentation.colours import BOLD, DIM, GREEN, RED, YELLOW
from checker.presentation.escape import line
from checker.presentation.paragraphs import remark
from checker.presentation.screen import Screen
from checker.presentation.tables import Fact, TextColumn, facts, text_table
from checker.presentation.words import age, bracketed, counted, cut, joined, percent, points, points_of
from checker.renderers.interface import Rendering
from checker.report.finding import Finding, RequirementSummary
from checker.report.outcome import Outcome, Severity
from checker.report.report import FrameworkCoverage, FrameworkState, Report
from checker.report.verdict import BaselineComparison, Decision, Verdict

_LONGEST_TITLE = 100
_LABEL = 10
# As many of a digest as tell files apart.
_DIGITS = 12
_SEVERITY_WIDTH = max(len(severity.value) for severity in Severity)
_INDENT = " " * (_SEVERITY_WIDTH + 6)
_DECISIONS = {
    Decision.PASS: ("PASS", GREEN),
    Decision.FAIL: ("FAIL", RED),
    Decision.INDETERMINATE: ("COULD NOT JUDGE", YELLOW),
}


_FRAMEWORK_COLOURS = {
    FrameworkState.COVERED: GREEN,
    FrameworkState.FAILING: RED,
    FrameworkState.WAIVED: YELLOW,
    FrameworkState.NOT_JUDGED: YELLOW,
    FrameworkState.NOT_MEASURABLE: DIM,
}


class _Group(NamedTuple):
    """Findings under one heading; ``brief`` leaves out titles, links and places."""

    title: str
    mark: str
    colour: str
    findings: list[Finding]
    brief: bool = False


def render(rendering: Rendering) -> bytes:
    """Lines that fit the screen, UTF-8, with colours where it shows them."""
    return ("\n".join(_lines(rendering)) + "\n").encode()


def _lines(rendering: Rendering) -> Iterator[str]:
    report, verdict = rendering.report, rendering.verdict
    screen = rendering.screen
    paint = screen.paint
    failing = [finding for finding in report.findings if verdict.fails_gate(finding)]
    excused = [finding for finding in report.findings if verdict.is_excused(finding)]
    gated = {finding.key for finding in (*failing, *excused)}
    tolerated = [finding for finding in report.findings if finding.fails and finding.key not in gated]
    word, colour = _DECISIONS[verdict.decision]
    yield f"{paint(word, BOLD, colour)}  {_verdict(verdict.decision, len(failing))}"
    yield from facts(_head(report, verdict.comparison), label=_LABEL, indent=0, width=screen.width, paint=paint)
    groups = (
        _Group("Fails the gate", "✗", RED, failing),
        _Group("Could not be judged", "?", YELLOW, _of(report, Outcome.ERROR)),
        _Group("Unchanged since the baseline", "=", YELLOW, excused),
        _Group("Fails, but does not fail the gate", "!", YELLOW, tolerated),
        _Group("Waived", "~", YELLOW, _of(report, Outcome.WAIVED)),
        _Group("Skipped", "-", DIM, _of(report, Outcome.SKIPPED), brief=True),
    )
    for group in groups:
        if group.findings:
            yield from ("", paint.heading(f"{group.title} ({len(group.findings)})"))
            yield from _findings(group, screen, report.portal, verdict)
    if report.framework is not None:
        yield from _framework(report.framework, screen)
    if report.warnings:
        yield from ("", paint.heading(f"Warnings ({len(report.warnings)})"))
        for warning in report.warnings:
            yield from remark(warning.message, screen)
    yield ""
    counts = report.counts().items()
    yield "   ".join(paint.outcome(outcome if number else "", f"{outcome} {number}") for outcome, number in counts)


def _framework(coverage: FrameworkCoverage, screen: Screen) -> Iterator[str]:
    """The table by the framework's controls, and what it does not prove."""
    paint = screen.paint
    yield from ("", paint.heading(f"{line(coverage.framework)} ({len(coverage.controls)})"))
    columns = (
        TextColumn("control"),
        TextColumn("version"),
        TextColumn("state"),
        TextColumn("derived"),
        TextColumn("requirements", free=True),
    )
    rows = [
        (
            line(one.control),
            line(one.version or "-"),
            paint(one.state.value, _FRAMEWORK_COLOURS[one.state]),
            "yes" if one.derived else "no",
            line(", ".join(one.requirements)),
        )
        for one in coverage.controls
    ]
    yield from text_table(columns, rows, screen, indent=2)
    yield ""
    for limit in coverage.limits:
        yield from remark(line(limit), screen)


def _declared(declared: float | None) -> str | None:
    if declared is None:
        return "declared points unknown"
    return f"{points(declared)} declared, not observed" if declared else None


def _of(report: Report, outcome: Outcome) -> list[Finding]:
    return [finding for finding in report.findings if finding.outcome is outcome]


def _verdict(decision: Decision, failing: int) -> str:
    match decision:
        case Decision.FAIL:
            return f"{counted(failing, 'finding')} {'fails' if failing == 1 else 'fail'} the gate"
        case Decision.INDETERMINATE:
            return "the data does not show whether the policies hold"
        case Decision.PASS:
            return "nothing fails the gate"


def _head(report: Report, comparison: BaselineComparison | None) -> Iterator[Fact]:
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


def _findings(group: _Group, screen: Screen, portal: str, verdict: Verdict) -> Iterator[str]:
    """From worst to least severe, and in the order of the policies within a severity; a requirement is named once."""
    by_requirement: dict[str, list[Finding]] = {}
    for finding in sorted(group.findings, key=lambda finding: finding.requirement.severity.rank):
        by_requirement.setdefault(finding.requirement.name, []).append(finding)
    for findings in by_requirement.values():
        requirement = findings[0].requirement
        yield from _name(group, requirement, screen)
        bullet = "- " if len(findings) > 1 else ""
        inner = _INDENT + " " * len(bullet)
        for finding in findings:
            yield from _message(finding, _INDENT + bullet, inner, screen)
            for label, text in _below(finding, None if group.brief else portal, verdict):
                yield from _fact(label, text, inner, screen)
        if not group.brief:
            for reference in requirement.references:
                yield from _fact("ref", reference.label, _INDENT, screen)
            yield from _fact("at ", str(requirement.location), _INDENT, screen)


def _name(group: _Group, requirement: RequirementSummary, screen: Screen) -> Iterator[str]:
    """Mark, severity, name and title."""
    paint = screen.paint
    severity = requirement.severity.value
    blanks = " " * (_SEVERITY_WIDTH - len(severity) + 2)
    lead = f"  {group.mark} {severity}{blanks}{requirement.name}"
    title = "" if group.brief else cut(line(requirement.title), _LONGEST_TITLE)
    first, *rest = wrapped(title, screen.width, first=f"{lead}  ", rest=_INDENT)
    mark, name = paint(group.mark, group.colour), paint.heading(requirement.name)
    yield f"  {mark} {paint.severity(severity)}{blanks}{name}{first[len(lead) :]}"
    yield from rest


def _message(finding: Finding, first: str, rest: str, screen: Screen) -> Iterator[str]:
    """The message, and the code of the reason, which docs/reference/reasons.md explains."""
    code = f"[{finding.judgement.reason.value}]"
    *lines, last = wrapped(f"{finding.message} {code}", screen.width, first=first, rest=rest)
    yield from lines
    yield last.removesuffix(code) + screen.paint.secondary(code)


def _fact(label: str, text: str, indent: str, screen: Screen) -> Iterator[str]:
    first, *rest = wrapped(text, screen.width, first=f"{indent}{label} ", rest=indent)
    yield f"{indent}{screen.paint.secondary(label)}{first[len(indent) + len(label) :]}"
    yield from rest


def _below(finding: Finding, portal: str | None, verdict: Verdict) -> Iterator[Fact]:
    """How it stands to the baseline, since when it fails, and its link.

    Without ``portal``, which the head of the report shows, there is no link.
    """
    if verdict.comparison is not None and finding.fails and not verdict.is_excused(finding):
        yield "baseline", verdict.comparison.clause(finding)
    if finding.since is not None:
        earlier = " or earlier" if finding.since.or_earlier else ""
        yield "fails since", f"{finding.since.date}{earlier}"
    link = finding.subject.portal_url
    if portal is not None and link != portal:
        yield "see", link
