import csv
import html
import io
import re
from collections.abc import Callable

import pytest
from hostile_reports import TEXTS
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker.presentation.escape import Markup, code, line
from checker.presentation.tables import (
    Cell,
    csv_records,
    csv_table,
    facts,
    fitted_table,
    markdown_facts,
    markdown_table,
    text_table,
    wrapped,
)

ROWS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4)
FORMULAS = ("=", "+", "-", "@")


def is_harmless(text: str) -> bool:
    """Whether a line holds nothing that a terminal or a CI runner executes."""
    words = text.split()
    return text.isprintable() and not re.search(r"##\w*\[", text) and not any(one.startswith("::") for one in words)


@given(TEXTS, st.integers(10, 60), st.booleans())
@settings(deadline=None)
def test_wrapped_text_is_harmless_and_whole(text: str, width: int, hyphens: bool) -> None:
    rows = wrapped(text, width, first="  - ", rest="    ", hyphens=hyphens)
    assert all(is_harmless(row) for row in rows)
    assert rows[0].startswith("  -")
    assert all(row.startswith("    ") for row in rows[1:])
    # What is wider than asked for is one word.
    assert all(len(row) <= width or " " not in row[4:] for row in rows)
    assert "".join("".join(row[4:] for row in rows).split()) == "".join(line(text).split())


def test_wrapped_text_breaks_after_hyphens_only_where_that_is_asked_for() -> None:
    assert wrapped("aaa multi-factor", 10) == ["aaa", "multi-factor"]
    assert wrapped("aaa multi-factor", 10, hyphens=True) == ["aaa multi-", "factor"]
    assert wrapped("", 10, first="  ! ") == ["  !"]


@given(ROWS)
@settings(deadline=None)
def test_a_text_table_has_a_harmless_line_for_each_row(rows: list[tuple[str, str]]) -> None:
    shown = list(text_table("  {:<{width}} {:>6}", rows, width=8))
    assert len(shown) == len(rows)
    assert all(is_harmless(row) and row == row.rstrip() for row in shown)


def test_a_text_table_aligns_its_head_like_its_rows() -> None:
    assert list(text_table("{:<4}|{:>5}|{}", [("a", "b", ""), ("{}", "2", "{0}")])) == ["a   |    b|", "{}  |    2|{0}"]


@given(ROWS, st.sets(st.sampled_from([0, 1])))
@example([("a" * 70, "b")], {0})
@example([("", "0"), ("", "0 ")], {1})
@settings(deadline=None)
def test_a_fitted_table_is_as_wide_as_its_content(rows: list[tuple[str, str]], right: set[int]) -> None:
    shown = list(fitted_table(("one", "two"), rows, widest=20, right=right))
    assert len(shown) == len(rows) + 1
    assert all(is_harmless(row) and len(row) <= 42 for row in shown)
    if 1 in right:
        assert len({len(row) for row, (_, last) in zip(shown[1:], rows, strict=True) if line(last).strip()}) <= 1


def test_a_fitted_table_cuts_and_aligns() -> None:
    rows = [("long text", "1"), ("b", "22")]
    assert list(fitted_table(("a", "number"), rows, widest=5, right=[1])) == [
        "a      number",
        "long…       1",
        "b          22",
    ]


@given(st.lists(st.tuples(st.sampled_from(["score", "state"]), TEXTS), max_size=4), st.sampled_from([None, 40]))
@settings(deadline=None)
def test_facts_are_harmless_and_their_values_begin_in_one_column(
    rows: list[tuple[str, str]], width: int | None
) -> None:
    shown = list(facts(rows, label=8, width=width))
    assert all(is_harmless(row) for row in shown)
    assert all(re.match(r"  (score|state)|[ ]{10}|$", row) for row in shown)
    if width is None:
        assert [row[10:] for row in shown] == [line(value) for _, value in rows]


def test_facts_keep_line_breaks_where_they_are_wrapped() -> None:
    shown = list(facts([("steps", "one\ntwo three"), ("none", "")], label=6, indent=1, width=12))
    assert shown == [" steps one", "       two", "       three", " none"]


@given(ROWS)
@example([("| `b` <c>", "[d](e) ![x](y) @f #1 \\ *g* _h_ ~i~ <!-- -->")])
@settings(deadline=None)
def test_a_markdown_table_has_a_row_for_each_row_and_no_markup_of_others(rows: list[tuple[str, str]]) -> None:
    head, rule, *body = markdown_table(("name", ""), ((code(name), value) for name, value in rows), right=(1,))
    assert (head, rule) == ("| name | |", "|---|---:|")
    assert len(body) == len(rows)
    for row, (name, value) in zip(body, rows, strict=True):
        bare = re.sub(r"&#\d+;", "", row)
        assert is_harmless(html.unescape(row).replace("##", "").replace("::", ""))
        assert bare.count("|") == 3
        assert re.findall(r"<[^>]*>", bare) == ["<code>", "</code>"]
        assert not re.search(r"[`*\[\]\\_~@]", bare)
        assert html.unescape(row) == f"| <code>{line(name)}</code> | {line(value)} |"


@given(TEXTS)
@settings(deadline=None)
def test_markdown_facts_keep_the_lines_of_a_value(text: str) -> None:
    *_, row = markdown_facts([("remediation", text)])
    assert row.count("<br>") == max(len(text.splitlines()) - 1, 0)
    assert "\n" not in row


def test_only_markup_of_ours_stays_markup() -> None:
    *_, row = markdown_table(("a", "b"), [(Markup("**x**"), "**x**")])
    assert row == "| **x** | &#42;&#42;x&#42;&#42; |"


@given(ROWS)
@settings(deadline=None)
def test_no_cell_of_a_csv_file_is_a_formula(rows: list[tuple[str, str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_table(("a", "=b"), rows).decode(), newline="")))
    assert read[0] == ["a", "'=b"]
    assert len(read) == len(rows) + 1
    assert not any(cell.startswith(FORMULAS) or not cell.isprintable() for row in read for cell in row)


@pytest.mark.parametrize(
    ("value", "expected"), [("=1+1", "'=1+1"), ("\t@x", "'@x"), (-1.5, "-1.5"), (None, ""), ("a\r\nb", "a b")]
)
def test_a_cell_is_text_or_a_number(value: str | float | None, expected: str) -> None:
    assert csv_table(("a", "b"), [(value, "x")]) == f"a,b\r\n{expected},x\r\n".encode()


def test_records_become_rows() -> None:
    columns: dict[str, Callable[[int], Cell]] = {"whole": int.bit_length, "text": str}
    assert csv_records(columns, [1, 8]) == b"whole,text\r\n1,1\r\n4,8\r\n"
