import re

import pytest
from hostile_reports import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st
from test_presentation_tables import is_harmless

from checker.presentation.cells import cells, padded, shortened, wrapped
from checker.presentation.escape import line


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("plain – ümlaut…", 15),
        ("漢字", 4),
        ("\uff46\uff55\uff4c\uff4c", 8),
        ("e\u0301a\u0308\u0323", 2),
        ("🔑", 2),
        ("⚠\ufe0f", 2),
        ("한국", 4),
    ],
)
def test_a_cell_is_a_column_of_a_terminal(text: str, columns: int) -> None:
    assert cells(text) == columns
    assert padded(text, columns + 2) == text + "  "
    assert padded(text, columns + 1, right=True) == " " + text


@pytest.mark.parametrize(
    ("text", "widest", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("漢字漢字", 6, "漢字…"),
        ("漢字漢字", 7, "漢字漢…"),
        ("ab cdef", 4, "ab…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
    ],
)
def test_text_is_cut_by_cells(text: str, widest: int, shown: str) -> None:
    assert shortened(text, widest) == shown


@given(TEXTS, st.integers(10, 60), st.booleans())
@settings(deadline=None)
def test_wrapped_text_is_harmless_and_whole(text: str, width: int, hyphens: bool) -> None:
    rows = wrapped(text, width, first="  - ", rest="    ", hyphens=hyphens)
    assert all(is_harmless(row) for row in rows)
    assert rows[0].startswith("  -")
    assert all(row.startswith("    ") for row in rows[1:])
    # What is wider than asked for is an address, or made of colons, which may begin no line.
    assert all(cells(row) <= width or re.search("https?://|:::", row) for row in rows)
    assert "".join("".join(row[4:] for row in rows).split()) == "".join(line(text).split())


def test_wrapped_text_breaks_after_hyphens_only_where_that_is_asked_for() -> None:
    assert wrapped("aaa multi-factor", 10) == ["aaa", "multi-", "factor"]
    assert wrapped("aaa multi-factor", 10, hyphens=True) == ["aaa multi-", "factor"]
    assert wrapped("", 10, first="  ! ") == ["  !"]


def test_an_address_stays_whole_on_a_line_of_its_own() -> None:
    address = "https://security.microsoft.com/securescore?viewid=actions"
    assert wrapped(f"see {address} for more", 30, first="  ") == ["  see", f"  {address}", "  for more"]
    assert wrapped(address, 30, first="  see ", rest="      ") == ["  see", f"      {address}"]
    assert wrapped(address, 60, first="  see ", rest="      ") == ["  see", f"   {address}"]
    assert wrapped(f"1 {address}", 58, hyphens=True) == ["1", address]
    dashed = "https://security.microsoft.com/security-recommendations"
    assert wrapped(f"Recommendations <{dashed}>", 60, hyphens=True) == ["Recommendations", f"<{dashed}>"]
    assert wrapped(f"<{address}>", 30) == [f"<{address}>"]


def test_a_word_that_is_too_long_is_broken_after_a_mark_or_where_the_line_is_full() -> None:
    assert wrapped("policies/contoso-baseline/identity.yaml:21:5", 30) == [
        "policies/contoso-baseline/",
        "identity.yaml:21:5",
    ]
    assert wrapped("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert wrapped("漢" * 8, 10) == ["漢" * 5, "漢" * 3]


def test_no_line_ends_between_a_number_and_what_it_counts() -> None:
    assert wrapped("it must be at 90 % of all users", 16) == ["it must be at", "90 % of all", "users"]
    assert wrapped("the score (5 -> 10) rises", 16) == ["the score", "(5 -> 10) rises"]
    assert wrapped("1 2 3 4 5 6 7 8 9 10 11 12", 12) == ["1 2 3 4 5 6", "7 8 9 10 11", "12"]
