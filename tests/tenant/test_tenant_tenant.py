import datetime

import pytest
from builders import day, profile, score, tenant, unrated

from checker.tenant.tenant import Sum


def test_controls_keep_graphs_order_and_leave_out_what_has_no_score() -> None:
    found = tenant(day([score("b"), score("a"), score("c", None)]), profiles=[profile("A", 5.0), profile("c")])
    assert [control.id for control in found.controls] == ["b", "a"]
    assert found.known_ids() == ["b", "a", "A", "c"]
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
    assert (list(found.controls), found.newest, found.is_consistent, found.declared_points) == ([], None, True, 0.0)
    assert found.enabled_services is None
    assert found.day_before(1) is None


@pytest.mark.parametrize(
    ("current", "consistent"),
    [(20.0, True), (20.01, True), (19.99, True), (20.0101, False), (19.98, False)],
)
def test_a_total_may_miss_the_sum_by_half_a_hundredth_a_control(current: float, consistent: bool) -> None:
    assert tenant(day([score("a"), score("b")], current=current)).is_consistent is consistent


def test_declared_points_are_those_of_declared_controls_alone() -> None:
    found = tenant(
        day([score("a", 1), score("b", 2), score("c", 4), score("scid_1", 8, state="ThirdParty")]),
        profiles=[profile("a", state="Reviewed"), profile("b", state="Ignored"), profile("c")],
    )
    assert found.declared_points == 9.0


def test_a_sum_takes_profiles_then_percentages_then_what_is_left() -> None:
    found = tenant(
        day(
            [score("a", 4), score("b", 1, percent=25.0), score("c", 0, category="Apps"), unrated("d", 2, "Apps")],
            maximum=30,
        ),
        profiles=[profile("a", 8.0)],
    )
    named = {control.id: control for control in found.controls}
    assert found.sum([named["a"], named["b"]]) == Sum(5.0, 12.0)
    assert found.sum([named["c"], named["d"]]) == Sum(2.0, 18.0)
    assert found.sum([named["a"], named["c"], named["d"]]) == Sum(6.0, 26.0)
    assert found.sum([named["c"]]) == Sum(0.0, None)


@pytest.mark.parametrize(("maximum", "expected"), [(10.0, 0.0), (9.6, 0.0), (9.0, None), (None, None)])
def test_less_than_nothing_cannot_be_left(maximum: float | None, expected: float | None) -> None:
    found = tenant(day([score("a"), score("b", 0, category="Apps")], maximum=maximum), profiles=[profile("a", 10.0)])
    assert found.sum([control for control in found.controls if control.id == "b"]) == Sum(0.0, expected)


def test_observed_only_leaves_declared_points_out_and_their_maximum_in() -> None:
    found = tenant(day([score("a", 10), score("b", 5)]), profiles=[profile("a", state="ThirdParty"), profile("b")])
    assert found.sum(found.controls, observed_only=True) == Sum(5.0, 20.0)


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
