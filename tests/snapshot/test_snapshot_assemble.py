import datetime

import msgspec
import pytest
from builders import OTHER_TENANT, TENANT, TODAY, day, profile, score, snapshot

from checker.errors import SnapshotError
from checker.snapshot.assemble import Pieces, assemble
from checker.snapshot.model import SecureScore


def test_the_newest_day_is_the_newest_date_not_the_first_of_the_list() -> None:
    found = snapshot(day([], back=1), day([], back=0), day([], back=5))
    assert [(TODAY - entry.date).days for entry in found.days] == [0, 1, 5]


def test_a_day_twice_alike_counts_once() -> None:
    assert len(snapshot(day([score("a")]), day([score("a")])).days) == 1


def test_a_day_twice_with_different_values_is_refused() -> None:
    with pytest.raises(SnapshotError) as caught:
        snapshot(day([score("a", 1)]), day([score("a", 2)]))
    assert str(caught.value) == "test.json: contains the day 2026-05-22 twice, with different values"


def test_a_control_twice_alike_on_the_newest_day_counts_once_with_a_warning() -> None:
    found = snapshot(day([score("a"), score("b"), score("a")], current=20))
    assert sorted(entry.control_name for entry in found.days[0].controls) == ["a", "b"]
    assert [(warning.code, warning.message) for warning in found.warnings] == [
        ("duplicate-control", "test.json scores a control twice on 2026-05-22, with equal values.")
    ]


def test_a_control_twice_with_different_values_on_the_newest_day_is_refused() -> None:
    with pytest.raises(SnapshotError) as caught:
        snapshot(day([score("a", 1), score("a", 2)]))
    assert str(caught.value) == "test.json: scores the control 'a' twice on 2026-05-22, with different values"


def test_a_control_twice_on_an_older_day_is_tolerated() -> None:
    assert len(snapshot(day([]), day([score("a", 1), score("a", 2)], back=1)).days) == 2


def test_a_profile_twice_alike_counts_once_and_with_different_values_is_refused() -> None:
    assert len(snapshot(profiles=[profile("a"), profile("a")]).profiles) == 1
    with pytest.raises(SnapshotError) as caught:
        snapshot(profiles=[profile("a", 1), profile("a", 2)])
    assert str(caught.value) == "test.json: contains the control profile 'a' twice, with different values"


@pytest.mark.parametrize("created", ["", "yesterday", "22.05.2026", "2026-13-01T00:00:00Z"])
def test_a_day_without_a_date_is_refused(created: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        snapshot(SecureScore(created_date_time=created))
    assert str(caught.value) == f"test.json: expected a date and time in createdDateTime, got {created!r}"


def test_one_tenant_is_told_by_any_object() -> None:
    assert snapshot(day([], tenant=TENANT), profiles=[profile("a", tenant=None)]).tenant == TENANT
    assert (
        snapshot(profiles=[profile("a", tenant=TENANT.upper()), profile("b", tenant=TENANT)]).tenant.lower() == TENANT
    )
    assert snapshot(SecureScore(created_date_time=f"{TODAY}", id=f"{TENANT}_{TODAY}")).tenant == TENANT
    assert not snapshot(SecureScore(created_date_time=f"{TODAY}")).tenant
    assert assemble(Pieces(tenants={"from-the-head", ""}), "x").tenant == "from-the-head"


@pytest.mark.parametrize(
    "entries",
    [
        ([day([])], [profile("a", tenant=OTHER_TENANT)]),
        ([day([]), day([], back=1, tenant=OTHER_TENANT)], []),
        ([], [profile("a"), profile("b", tenant=OTHER_TENANT)]),
    ],
)
def test_two_tenants_are_refused(entries: tuple[list[SecureScore], list[object]]) -> None:
    with pytest.raises(SnapshotError) as caught:
        snapshot(*entries[0], profiles=entries[1])  # type: ignore[arg-type]
    assert str(caught.value) == (
        f"test.json: contains data of 2 tenants ({TENANT}, {OTHER_TENANT})\n"
        "Judge one tenant in a run: name the files of only one tenant."
    )


def test_the_heads_tenant_counts_too() -> None:
    with pytest.raises(SnapshotError, match="contains data of 2 tenants"):
        assemble(Pieces(scores=[day([])], tenants={OTHER_TENANT}), "x")


@pytest.mark.parametrize(
    ("score_id", "azure_tenant_id"),
    [
        ("NA", None),
        ("NA_2026-05-22", None),
        (None, "NA"),
        ("NA", TENANT),
        ("NA_2026-05-22", TENANT),
        ("na_2026-05-22", ""),
    ],
)
def test_the_tenant_na_is_refused(score_id: str | None, azure_tenant_id: str | None) -> None:
    entry = SecureScore(created_date_time=f"{TODAY}T00:00:00Z", id=score_id, azure_tenant_id=azure_tenant_id)
    with pytest.raises(SnapshotError) as caught:
        snapshot(entry)
    assert str(caught.value) == (
        "test.json: names the tenant 'NA': Graph had no data for the tenant\n"
        "Fetch again later; if the error stays, ask Microsoft's support why the tenant has no Secure Score."
    )


def test_a_profile_of_the_tenant_na_is_refused() -> None:
    with pytest.raises(SnapshotError, match="names the tenant 'NA'"):
        snapshot(profiles=[profile("a", tenant="NA")])


def test_null_control_scores_are_no_controls() -> None:
    found = snapshot(msgspec.structs.replace(day([]), control_scores=None))
    assert found.days[0].controls == []
    assert found.days[0].date == datetime.date(2026, 5, 22)
