import datetime
from xml.etree import ElementTree as ET

import pytest
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.presentation.charts import bar, blocks, steps, svg
from checker.presentation.colours import BOLD, RED, Paint

DAY = datetime.date(2026, 5, 22)


@pytest.mark.parametrize(
    ("percent", "filled"), [(None, 0), (0.0, 0), (50.0, 10), (100.0, 20), (140.0, 20), (-3.0, 0), (2.5, 0), (2.6, 1)]
)
def test_a_bar_is_as_full_as_the_share(percent: float | None, filled: int) -> None:
    assert bar(percent) == "█" * filled + "░" * (20 - filled)


@given(st.lists(st.none() | st.floats(-100, 100), max_size=200), st.integers(1, 90))
def test_blocks_fit_the_width(values: list[float | None], width: int) -> None:
    drawn = blocks(values, width)
    assert len(drawn) <= width
    if len(values) <= width:
        assert [one == " " for one in drawn] == [value is None for value in values]


@given(TEXTS, TEXTS)
@settings(deadline=None, max_examples=examples(50))
def test_pictures_are_xml_whatever_they_are_called(title: str, unit: str) -> None:
    drawn = svg(title, [(DAY, 1.0)], unit), steps(title, [(0.0, 1.0), (2.0, 3.0)], title, unit), svg(title, [], unit)
    for picture in drawn:
        root = ET.fromstring(picture)
        assert root.get("aria-label") == root.findtext("{http://www.w3.org/2000/svg}title")
        assert {one.tag.partition("}")[2] for one in root.iter()} <= {"svg", "title", "rect", "text", "polyline"}


def test_paint_is_left_out_where_there_is_no_terminal() -> None:
    assert Paint(True)("x", BOLD, RED) == "\x1b[1;31mx\x1b[0m"
    assert Paint(False)("x", BOLD, RED) == "x"
