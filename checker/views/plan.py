"""A plan for a person, for a pull request, and as its file."""

from collections.abc import Iterator
from functools import partial

from checker.presentation.escape import line, markdown
from checker.presentation.words import counted, shown
from checker.remediation.drift import fields_to_send
from checker.remediation.plan import Change, Effect, Manual, Plan
from checker.tenant.control import PORTAL_WORDS
from checker.views.formats import rendered

CAVEAT = "This changes what is recorded about the tenant in Secure Score, not its configuration."

_MARKS = {"declare": "+", "accept": "~", "reset": "-", "restore": "<"}
_COLOURS = {"declare": "32", "accept": "33", "reset": "36", "restore": "36"}
_LABEL = 12


def render(name: str, plan: Plan, *, colour: bool = False) -> bytes:
    """The plan in the format ``name``, one of ``FORMATS``."""
    return rendered(name, plan, text=partial(_text, colour=colour), markdown=_markdown)


def summary(plan: Plan) -> str:
    """How much there is to do: ``3 changes, 2 for a person``."""
    text = counted(len(plan.changes), "change")
    return f"{text}, {len(plan.manual)} for a person" if plan.manual else text


def effect(of: Effect) -> str:
    """What the score will do, as the end of a sentence."""
    match of.kind:
        case "earns":
            amount = _points(of.points) if of.points is not None else "points"
            return f"earns {amount} at the next recalculation, a day or two later"
        case "loses":
            amount = f"up to {_points(of.points)}" if of.points is not None else "points"
            return f"loses {amount} at the next recalculation: what is observed counts again"
        case _:
            return "stays as it is"


def _nothing(plan: Plan) -> str:
    return "Nothing to do." if plan.notes else "Nothing to do: every state is as declared."


def _points(number: float) -> str:
    return f"{shown(number)} point{'' if number == 1 else 's'}"


def _text(plan: Plan, *, colour: bool) -> Iterator[str]:
    yield CAVEAT
    yield ""
    date = f", from the data of {plan.source.snapshot_date}" if plan.source.snapshot_date else ""
    yield f"Plan for the tenant {line(plan.tenant) or 'unknown'} ({line(plan.cloud)}){line(date)}"
    for change in plan.changes:
        yield ""
        yield from _change(change, colour=colour)
    if plan.manual:
        yield ""
        yield "For a person, since Graph cannot do it:"
        for manual in plan.manual:
            yield from _manual(manual)
    for note in plan.notes:
        yield ""
        yield f"  ! {line(note)}"
    yield ""
    yield f"Plan: {summary(plan)}." if plan.changes or plan.manual else _nothing(plan)


def _change(change: Change, *, colour: bool) -> Iterator[str]:
    mark = _MARKS[change.action]
    head = f"{mark} {line(change.control)}"
    yield (
        f"  \x1b[{_COLOURS[change.action]}m{head}\x1b[0m  {line(change.title)}"
        if colour
        else (f"  {head}  {line(change.title)}")
    )
    before, after = change.before, change.after
    yield _row("state", f"{_state(before.state)} -> {_state(after.state)}")
    sent = fields_to_send(change)
    if "assignedTo" in sent:
        yield _row("assigned to", f"{_quoted(before.assigned_to)} -> {_quoted(after.assigned_to)}")
    elif before.assigned_to:
        yield _row("assigned to", f"{_quoted(before.assigned_to)} (stays)")
    if "comment" in sent:
        yield _row("comment", f"{_quoted(before.comment)} -> {_quoted(after.comment)}")
    if _set_before(change):
        yield _row("set before", _set_before(change))
    yield _row("asked by", _requirement(change))
    yield _row("score", effect(change.effect))


def _set_before(change: Change) -> str:
    """Who set the present state and when; empty where Graph tells neither."""
    by, at = change.before.updated_by, change.before.updated_date_time
    return f"by {by or 'unknown'} on {at or 'unknown'}" if by or at else ""


def _row(label: str, text: str) -> str:
    return f"      {label:<{_LABEL}}{line(text)}"


def _requirement(change: Change) -> str:
    place = change.location
    at = f" ({place.file}:{place.line}:{place.column})" if place is not None else ""
    also = f", also by {', '.join(change.also_required_by)}" if change.also_required_by else ""
    return f"{change.requirement}{at}{also}"


def _manual(manual: Manual) -> Iterator[str]:
    title = f"  {line(manual.title)}" if manual.title and manual.title != manual.control else ""
    yield f"  ! {line(manual.control)}{title}"
    present = _state(manual.present) if manual.present is not None else "no such control"
    yield _row("state", f"{present} -> {_state(manual.wanted)}")
    yield _row("why", manual.message)
    yield _row("asked by", manual.requirement)
    if manual.portal_url:
        yield _row("see", manual.portal_url)


def _state(name: str) -> str:
    """Graph's word with the portal's."""
    word = PORTAL_WORDS.get(name.casefold())
    return f"{name} ({word})" if word is not None else name


def _quoted(text: str | None) -> str:
    return f'"{text}"' if text else "(none)"


def _markdown(plan: Plan) -> Iterator[str]:
    yield f"> {CAVEAT}"
    yield ""
    yield f"### Secure Score plan: {summary(plan)}"
    yield ""
    date = f", from the data of {markdown(plan.source.snapshot_date)}" if plan.source.snapshot_date else ""
    yield f"Tenant {_code(plan.tenant)}{date}."
    if plan.changes:
        yield ""
        yield "| | control | state | comment | asked by | score |"
        yield "|---|---|---|---|---|---|"
        for change in plan.changes:
            state = f"{markdown(_state(change.before.state))} → **{markdown(_state(change.after.state))}**"
            cells = (
                _code(_MARKS[change.action]),
                f"{_code(change.control)}<br>{markdown(change.title)}",
                f"{state}{_assignee(change)}{_markdown_set_before(change)}",
                _comment(change),
                _code(change.requirement),
                markdown(effect(change.effect)),
            )
            yield f"| {' | '.join(cells)} |"
    if plan.manual:
        yield ""
        yield "For a person, since Graph cannot do it:"
        yield ""
        for manual in plan.manual:
            present = manual.present if manual.present is not None else "no such control"
            text = f"{markdown(present)} → {markdown(manual.wanted)}: {markdown(manual.message)}"
            see = f"; see {markdown(manual.portal_url)}" if manual.portal_url else ""
            yield f"- {_code(manual.control)} {text} (asked by {_code(manual.requirement)}{see})"
    for note in plan.notes:
        yield ""
        yield f"*{markdown(note)}*"
    if not plan.changes and not plan.manual:
        yield ""
        yield _nothing(plan)


def _assignee(change: Change) -> str:
    if "assignedTo" not in fields_to_send(change):
        return ""
    before, after = _quoted(change.before.assigned_to), _quoted(change.after.assigned_to)
    return f"<br>assigned to {markdown(before)} → {markdown(after)}"


def _markdown_set_before(change: Change) -> str:
    text = _set_before(change)
    return f"<br>set before {markdown(text)}" if text else ""


def _comment(change: Change) -> str:
    before, after = _quoted(change.before.comment), _quoted(change.after.comment)
    return f"{markdown(before)} → {markdown(after)}" if "comment" in fields_to_send(change) else markdown(after)


def _code(text: str) -> str:
    """Text in the type of code, made of entities, so that no backtick in it ends the type."""
    return f"<code>{markdown(text)}</code>"
