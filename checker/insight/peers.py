"""How a tenant compares with others, in percent of each one's maximum, so that other licences don't matter."""

from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.insight.warnings import DataWarning, data_warnings
from checker.snapshot.model import AverageComparativeScore
from checker.tenant.numbers import finite, percent_of
from checker.tenant.tenant import Tenant
from checker.tenant.totals import Totals

BASES = ("AllTenants", "TotalSeats", "IndustryTypes")


class CategoryPeers(msgspec.Struct, frozen=True, rename="camel"):
    """A category of the tenant beside the average of others."""

    control_category: str
    percent: Annotated[float | None, Meta(description="The others' average; null where Microsoft has none.")]
    tenant_percent: float | None
    gap: Annotated[float | None, Meta(description="Tenant less average, in percentage points.")]
    gap_points: Annotated[float | None, Meta(description="The same in points of the tenant's own maximum.")]


class Peers(msgspec.Struct, frozen=True, rename="camel"):
    """Other tenants, taken together."""

    basis: Annotated[str, Meta(description="AllTenants, TotalSeats (of this size) or IndustryTypes.")]
    available: Annotated[bool, Meta(description="Whether Microsoft publishes an average at the moment.")]
    seats: Annotated[str | None, Meta(description="Of TotalSeats: the range of sizes, such as 1-100.")]
    percent: float | None
    gap: Annotated[float | None, Meta(description="Tenant less average, in percentage points.")]
    gap_points: Annotated[float | None, Meta(description="The same in points of the tenant's own maximum.")]
    categories: tuple[CategoryPeers, ...]


class PeerComparison(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A tenant beside all tenants, tenants of its size and of its industry."""

    schema: ClassVar[tuple[str, str]] = ("compare", "A tenant compared with others")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Comparison"] = "Comparison"
    tenant: str
    date: str
    percent: float | None
    peers: tuple[Peers, ...]
    warnings: tuple[DataWarning, ...] = ()


def compare(tenant: Tenant) -> PeerComparison:
    """The comparison on the newest day. An average that is absent or -1 is not available, never zero.

    Raises:
        SnapshotError: the tenant has no score yet.
    """
    day = tenant.scored_day()
    score = day.score
    averages: dict[str, AverageComparativeScore] = {}
    for entry in score.average_comparative_scores or ():
        # Of two with the same basis the first counts, as for the requirement.
        averages.setdefault((entry.basis or "").casefold(), entry)
    own = tenant.percent
    return PeerComparison(
        tenant=tenant.id,
        date=str(day.date),
        percent=own,
        peers=tuple(_peers(basis, averages.get(basis.casefold()), tenant, own) for basis in BASES),
        warnings=(*data_warnings(tenant), *_odd_averages(averages.values())),
    )


def _odd_averages(averages: Iterable[AverageComparativeScore]) -> Iterator[DataWarning]:
    """Averages that are points, as they were in 2019, and no percentages."""
    for one in averages:
        if one.average_score is not None and one.average_score > 100:
            text = f"The average of {one.basis} is {one.average_score:g}, not a percentage, so it is not available."
            yield DataWarning("average-not-available", text)


def _peers(basis: str, average: AverageComparativeScore | None, tenant: Tenant, own: float | None) -> Peers:
    percent = average.average_score if average is not None else None
    if average is None or percent is None or not 0 <= percent <= 100:
        return Peers(basis, False, None, None, None, None, ())
    assert tenant.newest is not None
    gap = own - percent if own is not None else None
    maximum = tenant.newest.score.max_score
    points = gap * maximum / 100 if gap is not None and maximum else None
    return Peers(basis, True, _seats(average), percent, gap, points, tuple(_categories(average, tenant)))


def _categories(average: AverageComparativeScore, tenant: Tenant) -> Iterator[CategoryPeers]:
    theirs = {
        "Identity": (average.identity_score, average.identity_score_max),
        "Data": (average.data_score, average.data_score_max),
        "Device": (average.device_score, average.device_score_max),
        "Apps": (average.apps_score, average.apps_score_max),
        "Infrastructure": (average.infrastructure_score, average.infrastructure_score_max),
    }
    totals = Totals(tenant)
    for category, (points, most) in theirs.items():
        score, maximum = finite(points), finite(most)
        percent = percent_of(score, maximum) if score is not None and score >= 0 else None
        total = totals.of(tenant.of_category(category))
        share = total.percents
        own = total.percent if share is not None and share.is_exact else None
        if percent is None and own is None:
            continue
        gap = own - percent if own is not None and percent is not None else None
        in_points = gap * total.maximum / 100 if gap is not None and total.maximum else None
        yield CategoryPeers(category, percent, own, gap, in_points)


def _seats(average: AverageComparativeScore) -> str | None:
    lower = average.seat_size_range_lower_value or average.seats_from
    upper = average.seat_size_range_upper_value or average.seats_to
    return f"{lower}-{upper}" if lower is not None and upper is not None else None
