"""The answer to ``controls``: the controls of a tenant as a table."""

from collections.abc import Callable, Iterator, Mapping

from checker.insight.controls import ControlList, ControlRow
from checker.insight.facts import COMPLETED
from checker.presentation.escape import Markup, code
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import Cell, TextColumn, csv_records, markdown_table, text_table
from checker.presentation.words import counted, number, percent, shown
from checker.views import formats
from checker.views.formats import rendered, section

FORMATS = (*formats.FORMATS, "csv")


def render(name: str, controls: ControlList, screen: Screen = FILE) -> bytes:
    """The list in the format ``name``, one of ``FORMATS``."""
    return rendered(name, controls, screen, text=_text, markdown=_markdown, others={"csv": _csv})


def _points(row: ControlRow) -> str:
    score = shown(row.score) if row.score is not None else "?" if row.has_score else "-"
    return f"{score} / {number(row.max_score)}"


def _sources(row: ControlRow) -> str:
    """Where the tenant reports it."""
    sources = "score, profile" if row.has_score and row.has_profile else "score" if row.has_score else "profile"
    return f"{sources}, retired" if row.retired else sources


def _state(row: ControlRow) -> str:
    """As the portal shows it: Completed where nothing is left that could be declared, else Graph's word."""
    return row.status if row.status == COMPLETED else row.state


def _cells(row: ControlRow) -> tuple[str, ...]:
    return Markup(_points(row)), percent(row.percent, ""), _state(row), _sources(row), row.control_category or ""


def _text(controls: ControlList, screen: Screen) -> Iterator[str]:
    if controls.controls:
        columns = (
            TextColumn("control", style=screen.paint.heading),
            TextColumn("points", right=True),
            TextColumn("percent", right=True),
            *map(TextColumn, ("state", "in", "category")),
            TextColumn("title", free=True),
        )
        rows = ((row.control, *_cells(row), row.title) for row in controls.controls)
        yield from text_table(columns, rows, screen)
        yield ""
    yield f"{len(controls.controls)} of {counted(controls.total, 'control')}."


def _markdown(controls: ControlList) -> Iterator[str]:
    yield f"### Controls: {len(controls.controls)} of {controls.total}"
    columns = ("control", "points", "percent", "state", "reported in", "category")
    rows = ((code(row.control, row.title), *_cells(row)) for row in controls.controls)
    yield from section(markdown_table(columns, rows, right=(1, 2)))


_COLUMNS: Mapping[str, Callable[[ControlRow], Cell]] = {
    "control": lambda row: row.control,
    "title": lambda row: row.title,
    "category": lambda row: row.control_category,
    "service": lambda row: row.service,
    "tier": lambda row: row.tier,
    "state": lambda row: row.state,
    "status": lambda row: row.status,
    "points": lambda row: row.score,
    "maximum": lambda row: row.max_score,
    "percent": lambda row: row.percent,
    "points left": lambda row: row.points_left,
    "implementation cost": lambda row: row.implementation_cost,
    "user impact": lambda row: row.user_impact,
    "reported in": _sources,
}


def _csv(controls: ControlList) -> bytes:
    return csv_records(_COLUMNS, controls.controls)
