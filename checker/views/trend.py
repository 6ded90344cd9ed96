"""The answer to ``trend``: the score over time, what caused each change, and a chart of it."""

import datetime
from collections.abc import Iterator
from functools import partial

from checker.insight.trend import DayScore, Share, Trend
from checker.presentation.charts import blocks, svg
from checker.presentation.colours import CYAN
from checker.presentation.escape import Markup
from checker.presentation.paragraphs import paragraph
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import TextColumn, markdown_table, text_table
from checker.presentation.words import bracketed, counted, difference, joined, percent, points_of, set_by, signed
from checker.tenant.attribution import Part
from checker.views import formats
from checker.views.formats import rendered, section

FORMATS = (*formats.FORMATS, "svg")
BY = ("control", "cause", "category", "day")
_COURSE = 90

_Row = tuple[str, float, float, str]
"""What changed, the points, the percentage points, and a remark on it."""


def render(name: str, trend: Trend, by: str = "control", screen: Screen = FILE) -> bytes:
    """The trend in the format ``name``, one of ``FORMATS``.

    Args:
        name: the format.
        trend: what to show.
        by: one of ``BY``: what text and Markdown group the change by.
        screen: what text is put for.
    """
    text, markdown = partial(_text, by=by), partial(_markdown, by=by)
    return rendered(name, trend, screen, text=text, markdown=markdown, others={"svg": _svg})


def _rows(trend: Trend, by: str) -> Iterator[_Row]:
    match by:
        case "cause" | "category":
            shares: tuple[Share, ...] = trend.by_cause if by == "cause" else trend.by_category
            yield from ((share.name, share.points, share.percentage_points, "") for share in shares)
        case "day":
            for step in trend.steps:
                yield f"{step.start} to {step.end}", step.change.points, step.change.percentage_points or 0.0, ""
        case _:
            yield from ((_cause(part), part.points, part.percentage_points, _remark(part)) for part in trend.causes)


def _sum(trend: Trend) -> _Row:
    return "sum", trend.change.points, trend.change.percentage_points or 0.0, ""


def _cause(part: Part) -> str:
    return f"{part.cause:<11} {part.control or ''}".rstrip()


def _remark(part: Part) -> str:
    """Which category a control moved from or to, or who declared its state."""
    if part.cause == "moved" and part.category:
        lost = part.points < 0 or part.percentage_points < 0
        return f"{'out of' if lost else 'into'} {part.category}"
    return set_by(part.by, part.at).strip() if part.cause == "declared" else ""


def _text(trend: Trend, screen: Screen, by: str) -> Iterator[str]:
    paint = screen.paint
    change = paint.signed(difference(trend.change.points, trend.change.percentage_points))
    yield f"{trend.start} to {trend.end}: {change}"
    yield from paragraph(f"{_day(trend.days[0])} -> {_day(trend.days[-1])}", screen)
    yield ""
    yield f"  {paint(blocks(_course(trend), min(_COURSE, screen.width - 2)), CYAN)}"
    if trend.missing_days:
        yield f"  {counted(len(trend.missing_days), 'day')} missing, shown as gaps"
    yield ""
    rows = (
        (name, signed(points), signed(share), text) for name, points, share, text in (*_rows(trend, by), _sum(trend))
    )
    columns = (
        TextColumn(),
        TextColumn("points", right=True, style=paint.signed),
        TextColumn("percentage points", right=True, style=paint.signed),
        TextColumn(free=True, style=paint.secondary),
    )
    yield from text_table(columns, rows, screen, indent=2)


def _day(day: DayScore) -> str:
    return points_of(day.current_score, day.max_score) + bracketed(percent(day.percent, ""))


def _course(trend: Trend) -> list[float | None]:
    """Percentages day by day; None on days that the data lacks."""
    known = {day.date: day.percent for day in trend.days}
    first, last = datetime.date.fromisoformat(trend.start), datetime.date.fromisoformat(trend.end)
    every = (first + datetime.timedelta(days=days) for days in range((last - first).days + 1))
    return [known.get(str(date)) for date in every]


def _markdown(trend: Trend, by: str) -> Iterator[str]:
    change = difference(trend.change.points, trend.change.percentage_points)
    yield f"### Secure Score {trend.start} to {trend.end}: {change}"
    rows = [
        (joined(" ".join(name.split()), text), Markup(signed(points)), Markup(signed(share)))
        for name, points, share, text in _rows(trend, by)
    ]
    name, points, share, _ = _sum(trend)
    total = tuple(Markup(f"**{cell}**") for cell in (name, signed(points), signed(share)))
    yield from section(markdown_table((by, "points", "percentage points"), [*rows, total], right=(1, 2)))


def _svg(trend: Trend) -> bytes:
    days = [(datetime.date.fromisoformat(day.date), day.percent) for day in trend.days if day.percent is not None]
    return svg("Secure Score in percent of its maximum", days, " %").encode()
