"""A course over days as a picture: blocks in a terminal, SVG elsewhere. Missing days are gaps, never bridged."""

import datetime
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

_BLOCKS = "▁▂▃▄▅▆▇█"
_GAP = " "
_SIZE = (720, 240)
_MARGIN = (56, 24)


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
    """The course as an SVG picture with its scale, the newest day at the right.

    Args:
        title: what it shows, also for who listens to the page.
        points: days in order, and the value of each.
        unit: of the values.
    """
    (width, height), (left, top) = _SIZE, _MARGIN
    if not points:
        return _framed(title, [f'<text x="{left}" y="{height // 2}">No data.</text>'])
    values = [value for _, value in points]
    low, high = min(values), max(values)
    span = (points[-1][0] - points[0][0]).days or 1

    def place(point: tuple[datetime.date, float]) -> str:
        across = left + (point[0] - points[0][0]).days / span * (width - left - 16)
        share = (point[1] - low) / (high - low) if high > low else 0.5
        return f"{across:.1f},{height - 32 - share * (height - 32 - 2 * top):.1f}"

    lines = []
    for run in _runs(points):
        shape = " ".join(place(point) for point in run)
        lines.append(
            f'<polyline points="{shape}" fill="none" stroke="#0b6e99" stroke-width="2" stroke-linecap="round"/>'
        )
    scale = [
        f'<text x="{left - 6}" y="{2 * top + 4}" text-anchor="end">{high:.1f}{escape(unit)}</text>',
        f'<text x="{left - 6}" y="{height - 28}" text-anchor="end">{low:.1f}{escape(unit)}</text>',
        f'<text x="{left}" y="{height - 8}">{points[0][0]}</text>',
        f'<text x="{width - 16}" y="{height - 8}" text-anchor="end">{points[-1][0]}</text>',
    ]
    return _framed(title, [*scale, *lines])


def _framed(title: str, inside: Sequence[str]) -> str:
    """A whole SVG document."""
    width, height = _SIZE
    name = escape(title)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"',
            f"  aria-label={quoteattr(title)}",
            '  font-family="system-ui, sans-serif" font-size="12" fill="#24292f">',
            f"<title>{name}</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            f'<text x="{_MARGIN[0]}" y="16" font-weight="600">{name}</text>',
            *inside,
            "</svg>\n",
        ]
    )


def _runs(points: Sequence[tuple[datetime.date, float]]) -> list[list[tuple[datetime.date, float]]]:
    """The points in stretches of days that follow each other; a day alone is a point of no length."""
    runs: list[list[tuple[datetime.date, float]]] = []
    for point in points:
        if runs and (point[0] - runs[-1][-1][0]).days == 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return [run if len(run) > 1 else run * 2 for run in runs]
