"""The answer to ``trend``: the score over time, what caused each change, and a chart of it."""

import datetime
from collections.abc import Iterator
from functools import partial

from checker.insight.trend import DayScore, Share, Trend
from checker.presentation.charts import blocks, svg
from checker.presentation.escape import Markup, line
from checker.presentation.tables import markdown_table, text_table
from checker.presentation.words import bracketed, counted, difference, percent, points_of, set_by, signed
from checker.tenant.attribution import Part
from checker.views import formats
from checker.views.formats import rendered, section

FORMATS = (*formats.FORMATS, "svg")
BY = ("control", "cause", "category", "day")
_WIDTH = 44
_WIDEST = 72

_Row = tuple[str, float, float]


def render(name: str, trend: Trend, by: str = "control") -> bytes:
    """The trend in the format ``name``, one of ``FORMATS``.

    Args:
        name: the format.
        trend: what to show.
        by: one of ``BY``: what text and Markdown group the change by.
    """
    text, markdown = partial(_text, by=by), partial(_markdown, by=by)
    return rendered(name, trend, text=text, markdown=markdown, others={"svg": _svg})


def _rows(trend: Trend, by: str) -> Iterator[_Row]:
    match by:
        case "cause" | "category":
            shares: tuple[Share, ...] = trend.by_cause if by == "cause" else trend.by_category
            yield from ((share.name, share.points, share.percentage_points) for share in shares)
        case "day":
            for step in trend.steps:
                yield f"{step.start} to {step.end}", step.change.points, step.change.percentage_points or 0.0
        case _:
            yield from ((_cause(part), part.points, part.percentage_points) for part in trend.causes)


def _sum(trend: Trend) -> _Row:
    return "sum", trend.change.points, trend.change.percentage_points or 0.0


def _cause(part: Part) -> str:
    text = f"{part.cause:<11} {part.control or ''}".rstrip()
    if part.cause == "moved" and part.category:
        lost = part.points < 0 or part.percentage_points < 0
        text += bracketed(f"{'out of' if lost else 'into'} {part.category}")
    return text + set_by(part.by, part.at) if part.cause == "declared" else text


def _text(trend: Trend, by: str) -> Iterator[str]:
    yield f"{trend.start} to {trend.end}: {difference(trend.change.points, trend.change.percentage_points)}"
    yield f"{_day(trend.days[0])}  ->  {_day(trend.days[-1])}"
    yield ""
    yield f"  {blocks(_course(trend))}"
    if trend.missing_days:
        yield f"  {counted(len(trend.missing_days), 'day')} missing, shown as gaps"
    yield ""
    rows = [(line(name), *map(signed, numbers)) for name, *numbers in (*_rows(trend, by), _sum(trend))]
    width = min(max([_WIDTH, *(len(name) for name, *_ in rows)]), _WIDEST)
    head = ("", "points", "percentage points")
    yield from text_table("  {:<{width}} {:>9} {:>18}", [head, *rows], width=width)


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
    rows = [(name, *(Markup(signed(one)) for one in numbers)) for name, *numbers in _rows(trend, by)]
    name, *numbers = _sum(trend)
    total = [Markup(f"**{cell}**") for cell in (name, *map(signed, numbers))]
    yield from section(markdown_table((by, "points", "percentage points"), [*rows, total], right=(1, 2)))


def _svg(trend: Trend) -> bytes:
    days = [(datetime.date.fromisoformat(day.date), day.percent) for day in trend.days if day.percent is not None]
    return svg("Secure Score in percent of its maximum", days, " %").encode()
