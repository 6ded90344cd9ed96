"""The answer to ``plan``: what is to be set, and what is left to do by hand; its JSON is the plan file."""

from collections.abc import Iterator
from functools import partial

from checker.presentation.cells import wrapped
from checker.presentation.colours import CYAN, GREEN, YELLOW
from checker.presentation.escape import Markup, code, line, link, markdown
from checker.presentation.facts import Fact, facts
from checker.presentation.paragraphs import paragraph
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import markdown_table
from checker.presentation.words import bracketed, counted, points, position, quoted, set_by
from checker.remediation.drift import fields_to_send
from checker.remediation.plan import Change, Effect, Manual, Plan
from checker.tenant.states import meaning_of
from checker.views.formats import markdown_notes, rendered, section, text_notes

CAVEAT = "This changes what is recorded about the tenant in Secure Score, not its configuration."

_MARKS = {"declare": "+", "accept": "~", "reset": "-", "restore": "<"}
_COLOURS = {"declare": GREEN, "accept": YELLOW, "reset": CYAN, "restore": CYAN}
_LABEL, _INDENT = 12, 6
_MANUAL = "To do by hand, since Graph cannot do it:"
_NO_CONTROL = "no such control"


def render(name: str, plan: Plan, screen: Screen = FILE, *, sha256: str | None = None) -> bytes:
    """The plan in the format ``name``, one of ``FORMATS``.

    Args:
        name: the format.
        plan: what it shows.
        screen: where it is shown.
        sha256: the digest of the plan's file, which is approved; None where there is no such file.
    """
    text, markdown_lines = partial(_text, sha256=sha256), partial(_markdown, sha256=sha256)
    return rendered(name, plan, screen, text=text, markdown=markdown_lines)


def summary(plan: Plan) -> str:
    """How much there is to do: ``3 changes, 2 to do by hand``."""
    text = counted(len(plan.changes), "change")
    return f"{text}, {len(plan.manual)} to do by hand" if plan.manual else text


def effect(of: Effect) -> str:
    """What the score will do, as the end of a sentence."""
    match of.kind:
        case "earns":
            amount = points(of.points) if of.points is not None else "points"
            return f"earns {amount} at the next recalculation, a day or two later"
        case "loses":
            amount = f"up to {points(of.points)}" if of.points is not None else "points"
            return f"loses {amount} at the next recalculation: what is observed counts again"
        case _:
            return "stays as it is"


def _nothing(plan: Plan) -> str:
    return "Nothing to do." if plan.notes else "Nothing to do: every state is as declared."


def _state(name: str) -> str:
    """Graph's name of a state with the portal's."""
    return name + bracketed(meaning_of(name).portal_word)


def _last_set(change: Change) -> str:
    """Who set the present state and when; empty where Graph gives neither."""
    return set_by(change.before.updated_by, change.before.updated_date_time, precise=True).strip()


def _text(plan: Plan, screen: Screen, *, sha256: str | None) -> Iterator[str]:
    paint = screen.paint
    yield from paragraph(CAVEAT, screen)
    yield ""
    date = f", from the data of {plan.source.snapshot_date}" if plan.source.snapshot_date else ""
    yield from paragraph(f"Plan for the tenant {plan.tenant or 'unknown'} ({plan.cloud}){date}", screen)
    for change in plan.changes:
        yield ""
        yield from _text_head(_MARKS[change.action], change.control, change.title, _COLOURS[change.action], screen)
        yield from _text_facts(_change(change), screen)
    by_hand = (text for manual in plan.manual for text in _text_manual(manual, screen))
    yield from section(by_hand, paint.heading(_MANUAL))
    yield from text_notes(plan.notes, screen)
    yield ""
    yield f"Plan: {summary(plan)}." if plan.changes or plan.manual else _nothing(plan)
    if sha256 is not None and plan.changes:
        # On a line of its own where the two don't fit: a digest that is broken can't be copied.
        label, digest = "SHA-256 of its file:", f"{sha256}"
        fits = len(label) + 1 + len(digest) <= screen.width
        yield from (f"{label} {digest}",) if fits else (label, digest)


def _text_head(mark: str, control: str, title: str, colour: str, screen: Screen) -> Iterator[str]:
    """The control that a paragraph is about, with its title."""
    head = f"{mark} {line(control)}"
    first, *rest = wrapped(title, screen.width, first=f"  {head}  ", rest=" " * _INDENT)
    yield f"  {screen.paint(head, colour)}{first[len(head) + 2 :]}"
    yield from rest


