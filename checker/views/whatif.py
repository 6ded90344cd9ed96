"""What would be, beside what is: for a person, for a pull request, for other tools and as a picture."""

from collections.abc import Iterator

from checker.presentation.charts import steps
from checker.presentation.escape import line, markdown
from checker.presentation.words import counted, shown, signed
from checker.views import formats
from checker.views.formats import rendered
from checker.whatif.projection import ControlSet, Goal, Standing, WhatIf

FORMATS = (*formats.FORMATS, "svg")
_NAMED = 12


def render(name: str, found: WhatIf) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``; ``svg`` draws the front."""
    if name == "svg":
        return _svg(found).encode()
    return rendered(name, found, text=_text, markdown=_markdown)


def _rows(found: WhatIf) -> Iterator[tuple[str, str, str, str]]:
    """Name, today, projected and difference, of the score, the categories that move, and the gate."""
    today, then = found.today, found.projected
    yield "score", _points(today), _points(then), _difference(today.current_score, then.current_score)
    yield "percent", _percent(today), _percent(then), _difference(today.percent, then.percent)
    before = {one.control_category: one for one in today.categories}
    for one in then.categories:
        was = before.get(one.control_category)
        earned = was.current_score if was is not None else 0.0
        if was is None or one.current_score != earned:
            share = f" ({shown(one.percent)} %)" if one.percent is not None else ""
            had = f" ({shown(was.percent)} %)" if was is not None and was.percent is not None else ""
            difference = _difference(earned, one.current_score)
            yield one.control_category, f"{shown(earned)}{had}", f"{shown(one.current_score)}{share}", difference
    if today.verdict is not None and then.verdict is not None:
        yield "gate", today.verdict, then.verdict, "" if today.verdict == then.verdict else "changes"


def _points(of: Standing) -> str:
    current = shown(of.current_score) if of.current_score is not None else "?"
    return f"{current} of {shown(of.max_score)}" if of.max_score is not None else current


def _percent(of: Standing) -> str:
    return f"{shown(of.percent)} %" if of.percent is not None else "unknown"


def _difference(before: float | None, after: float | None) -> str:
    return signed(after - before) if before is not None and after is not None else ""


def _goal(goal: Goal) -> str:
    percent = f"{shown(goal.percent)} %, " if goal.percent is not None else ""
    where = f" in {goal.control_category}" if goal.control_category is not None else ""
    wanted = f"Target {percent}{shown(goal.points)} points{where}"
    if not goal.reachable:
        share = f" ({shown(goal.most_percent)} %)" if goal.most_percent is not None else ""
        return f"{wanted}: not reachable; the most is {shown(goal.most)} points{share}."
    if not goal.missing:
        return f"{wanted}: reached already."
    best = goal.alternatives[0]
    return (
        f"{wanted}: {shown(goal.missing)} points are missing; the cheapest way is "
        f"{counted(len(best.controls), 'control')} with effort {shown(best.effort)}."
    )


def _names(of: ControlSet) -> str:
    named = ", ".join(of.controls[:_NAMED])
    return f"{named} and {len(of.controls) - _NAMED} more" if len(of.controls) > _NAMED else named


def _others(goal: Goal | None) -> Iterator[str]:
    for number, other in enumerate(goal.alternatives[1:] if goal is not None else (), start=2):
        yield f"{number}. effort {shown(other.effort)}, +{shown(other.points)} points: {_names(other)}"


def _front(found: WhatIf) -> Iterator[tuple[str, str, str, str]]:
    for one in found.front:
        share = f"{shown(one.percent)} %" if one.percent is not None else "?"
        yield shown(one.effort), shown(one.current_score), share, counted(len(one.controls), "control")


def _text(found: WhatIf) -> Iterator[str]:
    yield f"What if, for the tenant {line(found.tenant) or 'unknown'} on {found.date}"
    yield ""
    yield f"  {'':<16}{'today':>22}{'then':>22}"
    for name, before, after, difference in _rows(found):
        yield f"  {line(name):<16}{line(before):>22}{line(after):>22}{difference:>12}".rstrip()
    if found.goal is not None:
        yield ""
        yield line(_goal(found.goal))
    if found.adopted:
        yield ""
    for step in found.adopted:
        before = shown(step.before) if step.before is not None else "not scored"
        yield (
            f"  {step.action:<8}{signed(step.points):>9}  {line(step.control)}  {line(step.title)} "
            f"({before} -> {shown(step.after)})"
        )
    if found.effort:
        yield f"  effort {shown(found.effort)}"
    for text in _others(found.goal):
        yield f"  {line(text)}"
    yield from _text_findings(found)
    if found.front:
        yield ""
        yield "For each effort that is worth it, the most that it gives:"
        yield f"  {'effort':>8}{'score':>10}{'percent':>11}"
    for effort, score, share, controls in _front(found):
        yield f"  {effort:>8}{score:>10}{share:>11}  {controls}"
    for note in found.notes:
        yield ""
        yield f"  ! {line(note)}"


def _text_findings(found: WhatIf) -> Iterator[str]:
    if found.findings:
        yield ""
        yield "Findings that change:"
    for change in found.findings:
        control = f"  {line(change.control)}" if change.control is not None else ""
        yield f"  {line(change.requirement)}{control}: {change.before or 'none'} -> {change.after or 'none'}"


def _markdown(found: WhatIf) -> Iterator[str]:
    yield f"### What if: {_percent(found.today)} → {_percent(found.projected)}"
    yield ""
    yield "| | today | then | |"
    yield "|---|---:|---:|---:|"
    for row in _rows(found):
        yield f"| {' | '.join(map(markdown, row))} |"
    if found.goal is not None:
        yield ""
        yield markdown(_goal(found.goal))
    if found.adopted:
        yield ""
        yield "| | control | points |"
        yield "|---|---|---:|"
    for step in found.adopted:
        name = f"<code>{markdown(step.control)}</code><br>{markdown(step.title)}"
        yield f"| {step.action} | {name} | {signed(step.points)} |"
    others = list(_others(found.goal))
    if others:
        yield ""
        yield from (f"{markdown(text)}<br>" for text in others)
    yield from _markdown_findings(found)
    if found.front:
        yield ""
        yield "| effort | score | percent | |"
        yield "|---:|---:|---:|---|"
    for row in _front(found):
        yield f"| {' | '.join(map(markdown, row))} |"
    for note in found.notes:
        yield ""
        yield f"*{markdown(note)}*"


def _markdown_findings(found: WhatIf) -> Iterator[str]:
    if found.findings:
        yield ""
        yield "| requirement | control | today | then |"
        yield "|---|---|---|---|"
    for change in found.findings:
        cells = (change.requirement, change.control or "", change.before or "none", change.after or "none")
        yield f"| {' | '.join(map(markdown, cells))} |"


def _svg(found: WhatIf) -> str:
    points = [(one.effort, one.percent) for one in found.front if one.percent is not None]
    return steps("Secure Score in percent, by effort", points, "effort", " %")
