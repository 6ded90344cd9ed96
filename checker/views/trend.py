"""The course of the score for a person, for other tools, and as a picture."""

import datetime
from collections.abc import Iterator
from functools import partial

from checker.insight.trend import DayScore, Share, Trend
from checker.presentation.charts import blocks, svg
from checker.presentation.escape import line, markdown
from checker.presentation.words import shown, signed
from checker.tenant.attribution import Part
from checker.views import formats
from checker.views.formats import rendered

FORMATS = (*formats.FORMATS, "svg")
BY = ("control", "cause", "category", "day")
_WIDTH = 44
_WIDEST = 72


def render(name: str, found: Trend, by: str = "control") -> bytes:
    """The trend in the format ``name``, one of ``FORMATS``; ``by``, one of ``BY``, is for people's formats."""
    if name == "svg":
        return _svg(found).encode()
    return rendered(name, found, text=partial(_text, by=by), markdown=partial(_markdown, by=by))


def _rows(found: Trend, by: str) -> Iterator[tuple[str, float, float]]:
    match by:
        case "cause" | "category":
            shares: tuple[Share, ...] = found.by_cause if by == "cause" else found.by_category
            yield from ((share.name, share.points, share.percentage_points) for share in shares)
        case "day":
            for step in found.steps:
                yield f"{step.start} to {step.end}", step.change.points, step.change.percentage_points or 0.0
        case _:
            yield from ((_told(part), part.points, part.percentage_points) for part in found.causes)


def _told(part: Part) -> str:
    text = f"{part.cause:<11} {part.control or ''}".rstrip()
    if part.cause == "moved" and part.category:
        text += f" ({'out of' if part.points < 0 or part.percentage_points < 0 else 'into'} {part.category})"
    if part.cause == "declared":
        by = f" by {part.by}" if part.by else ""
        text += f"{by}{f' on {part.at[:10]}' if part.at else ''}"
    return text


def _head(found: Trend) -> str:
    points = f"{signed(found.change.points)} points"
    share = found.change.percentage_points
    return f"{points}, {signed(share)} percentage points" if share is not None else points


def _text(found: Trend, by: str) -> Iterator[str]:
    first, last = found.days[0], found.days[-1]
    yield f"{found.start} to {found.end}: {_head(found)}"
    yield f"{_day(first)}  ->  {_day(last)}"
    yield ""
    yield f"  {blocks(_course(found))}"
    if found.missing_days:
        yield f"  {len(found.missing_days)} days are missing, shown as gaps"
    yield ""
    rows = [(line(name), points, share) for name, points, share in _rows(found, by)]
    width = min(max([_WIDTH, *(len(name) for name, _, _ in rows)]), _WIDEST)
    yield f"  {'':<{width}} {'points':>9} {'percentage points':>18}"
    for name, points, share in rows:
        yield f"  {name:<{width}} {signed(points):>9} {signed(share):>18}"
    yield f"  {'sum':<{width}} {signed(found.change.points):>9} {signed(found.change.percentage_points or 0.0):>18}"


def _day(day: DayScore) -> str:
    current = shown(day.current_score) if day.current_score is not None else "?"
    maximum = shown(day.max_score) if day.max_score is not None else "?"
    percent = f" ({shown(day.percent)} %)" if day.percent is not None else ""
    return f"{current} of {maximum} points{percent}"


def _course(found: Trend) -> list[float | None]:
    """Percentages day by day; None on days that the data lacks."""
    known = {day.date: day.percent for day in found.days}
    first, last = datetime.date.fromisoformat(found.start), datetime.date.fromisoformat(found.end)
    every = (first + datetime.timedelta(days=number) for number in range((last - first).days + 1))
    return [known.get(str(date)) for date in every]


def _markdown(found: Trend, by: str) -> Iterator[str]:
    yield f"### Secure Score {found.start} to {found.end}: {_head(found)}"
    yield ""
    yield f"| {by} | points | percentage points |"
    yield "|---|---:|---:|"
    for name, points, share in _rows(found, by):
        yield f"| {markdown(name)} | {signed(points)} | {signed(share)} |"
    yield f"| **sum** | **{signed(found.change.points)}** | **{signed(found.change.percentage_points or 0.0)}** |"


def _svg(found: Trend) -> str:
    points = [(datetime.date.fromisoformat(day.date), day.percent) for day in found.days if day.percent is not None]
    return svg("Secure Score in percent of its maximum", [(date, value) for date, value in points], " %")
