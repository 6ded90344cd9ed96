"""The answer to ``compare``: a tenant beside others."""

from collections.abc import Iterator

from checker.insight.peers import PeerComparison, Peers
from checker.presentation.cells import wrapped
from checker.presentation.escape import Markup, line, markdown
from checker.presentation.paragraphs import paragraph
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import TextColumn, markdown_table, text_table
from checker.presentation.words import bracketed, change, joined, percent
from checker.views.formats import rendered, section

_NAMES = {
    "AllTenants": "all tenants",
    "TotalSeats": "tenants of this size",
    "IndustryTypes": "tenants of this industry",
}
_MISSING = "not available"
_NO_AVERAGE = "not available, Microsoft publishes no average at the moment"

_Row = tuple[str, str, str, str]


def render(name: str, comparison: PeerComparison, screen: Screen = FILE) -> bytes:
    """The comparison in the format ``name``, one of ``FORMATS``."""
    return rendered(name, comparison, screen, text=_text, markdown=_markdown)


def _title(peers: Peers) -> str:
    return _NAMES[peers.basis] + bracketed(f"{peers.seats} seats" if peers.seats else None)


def _gap(gap: float | None, points: float | None) -> str:
    return joined(change(gap, "percentagePoints"), change(points, "points")) if gap is not None else _MISSING


def _rows(peers: Peers, own: float | None) -> Iterator[_Row]:
    overall = _gap(peers.gap, peers.gap_points)
    yield "overall", percent(own, _MISSING), percent(peers.percent, _MISSING), overall
    for one in peers.categories:
        gap = _gap(one.gap, one.gap_points)
        yield one.control_category, percent(one.tenant_percent, _MISSING), percent(one.percent, _MISSING), gap


def _text(comparison: PeerComparison, screen: Screen) -> Iterator[str]:
    tenant = comparison.tenant or "unknown"
    yield from paragraph(f"The tenant {tenant} on {comparison.date}, in percent of each maximum", screen)
    columns = (
        TextColumn(),
        TextColumn("tenant", right=True),
        TextColumn("average", right=True),
        TextColumn("gap", free=True, style=screen.paint.signed),
    )
    for peers in comparison.peers:
        yield ""
        if not peers.available:
            yield from _text_title(f"{_title(peers)}:", _NO_AVERAGE, screen)
            continue
        yield from _text_title(_title(peers), "", screen)
        yield from text_table(columns, _rows(peers, comparison.percent), screen, indent=4)


def _text_title(title: str, text: str, screen: Screen) -> Iterator[str]:
    title = line(title)
    first, *rest = wrapped(text, screen.width, first=f"  {title} ", rest="    ")
    yield f"  {screen.paint.heading(title)}{first[len(title) + 2 :]}"
    yield from rest


def _markdown(comparison: PeerComparison) -> Iterator[str]:
    yield f"### Secure Score compared, {comparison.date}"
    for peers in comparison.peers:
        yield ""
        if not peers.available:
            yield f"**{markdown(_title(peers))}**: {_NO_AVERAGE}."
            continue
        yield f"**{markdown(_title(peers))}**"
        rows = ((name, *map(Markup, cells)) for name, *cells in _rows(peers, comparison.percent))
        yield from section(markdown_table(("", "tenant", "average", "gap"), rows, right=(1, 2)))
