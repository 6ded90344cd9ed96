"""Sums, and what the data leaves open of them."""

import msgspec
import pytest
from builders import SUM, day, profile, score, tenant, unrated
from msgspec import UNSET

from checker.tenant.control import Control
from checker.tenant.ranges import Range, Total
from checker.tenant.tenant import Tenant
from checker.tenant.totals import Totals


def named(of: Tenant, *names: str) -> list[Control]:
    return [control for control in of.controls if control.id in names]


def summed(of: Tenant, *names: str, observed_only: bool = False) -> tuple[float, float | None]:
    total = Totals(of).of(named(of, *names), observed_only=observed_only)
    return total.points, total.maximum


def declared(of: Tenant) -> Total:
    return Totals(of).declared


def test_declared_points_are_those_of_declared_controls_that_were_counted() -> None:
    found = declared(
        tenant(
            day([score("a", 1, 1), score("b", 2), score("c", 4), score("scid_1", 8, 8, state="ThirdParty")]),
            profiles=[profile("a", 1, state="Reviewed"), profile("b", state="Ignored"), profile("c")],
        )
    )
    assert (found.points, found.range) == (9.0, Range(9.0, 9.0))


@pytest.mark.parametrize(("points", "counted"), [(10.0, 10.0), (9.99, 0.0), (4.5, 0.0), (0.0, 0.0)])
def test_a_declared_control_below_its_maximum_was_observed(points: float, counted: float) -> None:
    of = tenant(day([score("a", points)], maximum=SUM), profiles=[profile("a", state="ThirdParty")])
    assert declared(of).range == Range(counted, counted)
    assert summed(of, "a", observed_only=True)[0] == points - counted


def test_without_a_profile_the_points_may_be_declared() -> None:
    of = tenant(day([score("a")], maximum=SUM), profiles=[])
    assert declared(of).range == Range(0.0, 10.0)
    assert [doubt.code for doubt in declared(of).doubts] == ["partial-data"]


def test_a_sum_takes_profiles_then_percentages_then_what_is_left() -> None:
    of = tenant(
        day(
            [score("a", 4, 8), score("b", 1, percent=25.0), score("c", 0, category="Apps"), unrated("d", 2, "Apps")],
            maximum=30,
        ),
        profiles=[profile("a", 8.0)],
    )
    assert summed(of, "a", "b") == (5.0, 12.0)
    assert summed(of, "c", "d") == (2.0, 18.0)
    assert summed(of, "a", "c", "d") == (6.0, 26.0)
    assert summed(of, "c") == (0.0, None)


@pytest.mark.parametrize(("maximum", "expected"), [(10.0, 0.0), (10.4, 0.4), (9.6, None), (None, None), (UNSET, None)])
def test_less_than_nothing_cannot_be_left(maximum: float | None, expected: float | None) -> None:
    of = tenant(day([score("a"), score("b", 0, category="Apps")], maximum=maximum), profiles=[profile("a", 10.0)])
    found = summed(of, "b")[1]
    assert found == (pytest.approx(expected) if expected is not None else None)


def test_nothing_is_left_of_a_total_that_is_open_itself() -> None:
    of = tenant(day([score("a"), score("b", 0, category="Apps")], maximum=30, current=19), profiles=[profile("a")])
    assert summed(of, "b")[1] is None


def test_observed_only_leaves_declared_points_out_and_their_maximum_in() -> None:
    of = tenant(day([score("a", 10), score("b", 5)]), profiles=[profile("a", state="ThirdParty"), profile("b")])
    assert summed(of, "a", "b", observed_only=True) == (5.0, 20.0)


@pytest.mark.parametrize(
    ("maximum", "maxima"), [(20.0, Range(10.0, 10.0)), (25.0, Range(10.0, 15.0)), (17.0, Range(7.0, 10.0))]
)
def test_a_part_may_have_what_the_maxima_differ_by(maximum: float, maxima: Range) -> None:
    of = tenant(day([score("a", 5), score("b", 5, category="Apps")], maximum=maximum))
    total = Totals(of).of(named(of, "a"))
    assert total.maxima == maxima
    assert bool(total.doubts) is (maximum != 20.0)


def test_what_may_belong_to_a_part_widens_it() -> None:
    of = tenant(day([score("a", 5), score("b", 10)], maximum=SUM))
    total = Totals(of).of(named(of, "a"), maybe=named(of, "b"))
    assert total.range == Range(5.0, 15.0)
    assert total.maxima == Range(10.0, 20.0)
    percents = total.percents
    assert percents is not None
    assert (percents.least, percents.most) == (25.0, 100.0)


@pytest.mark.parametrize("observed_only", [False, True])
def test_a_day_that_leaves_controls_out_has_no_sums(observed_only: bool) -> None:
    of = tenant(day([score("a", 5)], current=9.0, maximum=SUM))
    total = Totals(of).of(named(of, "a"), observed_only=observed_only)
    assert not total.range.is_exact
    assert total.doubts[0].code == "inconsistent"
    whole = Totals(of).of_tenant(observed_only=observed_only)
    assert whole is not None
    assert whole.range == Range(0.0, 10.0)


def test_a_tenant_without_a_day_has_no_total() -> None:
    assert Totals(tenant()).of_tenant() is None


def test_microsofts_totals_need_no_control_scores() -> None:
    bare = msgspec.structs.replace(day([]), control_scores=None, current_score=19.0, max_score=20.0)
    whole = Totals(tenant(bare)).of_tenant()
    assert whole is not None
    assert (whole.percent, whole.doubts) == (95.0, ())
    observed = Totals(tenant(bare)).of_tenant(observed_only=True)
    assert observed is not None
    assert [doubt.code for doubt in observed.doubts] == ["partial-data"]
