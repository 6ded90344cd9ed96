"""What to do next, for a person, for a tracker and for other tools."""

import textwrap
from collections.abc import Iterator

from checker.insight.guide import Action, Guide
from checker.presentation.escape import line, markdown
from checker.presentation.tables import csv_table
from checker.presentation.words import counted, shown
from checker.views import formats
from checker.views.formats import rendered

FORMATS = (*formats.FORMATS, "csv")
_WIDTH = 96
_LONGEST = 600


def render(name: str, found: Guide) -> bytes:
    """The guide in the format ``name``, one of ``FORMATS``."""
    if name == "csv":
        return _csv(found)
    return rendered(name, found, text=_text, markdown=_markdown)


def _head(found: Guide) -> str:
    left = f"{shown(found.points_left)} points are left in {counted(found.controls_left, 'control')}"
    if len(found.actions) < found.controls_left:
        left += f"; the {len(found.actions)} that give most for their effort"
    return left


def _effort(action: Action) -> str:
    return f"cost {action.implementation_cost}, user impact {action.user_impact}"


def _text(found: Guide) -> Iterator[str]:
    yield f"{_head(found)}:" if found.actions else "Nothing is left to earn."
    for number, action in enumerate(found.actions, start=1):
        yield ""
        yield f"{number:>3}. +{shown(action.points)} points  {line(action.control)}  {line(action.title)}"
        yield f"     {_effort(action)}; now {shown(action.current_score)} of {shown(action.max_score)}"
        if action.required_by:
            yield f"     required by {line(', '.join(action.required_by))}"
        if action.state.casefold() == "ignored":
            yield "     the risk is accepted in the portal"
        words = " ".join(action.remediation.split())
        if words:
            yield from textwrap.wrap(
                line(words[:_LONGEST] + ("…" if len(words) > _LONGEST else "")),
                _WIDTH,
                initial_indent="     ",
                subsequent_indent="     ",
                break_long_words=False,
            )
        yield f"     see {line(action.portal_url)}"


def _markdown(found: Guide) -> Iterator[str]:
    yield f"### What to do next: {_head(found)}"
    yield ""
    yield "| points | control | effort | required by |"
    yield "|---:|---|---|---|"
    for action in found.actions:
        required = markdown(", ".join(action.required_by))
        name = f"<code>{markdown(action.control)}</code><br>{markdown(action.title)}"
        yield f"| +{shown(action.points)} | {name} | {markdown(_effort(action))} | {required} |"


_COLUMNS = (
    "control",
    "title",
    "category",
    "service",
    "points",
    "effort",
    "implementation cost",
    "user impact",
    "state",
    "required by",
    "remediation",
    "portal",
)


def _csv(found: Guide) -> bytes:
    """For a tracker's import."""
    rows = (
        (
            action.control,
            action.title,
            action.control_category,
            action.service,
            action.points,
            action.effort,
            action.implementation_cost,
            action.user_impact,
            action.state,
            ", ".join(action.required_by),
            action.remediation,
            action.portal_url,
        )
        for action in found.actions
    )
    return csv_table(_COLUMNS, rows)
