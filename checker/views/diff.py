"""The answer to ``diff``: what differs between two states of a tenant."""

from collections.abc import Iterator

from checker.insight.difference import ControlChange, Diff, FindingChange, StateChange
from checker.insight.side import Side
from checker.presentation.escape import Markup, code, line, markdown
from checker.presentation.tables import markdown_table
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
_LONGEST_COMMENT = 200


def render(name: str, diff: Diff) -> bytes:
    """The difference in the format ``name``, one of ``FORMATS``."""
    return rendered(name, diff, text=_text, markdown=_markdown)


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


def _text(diff: Diff) -> Iterator[str]:
    yield f"- {line(diff.before.name)}  {line(_side(diff.before))}"
    yield f"+ {line(diff.after.name)}  {line(_side(diff.after))}"
    yield f"  {_score(diff)}"
    yield from section(map(_text_control, diff.controls), "Controls")
    yield from section(map(_text_state, diff.states), "States")
    yield from section(map(_text_finding, diff.findings), "Findings")
    yield from text_notes(diff.notes)
    yield ""
    yield _summary(diff)


def _text_control(of: ControlChange) -> str:
    return f"  {_MARKS[of.change]} {of.change:<11}{line(of.control)}  {line(_points(of))}"


def _text_state(of: StateChange) -> str:
    return f"  {line(of.control)}  {line(transition(of.before, of.after))}  {line(_set_by(of))}".rstrip()


def _text_finding(of: FindingChange) -> str:
    control = f"  {line(of.control)}" if of.control is not None else ""
    return f"  {line(of.requirement)}{control}  {transition(of.before, of.after)}"


def _markdown(diff: Diff) -> Iterator[str]:
    yield f"### What differs: {_score(diff)}"
    sides = (
        (Markup(f"{mark}: {markdown(side.name)}"), _side(side))
        for mark, side in (("before", diff.before), ("after", diff.after))
    )
    yield from section(markdown_table(("", ""), sides))
    rows = list(_markdown_rows(diff))
    if rows:
        yield from section(markdown_table(("", "", ""), rows))
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
