"""The answer to ``diff``: what differs between two states of a tenant."""

from collections.abc import Iterator
from functools import partial

from checker.insight.difference import ControlChange, Diff, StateChange
from checker.insight.side import Side
from checker.presentation.cells import wrapped
from checker.presentation.colours import GREEN, RED, Paint
from checker.presentation.escape import Markup, code, line, markdown
from checker.presentation.paragraphs import marked
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import TextColumn, markdown_table, text_table
from checker.presentation.words import (
    bracketed,
    comment,
    counted,
    difference,
    percent,
    points_of,
    set_by,
    shown,
    transition,
)
from checker.views.formats import markdown_notes, rendered, section, text_notes

_MARKS = {"appeared": "+", "gone": "-", "rose": "^", "fell": "v", "moved": ">", "reweighted": "~"}
_COLOURS = {"rose": (GREEN,), "fell": (RED,)}
_LONGEST_COMMENT = 200


def render(name: str, diff: Diff, screen: Screen = FILE) -> bytes:
    """The difference in the format ``name``, one of ``FORMATS``."""
    return rendered(name, diff, screen, text=_text, markdown=_markdown)


def _side(of: Side) -> str:
    verdict = f", gate {of.verdict}" if of.verdict is not None else ""
    score = points_of(of.current_score, of.max_score) + bracketed(percent(of.percent, ""))
    return f"{of.date or 'no day'}: {score}{verdict}"


def _score(diff: Diff) -> str:
    if diff.change is None:
        return "The change of the score is unknown."
    return difference(diff.change.points, diff.change.percentage_points)


def _points(of: ControlChange) -> str:
    before, after = (shown(one) if one is not None else None for one in (of.before, of.after))
    text = after or "none" if before == after else transition(before, after)
    if of.maximum_before is not None and of.maximum_after is not None and of.maximum_before != of.maximum_after:
        text += f", the maximum {transition(shown(of.maximum_before), shown(of.maximum_after))}"
    if of.category_before is not None:
        text += f", {transition(of.category_before, of.control_category)}"
    return text


def _set_by(of: StateChange) -> str:
    """Who set the later state, when and why, as far as Graph says."""
    reason = comment(of.comment, most=_LONGEST_COMMENT)
    return (set_by(of.updated_by, of.updated_date_time) + (f": {reason}" if reason else "")).strip()


def _summary(diff: Diff) -> str:
    if not diff.differs:
        return "Nothing differs."
    numbers = (
        counted(len(diff.controls), "control"),
        counted(len(diff.states), "state"),
        counted(len(diff.findings), "finding"),
    )
    return f"{', '.join(numbers)} differ."


def _text(diff: Diff, screen: Screen) -> Iterator[str]:
    paint = screen.paint
    for mark, side in (("-", diff.before), ("+", diff.after)):
        yield from wrapped(_side(side), screen.width, first=f"{mark} {line(side.name)}  ", rest="    ")
    yield f"  {paint.signed(_score(diff))}"
    controls = (text for control in diff.controls for text in _text_control(control, screen))
    yield from section(controls, paint.heading("Controls"))
    names = TextColumn(style=paint.heading)
    states = ((of.control, transition(of.before, of.after), _set_by(of)) for of in diff.states)
    columns = (names, TextColumn(), TextColumn(free=True))
    yield from section(text_table(columns, states, screen, indent=2), paint.heading("States"))
    findings = ((of.requirement, of.control or "", transition(of.before, of.after)) for of in diff.findings)
    columns = (names, TextColumn(), TextColumn(style=partial(_painted, paint)))
    yield from section(text_table(columns, findings, screen, indent=2), paint.heading("Findings"))
    yield from text_notes(diff.notes, screen)
    yield ""
    yield _summary(diff)


def _text_control(of: ControlChange, screen: Screen) -> Iterator[str]:
    def style(mark: str) -> str:
        return screen.paint(mark, *_COLOURS.get(of.change, ()))

    return marked(_MARKS[of.change], _points(of), screen, style, lead=f"{of.change:<11}{line(of.control)}  ")


def _painted(paint: Paint, change: str) -> str:
    """``before -> after`` in the colour of what it is now."""
    return paint.outcome(change.rpartition(" ")[2], change)


def _markdown(diff: Diff) -> Iterator[str]:
    yield f"### What differs: {_score(diff)}"
    sides = (
        (Markup(f"{mark}: {markdown(side.name)}"), _side(side))
        for mark, side in (("before", diff.before), ("after", diff.after))
    )
    yield from section(markdown_table(("", "score"), sides))
    rows = list(_markdown_rows(diff))
    if rows:
        yield from section(markdown_table(("", "what", "change"), rows))
    yield from markdown_notes(diff.notes)
    yield ""
    yield _summary(diff)


def _markdown_rows(diff: Diff) -> Iterator[tuple[str, str, str]]:
    for control in diff.controls:
        yield "control", code(control.control), f"{control.change}: {_points(control)}"
    for state in diff.states:
        change = f"{transition(state.before, state.after)} {_set_by(state)}".rstrip()
        yield "state", code(state.control), change
    for finding in diff.findings:
        name = f"{finding.requirement} {finding.control or ''}".rstrip()
        yield "finding", code(name), transition(finding.before, finding.after)
