"""The course of the score between two days."""

import datetime
import json
from xml.etree import ElementTree as ET

import jsonschema
import msgspec
import pytest
from builders import TODAY, day, profile, score, tenant, update
from command_line import NOW, Ended, here

from checker.cli.schemas import build
from checker.errors import SnapshotError
from checker.insight.trend import Trend, trend
from checker.presentation.charts import blocks, svg
from checker.snapshot.model import Day, SecureScoreControlStateUpdate
from checker.tenant.earlier import days_before
from checker.tenant.tenant import Tenant
from checker.views.trend import BY, render

Capture = pytest.CaptureFixture[str]
HOSTILE = "\x1b[31m|<b>##[error]`x`\u202e"


def course(*points: float, gaps: tuple[int, ...] = (), name: str = "A") -> Tenant:
    """A tenant whose one control has these points, the newest last; days back in ``gaps`` are missing."""
    days = [
        day([score(name, value)], back=back, maximum=10)
        for back, value in enumerate(reversed(points))
        if back not in gaps
    ]
    held = update("ThirdParty", str(TODAY), HOSTILE)
    commented = SecureScoreControlStateUpdate(
        state=held.state, updated_by=HOSTILE, updated_date_time=held.updated_date_time, comment=HOSTILE
    )
    return tenant(*days, profiles=[profile(name, updates=[commented])])


def since(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def test_the_whole_and_its_parts() -> None:
    found = trend(course(8, 8, 4, 4, 5), since(4))
    assert (found.start, found.end) == (str(since(4)), str(TODAY))
    assert found.change.points == -3.0
    assert found.change.percentage_points == pytest.approx(-30.0)
    assert [(part.cause, part.control, part.points) for part in found.causes] == [("regressed", "A", -3.0)]
    assert [(share.name, share.points) for share in found.by_category] == [("Identity", -3.0)]
    assert [(step.start, step.change.points) for step in found.steps] == [(str(since(3)), -4.0), (str(since(1)), 1.0)]
    assert [one.current_score for one in found.days] == [8, 8, 4, 4, 5]


def test_both_columns_of_every_list_sum_to_the_change() -> None:
    found = trend(course(8, 3, 4, 9, 5), since(4))
    for parts in (found.causes, found.by_cause, found.by_category):
        assert sum(part.points for part in parts) == pytest.approx(found.change.points, abs=1e-9)
        shares = sum(part.percentage_points for part in parts)
        assert shares == pytest.approx(found.change.percentage_points, abs=1e-9)
    assert sum(step.change.points for step in found.steps) == pytest.approx(found.change.points, abs=1e-9)


def test_it_begins_on_or_before_the_day_asked_for() -> None:
    assert trend(course(1, 2, 3, 4, gaps=(2,)), since(2)).start == str(since(3))
    assert trend(course(1, 2, 3), since(80)).start == str(since(2))


def test_missing_days_are_named() -> None:
    found = trend(course(1, 2, 3, 4, 5, gaps=(1, 2)), since(4))
    assert found.missing_days == (str(since(2)), str(since(1)))


def test_one_day_is_no_course() -> None:
    with pytest.raises(SnapshotError, match="does not have two days"):
        trend(course(1), since(7))


@pytest.mark.parametrize("by", BY)
def test_what_people_wrote_is_harmless(by: str) -> None:
    found = trend(course(4, 10, name=HOSTILE), since(1))
    text = render("text", found, by).decode()
    assert not set(text) & set("\x1b\u202e")
    assert "##[error]" not in text
    assert "<b>" not in render("markdown", found, by).decode()
    assert "\x1b" not in render("json", found).decode()


def test_json_fits_its_schema() -> None:
    document = json.loads(render("json", trend(course(8, 8, 4, 4, 5), since(4))))
    jsonschema.Draft202012Validator(build("trend")).validate(document)
    assert document["kind"] == "Trend"
    assert set(document) >= {"from", "to", "change", "causes"}


def test_blocks_have_gaps_and_no_more_than_fits() -> None:
    assert blocks([0.0, None, 7.0]) == "▁ █"
    assert blocks([5.0, 5.0]) == "▅▅"
    assert blocks([]) == ""
    assert len(blocks([float(number) for number in range(400)])) <= 90
    assert blocks([float(number) for number in range(400)])[-1] == "█"


def test_the_picture_is_well_formed_and_leaves_gaps() -> None:
    points = [(since(5), 50.0), (since(4), 51.0), (since(1), 52.0), (since(0), 53.0)]
    root = ET.fromstring(svg("A & <b>", points, " %"))
    lines = [element for element in root if element.tag.endswith("polyline")]
    assert len(lines) == 2
    assert root.get("aria-label") == "A & <b>"
    alone = ET.fromstring(svg("x", [(since(3), 1.0), (since(0), 1.0)], ""))
    assert len([element for element in alone if element.tag.endswith("polyline")]) == 2


def ask(capture: Capture, *arguments: str) -> Ended:
    return here(capture, "trend", "--sandbox", "--now", NOW, *arguments)


def test_the_command(capfd: Capture, tmp_path: str) -> None:
    ended = ask(capfd, "--days", "7", "-o", "text", "-o", f"json={tmp_path}/t.json", "-o", f"svg={tmp_path}/t.svg")
    assert ended.code == 0
    assert b"regressed   AdminMFAV2" in ended.out
    with open(f"{tmp_path}/t.json", encoding="utf-8") as file:
        found = json.load(file)
    assert [part["control"] for part in found["causes"]] == ["AdminMFAV2"]
    ET.parse(f"{tmp_path}/t.svg")


def test_since_a_day(capfd: Capture) -> None:
    ended = ask(capfd, "--since", "2026-05-01", "-o", "json")
    assert json.loads(ended.out)["from"] == "2026-05-01"


def test_a_future_day_is_a_mistake_with_a_message(capfd: Capture) -> None:
    ended = ask(capfd, "--since", "2027-05-01")
    assert ended.code == 2
    assert "is in the future" in ended.err


def test_the_trend_type_is_what_the_view_takes() -> None:
    assert isinstance(trend(course(1, 2), since(1)), Trend)


def test_days_that_lie_far_apart_make_no_long_list() -> None:
    found = tenant(day([score("A", 2.0)]), day([score("A", 1.0)], back=1), profiles=[profile("A")])
    ancient = Day(date=datetime.date.min, score=day([score("A", 1.0)]))
    far = msgspec.structs.replace(found.snapshot, days=(*found.snapshot.days, ancient))
    assert len(trend(Tenant(far, ""), datetime.date.min).days) == 2
    assert days_before(datetime.date.min, 5) == datetime.date.min


def test_a_picture_of_nothing_says_so_and_a_title_breaks_out_of_no_attribute() -> None:
    found = ET.fromstring(svg('a" onload="x<>&', [], " %"))
    assert found.attrib["aria-label"] == 'a" onload="x<>&'
    assert "No data." in "".join(found.itertext())
