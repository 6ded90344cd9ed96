"""What differs between two states of a tenant, for a person, a pull request and other tools."""

from collections.abc import Iterator

from checker.insight.difference import ControlChange, Diff, Side, StateChange
from checker.presentation.escape import line, markdown
from checker.presentation.words import counted, shown, signed
from checker.views.formats import rendered

_MARKS = {"appeared": "+", "gone": "-", "rose": "^", "fell": "v", "moved": ">", "reweighted": "~"}


def render(name: str, found: Diff) -> bytes:
    """The difference in the format ``name``, one of ``FORMATS``."""
    return rendered(name, found, text=_text, markdown=_markdown)


def _side(of: Side) -> str:
    current = shown(of.current_score) if of.current_score is not None else "?"
    maximum = shown(of.max_score) if of.max_score is not None else "?"
    percent = f" ({shown(of.percent)} %)" if of.percent is not None else ""
    verdict = f", gate {of.verdict}" if of.verdict is not None else ""
    return f"{of.date or 'no day'}: {current} of {maximum} points{percent}{verdict}"


def _score(found: Diff) -> str:
    if found.change is None:
        return "The change of the score is unknown."
    share = found.change.percentage_points
    also = f", {signed(share)} percentage points" if share is not None else ""
    return f"{signed(found.change.points)} points{also}"


def _points(of: ControlChange) -> str:
    before, after = (shown(one) if one is not None else "none" for one in (of.before, of.after))
    text = after if before == after else f"{before} -> {after}"
    if of.maximum_before is not None and of.maximum_after is not None and of.maximum_before != of.maximum_after:
        text += f", the maximum {shown(of.maximum_before)} -> {shown(of.maximum_after)}"
    if of.category_before is not None:
        text += f", {of.category_before} -> {of.control_category or 'none'}"
    return text


def _who(of: StateChange) -> str:
    by = f" by {of.updated_by}" if of.updated_by else ""
    at = f" on {of.updated_date_time[:10]}" if of.updated_date_time else ""
    comment = f": {' '.join(of.comment.split())[:200]}" if of.comment and of.comment.strip() else ""
    return f"{by}{at}{comment}".strip()


def _summary(found: Diff) -> str:
    if not found.differs:
        return "Nothing differs."
    parts = [
        counted(len(found.controls), "control"),
        counted(len(found.states), "state"),
        counted(len(found.findings), "finding"),
    ]
    return f"{', '.join(parts)} differ."


def _text(found: Diff) -> Iterator[str]:
    yield f"- {line(found.before.name)}  {line(_side(found.before))}"
    yield f"+ {line(found.after.name)}  {line(_side(found.after))}"
    yield f"  {_score(found)}"
    if found.controls:
        yield ""
        yield "Controls"
    for control in found.controls:
        yield f"  {_MARKS[control.change]} {control.change:<11}{line(control.control)}  {line(_points(control))}"
    if found.states:
        yield ""
        yield "States"
    for state in found.states:
        yield f"  {line(state.control)}  {line(state.before)} -> {line(state.after)}  {line(_who(state))}".rstrip()
    if found.findings:
        yield ""
        yield "Findings"
    for finding in found.findings:
        name = f"  {line(finding.control)}" if finding.control is not None else ""
        yield f"  {line(finding.requirement)}{name}  {finding.before or 'none'} -> {finding.after or 'none'}"
    for note in found.notes:
        yield ""
        yield f"  ! {note}"
    yield ""
    yield _summary(found)


def _markdown(found: Diff) -> Iterator[str]:
    yield f"### What differs: {_score(found)}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for mark, side in (("before", found.before), ("after", found.after)):
        yield f"| {mark}: {markdown(side.name)} | {markdown(_side(side))} |"
    rows = [
        *(("control", one.control, f"{one.change}: {_points(one)}") for one in found.controls),
        *(("state", one.control, f"{one.before} -> {one.after} {_who(one)}".rstrip()) for one in found.states),
        *(
            (
                "finding",
                f"{one.requirement} {one.control or ''}".rstrip(),
                f"{one.before or 'none'} -> {one.after or 'none'}",
            )
            for one in found.findings
        ),
    ]
    if rows:
        yield ""
        yield "| | | |"
        yield "|---|---|---|"
    for what, name, text in rows:
        yield f"| {what} | <code>{markdown(name)}</code> | {markdown(text)} |"
    for note in found.notes:
        yield ""
        yield f"*{markdown(note)}*"
    yield ""
    yield _summary(found)
