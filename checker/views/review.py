"""The answer to ``review``: what a change of policies does, for a terminal and for a comment on a pull request."""

from collections.abc import Iterator, Sequence

from checker.presentation.colours import GREEN, RED
from checker.presentation.escape import code, line, markdown
from checker.presentation.paragraphs import marked
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import TextColumn, markdown_table, text_table
from checker.presentation.words import bracketed, counted, joined, points, position, transition
from checker.report.document import LocationDocument
from checker.requirements.direction import Direction
from checker.review.answer import (
    FieldDifference,
    RequirementChange,
    Review,
    ReviewedFinding,
    RevisionSide,
    WaiverChange,
)
from checker.views.formats import rendered, section

Change = RequirementChange | WaiverChange

# A comment of GitHub's takes 65,536 characters; what is cut is counted.
_LONGEST_MARKDOWN = 60_000
# By it the comment of an earlier run is found and replaced.
MARKER = "<!-- scoregate-review -->"
_HEADINGS = {
    Direction.LOOSER: "Looser",
    Direction.UNDECIDED: "Can't be compared, so it counts as looser",
    Direction.TIGHTER: "Tighter",
    Direction.NEUTRAL: "Neither",
}


def render(name: str, answer: Review, screen: Screen = FILE) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``."""
    return rendered(name, answer, screen, text=_text, markdown=_markdown)


def _side(side: RevisionSide) -> str:
    if side.reference is None:
        return "the working tree"
    return f"{side.reference}{bracketed((side.commit or '')[:12])}"


def _changes(answer: Review) -> list[Change]:
    return [*answer.requirements, *answer.waivers]


def _head(answer: Review) -> str:
    changes = len(_changes(answer))
    if not changes:
        return "No requirement and no waiver changes."
    loosening = sum(1 for one in _changes(answer) if one.direction.may_loosen)
    if not loosening:
        return f"{counted(changes, 'change')}, and none makes the gate looser."
    approved = loosening - answer.unapproved
    note = f", {approved} of them approved" if approved else ""
    return f"{loosening} of {counted(changes, 'change')} can make the gate looser{note}."


def _verdict(answer: Review) -> str | None:
    if answer.verdict is None:
        return None
    before, after = answer.verdict.before.value, answer.verdict.after.value
    return f"the gate: {before}, as before" if before == after else f"the gate: {transition(before, after)}"


def _sentence(one: Change) -> str:
    if isinstance(one, RequirementChange):
        what = f"{one.requirement} is {one.change}"
        fields = "; ".join(map(_field, one.fields))
        text = f"{what}: {fields}" if fields else what
    else:
        of = bracketed(joined(one.control or "", f"tenant {one.tenant}" if one.tenant else ""))
        cost = f", costs {points(one.points)} now" if one.points is not None else ""
        soon = ", within 30 days" if one.ends_soon else ""
        text = f"the waiver of {one.requirement}{of} is {one.change}: until {one.until}{soon}{cost}"
    approved = f"; approved by {one.approved_by}" if one.approved_by else ""
    return f"{text}{approved}"


def _field(field: FieldDifference) -> str:
    return f"{field.field} {transition(field.before, field.after)}"


def _place(of: LocationDocument) -> str:
    return position(of.file, of.line, of.column)


def _groups(answer: Review) -> Iterator[tuple[Direction, Sequence[Change]]]:
    for direction in _HEADINGS:
        found = [one for one in _changes(answer) if one.direction is direction]
        if found:
            yield direction, found


def _text(answer: Review, screen: Screen) -> Iterator[str]:
    style = (RED,) if answer.unapproved else (GREEN,)
    yield screen.paint(_head(answer), *style)
    yield from marked(" ", f"from {_side(answer.base)} to {_side(answer.head)}", screen, screen.paint.secondary)
    verdict = _verdict(answer)
    if verdict is not None:
        yield from marked(" ", verdict, screen, screen.paint.secondary)
    for direction, found in _groups(answer):
        lines = (text for one in found for text in _text_change(one, screen))
        yield from section(lines, screen.paint.heading(f"{_HEADINGS[direction]} ({len(found)})"))
    if answer.findings:
        columns = (TextColumn("finding"), TextColumn("outcome"), TextColumn(""))
        rows = ((_finding(one), _outcomes(one), _effect(one)) for one in answer.findings)
        yield from section(text_table(columns, rows, screen), screen.paint.heading("Findings that change"))


def _text_change(one: Change, screen: Screen) -> Iterator[str]:
    yield from marked("-", _sentence(one), screen, screen.paint.heading)
    yield screen.paint.secondary(f"    at {line(_place(one.location))}")


def _finding(one: ReviewedFinding) -> str:
    return f"{one.requirement}{bracketed(one.control)}"


def _outcomes(one: ReviewedFinding) -> str:
    return transition(
        one.before.value if one.before is not None else None, one.after.value if one.after is not None else None
    )


def _effect(one: ReviewedFinding) -> str:
    if one.fails_after and not one.fails_before:
        return "fails the gate now"
    return "fails the gate no more" if one.fails_before and not one.fails_after else ""


def _markdown(answer: Review) -> Iterator[str]:
    yield MARKER
    yield f"### {markdown(_head(answer))}"
    yield ""
    said = f"From {_side(answer.base)} to {_side(answer.head)}"
    verdict = _verdict(answer)
    yield markdown(f"{said}; {verdict}." if verdict is not None else f"{said}.")
    room = _LONGEST_MARKDOWN
    for direction, found in _groups(answer):
        folded = not direction.may_loosen
        yield ""
        title = f"{_HEADINGS[direction]} ({len(found)})"
        yield f"<details><summary>{title}</summary>" if folded else f"**{markdown(title)}**"
        yield ""
        for number, one in enumerate(found):
            text = f"- {markdown(_sentence(one))} at {code(_place(one.location))}"
            room -= len(text)
            if room < 0:
                yield f"- and {len(found) - number} more; the JSON answer has all"
                break
            yield text
        if folded:
            yield ""
            yield "</details>"
    if answer.findings and room > 0:
        yield ""
        rows = ((code(_finding(one)), _outcomes(one), _effect(one)) for one in answer.findings[:200])
        yield from markdown_table(("finding", "outcome", ""), rows)
