"""What the data leaves open of a control and of a day."""

import msgspec
import pytest
from builders import TODAY, day, one_control, profile, score, unrated, update

from checker.snapshot.model import ControlScore, Day, SecureScoreControlProfile
from checker.tenant.completeness import day_doubt, open_members, readings_of
from checker.tenant.control import Control


def codes(control: Control, *, assume: bool = False) -> list[str]:
    return [member.doubt.code for member in open_members(control, assume_default_states=assume)]


def percents(control: Control) -> set[float | None]:
    members = open_members(control, assume_default_states=True)
    return {reading.percent for reading in readings_of(control, members)}


def held(entry: ControlScore, joined: SecureScoreControlProfile | None) -> Control:
    return one_control(entry, joined)


def test_a_whole_control_leaves_nothing_open() -> None:
    control = held(score("a", 5), profile("a"))
    assert codes(control) == []
    assert readings_of(control, ()) == [control]


@pytest.mark.parametrize(
    ("percent", "is_open"), [(50.0, False), (50.05, False), (50.06, True), (49.9, True), (99.0, True), (150.0, True)]
)
def test_two_numbers_that_say_the_same_differ_beyond_rounding(percent: float, is_open: bool) -> None:
    # 0.005 points of 10 are 0.05 %, and the percentage itself is rounded.
    control = held(score("a", 5, percent=percent), profile("a"))
    assert codes(control) == (["inconsistent"] if is_open else [])
    assert percents(control) == ({50.0, min(percent, 100.0)} if is_open else {50.0})


@pytest.mark.parametrize("points", [None, -1.0, 10.1])
def test_points_that_cannot_be_are_any(points: float | None) -> None:
    control = held(score("a", points, percent=50.0), profile("a"))
    assert codes(control) == ["partial-data" if points is None else "inconsistent"]
    assert percents(control) == {0.0, 100.0}


def test_a_percentage_outside_its_range_is_any_where_nothing_else_tells() -> None:
    assert percents(held(score("a", 5, percent=150.0), None)) == {0.0, 100.0}
    assert codes(held(score("a", 5, percent=150.0), None), assume=True) == ["inconsistent"]
    assert codes(held(unrated("a", 5), profile("a"))) == []


def test_a_maximum_that_is_null_limits_nothing() -> None:
    assert codes(held(score("a", 5), profile("a", None))) == []


@pytest.mark.parametrize(
    ("joined", "is_open"),
    [
        (None, True),
        (profile("a", updates=[]), False),
        (profile("a", updates=[update("ThirdParty", "2026-05-01T00:00:00Z")]), False),
        (msgspec.structs.replace(profile("a"), control_state_updates=None), True),
        (profile("a", updates=[update("Default", "not a time"), update("ThirdParty", "2026-01-01")]), True),
        (profile("a", updates=[update("ThirdParty", "not a time")]), False),
        (profile("a", updates=[update("Ignored", "not a time"), update("ignored", "2026-01-01")]), False),
    ],
)
def test_a_state_is_open_where_no_profile_tells_it(joined: SecureScoreControlProfile | None, is_open: bool) -> None:
    control = held(score("a"), joined)
    assert codes(control) == (["partial-data"] if is_open else [])
    states = {
        reading.state.name for reading in readings_of(control, open_members(control, assume_default_states=False))
    }
    assert (len(states) > 1) is is_open


def test_the_caller_may_assume_that_nothing_was_declared() -> None:
    assert codes(held(score("a"), None), assume=True) == []
    without_updates = msgspec.structs.replace(profile("a"), control_state_updates=None)
    assert codes(held(score("a"), without_updates), assume=True) == ["partial-data"]


def test_defenders_controls_have_their_state_in_the_score() -> None:
    assert codes(held(score("scid_1", state="default"), None)) == []
    assert codes(held(score("scid_1"), None)) == ["partial-data"]


@pytest.mark.parametrize(
    ("current", "code"), [(20.0, None), (20.01, None), (20.0101, "inconsistent"), (0.0, "inconsistent"), (None, None)]
)
def test_a_day_adds_up_within_the_rounding_of_each_control(current: float | None, code: str | None) -> None:

    scores = msgspec.structs.replace(day([score("a"), score("b")]), current_score=current)
    doubt = day_doubt(Day(TODAY, scores))
    assert (doubt.code if doubt is not None else None) == code


def test_a_score_that_cannot_be_read_may_be_the_rest_of_a_day() -> None:

    def doubted(current: float) -> bool:
        return day_doubt(Day(TODAY, day([score("a"), score("b", None)], current=current))) is not None

    assert not doubted(10.0)
    assert not doubted(15.0)
    assert doubted(9.0)
