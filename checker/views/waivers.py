"""The answer to ``waivers list``: what each waiver covers, when it ends, what it costs."""

from collections.abc import Iterator

from checker.insight.waivers import CoveredFinding, WaiverList, WaiverRow
from checker.presentation.colours import GREEN, RED, YELLOW
from checker.presentation.escape import code, markdown
from checker.presentation.facts import Fact, facts
from checker.presentation.paragraphs import marked, paragraph
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import markdown_table
from checker.presentation.words import bracketed, counted, joined, points, position
from checker.views.formats import rendered, section

_LABEL = 10
_WORDS = {
    "in-force": "in force",
    "not-yet-in-force": "not yet in force",
    "expired": "ended",
    "too-long": "runs too long, so it covers nothing",
    "other-tenant": "of another tenant",
    "other-label": "of another tenant label",
}
_MARKS = {"covered": ("+", GREEN), "partly": ("~", YELLOW), "not-covered": ("-", RED)}


def render(name: str, answer: WaiverList, screen: Screen = FILE) -> bytes:
    """The list in the format ``name``, one of ``FORMATS``."""
    return rendered(name, answer, screen, text=_text, markdown=_markdown)


def _head(answer: WaiverList) -> str:
    count = counted(len(answer.waivers), "waiver")
    if not answer.waived:
        return f"{count} on {answer.today}; no failure is waived"
    verb = "is" if answer.waived == 1 else "are"
    return f"{count} on {answer.today}; {counted(answer.waived, 'failure')} {verb} waived, {_cost(answer.points)}"


def _cost(amount: float | None) -> str:
    return "which costs an unknown number of points" if amount is None else f"which costs {points(amount)}"


def _term(row: WaiverRow) -> str:
    """``2026-05-01 to 2026-06-30, 39 days left``."""
    text = f"{row.start} to {row.until}"
    if row.days_left < 0:
        return f"{text}, ended {counted(-row.days_left, 'day')} ago"
    return f"{text}, {counted(row.days_left, 'day')} left" if row.status != "not-yet-in-force" else text


def _name(row: WaiverRow) -> str:
    tenant = f"tenant {row.tenant}" if row.tenant else ""
    label = f"tenant label {row.tenant_label}" if row.tenant_label else ""
    return row.requirement + bracketed(joined(row.control or "", tenant, label))


def _covers(row: WaiverRow) -> str:
    covered = [one for one in row.findings if one.status == "covered"]
    if not covered:
        return "nothing"
    amount = points(row.points) if row.points is not None else "an unknown number of points"
    return f"{counted(len(covered), 'failure')}, {amount}"


def _finding(one: CoveredFinding, screen: Screen) -> Iterator[str]:
    mark, colour = _MARKS[one.status]
    return marked(mark, f"{one.finding}: {one.message}", screen, lambda text: screen.paint(text, colour))


def _approval(row: WaiverRow) -> str:
    return row.approved_by + bracketed(row.ticket)


def _place(row: WaiverRow) -> str:
    return position(row.location.file, row.location.line, row.location.column)


def _facts(row: WaiverRow) -> Iterator[Fact]:
    yield "term", f"{_term(row)} ({_WORDS[row.status]})"
    yield "covers", _covers(row)
    if row.floor is not None:
        yield "floor", row.floor
    yield "reason", row.reason
    yield "approved", _approval(row)
    yield "at", _place(row)


def _text(answer: WaiverList, screen: Screen) -> Iterator[str]:
    yield from map(screen.paint.heading, paragraph(f"{_head(answer)}.", screen))
    for row in answer.waivers:
        yield from ("", *map(screen.paint.heading, paragraph(_name(row), screen)))
        yield from facts(_facts(row), label=_LABEL, width=screen.width, paint=screen.paint)
        for one in row.findings:
            yield from _finding(one, screen)


def _markdown(answer: WaiverList) -> Iterator[str]:
    yield f"### {_head(answer)}"
    columns = ("waiver", "status", "term", "covers", "reason", "approved by")
    rows = (
        (code(_name(row)), _WORDS[row.status], _term(row), _covers(row), row.reason, _approval(row))
        for row in answer.waivers
    )
    if answer.waivers:
        yield from section(markdown_table(columns, rows))
    said = (f"- {code(one.finding)}: {markdown(one.message)}" for row in answer.waivers for one in row.findings)
    yield from section(said, "Failures that they speak of:\n")
