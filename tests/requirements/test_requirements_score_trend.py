"""``trend``: a real regression fails, what Microsoft changed warns."""

import pytest
from builders import day, lines, only, policy, profile, score, snapshot, warnings

from checker.errors import PolicyError
from checker.policy.model import PolicySet
from checker.snapshot.model import SecureScore, Snapshot


def wants(limit: str = "points: 2", *, more: str = "", days: int = 7) -> PolicySet:
    return policy(score=f"{{id: a, trend: {{days: {days}, maximumDrop: {{{limit}}}{more}}}}}")


def fell(after: SecureScore, *, back: int = 7) -> Snapshot:
    before = day([score("A", 9.0), score("B", 8.0)], back=back, maximum=20)
    return snapshot(after, before, profiles=[profile("A"), profile("B")])


REGRESSED = day([score("A", 4.0), score("B", 8.0)], maximum=20)
RETIRED = day([score("B", 8.0)], maximum=10)


def test_a_regression_fails_and_names_the_control() -> None:
    assert only(wants(), fell(REGRESSED)) == (
        "fail",
        "above-maximum",
        "The score fell by 5 points since 2026-05-15: A regressed by 5 points; it may fall by at most 2 points.",
    )


@pytest.mark.parametrize(("limit", "outcome"), [("points: 5", "pass"), ("points: 4.99", "fail")])
def test_the_limit_itself_is_met(limit: str, outcome: str) -> None:
    assert only(wants(limit), fell(REGRESSED))[0] == outcome


@pytest.mark.parametrize(("limit", "outcome"), [("percentagePoints: 25", "pass"), ("percentagePoints: 24", "fail")])
def test_in_percentage_points(limit: str, outcome: str) -> None:
    assert only(wants(limit), fell(REGRESSED))[0] == outcome


def test_a_retired_control_warns_and_does_not_fail() -> None:
    outcome, reason, message = only(wants(), fell(RETIRED))
    assert (outcome, reason) == ("pass", "met")
    assert message == "The score fell by 9 points since 2026-05-15, of which 0 by the tenant's own controls."
    assert ("met", "p/a: the score fell by 9 points since 2026-05-15, of which 0 by the tenant's own controls.") in (
        warnings(wants(), fell(RETIRED))
    )


def test_attributed_to_all_it_fails() -> None:
    outcome, _, message = only(wants(more=", attributedTo: all"), fell(RETIRED))
    assert outcome == "fail"
    assert "A retired by 9 points" in message


def test_a_regression_hidden_by_a_new_control_is_found() -> None:
    hidden = day([score("A", 4.0), score("B", 8.0), score("C", 10.0)], maximum=30)
    assert only(wants(), fell(hidden))[0] == "fail"
    assert only(wants(more=", attributedTo: all"), fell(hidden))[0] == "pass"


def test_without_an_old_day_it_is_skipped() -> None:
    assert only(wants(), fell(REGRESSED, back=3))[:2] == ("skipped", "not-enough-history")
    assert only(wants(), fell(REGRESSED, back=11))[:2] == ("skipped", "not-enough-history")
    assert only(wants(), fell(REGRESSED, back=10))[0] == "fail"


def test_a_day_without_a_score_is_no_base() -> None:
    no_score = SecureScore(created_date_time="2026-05-15T00:00:00Z", control_scores=[score("A", 9.0)])
    assert only(wants(), snapshot(REGRESSED, no_score))[:2] == ("skipped", "not-enough-history")


def test_a_base_that_does_not_add_up_gives_way_to_the_one_before() -> None:
    wrong = day([score("A", 4.0)], back=7, current=90.0)
    assert only(wants(), snapshot(REGRESSED, wrong))[:2] == ("skipped", "not-enough-history")
    before = day([score("A", 9.0), score("B", 8.0)], back=8, maximum=20)
    assert only(wants(), snapshot(REGRESSED, wrong, before))[0] == "fail"


def test_what_cannot_be_told_is_an_error() -> None:
    no_maximum = day([score("A", 9.0), score("B", 8.0)], back=7, maximum=0)
    data = snapshot(REGRESSED, no_maximum)
    assert only(wants("percentagePoints: 2"), data)[:2] == ("error", "not-available")
    assert only(wants(), data)[0] == "fail"


def test_doubtful_data_is_an_error() -> None:
    data = fell(day([score("A", 4.0)], current=99.0, maximum=100))
    assert only(wants(), data)[:2] == ("error", "inconsistent")


def test_how_many_days_a_live_check_fetches() -> None:
    assert wants(days=7).days_needed == 11


@pytest.mark.parametrize("limit", ["", "points: 1, percentagePoints: 1", "percent: 2"])
def test_a_limit_is_in_one_unit(limit: str) -> None:
    with pytest.raises(PolicyError):
        wants(limit)


def test_both_at_once() -> None:
    both = policy(
        score="{id: a, trend: {days: 7, maximumDrop: {points: 2}}}, {id: b, trend: {days: 7, maximumDrop: {points: 9}}}"
    )
    assert [outcome for outcome, _, _ in lines(both, fell(REGRESSED))] == ["fail", "pass"]


@pytest.mark.parametrize(
    ("points", "percent", "expected"),
    [
        (5.0, 50.0, ("fail", "above-maximum")),
        (5.0, 100.0, ("error", "inconsistent")),
        (10.0, 0.0, ("error", "inconsistent")),
        (5.0, 20.0, ("fail", "above-maximum")),
        (10.0, 95.0, ("pass", "met")),
    ],
)
@pytest.mark.parametrize("limit", ["points: 1", "percentagePoints: 1"])
def test_a_control_whose_numbers_contradict_each_other_may_have_fallen(
    points: float, percent: float, expected: tuple[str, str], limit: str
) -> None:
    days = day([score("a", points, percent=percent), score("b")]), day([score("a"), score("b")], back=1)
    rules = policy(score=f"{{id: x, trend: {{days: 1, maximumDrop: {{{limit}}}}}}}")
    assert only(rules, snapshot(*days, profiles=[profile("a"), profile("b")]))[:2] == expected
