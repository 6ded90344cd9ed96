import csv
import html
import io
import re
from collections.abc import Callable

import pytest
from hostile_reports import TEXTS
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_reader import READER, kinds

from checker.presentation.cells import cells
from checker.presentation.colours import Paint
from checker.presentation.escape import Markup, code, line
from checker.presentation.facts import facts
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import (
    Cell,
    Linked,
    TextColumn,
    csv_records,
    csv_table,
    markdown_facts,
    markdown_table,
    text_table,
)

ROWS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4)
FORMULAS = ("=", "+", "-", "@")


def is_harmless(text: str) -> bool:
    """Whether a line holds nothing that a terminal or a CI runner executes."""
    words = text.split()
    return text.isprintable() and not re.search(r"##\w*\[", text) and not any(one.startswith("::") for one in words)


NARROW = Screen(columns=30)
PLAIN = [TextColumn("a"), TextColumn("b", right=True)]


@given(ROWS, st.sets(st.sampled_from([0, 1])))
@example([("a" * 70, "b")], {0})
@example([("", "0"), ("", "0 ")], {1})
@settings(deadline=None)
def test_a_table_has_a_harmless_line_for_each_row_in_a_file(rows: list[tuple[str, str]], right: set[int]) -> None:
    columns = [TextColumn(name, right=index in right) for index, name in enumerate(("one", "two"))]
    shown = list(text_table(columns, rows, FILE))
    assert len(shown) == len(rows) + 1
    assert all(is_harmless(row) and row == row.rstrip() for row in shown)
    if 1 in right:
        ends = {cells(row) for row, (_, last) in zip(shown[1:], rows, strict=True) if line(last).strip()}
        assert len(ends) <= 1


@given(ROWS)
@settings(deadline=None)
@example([("", "t"), ("", "word " * 30)])
def test_no_line_of_a_table_goes_beyond_the_screen(rows: list[tuple[str, str]]) -> None:
    columns = [TextColumn("①"), TextColumn("②", free=True)]
    shown = list(text_table(columns, rows, NARROW, indent=2))
    assert all(is_harmless(row) and cells(row) <= 30 for row in shown)
    together = "".join(line(text) for row in rows for text in row)
    # Names of one character, so that no text can spell one together with its neighbour.
    assert sorted(re.sub("[ ·①②]", "", "".join(shown))) == sorted(re.sub("[ ·①②]", "", together))


def test_a_table_aligns_its_head_like_its_rows_and_counts_cells() -> None:
    columns = [TextColumn("a"), TextColumn("number", right=True), TextColumn("text")]
    rows = [("漢字", "1", "x"), ("{}", "22", ""), ("e\u0301", "", "y")]
    assert list(text_table(columns, rows, FILE, indent=1)) == [
        " a     number  text",
        " 漢字       1  x",
        " {}        22",
        " e\u0301             y",
    ]


def test_a_table_without_names_has_no_head_and_one_without_rows_has_no_lines_but_its_head() -> None:
    assert list(text_table([TextColumn(), TextColumn()], [("a", "b")], FILE)) == ["a  b"]
    assert list(text_table([TextColumn(), TextColumn()], [], FILE)) == []
    assert list(text_table([TextColumn("a"), TextColumn("b")], [], FILE)) == ["a  b"]


def test_free_text_is_wrapped_in_its_column() -> None:
    columns = [TextColumn("control"), TextColumn("points", right=True), TextColumn("title", free=True)]
    rows = [("Short", "1", "one two three four five six seven eight")]
    assert list(text_table(columns, rows, Screen(columns=44))) == [
        "control  points  title",
        "Short         1  one two three four five six",
        "                 seven eight",
    ]


def test_free_text_goes_below_a_row_that_has_no_room_for_it() -> None:
    columns = [TextColumn("control"), TextColumn("points", right=True), TextColumn("title", free=True)]
    rows = [("AnIdThatIsNotBroken", "1", "one two three four five"), ("Other", "22", "")]
    assert list(text_table(columns, rows, NARROW)) == [
        "control              points",
        "AnIdThatIsNotBroken       1",
        "    one two three four five",
        "Other                    22",
    ]


