"""The answer to ``whatif``: the tenant as it would be beside the tenant as it is."""

from collections.abc import Iterator, Sequence

from checker.insight.difference import FindingChange
from checker.insight.score import CategoryScore
from checker.presentation.cells import wrapped
from checker.presentation.charts import steps
from checker.presentation.escape import Markup, code, line, markdown
from checker.presentation.paragraphs import paragraph
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import TextColumn, markdown_table, text_table
from checker.presentation.words import (
    bracketed,
    counted,
    joined,
    named,
    number,
    percent,
    shown,
    signed,
    transition,
)
from checker.views import formats
from checker.views.formats import markdown_notes, rendered, section, text_notes
from checker.whatif.projection import Goal, Standing, WhatIf
from checker.whatif.scenario import ScenarioStep

FORMATS = (*formats.FORMATS, "svg")
_NAMED = 12

_FRONT = (
    TextColumn("effort", right=True),
    TextColumn("score", right=True),
    TextColumn("percent", right=True),
    TextColumn(),
)

_Row = tuple[str, str, str, str]


def render(name: str, whatif: WhatIf, screen: Screen = FILE) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``; ``svg`` draws the points for each level of effort."""
    return rendered(name, whatif, screen, text=_text, markdown=_markdown, others={"svg": _svg})


def _rows(whatif: WhatIf) -> Iterator[_Row]:
    """Name, today, projected and difference: of the score, the categories that change, and the gate."""
    today, then = whatif.today, whatif.projected
    yield "score", _points(today), _points(then), _difference(today.current_score, then.current_score)
    yield "percent", percent(today.percent), percent(then.percent), _difference(today.percent, then.percent)
    before = {one.control_category: one for one in today.categories}
    for one in then.categories:
        yield from _category(before.get(one.control_category), one)
    if today.verdict is not None and then.verdict is not None:
        yield "gate", today.verdict, then.verdict, "" if today.verdict == then.verdict else "changes"


def _category(before: CategoryScore | None, after: CategoryScore) -> Iterator[_Row]:
    earned = before.current_score if before is not None else 0.0
    if before is None or after.current_score != earned:
        share = percent(before.percent, "") if before is not None else ""
        yield (
            after.control_category,
            number(earned) + bracketed(share),
            number(after.current_score) + bracketed(percent(after.percent, "")),
            _difference(earned, after.current_score),
        )


def _points(of: Standing) -> str:
    return number(of.current_score) + (f" of {shown(of.max_score)}" if of.max_score is not None else "")


def _difference(before: float | None, after: float | None) -> str:
    return signed(after - before) if before is not None and after is not None else ""


def _goal(goal: Goal) -> str:
    where = f" in {goal.control_category}" if goal.control_category is not None else ""
    wanted = f"Target {joined(percent(goal.percent, ''), f'{shown(goal.points)} points')}{where}"
    if not goal.reachable:
        share = bracketed(percent(goal.most_percent, ""))
        return f"{wanted}: not reachable; the maximum is {shown(goal.most)} points{share}."
    if not goal.missing:
        return f"{wanted}: already reached."
    best = goal.alternatives[0]
    return (
        f"{wanted}: {shown(goal.missing)} points are missing; the cheapest way is "
        f"{counted(len(best.controls), 'control')} with effort {shown(best.effort)}."
    )


def _others(goal: Goal | None) -> Iterator[tuple[int, str]]:
    """The further ways to the goal, numbered from 2."""
    for place, other in enumerate(goal.alternatives[1:] if goal is not None else (), start=2):
        controls = named(other.controls, _NAMED)
        yield place, f"effort {shown(other.effort)}, +{shown(other.points)} points: {controls}"


def _front(whatif: WhatIf) -> Iterator[_Row]:
    for one in whatif.front:
        controls = counted(len(one.controls), "control")
        yield shown(one.effort), shown(one.current_score), percent(one.percent, "?"), controls


def _finding(change: FindingChange) -> Sequence[str]:
    return change.requirement, change.control or "", change.before or "none", change.after or "none"


def _text(whatif: WhatIf, screen: Screen) -> Iterator[str]:
    paint = screen.paint
    yield from paragraph(f"What if, for the tenant {whatif.tenant or 'unknown'} on {whatif.date}", screen)
    columns = (
        TextColumn(style=paint.heading),
        TextColumn("today", right=True, style=paint.outcome),
        TextColumn("then", right=True, style=paint.outcome),
        TextColumn(right=True, style=paint.signed),
    )
    yield from section(text_table(columns, _rows(whatif), screen, indent=2))
    if whatif.goal is not None:
        yield from section(paragraph(_goal(whatif.goal), screen))
    yield from section(text for step in whatif.adopted for text in _text_step(step, screen))
    if whatif.effort:
        yield f"  effort {shown(whatif.effort)}"
    for place, other in _others(whatif.goal):
        yield from wrapped(other, screen.width, first=f"  {place}. ", rest=" " * 5)
    findings = (text for change in whatif.findings for text in _text_finding(change, screen))
    yield from section(findings, paint.heading("Findings that change:"))
    front = text_table(_FRONT, _front(whatif), screen, indent=2)
    yield from section(front if whatif.front else (), paint.heading("The most points for each level of effort:"))
    yield from text_notes(whatif.notes, screen)


def _text_step(step: ScenarioStep, screen: Screen) -> Iterator[str]:
    """What is done to a control, the points, and its title."""
    before = shown(step.before) if step.before is not None else "not scored"
    change = bracketed(transition(before, shown(step.after)))
    action, gain, control = f"{step.action:<8}", f"{signed(step.points):>9}", line(step.control)
    lead = f"  {action}{gain}  {control}"
    first, *rest = wrapped(f"{step.title}{change}", screen.width, first=f"{lead}  ", rest=" " * 6)
    yield f"  {action}{screen.paint.signed(gain)}  {screen.paint.heading(control)}{first[len(lead) :]}"
    yield from rest


def _text_finding(change: FindingChange, screen: Screen) -> Iterator[str]:
    name = "  ".join(map(line, filter(None, (change.requirement, change.control))))
    moves = transition(change.before, change.after)
    *rest, last = wrapped(moves, screen.width, first=f"  {name}: ", rest=" " * 6)
    yield from rest
    yield last.removesuffix(moves) + screen.paint.outcome(change.after or "", moves)


def _markdown(whatif: WhatIf) -> Iterator[str]:
    yield f"### What if: {percent(whatif.today.percent)} → {percent(whatif.projected.percent)}"
    yield from section(markdown_table(("", "today", "then", ""), _rows(whatif), right=(1, 2, 3)))
    if whatif.goal is not None:
        yield from section([markdown(_goal(whatif.goal))])
    if whatif.adopted:
        yield from section(markdown_table(("", "control", "points"), map(_markdown_step, whatif.adopted), right=(2,)))
    yield from section(f"{place}. {markdown(text)}" for place, text in _others(whatif.goal))
    if whatif.findings:
        columns = ("requirement", "control", "today", "then")
        yield from section(markdown_table(columns, map(_finding, whatif.findings)))
    if whatif.front:
        columns = ("effort", "score", "percent", "")
        yield from section(markdown_table(columns, _front(whatif), right=(0, 1, 2)))
    yield from markdown_notes(whatif.notes)


def _markdown_step(step: ScenarioStep) -> tuple[str, ...]:
    return Markup(step.action), code(step.control, step.title), Markup(signed(step.points))


def _svg(whatif: WhatIf) -> bytes:
    points = [(one.effort, one.percent) for one in whatif.front if one.percent is not None]
    return steps("Secure Score in percent, by effort", points, "effort", " %").encode()
