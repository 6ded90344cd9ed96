"""The answer to ``explain``: one requirement or control in full."""

from collections.abc import Iterator

from checker.insight.explain import ControlExplained, Explanation, JudgedAs, RequirementExplained, StateEntry
from checker.insight.explained_fields import FieldValue
from checker.insight.facts import COMPLETED
from checker.presentation.cells import wrapped
from checker.presentation.escape import code, line, markdown
from checker.presentation.facts import Fact, facts
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import Linked, markdown_facts
from checker.presentation.words import bracketed, comment, counted, joined, percent, points, position, set_by, shown
from checker.views.formats import rendered, section

_LABEL = 15
_HISTORY = 10


def render(name: str, explanation: Explanation, screen: Screen = FILE) -> bytes:
    """The explanation in the format ``name``, one of ``FORMATS``."""
    return rendered(name, explanation, screen, text=_text, markdown=_markdown)


def _requirement(of: RequirementExplained) -> Iterator[Fact]:
    yield "requires", of.sentence
    yield "severity", f"{of.severity.value}, {of.enforcement.value}"
    if of.rationale:
        yield "why", of.rationale
    if of.owner:
        yield "owner", of.owner
    for reference in of.references:
        yield "reference", Linked(reference.label)
    yield "declared at", position(of.location.file, of.location.line, of.location.column)
    for field in of.fields:
        yield (
            f"  {field.field}",
            "; ".join((_value(field.present), *(f"replaces {_value(one)}" for one in field.replaced))),
        )


def _value(of: FieldValue) -> str:
    place = position(of.location.file, of.location.line, of.location.column)
    return f"{of.value} at {place}{bracketed(of.origin)}"


def _control(of: ControlExplained) -> Iterator[Fact]:
    yield "score", _score(of)
    yield from _states(of)
    yield "belongs to", ", ".join(_groups(of))
    yield "effort", f"implementation cost {of.implementation_cost}, user impact {of.user_impact}"
    if of.threats:
        yield "threats", ", ".join(of.threats)
    if of.last_synced:
        yield "measured", of.last_synced
    if of.retired:
        yield "retired", "Microsoft has deprecated it"
    for one in of.judged:
        yield "judged", _judged(one)
    if of.remediation:
        yield "remediation", Linked(of.remediation)
    yield from _links(of.graph_url, of.graph_explorer_url, portal=of.portal_url)


def _groups(of: ControlExplained) -> Iterator[str]:
    yield f"category {of.control_category or 'unknown'}"
    yield f"service {of.service or 'unknown'}"
    yield f"tier {of.tier or 'unknown'}"


def _links(graph: str, explorer: str, *, portal: str | None = None) -> Iterator[Fact]:
    if portal:
        yield "portal", Linked(portal)
    yield "Graph", Linked(graph)
    yield "try it", Linked(explorer)


def _score(of: ControlExplained) -> str:
    most = points(of.max_score) if of.max_score is not None else "an unknown maximum"
    if of.source == "catalogue":
        return f"unknown here; elsewhere it has {most}"
    if of.score is None:
        return f"none: the newest day does not score it (of {most})"
    left = f"; {shown(of.points_left)} are open" if of.points_left else ""
    return joined(f"{shown(of.score)} of {most}", percent(of.percent, "")) + left


def _states(of: ControlExplained) -> Iterator[Fact]:
    if of.state is not None:
        yield "state", _state(of.state, of.status)
    elif of.source == "tenant":
        yield "state", "unknown"
    for entry in of.history[1:_HISTORY]:
        yield "before", _state(entry)


def _state(entry: StateEntry, status: str | None = None) -> str:
    by = set_by(entry.updated_by, entry.updated_date_time, precise=True)
    assigned = f", assigned to {entry.assigned_to}" if entry.assigned_to else ""
    reason = comment(entry.comment)
    word = status if status == COMPLETED else entry.portal_word
    return f"{entry.state}{bracketed(word)}{by}{assigned}{f': {reason}' if reason else ''}"


def _judged(one: JudgedAs) -> str:
    return f"{one.requirement}: {one.outcome.value} ({one.reason.value}). {one.message}"


def _requirement_judged(explanation: Explanation, of: RequirementExplained) -> Iterator[Fact]:
    """The requirement, and how the tenant is judged by it."""
    yield from _requirement(of)
    yield from (("judged", _judged(one)) for one in explanation.findings)


def _text(explanation: Explanation, screen: Screen) -> Iterator[str]:
    requirement = explanation.requirement
    if requirement is not None:
        yield from _text_head(requirement.requirement, requirement.title, screen)
        yield from _text_facts(_requirement_judged(explanation, requirement), screen)
        if not explanation.controls:
            yield from _text_facts(_links(explanation.graph_url, explanation.graph_explorer_url), screen)
    for place, control in enumerate(explanation.controls):
        if place or requirement is not None:
            yield ""
        yield from _text_head(control.control, control.title, screen)
        yield from _text_facts(_control(control), screen)
    if explanation.more_controls:
        yield ""
        more = counted(explanation.more_controls, "more control")
        yield f"And {more}: run 'scoregate explain CONTROL' for one of them."


def _text_head(name: str, title: str, screen: Screen) -> Iterator[str]:
    name = line(name)
    first, *rest = wrapped(title, screen.width, first=f"{name}  ", rest="    ")
    yield screen.paint.heading(name) + first[len(name) :]
    yield from rest


def _text_facts(rows: Iterator[Fact], screen: Screen) -> Iterator[str]:
    return facts(rows, label=_LABEL, width=screen.width, paint=screen.paint, keeps_breaks=True)


def _markdown(explanation: Explanation) -> Iterator[str]:
    requirement = explanation.requirement
    if requirement is not None:
        yield f"### {code(requirement.requirement)} {markdown(requirement.title)}"
        yield from section(markdown_facts(_requirement_judged(explanation, requirement)))
    for place, control in enumerate(explanation.controls):
        if place or requirement is not None:
            yield ""
        yield f"### {code(control.control)} {markdown(control.title)}"
        yield from section(markdown_facts(_control(control)))
    if explanation.more_controls:
        yield ""
        yield f"And {counted(explanation.more_controls, 'more control')}."
