"""The report for the summary of a CI job: the verdict, what fails in a table, and the rest folded.

GitHub drops a summary above 1 MiB whole, and counts what other steps have written to it. So the page stays below that,
and says what it leaves out.
"""

from collections.abc import Iterable, Iterator, Sequence

from checker.presentation.escape import code, line, markdown
from checker.presentation.facts import Fact
from checker.presentation.tables import Linked, markdown_facts, markdown_table
from checker.presentation.words import bracketed, counted, cut
from checker.renderers.interface import Rendering
from checker.report.finding import Finding
from checker.report.heading import DECISIONS, head_facts, verdict_words
from checker.report.report import FrameworkCoverage, Report
from checker.report.standing import HEADINGS, GateStanding, by_standing, worst_first

# Source: docs.github.com, "Workflow commands": 1,048,576 bytes a step. The rest is for headings and closing tags.
_MOST_BYTES = 900 * 1024
# Nobody reads further, and a browser has to show it.
_MOST_ROWS = 1_000
_LONGEST = 1_000
_ELSEWHERE = "the JSON report has all"
_SIGNS = {"PASS": "✅", "FAIL": "❌"}
_OPEN = (GateStanding.FAILS_GATE, GateStanding.NOT_JUDGED)


class _SummaryPage:
    """Lines, and how many bytes there is room for."""

    def __init__(self, room: int) -> None:
        self._lines: list[str] = []
        self._room = room

    def add(self, *lines: str) -> None:
        """Lines that every page has."""
        self._lines += lines
        self._room -= sum(len(text.encode()) + 1 for text in lines)

    def add_each(self, blocks: Iterable[Sequence[str]], total: int, what: str) -> None:
        """As many blocks of lines as there is room for, and how many of them are left out."""
        count = 0
        for block in blocks:
            if self._room < sum(len(text.encode()) + 1 for text in block):
                break
            self.add(*block)
            count += 1
        if count < total:
            left = counted(total - count, f"more {what}")
            self.add("", f"*{left} {'is' if total - count == 1 else 'are'} left out; {_ELSEWHERE}.*")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], total: int) -> None:
        """A table with as many rows as there is room for."""
        head, rule, *body = markdown_table(columns, rows)
        self.add(head, rule)
        self.add_each(((row,) for row in body), total, "row")

    def fold(self, title: str) -> None:
        """What follows is folded under a title."""
        self.add("", f"<details><summary>{markdown(title)}</summary>", "")

    def unfold(self) -> None:
        """Ends what is folded."""
        self.add("", "</details>")

    @property
    def data(self) -> bytes:
        """The page."""
        return ("\n".join(self._lines) + "\n").encode()


def render(rendering: Rendering) -> bytes:
    """Markdown as GitHub, Azure DevOps and GitLab show it; below 1 MiB with what stands before it."""
    report, verdict = rendering.report, rendering.verdict
    page = _SummaryPage(_MOST_BYTES - rendering.taken)
    groups = {how: worst_first(found) for how, found in by_standing(report, verdict).items()}
    word = DECISIONS[verdict.decision]
    clause = verdict_words(verdict.decision, len(groups[GateStanding.FAILS_GATE]))
    page.add(f"### {_SIGNS.get(word, '❔')} {word}: {clause}", "", *_head(rendering), "")
    page.add(" · ".join(f"{outcome} {number}" for outcome, number in report.counts().items()))
    for how, found in groups.items():
        if found:
            _group(page, how, found)
        if how is GateStanding.NOT_JUDGED:
            _details(page, [one for standing in _OPEN for one in groups[standing]], rendering)
    if report.framework is not None:
        _framework(page, report.framework)
    if report.warnings:
        _warnings(page, report)
    return page.data


def _head(rendering: Rendering) -> Iterator[str]:
    facts = head_facts(rendering.report, rendering.verdict.comparison)
    short = ((label, _short(text)) for label, text in facts)
    return markdown_facts((label, Linked(text) if label == "portal" else text) for label, text in short)


def _group(page: _SummaryPage, how: GateStanding, found: list[Finding]) -> None:
    title = f"{HEADINGS[how]} ({len(found)})"
    if how in _OPEN:
        page.add("", f"#### {title}", "")
    else:
        page.fold(title)
    waived = how is GateStanding.WAIVED
    columns = ("severity", "requirement", "finding", *(("waiver",) if waived else ()))
    rows = ([*_row(one), *([_waiver(one)] if waived else [])] for one in found[:_MOST_ROWS])
    page.table(columns, rows, len(found))
    if how not in _OPEN:
        page.unfold()


def _row(finding: Finding) -> list[str]:
    requirement = finding.requirement
    message = f"{_short(finding.message)} [{finding.judgement.reason.value}]"
    return [requirement.severity.value, code(finding.key, _short(requirement.title)), message]


def _waiver(finding: Finding) -> str:
    waiver = finding.waiver
    if waiver is None:
        return ""
    ticket = f", {waiver.ticket}" if waiver.ticket else ""
    return _short(f"until {waiver.until}, approved by {waiver.approved_by}{ticket}: {waiver.reason}")


def _details(page: _SummaryPage, found: list[Finding], rendering: Rendering) -> None:
    """Why, where and who, of what somebody has to look at."""
    if not found:
        return
    page.fold(f"Details of {counted(len(found), 'finding')}")
    blocks = ([f"**{code(one.key)}**", "", *markdown_facts(_facts(one, rendering)), ""] for one in found[:_MOST_ROWS])
    page.add_each(blocks, len(found), "finding")
    page.unfold()


def _facts(finding: Finding, rendering: Rendering) -> Iterator[Fact]:
    requirement = finding.requirement
    comparison = rendering.verdict.comparison
    place = requirement.location
    control, title = finding.judgement.control or "", finding.subject.title
    rows = (
        ("required", requirement.sentence),
        ("control", f"{control}{bracketed(title if title != control else None)}"),
        ("baseline", comparison.clause(finding) if comparison is not None else ""),
        ("fails since", finding.since.words if finding.since is not None else ""),
        ("why", requirement.rationale),
        ("owner", requirement.owner),
        ("references", Linked("; ".join(one.label for one in requirement.references))),
        ("see", Linked(finding.subject.portal_url)),
        ("at", f"{rendering.path(place.file)}:{place.line}:{place.column}"),
    )
    for label, text in rows:
        if text:
            short = _short(text)
            yield label, Linked(short) if isinstance(text, Linked) else short


def _framework(page: _SummaryPage, coverage: FrameworkCoverage) -> None:
    """The table by the framework's controls, and what it does not prove."""
    page.fold(f"{_short(coverage.framework)} ({len(coverage.controls)})")
    rows = (
        (
            _short(one.control),
            one.version or "",
            one.state.value,
            "yes" if one.derived else "no",
            _short(", ".join(one.requirements)),
        )
        for one in coverage.controls[:_MOST_ROWS]
    )
    page.table(("control", "version", "state", "derived", "requirements"), rows, len(coverage.controls))
    page.add("", *(f"- {markdown(limit)}" for limit in coverage.limits))
    page.unfold()


def _warnings(page: _SummaryPage, report: Report) -> None:
    page.fold(f"Warnings ({len(report.warnings)})")
    each = ([f"- {markdown(_short(one.message))}"] for one in report.warnings[:_MOST_ROWS])
    page.add_each(each, len(report.warnings), "warning")
    page.unfold()


def _short(text: str) -> str:
    """Text in one line, since a value's own line breaks would begin paragraphs and lists."""
    return cut(line(text), _LONGEST)
