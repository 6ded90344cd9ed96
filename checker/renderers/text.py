"""The report for a terminal: the verdict first, then what fails, then the rest in brief."""

from collections.abc import Iterator
from typing import NamedTuple

from checker.presentation.cells import wrapped
from checker.presentation.colours import BOLD, DIM, GREEN, RED, YELLOW
from checker.presentation.escape import line
from checker.presentation.facts import Fact, facts
from checker.presentation.paragraphs import remark
from checker.presentation.screen import Screen
from checker.presentation.tables import TextColumn, text_table
from checker.presentation.words import cut
from checker.renderers.interface import Rendering
from checker.report.finding import Finding, RequirementSummary
from checker.report.heading import DECISIONS, head_facts, verdict_words
from checker.report.outcome import Severity
from checker.report.report import FrameworkCoverage, FrameworkState
from checker.report.standing import HEADINGS, GateStanding, by_standing, worst_first
from checker.report.verdict import Decision, Verdict

_LONGEST_TITLE = 100
_LABEL = 10
_SEVERITY_WIDTH = max(len(severity.value) for severity in Severity)
_INDENT = " " * (_SEVERITY_WIDTH + 6)
_COLOURS = {Decision.PASS: GREEN, Decision.FAIL: RED, Decision.INDETERMINATE: YELLOW}
_FRAMEWORK_COLOURS = {
    FrameworkState.COVERED: GREEN,
    FrameworkState.FAILING: RED,
    FrameworkState.WAIVED: YELLOW,
    FrameworkState.NOT_JUDGED: YELLOW,
    FrameworkState.NOT_MEASURABLE: DIM,
}


class _Group(NamedTuple):
    """How findings under one heading are put; ``brief`` leaves out titles, links and places."""

    mark: str
    colour: str
    brief: bool = False


_GROUPS = {
    GateStanding.FAILS_GATE: _Group("✗", RED),
    GateStanding.NOT_JUDGED: _Group("?", YELLOW),
    GateStanding.EXCUSED: _Group("=", YELLOW),
    GateStanding.TOLERATED: _Group("!", YELLOW),
    GateStanding.WAIVED: _Group("~", YELLOW),
    GateStanding.SKIPPED: _Group("-", DIM, brief=True),
}


def render(rendering: Rendering) -> bytes:
    """Lines that fit the screen, UTF-8, with colours where it shows them."""
    return ("\n".join(_lines(rendering)) + "\n").encode()


def _lines(rendering: Rendering) -> Iterator[str]:
    report, verdict = rendering.report, rendering.verdict
    screen = rendering.screen
    paint = screen.paint
    groups = by_standing(report, verdict)
    failing = len(groups[GateStanding.FAILS_GATE])
    word = paint(DECISIONS[verdict.decision], BOLD, _COLOURS[verdict.decision])
    yield f"{word}  {verdict_words(verdict.decision, failing)}"
    yield from facts(head_facts(report, verdict.comparison), label=_LABEL, indent=0, width=screen.width, paint=paint)
    for standing, group in _GROUPS.items():
        if groups[standing]:
            yield from ("", paint.heading(f"{HEADINGS[standing]} ({len(groups[standing])})"))
            yield from _findings(group, groups[standing], screen, rendering)
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


def _findings(group: _Group, found: list[Finding], screen: Screen, rendering: Rendering) -> Iterator[str]:
    """From worst to least severe, and in the order of the policies within a severity; a requirement is named once."""
    portal, verdict = rendering.report.portal, rendering.verdict
    by_requirement: dict[str, list[Finding]] = {}
    for finding in worst_first(found):
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
        yield "fails since", finding.since.words
    link = finding.subject.portal_url
    if portal is not None and link != portal:
        yield "see", link
