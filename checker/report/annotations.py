"""What CI systems show beside the lines of a checkout: findings that somebody should look at, worst first.

A runner keeps a few annotations of each level and drops the rest without a word. So what does not fit is counted in the
last one that does.
"""

from collections.abc import Iterator
from enum import Enum, unique

import msgspec

from checker.documents.location import SourceLocation
from checker.report.finding import Finding
from checker.report.report import Report
from checker.report.standing import GateStanding, by_standing, worst_first
from checker.report.verdict import Decision, Verdict

_ELSEWHERE = "the job's summary and the other formats of the report have more"


@unique
class AnnotationLevel(Enum):
    """How much an annotation stands out, in the words that runners have in common."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Annotation(msgspec.Struct, frozen=True, kw_only=True):
    """A text beside a line.

    Attributes:
        title: what it is about: the key of a finding, the code of a warning.
        message: one or more sentences.
        location: the line of the policy; None where it is about the run.
    """

    level: AnnotationLevel
    title: str
    message: str
    location: SourceLocation | None = None


_LEVELS = {
    GateStanding.FAILS_GATE: (AnnotationLevel.ERROR, ""),
    GateStanding.NOT_JUDGED: (AnnotationLevel.ERROR, ", could not be judged"),
    GateStanding.EXCUSED: (AnnotationLevel.WARNING, ", unchanged since the baseline"),
    GateStanding.TOLERATED: (AnnotationLevel.WARNING, ", does not fail the gate"),
    GateStanding.WAIVED: (AnnotationLevel.NOTICE, ", waived"),
}


def annotations(report: Report, verdict: Verdict, *, most: int) -> list[Annotation]:
    """Every level with its annotations, the last of which says how many are left out.

    Args:
        report: whose findings and warnings they are.
        verdict: its verdict.
        most: how many of each level the runner keeps.
    """
    found: dict[AnnotationLevel, list[Annotation]] = {level: [] for level in AnnotationLevel}
    for one in _every(report, verdict):
        found[one.level].append(one)
    return [one for level, every in found.items() for one in _within(level, every, most)]


def _within(level: AnnotationLevel, every: list[Annotation], most: int) -> list[Annotation]:
    if len(every) <= most:
        return every
    message = f"{len(every) - most + 1} more of this level are left out; {_ELSEWHERE}."
    return [*every[: most - 1], Annotation(level=level, title="scoregate", message=message)]


def _every(report: Report, verdict: Verdict) -> Iterator[Annotation]:
    groups = by_standing(report, verdict)
    if verdict.decision is Decision.INDETERMINATE and not groups[GateStanding.NOT_JUDGED]:
        message = "Nothing was judged: every requirement was skipped."
        yield Annotation(level=AnnotationLevel.ERROR, title="scoregate", message=message)
    for standing, (level, lead) in _LEVELS.items():
        for finding in worst_first(groups[standing]):
            yield _annotation(finding, level, lead)
    for warning in report.warnings:
        yield Annotation(level=AnnotationLevel.NOTICE, title=warning.code, message=warning.message)


def _annotation(finding: Finding, level: AnnotationLevel, lead: str) -> Annotation:
    requirement = finding.requirement
    return Annotation(
        level=level,
        title=finding.key,
        message=f"{requirement.severity.value}{lead}: {finding.message}",
        location=requirement.location,
    )
