"""The controls of a tenant as a table, for a person, a tracker and other tools."""

from collections.abc import Iterator

from checker.insight.controls import ControlList, ControlRow
from checker.presentation.escape import line, markdown
from checker.presentation.tables import csv_table
from checker.presentation.words import counted, shown
from checker.views import formats
from checker.views.formats import rendered

FORMATS = (*formats.FORMATS, "csv")
_LONGEST_ID = 48


def render(name: str, found: ControlList) -> bytes:
    """The list in the format ``name``, one of ``FORMATS``."""
    if name == "csv":
        return _csv(found)
    return rendered(name, found, text=_text, markdown=_markdown)


def _points(row: ControlRow) -> str:
    maximum = shown(row.max_score) if row.max_score is not None else "?"
    return f"{shown(row.score) if row.score is not None else '-'} / {maximum}"


def _percent(row: ControlRow) -> str:
    return f"{shown(row.percent)} %" if row.percent is not None else ""


def _sources(row: ControlRow) -> str:
    """Where the tenant reports it."""
    sources = "score, profile" if row.has_score and row.has_profile else "score" if row.has_score else "profile"
    return f"{sources}, retired" if row.retired else sources


def _text(found: ControlList) -> Iterator[str]:
    width = min(max((len(row.control) for row in found.controls), default=0), _LONGEST_ID)
    if found.controls:
        head = f"{'control':<{width}}  {'points':>12}  {'percent':>8}  {'state':<20}  {'in':<14}"
        yield f"{head}  {'category':<10}  title"
    for row in found.controls:
        yield (
            f"{line(row.control):<{width}}  {_points(row):>12}  {_percent(row):>8}  {line(row.state):<20}  "
            f"{_sources(row):<14}  {line(row.control_category or ''):<10}  {line(row.title)}"
        ).rstrip()
    if found.controls:
        yield ""
    yield f"{len(found.controls)} of {counted(found.total, 'control')}."


def _markdown(found: ControlList) -> Iterator[str]:
    yield f"### Controls: {len(found.controls)} of {found.total}"
    yield ""
    yield "| control | points | percent | state | reported in | category |"
    yield "|---|---:|---:|---|---|---|"
    for row in found.controls:
        name = f"<code>{markdown(row.control)}</code><br>{markdown(row.title)}"
        cells = (_points(row), _percent(row), row.state, _sources(row), row.control_category or "")
        yield f"| {name} | {' | '.join(map(markdown, cells))} |"


_COLUMNS = (
    "control",
    "title",
    "category",
    "service",
    "tier",
    "state",
    "points",
    "maximum",
    "percent",
    "points left",
    "implementation cost",
    "user impact",
    "reported in",
)


def _csv(found: ControlList) -> bytes:
    rows = (
        (
            row.control,
            row.title,
            row.control_category,
            row.service,
            row.tier,
            row.state,
            row.score,
            row.max_score,
            row.percent,
            row.points_left,
            row.implementation_cost,
            row.user_impact,
            _sources(row),
        )
        for row in found.controls
    )
    return csv_table(_COLUMNS, rows)
