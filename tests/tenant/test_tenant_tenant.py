import datetime

import pytest
from builders import day, profile, score, tenant


def test_controls_keep_graphs_order_and_one_without_a_readable_score() -> None:
    found = tenant(day([score("b"), score("a"), score("c", None)]), profiles=[profile("A", 5.0), profile("c")])
    assert [control.id for control in found.controls] == ["b", "a", "c"]
    assert found.known_ids() == ["b", "a", "c", "A"]
    joined = found.scored("A")
    assert joined is not None
    assert (joined.id, joined.maximum) == ("a", 5.0)
    unscored = found.unscored("C")
    assert unscored is not None
    assert (unscored.id, unscored.points, unscored.percent, unscored.maximum, unscored.title) == (
        "c",
        None,
        None,
        10,
        "c",
    )
    assert found.unscored("nowhere") is None


def test_without_a_day_there_is_nothing() -> None:
    found = tenant()
    assert (list(found.controls), found.newest, found.is_consistent) == ([], None, True)
    assert found.enabled_services is None
    assert found.day_before(1) is None


@pytest.mark.parametrize(
    ("current", "consistent"),
    [(20.0, True), (20.01, True), (19.99, True), (20.0101, False), (19.98, False)],
)
def test_a_total_may_miss_the_sum_by_half_a_hundredth_a_control(current: float, consistent: bool) -> None:
    assert tenant(day([score("a"), score("b")], current=current)).is_consistent is consistent


@pytest.mark.parametrize(
    ("backs", "days", "found"),
    [
        ([7], 7, 7),
        ([8], 7, 8),
        ([10], 7, 10),
        ([11], 7, None),
        ([6], 7, None),
        ([1, 8, 9], 7, 8),
        ([], 1, None),
        ([1], 1, 1),
    ],
)
def test_a_day_before_is_the_newest_that_is_old_enough_with_three_days_of_slack(
    backs: list[int], days: int, found: int | None
) -> None:
    day_found = tenant(day([]), *(day([], back=back) for back in backs)).day_before(days)
    assert (day_found.date if day_found else None) == (
        datetime.date(2026, 5, 22) - datetime.timedelta(days=found) if found is not None else None
    )


def test_scored_earlier_is_the_last_day_of_any_spelling() -> None:
    found = tenant(day([]), day([score("1.a")], back=3), day([score("1.a"), score("b", None)], back=5))
    assert found.scored_earlier("A") == datetime.date(2026, 5, 19)
    assert found.scored_earlier("b") is None
    assert list(found.earlier_ids()) == ["1.a"]


def test_a_past_maximum_is_that_days_own_else_todays() -> None:
    found = tenant(day([]), profiles=[profile("a", 7.0)])
    assert [
        found.maximum_on(score("a", 2, percent=40.0)),
        found.maximum_on(score("a", 0)),
        found.maximum_on(score("b", 0)),
    ] == [
        5.0,
        7.0,
        None,
    ]


def test_categories_and_services() -> None:
    found = tenant(day([score("a", category="Apps"), score("b"), score("c", category="Apps")], services=["HasAADP2"]))
    assert (found.categories, found.enabled_services) == (["Apps", "Identity"], frozenset({"hasaadp2"}))
