"""The answer to ``guide``: what to do next; as CSV for a tracker's import."""

from collections.abc import Callable, Iterator, Mapping

from checker.insight.guide import Action, Guide
from checker.presentation.cells import wrapped
from checker.presentation.escape import Markup, code, line, link, markdown
from checker.presentation.paragraphs import paragraph
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import Cell, csv_records, markdown_table
from checker.presentation.words import counted, cut_words, named, points, shown
from checker.views import formats
from checker.views.formats import rendered, section

FORMATS = (*formats.FORMATS, "csv")
_LONGEST = 600
_NAMED = 5
_INDENT = 5


def render(name: str, guide: Guide, screen: Screen = FILE) -> bytes:
    """The guide in the format ``name``, one of ``FORMATS``."""
    return rendered(name, guide, screen, text=_text, markdown=_markdown, others={"csv": _csv})


def _head(guide: Guide) -> str:
    if not guide.actions:
        return _nothing(guide)
    left = f"{shown(guide.points_left)} points are left in {counted(guide.controls_left, 'control')}"
    if len(guide.actions) < guide.controls_left:
        left += f"; the {len(guide.actions)} with the most points for their effort"
    return left


def _nothing(guide: Guide) -> str:
    """What to say where no control is listed: only where everything is known is nothing left."""
    if not guide.complete:
        return "What is left to earn is unknown"
    return "Nothing is left to earn" if not guide.unknown else "What is left to earn is unknown"


def _unknown(guide: Guide) -> str:
    return f"What is left in {named(guide.unknown, _NAMED)} is unknown."


def _effort(action: Action) -> str:
    return f"cost {action.implementation_cost}, user impact {action.user_impact}"


def _text(guide: Guide, screen: Screen) -> Iterator[str]:
    head = paragraph(f"{_head(guide)}:" if guide.actions else f"{_nothing(guide)}.", screen)
    yield from map(screen.paint.heading, head)
    for place, action in enumerate(guide.actions, start=1):
        yield ""
        yield from _text_head(f"{place:>3}. ", action, screen)
        for text in _text_below(action):
            yield from paragraph(text, screen, indent=_INDENT)
        for text in cut_words(action.remediation, _LONGEST).splitlines():
            yield from wrapped(text, screen.width, first=" " * _INDENT, rest=_hanging(text), hyphens=True)
        yield from paragraph(f"see {action.portal_url}", screen, indent=_INDENT)
    if guide.unknown:
        yield from ("", *paragraph(_unknown(guide), screen))


def _hanging(text: str) -> str:
    """What the further lines of a paragraph begin with: those of an item of a list stand below its first word."""
    return " " * (_INDENT + 2 if text.startswith("- ") else _INDENT)


def _text_head(number: str, action: Action, screen: Screen) -> Iterator[str]:
    """Points, control and title."""
    gain, control = f"+{points(action.points)}", line(action.control)
    lead = f"{number}{gain}  {control}"
    first, *rest = wrapped(action.title, screen.width, first=f"{lead}  ", rest=" " * _INDENT)
    yield f"{number}{screen.paint.signed(gain)}  {screen.paint.heading(control)}{first[len(lead) :]}"
    yield from rest


def _text_below(action: Action) -> Iterator[str]:
    yield f"{_effort(action)}; now {shown(action.current_score)} of {shown(action.max_score)}"
    if action.required_by:
        yield f"required by {', '.join(action.required_by)}"
    if action.state.casefold() == "ignored":
        yield "the risk is accepted in the portal"


def _markdown(guide: Guide) -> Iterator[str]:
    yield f"### What to do next: {_head(guide)}"
    rows = (
        (
            Markup(f"+{shown(action.points)}"),
            code(action.control, link(action.title, action.portal_url)),
            _effort(action),
            ", ".join(action.required_by),
        )
        for action in guide.actions
    )
    yield from section(markdown_table(("points", "control", "effort", "required by"), rows, right=(0,)))
    if guide.unknown:
        yield from ("", markdown(_unknown(guide)))


_COLUMNS: Mapping[str, Callable[[Action], Cell]] = {
    "control": lambda action: action.control,
    "title": lambda action: action.title,
    "category": lambda action: action.control_category,
    "service": lambda action: action.service,
    "points": lambda action: action.points,
    "effort": lambda action: action.effort,
    "implementation cost": lambda action: action.implementation_cost,
    "user impact": lambda action: action.user_impact,
    "state": lambda action: action.state,
    "required by": lambda action: ", ".join(action.required_by),
    "remediation": lambda action: action.remediation,
    "portal": lambda action: action.portal_url,
}


def _csv(guide: Guide) -> bytes:
    return csv_records(_COLUMNS, guide.actions)