def _text_facts(rows: Iterator[Fact], screen: Screen) -> Iterator[str]:
    return facts(rows, label=_LABEL, indent=_INDENT, width=screen.width, paint=screen.paint)


def _change(change: Change) -> Iterator[Fact]:
    before, after, sent = change.before, change.after, fields_to_send(change)
    yield "state", f"{_state(before.state)} -> {_state(after.state)}"
    if "assignedTo" in sent:
        yield "assigned to", f"{quoted(before.assigned_to)} -> {quoted(after.assigned_to)}"
    elif before.assigned_to:
        yield "assigned to", f"{quoted(before.assigned_to)} (stays)"
    if "comment" in sent:
        yield "comment", f"{quoted(before.comment)} -> {quoted(after.comment)}"
    last_set = _last_set(change)
    if last_set:
        yield "last set", last_set
    yield "required by", _requirements(change)
    yield "score", effect(change.effect)


def _requirements(change: Change) -> str:
    place = change.location
    at = bracketed(position(place.file, place.line, place.column)) if place is not None else ""
    also = f", also by {', '.join(change.also_required_by)}" if change.also_required_by else ""
    return f"{change.requirement}{at}{also}"


def _text_manual(manual: Manual, screen: Screen) -> Iterator[str]:
    title = manual.title if manual.title and manual.title != manual.control else ""
    yield from _text_head("!", manual.control, title, YELLOW, screen)
    yield from _text_facts(_manual(manual), screen)


def _manual(manual: Manual) -> Iterator[Fact]:
    present = _state(manual.present) if manual.present is not None else _NO_CONTROL
    yield "state", f"{present} -> {_state(manual.wanted)}"
    yield "why", manual.message
    yield "required by", manual.requirement
    if manual.portal_url:
        yield "see", manual.portal_url


def _markdown(plan: Plan, *, sha256: str | None) -> Iterator[str]:
    yield f"> {CAVEAT}"
    yield ""
    yield f"### Secure Score plan: {summary(plan)}"
    yield ""
    date = f", from the data of {markdown(plan.source.snapshot_date)}" if plan.source.snapshot_date else ""
    yield f"Tenant {code(plan.tenant)}{date}."
    if plan.changes:
        columns = ("", "control", "state", "comment", "required by", "score")
        yield from section(markdown_table(columns, map(_markdown_change, plan.changes)))
    if plan.manual:
        yield from section(section(map(_markdown_manual, plan.manual)), _MANUAL)
    yield from markdown_notes(plan.notes)
    if not plan.changes and not plan.manual:
        yield ""
        yield _nothing(plan)
    if sha256 is not None and plan.changes:
        yield ""
        yield f"SHA-256 of its file: {code(sha256)}"


def _markdown_change(change: Change) -> tuple[str, ...]:
    return (
        code(_MARKS[change.action]),
        code(change.control, change.title),
        Markup("<br>".join(_markdown_states(change))),
        _markdown_comment(change),
        code(change.requirement),
        effect(change.effect),
    )


def _markdown_states(change: Change) -> Iterator[str]:
    """The state, the assignee, and who set the present state."""
    before, after = change.before, change.after
    yield f"{markdown(_state(before.state))} → **{markdown(_state(after.state))}**"
    if "assignedTo" in fields_to_send(change):
        yield f"assigned to {markdown(quoted(before.assigned_to))} → {markdown(quoted(after.assigned_to))}"
    last_set = _last_set(change)
    if last_set:
        yield f"last set {markdown(last_set)}"


def _markdown_comment(change: Change) -> Markup:
    before, after = markdown(quoted(change.before.comment)), markdown(quoted(change.after.comment))
    return Markup(f"{before} → {after}" if "comment" in fields_to_send(change) else after)


def _markdown_manual(manual: Manual) -> str:
    present = manual.present if manual.present is not None else _NO_CONTROL
    text = f"{markdown(present)} → {markdown(manual.wanted)}: {markdown(manual.message)}"
    see = f"; {link('portal', manual.portal_url)}" if manual.portal_url else ""
    return f"- {code(manual.control)} {text} (required by {code(manual.requirement)}{see})"
