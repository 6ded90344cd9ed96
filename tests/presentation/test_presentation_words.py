import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.presentation import words

NUMBERS = st.floats(-1e6, 1e6)
NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("value", "expected"), [(1.0, "1 point"), (1.004, "1 point"), (0.0, "0 points"), (2.5, "2.5 points")]
)
def test_points_are_counted(value: float, expected: str) -> None:
    assert words.points(value) == expected


def test_what_is_unknown_is_said_to_be() -> None:
    assert words.number(None) == "?"
    assert words.percent(None) == "unknown"
    assert words.percent(None, "not available") == "not available"
    assert words.points_of(None, 4.0) == "? of 4 points"
    assert words.points_of(2.0, None) == "2 of ? points"
    assert words.change(None, "points") == ""
    assert words.transition(None, "") == "none -> none"


def test_a_change_names_points_and_percentage_points() -> None:
    assert words.difference(1.5, -0.2) == "+1.50 points, -0.20 percentage points"
    assert words.difference(0.0, None) == "0.00 points"


@given(NUMBERS)
def test_a_signed_number_has_a_sign_unless_it_shows_as_zero(value: float) -> None:
    text = words.signed(value)
    assert re.fullmatch(r"0\.00|[+-]\d+\.\d\d", text)
    assert float(text) == pytest.approx(value, abs=0.006)


@given(NUMBERS)
def test_a_number_reads_back_to_two_decimals(value: float) -> None:
    text = words.shown(value)
    assert re.fullmatch(r"-?\d+(\.\d{1,2})?", text)
    assert float(text) == pytest.approx(value, abs=0.006)


@given(NUMBERS.filter(lambda value: abs(value) > 1e-6), st.integers(0, 100))
def test_a_number_never_looks_like_the_limit_that_it_misses(value: float, limit: int) -> None:
    near = limit + value * 1e-8
    if abs(near - limit) > 1e-8:
        assert float(words.shown(near, beside=limit)) != limit


@pytest.mark.parametrize(
    ("days", "expected"), [(0, "today"), (1, "1 day old"), (3, "3 days old"), (-1, "1 day ahead"), (-2, "2 days ahead")]
)
def test_an_age_is_said_in_days(days: int, expected: str) -> None:
    assert words.age(days) == expected


@given(st.lists(NAMES, max_size=6), st.integers(1, 4))
def test_names_are_listed_up_to_a_number(names: list[str], most: int) -> None:
    text = words.named(names, most)
    left = len(names) - most
    assert text == (f"{', '.join(names[:most])} and {left} more" if left > 0 else ", ".join(names))


@pytest.mark.parametrize(
    ("by", "at", "precise", "expected"),
    [
        ("x", "2026-05-01T09:14:07.62Z", False, " by x on 2026-05-01"),
        ("x", "2026-05-01T09:14:07.62Z", True, " by x on 2026-05-01T09:14:07"),
        ("x", None, False, " by x"),
        (None, "2026-05-01", False, " on 2026-05-01"),
        (None, "some time in spring", False, " on some time in spring"),
        (None, "10/3/2026 12:00:00 AM", True, " on 10/3/2026 12:00:00 AM"),
        (None, None, True, ""),
        ("", "", False, ""),
    ],
)
def test_who_set_a_state_is_said_as_far_as_it_is_known(
    by: str | None, at: str | None, precise: bool, expected: str
) -> None:
    assert words.set_by(by, at, precise=precise) == expected


@given(st.lists(st.sampled_from(["", "a", "b c"])))
def test_parts_are_joined_without_the_empty_ones(parts: list[str]) -> None:
    assert words.joined(*parts) == ", ".join(part for part in parts if part)


@given(st.text(max_size=12), st.integers(1, 8))
def test_a_cut_text_says_that_it_is_cut(text: str, most: int) -> None:
    short = words.cut(text, most)
    assert short == (text if len(text) <= most else text[:most] + "…")


def test_small_words() -> None:
    assert words.bracketed("x") == " (x)"
    assert words.bracketed("") == words.bracketed(None) == ""
    assert words.quoted("x") == '"x"'
    assert words.quoted("") == words.quoted(None) == "(none)"
    assert words.position("p.yaml", 4, 5) == "p.yaml:4:5"
    assert words.transition("a", "b") == "a -> b"
    assert words.comment(" a\n b ", most=2) == "a "
    assert words.comment(None) == words.comment(" \n") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two are missing", "Two are missing."),
        ("scid_2010 has a score of 15", "scid_2010 has a score of 15."),
        ("mda_x is at 0 %", "mda_x is at 0 %."),
    ],
)
def test_an_id_keeps_its_spelling_at_the_head_of_a_sentence(text: str, expected: str) -> None:
    assert words.sentence(text) == expected
