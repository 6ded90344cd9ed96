"""What a message says: the verdict, the score, the worst failures, and where to read on. Short, and plain text.

Chat programs turn parts of plain text into mentions, links and formats, each in its own way, so what comes from a
tenant or a policy is stripped of the characters that do.
"""

from collections.abc import Iterator

import msgspec

from checker.presentation.escape import line
from checker.presentation.words import counted, cut, percent
from checker.report.finding import Finding
from checker.report.outcome import Outcome
from checker.report.report import Report
from checker.report.verdict import Decision, Verdict

_MOST_FAILURES = 5
_LONGEST_LINE = 200
_TITLES = {
    Decision.PASS: "the gate passed",
    Decision.FAIL: "the gate failed",
    Decision.INDETERMINATE: "the gate could not judge",
}
# What starts a mention, a link, a format or a tag in Slack, Teams, Discord, Mattermost, Markdown or HTML.
_ACTIVE = str.maketrans(
    {
        **dict.fromkeys("<{[", "("),
        **dict.fromkeys(">}]", ")"),
        **dict.fromkeys("`", "'"),
        **dict.fromkeys("*~|#\\", " "),
        "@": "(at)",
        "&": "+",
    }
)


class Message(msgspec.Struct, frozen=True):
    """One message."""

    title: str
    body: str


def message_of(report: Report, verdict: Verdict, link: str | None) -> Message:
    """The message about a run with a verdict.

    Args:
        report: the findings.
        verdict: the decision on them.
        link: the run of the pipeline, or None.
    """
    return Message(_title(verdict.decision), _joined(*_lines(report, verdict), link=link))


def message_of_fault(fault: str, link: str | None) -> Message:
    """The message about a run that ended without a verdict.

    Args:
        fault: what happened, without secrets.
        link: the run of the pipeline, or None.
    """
    return Message(_title(Decision.INDETERMINATE), _joined(inert(fault), link=link))


def inert(text: str) -> str:
    """Text from outside in one line, without anything that a chat program makes more of than text."""
    text = line(" ".join(text.split())).translate(_ACTIVE).replace("://", ": //")
    return cut(text, _LONGEST_LINE)


def _title(decision: Decision) -> str:
    return f"scoregate: {_TITLES[decision]}"


def _lines(report: Report, verdict: Verdict) -> Iterator[str]:
    if report.tenant:
        yield f"Tenant: {inert(report.tenant)}"
    if report.snapshot.date is not None:
        score = report.score
        yield f"Secure Score on {report.snapshot.date}: {percent(score.percent if score is not None else None)}"
    yield _counts(report, verdict)
    failing = sorted(filter(verdict.fails_gate, report.findings), key=lambda finding: finding.requirement.severity.rank)
    yield from map(_failure, failing[:_MOST_FAILURES])
    if len(failing) > _MOST_FAILURES:
        yield f"and {len(failing) - _MOST_FAILURES} more"


def _counts(report: Report, verdict: Verdict) -> str:
    failing = sum(map(verdict.fails_gate, report.findings))
    errors = sum(finding.outcome is Outcome.ERROR for finding in report.findings)
    parts = [f"{failing} of {counted(len(report.findings), 'finding')} fail the gate"]
    if errors:
        parts.append(f"{errors} could not be judged")
    if verdict.comparison is not None:
        parts.append("compared with the baseline")
    return ", ".join(parts)


def _failure(finding: Finding) -> str:
    severity = finding.requirement.severity.value
    return f"- {severity}: {inert(finding.requirement.title)} ({inert(finding.key)})"


def _joined(*lines: str, link: str | None) -> str:
    return "\n".join([*lines, *([f"Run: {link}"] if link is not None else [])])