def test_a_row_that_does_not_fit_becomes_a_paragraph() -> None:
    columns = [TextColumn("control"), TextColumn("points", right=True), TextColumn("title", free=True)]
    rows = [("AnIdThatIsNeverBrokenApart", "1", "one two three four five"), ("Other", "22", "")]
    assert list(text_table(columns, rows, NARROW)) == [
        "AnIdThatIsNeverBrokenApart",
        "    one two three four five",
        "    points 1",
        "Other",
        "    points 22",
    ]


def test_colours_stand_around_cells_and_change_no_place() -> None:
    paint = Paint(on=True)
    columns = [TextColumn("a", style=paint.heading), TextColumn("b", right=True, style=paint.signed)]
    rows = [("long", "+1"), ("x", "-20"), ("", "0")]
    shown = list(text_table(columns, rows, Screen(colour=True)))
    assert [re.sub(r"\x1b\[\d*m", "", row) for row in shown] == list(text_table(PLAIN, rows, FILE))
    assert shown[2] == "\x1b[1mx\x1b[0m     \x1b[31m-20\x1b[0m"


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
    shown = list(facts([("steps", "one\ntwo three"), ("none", "")], label=6, indent=1, width=12, keeps_breaks=True))
    assert shown == [" steps one", "       two", "       three", " none"]


def test_an_item_of_a_list_in_a_fact_hangs_below_its_first_word() -> None:
    shown = list(facts([("steps", "Do:\n- one two three\n- four")], label=6, indent=0, width=14, keeps_breaks=True))
    assert shown == ["steps Do:", "      - one", "        two", "        three", "      - four"]


def test_facts_are_one_paragraph_each_so_that_no_value_looks_like_another_fact() -> None:
    shown = list(facts([("comment", "a\nstate  Default"), ("state", "b")], label=8, width=40))
    assert shown == ["  comment a state Default", "  state   b"]


@given(ROWS)
@example([("| `b` <c>", "[d](e) ![x](y) @f #1 \\ *g* _h_ ~i~ <!-- -->")])
@settings(deadline=None)
def test_a_markdown_table_has_a_row_for_each_row_and_no_markup_of_others(rows: list[tuple[str, str]]) -> None:
    shown = list(markdown_table(("name", ""), ((code(name), value) for name, value in rows), right=(1,)))
    assert len(shown) == len(rows) + 2
    tokens = READER.parse("\n".join(shown))
    found = [token.children or [] for token in tokens if token.type == "inline"]
    assert [token.type for token in tokens].count("tr_open") == len(rows) + 1
    for (name, value), first, second in zip(rows, found[2::2], found[3::2], strict=True):
        said = re.sub("^<code>|</code>$", "", "".join(one.content for one in first))
        assert " ".join(said.split()) == " ".join(line(name).split())
        assert " ".join("".join(one.content for one in second).split()) == " ".join(line(value).split())
        assert {one.type for one in second} <= {"text", "text_special"}
    assert all(is_harmless(html.unescape(row).replace("##", "").replace("::", "")) for row in shown)


def test_a_markdown_table_is_aligned_where_its_cells_are_short() -> None:
    rows = [("漢字", "1", "short"), ("b", "22", "long " * 20)]
    assert list(markdown_table(("name", "number", ""), rows, right=(1,))) == [
        "| name | number |      |",
        "| ---- | -----: | ---- |",
        "| 漢字 |      1 | short |",
        f"| b    |     22 | {('long ' * 20).strip()} |",
    ]


def test_markdown_facts_are_a_list_that_keeps_the_lines_of_a_value() -> None:
    steps = Linked("Do this:\n- open <https://x.example/>\nThen wait.")
    rows = [("score", "5 of 10"), ("remediation", steps), ("none", ""), ("comment", "https://x.example/")]
    assert list(markdown_facts(rows)) == [
        "- **score:** 5 of 10",
        "- **remediation:** Do this:",
        "  - open <https://x.example/>",
        "",
        "  Then wait.",
        "- **none:**",
        "- **comment:** https&#58;//x.example/",
    ]


@given(TEXTS)
@settings(deadline=None)
def test_markdown_facts_hold_no_markup_of_others(text: str) -> None:
    found = kinds("\n".join(markdown_facts([("remediation", text)])))
    assert not found & {"html_inline", "html_block", "link_open", "image", "code_inline", "code_block", "fence"}
    assert not found & {"heading_open", "hr", "em_open", "ordered_list_open", "blockquote_open"}


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
