"""Charts: block characters in a terminal, SVG elsewhere. Missing days are gaps, never bridged."""

import datetime
import itertools
from collections.abc import Sequence

from checker.presentation.escape import line, xml

_BLOCKS = "▁▂▃▄▅▆▇█"
_GAP = " "
_FULL, _EMPTY = "█", "░"
_WIDTH, _HEIGHT = 720, 240
_LEFT, _TOP, _RIGHT, _BOTTOM = 56, 48, 16, 32
_LINE = 'fill="none" stroke="#0b6e99" stroke-width="2" stroke-linecap="round"'

Point = tuple[float, float]


def bar(percent: float | None, width: int = 20) -> str:
    """A share as a bar of so many columns; empty where it is unknown."""
    filled = round(min(max(percent or 0.0, 0.0), 100.0) / 100 * width)
    return _FULL * filled + _EMPTY * (width - filled)


def blocks(values: Sequence[float | None], width: int = 90) -> str:
    """One block a value, from the smallest to the largest; a blank where there is none.

    More values than ``width`` are thinned out, the newest kept.
    """
    step = -(-len(values) // width) or 1
    kept = list(values)[::-1][::step][::-1]
    known = [value for value in kept if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return "".join(_GAP if value is None else _BLOCKS[_level(value, low, high)] for value in kept)


def _level(value: float, low: float, high: float) -> int:
    if high - low <= 0:
        return len(_BLOCKS) // 2
    return round((value - low) / (high - low) * (len(_BLOCKS) - 1))


def svg(title: str, points: Sequence[tuple[datetime.date, float]], unit: str) -> str:
    """Values over days as an SVG picture with its scale, the newest day at the right.

    Args:
        title: what it shows; screen readers read it out.
        points: days in order, and the value of each.
        unit: of the values.
    """
    plain = [(float(date.toordinal()), value) for date, value in points]
    ends = (str(points[0][0]), str(points[-1][0])) if points else ("", "")
    return _chart(title, _runs(plain), ends, unit)


def steps(title: str, points: Sequence[Point], across: str, unit: str) -> str:
    """Values over amounts as steps: a value holds until the next amount.

    Args:
        title: what it shows.
        points: amounts in order, and the value of each.
        across: what the amounts are.
        unit: of the values.
    """
    corners = [corner for before, point in itertools.pairwise(points) for corner in (before, (point[0], before[1]))]
    ends = (f"{across} {points[0][0]:g}", f"{across} {points[-1][0]:g}") if points else ("", "")
    return _chart(title, [[*corners, points[-1]]] if points else [], ends, unit)


def _chart(title: str, runs: Sequence[Sequence[Point]], ends: tuple[str, str], unit: str) -> str:
    """Lines with their scale, as a whole document.

    Args:
        title: of the chart.
        runs: a line each.
        ends: what the first and the last point across are called.
        unit: of the values.
    """
    every = [point for run in runs for point in run]
    if not every:
        return _picture(title, [f'<text x="{_LEFT}" y="{_HEIGHT // 2}">No data.</text>'])
    first, last = every[0][0], every[-1][0]
    low, high = min(value for _, value in every), max(value for _, value in every)

    def place(point: Point) -> str:
        along = (point[0] - first) / (last - first) if last > first else 0.0
        share = (point[1] - low) / (high - low) if high > low else 0.5
        across = _LEFT + along * (_WIDTH - _LEFT - _RIGHT)
        return f"{across:.1f},{_HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP):.1f}"

    scale = [
        f'<text x="{_LEFT - 6}" y="{_TOP + 4}" text-anchor="end">{high:.1f}{_text(unit)}</text>',
        f'<text x="{_LEFT - 6}" y="{_HEIGHT - _BOTTOM + 4}" text-anchor="end">{low:.1f}{_text(unit)}</text>',
        f'<text x="{_LEFT}" y="{_HEIGHT - 8}">{_text(ends[0])}</text>',
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 8}" text-anchor="end">{_text(ends[1])}</text>',
    ]
    lines = [f'<polyline points="{" ".join(place(point) for point in run)}" {_LINE}/>' for run in runs]
    return _picture(title, [*scale, *lines])


def _picture(title: str, inside: Sequence[str]) -> str:
    name = _text(title)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"',
            f'  aria-label="{name}"',
            '  font-family="system-ui, sans-serif" font-size="12" fill="#24292f">',
            f"<title>{name}</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
            f'<text x="{_LEFT}" y="16" font-weight="600">{name}</text>',
            *inside,
            "</svg>\n",
        ]
    )


def _text(text: str) -> str:
    return xml(line(text))


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """The points in runs of days that follow each other; a day alone becomes a line of no length, drawn as a dot."""
    runs: list[list[Point]] = []
    for point in points:
        if runs and point[0] - runs[-1][-1][0] == 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return [run if len(run) > 1 else run * 2 for run in runs]
