"""The report for a person: the verdict first, then what fails, then the rest in few lines."""

import textwrap
from collections.abc import Iterable, Iterator

from checker.presentation.escape import line
from checker.presentation.words import counted, shown
from checker.renderers.interface import Rendering
from checker.report.finding import Finding
from checker.report.outcome import Outcome, Severity
from checker.report.report import Report
from checker.report.verdict import Decision

_WIDTH = 100
_SEVERITY_WIDTH = max(len(severity.value) for severity in Severity)
_INDENT = " " * (_SEVERITY_WIDTH + 6)
_BOLD, _RED, _GREEN, _YELLOW, _DIM = "1", "31", "32", "33", "2"
_WORDS = {
    Decision.PASS: ("PASS", _GREEN),
    Decision.FAIL: ("FAIL", _RED),
    Decision.INDETERMINATE: ("COULD NOT JUDGE", _YELLOW),
}


def render(rendering: Rendering) -> bytes:
    """Lines of at most about 100 columns, UTF-8, with colours where ``rendering.colour`` says so."""
    return ("\n".join(_lines(rendering)) + "\n").encode()


def _lines(rendering: Rendering) -> Iterator[str]:
    report, verdict = rendering.report, rendering.verdict
    paint = _Paint(rendering.colour)
    failing = [finding for finding in report.findings if verdict.fails_gate(finding)]
    tolerated = [finding for finding in report.findings if finding.fails and not verdict.fails_gate(finding)]
    yield from _head(report, verdict.decision, failing, paint)
    groups = (
        ("Fails the gate", "✗", _RED, failing),
        ("Could not be judged", "?", _YELLOW, _of(report, Outcome.ERROR)),
        ("Fails, but does not fail the gate", "!", _YELLOW, tolerated),
        ("Waived", "~", _YELLOW, _of(report, Outcome.WAIVED)),
        ("Skipped", "-", _DIM, _of(report, Outcome.SKIPPED)),
    )
    for title, mark, colour, findings in groups:
        if findings:
            yield ""
            yield paint(f"{title} ({len(findings)})", _BOLD)
            yield from _group(findings, mark, colour, paint, portal=report.portal, brief=mark == "-")
    if report.warnings:
        yield ""
        yield paint(f"Warnings ({len(report.warnings)})", _BOLD)
        for warning in report.warnings:
            yield from _wrapped(f"{warning.message}", "  ! ", "    ")
    yield ""
    yield "   ".join(f"{outcome} {number}" for outcome, number in report.counts().items())


def _head(report: Report, decision: Decision, failing: list[Finding], paint: "_Paint") -> Iterator[str]:
    word, colour = _WORDS[decision]
    match decision:
        case Decision.FAIL:
            says = f"{counted(len(failing), 'finding')} {'fails' if len(failing) == 1 else 'fail'} the gate"
        case Decision.INDETERMINATE:
            says = "the data does not tell whether the policies hold"
        case Decision.PASS:
            says = "nothing fails the gate"
    yield f"{paint(word, _BOLD, colour)}  {says}"
    yield f"tenant    {line(report.tenant) or 'unknown'}"
    yield f"score     {_score(report)}"
    yield f"policies  {', '.join(report.policies)}"
    yield f"portal    {line(report.portal)}"


def _score(report: Report) -> str:
    score, date = report.score, report.snapshot.date
    if score is None or date is None:
        return "none yet"
    current = shown(score.current_score) if score.current_score is not None else "?"
    text = f"{current} of {shown(score.max_score) if score.max_score is not None else '?'} points"
    if score.percent is not None:
        text += f", {shown(score.percent)} %"
    if score.declared:
        text += f" ({shown(score.declared)} points of it declared, not observed)"
    age = report.age_days or 0
    when = "today" if age == 0 else f"{counted(age, 'day')} old" if age > 0 else f"{counted(-age, 'day')} ahead"
    return f"{text}, on {date} ({when})"


def _group(
    findings: list[Finding], mark: str, colour: str, paint: "_Paint", *, portal: str, brief: bool
) -> Iterator[str]:
    """Findings from worst to least, in the order of the policies within a severity; a requirement is named once."""
    by_requirement: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: finding.requirement.severity.rank):
        by_requirement.setdefault(finding.requirement.name, []).append(finding)
    for its_findings in by_requirement.values():
        requirement = its_findings[0].requirement
        severity = f"{requirement.severity.value:<{_SEVERITY_WIDTH}}"
        title = "" if brief else f"  {_cut(line(requirement.title))}"
        yield f"  {paint(mark, colour)} {paint(severity, colour)}  {paint(requirement.name, _BOLD)}{title}"
        bullet = "- " if len(its_findings) > 1 else ""
        for finding in its_findings:
            yield from _wrapped(finding.message, _INDENT + bullet, _INDENT + " " * len(bullet))
            if finding.since is not None:
                earlier = " or earlier" if finding.since.or_earlier else ""
                yield f"{_INDENT}{' ' * len(bullet)}{paint('fails since', _DIM)} {finding.since.date}{earlier}"
            link = finding.subject.portal_url
            if link != portal and not brief:
                yield f"{_INDENT}{' ' * len(bullet)}{paint('see', _DIM)} {line(link)}"
        if not brief:
            yield f"{_INDENT}{paint('at ', _DIM)} {line(str(requirement.location))}"


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"


def _wrapped(text: str, first: str, rest: str) -> Iterable[str]:
    return textwrap.wrap(
        line(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]


def _of(report: Report, outcome: Outcome) -> list[Finding]:
    return [finding for finding in report.findings if finding.outcome is outcome]


class _Paint:
    """Select Graphic Rendition around a word, where the output is a terminal."""

    def __init__(self, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, *codes: str) -> str:
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self._on else text
