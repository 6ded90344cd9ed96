"""``scoregate diff`` where the data leaves something open."""

import json
from pathlib import Path

import msgspec
import pytest
from builders import PORTAL, day, profile, score, snapshot
from command_line import NOW as MOMENT
from command_line import here

from checker.insight.difference import Diff, difference
from checker.insight.side import of_snapshot
from checker.snapshot.model import Snapshot
from checker.tenant.tenant import Tenant
from checker.views.diff import render

Capture = pytest.CaptureFixture[str]


def compared(before: Snapshot, after: Snapshot) -> Diff:
    seen = [
        of_snapshot(Tenant(data, PORTAL), name, None, None) for name, data in (("before", before), ("after", after))
    ]
    return difference(*seen)


def test_a_control_without_a_profile_is_not_said_to_be_in_another_state() -> None:
    declared = snapshot(day([score("A", 10.0)]), profiles=[profile("A", state="ThirdParty"), profile("B")])
    bare = snapshot(day([score("A", 10.0)]), profiles=[profile("B")])
    found = compared(declared, bare)
    assert (found.states, found.differs) == ((), False)
    assert found.notes == ("not compared, since the data leaves the state open: A",)
    assert [(one.code, one.message.partition(":")[0]) for one in found.warnings] == [("partial-data", "after")]
    assert "Warnings (1)" in render("text", found).decode()


def test_a_control_that_an_unfinished_day_lacks_is_not_said_to_be_gone() -> None:
    whole = snapshot(day([score("A", 10.0), score("B", 5.0)]), profiles=[profile("A"), profile("B")])
    lacking = snapshot(day([score("A", 10.0)], current=15.0), profiles=[profile("A"), profile("B")])
    for pair in ((whole, lacking), (lacking, whole)):
        found = compared(*pair)
        assert found.controls == ()
        assert found.notes == ("not compared, since the data leaves the points open: B",)
        assert {one.code for one in found.warnings} == {"inconsistent"}


def test_points_outside_their_range_are_not_compared() -> None:
    before = snapshot(day([score("A", 4.0)]), profiles=[profile("A")])
    found = compared(before, snapshot(day([score("A", 12.0)]), profiles=[profile("A")]))
    assert (found.controls, found.notes) == ((), ("not compared, since the data leaves the points open: A",))


def days_of(tmp_path: Path, *bad: int) -> str:
    """Ten days, of which those so many back have a current score that their controls miss."""
    held = [
        day([score("A", 10.0 - back)], back=back, current=90.0 if back in bad else 10.0 - back) for back in range(10)
    ]
    path = tmp_path / "days.json"
    lists = {"secureScores": held, "controlProfiles": [profile("A")]}
    path.write_bytes(msgspec.json.encode(lists))
    return str(path)


def test_a_day_that_does_not_add_up_is_no_base(tmp_path: Path, capfd: Capture) -> None:
    path = days_of(tmp_path, 3, 4)
    ended = here(capfd, "diff", "2026-05-19", "2026-05-22", "--snapshot", path, "--now", MOMENT, "-o", "json")
    told = json.loads(ended.out)
    assert (told["before"]["name"], told["before"]["date"]) == ("2026-05-17", "2026-05-17")
    assert told["change"]["points"] == 5.0


def test_where_no_day_near_it_adds_up_nothing_is_compared(tmp_path: Path, capfd: Capture) -> None:
    path = days_of(tmp_path, 3, 4, 5, 6)
    ended = here(capfd, "diff", "2026-05-19", "2026-05-22", "--snapshot", path, "--now", MOMENT, "-o", "json")
    assert (ended.code, ended.out) == (3, b"")
    assert "2026-05-19" in ended.err
    assert "Choose another day." in ended.err
