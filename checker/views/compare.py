"""A tenant beside others, for a person and for other tools."""

from collections.abc import Iterator

from checker.insight.peers import PeerComparison, Peers
from checker.presentation.escape import line, markdown
from checker.presentation.words import shown, signed
from checker.views.formats import rendered

_NAMES = {
    "AllTenants": "all tenants",
    "TotalSeats": "tenants of this size",
    "IndustryTypes": "tenants of this industry",
}


def render(name: str, found: PeerComparison) -> bytes:
    """The comparison in the format ``name``, one of ``FORMATS``."""
    return rendered(name, found, text=_text, markdown=_markdown)


def _title(peers: Peers) -> str:
    return f"{_NAMES[peers.basis]}{f' ({peers.seats} seats)' if peers.seats else ''}"


def _percent(value: float | None) -> str:
    return f"{shown(value)} %" if value is not None else "not available"


def _gap(gap: float | None, points: float | None) -> str:
    if gap is None:
        return "not available"
    return f"{signed(gap)} percentage points{f', {signed(points)} points' if points is not None else ''}"


def _rows(peers: Peers, own: float | None) -> Iterator[tuple[str, str, str, str]]:
    yield "overall", _percent(own), _percent(peers.percent), _gap(peers.gap, peers.gap_points)
    for one in peers.categories:
        gap = _gap(one.gap, one.gap_points)
        yield one.control_category, _percent(one.tenant_percent), _percent(one.percent), gap


def _text(found: PeerComparison) -> Iterator[str]:
    yield f"The tenant {line(found.tenant) or 'unknown'} on {found.date}, in percent of each one's maximum"
    for peers in found.peers:
        yield ""
        if not peers.available:
            yield f"  {_title(peers)}: not available, Microsoft publishes no average at the moment"
            continue
        yield f"  {line(_title(peers))}"
        yield f"    {'':<16}{'tenant':>14}{'average':>16}  gap"
        for name, own, theirs, gap in _rows(peers, found.percent):
            yield f"    {line(name):<16}{own:>14}{theirs:>16}  {gap}"


def _markdown(found: PeerComparison) -> Iterator[str]:
    yield f"### Secure Score compared, {found.date}"
    for peers in found.peers:
        yield ""
        if not peers.available:
            yield f"**{_title(peers)}**: not available, Microsoft publishes no average at the moment."
            continue
        yield f"**{markdown(_title(peers))}**"
        yield ""
        yield "| | tenant | average | gap |"
        yield "|---|---:|---:|---|"
        for name, own, theirs, gap in _rows(peers, found.percent):
            yield f"| {markdown(name)} | {own} | {theirs} | {gap} |"
