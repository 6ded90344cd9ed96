"""The tenant beside others: what Microsoft doesn't publish is not available, never zero."""

import json
from typing import Any

import jsonschema
import msgspec
import pytest
from builders import day, profile, score, snapshot, tenant
from command_line import NOW, here

from checker.cli.schemas import build
from checker.errors import SnapshotError
from checker.insight.peers import PeerComparison, Peers, compare
from checker.snapshot.model import AverageComparativeScore
from checker.tenant.tenant import Tenant
from checker.views.compare import render
from checker.views.formats import FORMATS

Capture = pytest.CaptureFixture[str]


def averages(*entries: dict[str, Any]) -> PeerComparison:
    """A tenant at 14 of 20 points, 10 of 10 for Identity, beside averages as Graph sends them."""
    decoded = msgspec.convert(list(entries), list[AverageComparativeScore])
    controls = [score("A"), score("B", 4.0, category="Apps")]
    return compare(
        tenant(day(controls, maximum=20, averages=decoded), profiles=[profile("A"), profile("B", category="Apps")])
    )


def of(found: PeerComparison, basis: str) -> Peers:
    (peers,) = (one for one in found.peers if one.basis == basis)
    return peers


def test_overall_in_percentage_points_and_in_points() -> None:
    peers = of(averages({"basis": "AllTenants", "averageScore": 50.0}), "AllTenants")
    assert [peers.percent, peers.gap, peers.gap_points] == pytest.approx([50.0, 20.0, 4.0])


def test_categories_by_each_ones_own_maximum() -> None:
    found = averages(
        {
            "basis": "TotalSeats",
            "averageScore": 50.0,
            "identityScore": "3",
            "identityScoreMax": 6.0,
            "appsScore": 8.0,
            "appsScoreMax": "10.0",
            "dataScore": 0.0,
            "dataScoreMax": 0.0,
            "SeatSizeRangeLowerValue": "1",
            "SeatSizeRangeUpperValue": "100",
        }
    )
    peers = of(found, "TotalSeats")
    assert peers.seats == "1-100"
    told = [
        (one.control_category, one.tenant_percent, one.percent, one.gap, one.gap_points) for one in peers.categories
    ]
    assert told == [("Identity", 100.0, 50.0, 50.0, 5.0), ("Apps", 40.0, 80.0, -40.0, -4.0)]


def test_seats_as_they_were_spelt_in_2019() -> None:
    entry = {"basis": "TotalSeats", "averageScore": 1.0, "seatSizeRangeLowerValue": 1, "seatSizeRangeUpperValue": 9}
    assert of(averages(entry), "TotalSeats").seats == "1-9"


@pytest.mark.parametrize("entries", [[], [{"basis": "AllTenants", "averageScore": -1.0}], [{"basis": "AllTenants"}]])
def test_what_is_not_published_is_not_available(entries: list[dict[str, Any]]) -> None:
    found = averages(*entries)
    peers = of(found, "AllTenants")
    assert (peers.available, peers.percent, peers.gap, peers.categories) == (False, None, None, ())
    assert "all tenants: not available" in render("text", found).decode()


def test_a_category_that_is_minus_one() -> None:
    entry = {"basis": "AllTenants", "averageScore": 50.0, "identityScore": -1, "identityScoreMax": 5}
    (identity, *_) = of(averages(entry), "AllTenants").categories
    assert (identity.percent, identity.gap) == (None, None)


def test_a_tenant_without_a_score() -> None:
    with pytest.raises(SnapshotError):
        compare(Tenant(snapshot(), ""))


def test_the_command(capfd: Capture) -> None:
    for name in FORMATS:
        ended = here(capfd, "compare", "--sandbox", "--now", NOW, "-o", name)
        assert ended.code == 0
        if name == "json":
            document = json.loads(ended.out)
            jsonschema.Draft202012Validator(build("compare")).validate(document)
            assert [peers["available"] for peers in document["peers"]] == [True, True, False]
        else:
            assert b"percentage points" in ended.out
