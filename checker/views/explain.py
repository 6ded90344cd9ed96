"""One requirement or control in full, for a person, a pull request and other tools."""

import textwrap
from collections.abc import Iterator

from checker.insight.explain import ControlExplained, Explanation, JudgedAs, RequirementExplained, StateEntry
from checker.presentation.escape import line, markdown
from checker.presentation.words import counted, shown
from checker.views.formats import rendered

_WIDTH = 100
_LABEL = 15
_HISTORY = 10

Fact = tuple[str, str]


def render(name: str, found: Explanation) -> bytes:
    """The explanation in the format ``name``, one of ``FORMATS``."""
    return rendered(name, found, text=_text, markdown=_markdown)


def _of_requirement(found: RequirementExplained) -> Iterator[Fact]:
    yield "asks for", found.sentence
    yield "severity", f"{found.severity.value}, {found.enforcement.value}"
    if found.rationale:
        yield "why", found.rationale
    if found.owner:
        yield "owner", found.owner
    for reference in found.references:
        version = f" {reference.version}" if reference.version else ""
        yield "reference", f"{reference.framework}{version}: {reference.id}"
    place = found.location
    yield "declared at", f"{place.file}:{place.line}:{place.column}"


def _of_control(found: ControlExplained) -> Iterator[Fact]:
    yield "score", _score(found)
    if found.state is not None:
        yield "state", _state(found.state)
    for entry in found.history[1:_HISTORY]:
        yield "before", _state(entry)
    yield "belongs to", ", ".join(_belongs(found))
    yield "effort", f"implementation cost {found.implementation_cost}, user impact {found.user_impact}"
    if found.threats:
        yield "threats", ", ".join(found.threats)
    if found.last_synced:
        yield "measured", found.last_synced
    if found.retired:
        yield "retired", "Microsoft has deprecated it"
    for one in found.judged:
        yield "judged", _judged(one)
    if found.remediation:
        yield "how to mend it", found.remediation
    if found.portal_url:
        yield "portal", found.portal_url
    yield "Graph", found.graph_url
    yield "try it", found.graph_explorer_url


def _belongs(found: ControlExplained) -> Iterator[str]:
    yield f"category {found.control_category or 'unknown'}"
    yield f"service {found.service or 'unknown'}"
    yield f"tier {found.tier or 'unknown'}"


def _score(found: ControlExplained) -> str:
    most = f"{shown(found.max_score)} points" if found.max_score is not None else "an unknown maximum"
    if found.source == "catalogue":
        return f"unknown here; elsewhere it has {most}"
    if found.score is None:
        return f"none: the newest day does not score it (of {most})"
    percent = f", {shown(found.percent)} %" if found.percent is not None else ""
    left = f"; {shown(found.points_left)} are open" if found.points_left else ""
    return f"{shown(found.score)} of {most}{percent}{left}"


def _state(entry: StateEntry) -> str:
    word = f" ({entry.portal_word})" if entry.portal_word else ""
    by = f" by {entry.updated_by}" if entry.updated_by else ""
    at = f" on {entry.updated_date_time[:19]}" if entry.updated_date_time else ""
    assigned = f", assigned to {entry.assigned_to}" if entry.assigned_to else ""
    comment = f": {' '.join(entry.comment.split())}" if entry.comment and entry.comment.strip() else ""
    return f"{entry.state}{word}{by}{at}{assigned}{comment}"


def _judged(one: JudgedAs) -> str:
    return f"{one.requirement}: {one.outcome.value} ({one.reason.value}). {one.message}"


def _text(found: Explanation) -> Iterator[str]:
    if found.requirement is not None:
        yield f"{line(found.requirement.requirement)}  {line(found.requirement.title)}"
        yield from _facts(_of_requirement(found.requirement))
        for one in found.findings:
            yield from _facts([("here", _judged(one))])
        if not found.controls:
            yield from _facts([("Graph", found.graph_url), ("try it", found.graph_explorer_url)])
    for number, control in enumerate(found.controls):
        if number or found.requirement is not None:
            yield ""
        yield f"{line(control.control)}  {line(control.title)}"
        yield from _facts(_of_control(control))
    if found.more_controls:
        yield ""
        more = counted(found.more_controls, "more control")
        yield f"And {more}: 'scoregate explain CONTROL' has each."


def _facts(facts: "Iterator[Fact] | list[Fact]") -> Iterator[str]:
    for label, value in facts:
        first = f"  {label:<{_LABEL}}"
        for paragraph in value.splitlines() or [""]:
            yield from textwrap.wrap(
                line(paragraph),
                _WIDTH,
                initial_indent=first,
                subsequent_indent=" " * len(first),
                break_long_words=False,
                break_on_hyphens=False,
            ) or [first.rstrip()]
            first = " " * len(first)


def _markdown(found: Explanation) -> Iterator[str]:
    if found.requirement is not None:
        yield f"### <code>{markdown(found.requirement.requirement)}</code> {markdown(found.requirement.title)}"
        yield ""
        yield from _table([*_of_requirement(found.requirement), *(("here", _judged(one)) for one in found.findings)])
    for number, control in enumerate(found.controls):
        if number or found.requirement is not None:
            yield ""
        yield f"### <code>{markdown(control.control)}</code> {markdown(control.title)}"
        yield ""
        yield from _table(_of_control(control))
    if found.more_controls:
        yield ""
        yield f"And {counted(found.more_controls, 'more control')}."


def _table(facts: "Iterator[Fact] | list[Fact]") -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    for label, value in facts:
        shown_lines = "<br>".join(markdown(paragraph) for paragraph in value.splitlines())
        yield f"| {label} | {shown_lines} |"
