"""``scoregate diff``."""

import json
from pathlib import Path

import jsonschema
import pytest
from builders import OTHER_TENANT, PORTAL, day, policies, profile, report, score, snapshot, update
from command_line import NOW, Ended, here, policy, says_one_thing
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import given, settings

from checker.cli.schemas import build
from checker.insight.difference import Diff, difference
from checker.insight.side import of_snapshot
from checker.snapshot.model import Snapshot
from checker.tenant.tenant import Tenant
from checker.views.diff import render
from checker.views.formats import FORMATS

Capture = pytest.CaptureFixture[str]
POLICY = policies(
    "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\n"
    "controls: [{id: a, control: A}, {id: b, control: B}]\n"
)


def compared(before: Snapshot, after: Snapshot, *, judged: bool = False) -> Diff:
    seen = [
        of_snapshot(Tenant(data, PORTAL), name, report(POLICY, data) if judged else None, "fail" if judged else None)
        for name, data in (("before", before), ("after", after))
    ]
    return difference(*seen)


def held(*controls: tuple[str, float], state: str | None = None, maximum: float = 10.0) -> Snapshot:
    scores = [score(name, points, maximum) for name, points in controls]
    updates = [update("Default"), *([update(state, "2026-05-20T08:00:00Z", "x@contoso.example")] if state else [])]
    return snapshot(
        day(scores), profiles=[profile("A", maximum, updates=updates), profile("B", maximum), profile("C", maximum)]
    )


def test_the_same_is_no_difference() -> None:
    found = compared(held(("A", 5.0)), held(("A", 5.0)), judged=True)
    assert not found.differs
    assert (found.controls, found.states, found.findings, found.notes) == ((), (), (), ())
    assert b"Nothing differs." in render("text", found)


def test_controls_that_rise_fall_come_and_go() -> None:
    found = compared(held(("A", 5.0), ("B", 5.0)), held(("A", 6.0), ("C", 1.0)), judged=True)
    assert found.change is not None
    assert found.change.points == -3.0
    assert [(one.control, one.change, one.before, one.after) for one in found.controls] == [
        ("A", "rose", 5.0, 6.0),
        ("B", "gone", 5.0, None),
        ("C", "appeared", None, 1.0),
    ]
    assert found.findings == ()
    back = compared(held(("A", 6.0)), held(("A", 5.0)))
    assert [one.change for one in back.controls] == ["fell"]


def test_a_maximum_and_a_category_that_change() -> None:
    one = compared(held(("A", 5.0)), held(("A", 5.0), maximum=20.0))
    assert [(change.change, change.maximum_before, change.maximum_after) for change in one.controls] == [
        ("reweighted", 10.0, 20.0)
    ]
    moved = snapshot(day([score("A", 5.0, category="Apps")]), profiles=[profile(name) for name in "ABC"])
    assert [change.change for change in compared(held(("A", 5.0)), moved).controls] == ["moved"]


def test_states_with_who_and_when() -> None:
    found = compared(held(("A", 5.0)), held(("A", 5.0), state="Ignored"))
    (state,) = found.states
    assert (state.before, state.after, state.updated_by) == ("Default", "Ignored", "x@contoso.example")
    assert found.differs
    back = compared(held(("A", 5.0), state="Ignored"), held(("A", 5.0)))
    assert [(one.before, one.after) for one in back.states] == [("Ignored", "Default")]


def test_findings_change_with_policies_alone() -> None:
    before, after = held(("A", 5.0), ("B", 10.0)), held(("A", 10.0), ("B", 10.0))
    assert compared(before, after).findings == ()
    (finding,) = compared(before, after, judged=True).findings
    assert (finding.requirement, finding.control, finding.before, finding.after) == ("p/a", "A", "fail", "pass")


def test_two_tenants_are_told() -> None:
    other = snapshot(day([score("A")], tenant=OTHER_TENANT), profiles=[profile("A", tenant=OTHER_TENANT)])
    assert "the two sides are different tenants" in compared(held(("A", 10.0)), other).notes


@given(TEXTS)
@settings(deadline=None, max_examples=examples(60))
def test_what_others_wrote_is_made_harmless(text: str) -> None:
    entry = update("Ignored", "2026-05-20T08:00:00Z", text)
    odd = snapshot(
        day([score("A", 1.0)]),
        profiles=[profile("A", title=text, updates=[type(entry)(state=text, comment=text), entry])],
    )
    found = compared(held(("A", 5.0)), odd)
    for name in ("text", "markdown"):
        shown = render(name, found).decode()
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "<script" not in render("markdown", found).decode()


def run(capture: Capture, *arguments: str | Path) -> Ended:
    return here(capture, "diff", *arguments, "--sandbox", "--now", NOW)


def test_days_of_a_source(tmp_path: Path, capfd: Capture) -> None:
    path = policy(tmp_path, "controls: [{id: admins, control: AdminMFAV2}]")
    for name in FORMATS:
        ended = run(capfd, "2026-05-01", "2026-05-22", "-p", path, "-o", name, "--exit-code")
        assert ended.code == 1, ended.err
        if name == "json":
            found = json.loads(ended.out)
            jsonschema.Draft202012Validator(build("diff")).validate(found)
            assert (found["before"]["date"], found["after"]["date"]) == ("2026-05-01", "2026-05-22")
            assert {change["control"] for change in found["states"]} == {"McasFirewallLogUpload"}
    same = run(capfd, "2026-05-22", "2026-05-22", "-p", path, "--exit-code")
    assert same.code == 0


def test_files_of_every_kind(tmp_path: Path, capfd: Capture) -> None:
    path = policy(tmp_path, "controls: [{id: admins, control: AdminMFAV2}]")
    names = []
    for number, moment in enumerate(("2026-05-10T09:00:00Z", NOW)):
        snapshot_file, report_file = tmp_path / f"s{number}.json", tmp_path / f"r{number}.json"
        assert here(capfd, "fetch", "--sandbox", "--now", moment, "-o", snapshot_file).code == 0
        here(capfd, "check", "-p", path, "--sandbox", "--now", moment, "-o", f"json={report_file}")
        names.append((snapshot_file, report_file))
    snapshots = here(capfd, "diff", names[0][0], names[1][0], "-o", "json")
    assert json.loads(snapshots.out)["notes"] == []
    reports = here(capfd, "diff", names[0][1], names[1][1], "-o", "json")
    assert json.loads(reports.out)["notes"] == [
        "controls and states are not compared: a report does not list all of them"
    ]
    mixed = here(capfd, "diff", names[0][1], names[1][0], "-o", "json")
    assert "findings are not compared: name the policies with -p" in json.loads(mixed.out)["notes"]
    judged = here(capfd, "diff", names[1][1], names[1][0], "-p", path, "--exit-code")
    assert judged.code == 0, judged.out


@pytest.mark.parametrize(
    ("before", "code", "said"),
    [
        ("nothing", 2, "is neither a file nor a day"),
        ("2020-01-01", 3, "the data has no day 2020-01-01; it has"),
        ("report.json", 3, "is not a report"),
        ("other.json", 3, "other.json"),
    ],
)
def test_what_cannot_be_compared(
    before: str, code: int, said: str, tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.json").write_text('{"kind": "Report"}')
    (tmp_path / "other.json").write_text("[" * 2000)
    ended = run(capfd, before, "2026-05-22")
    assert ended.code == code
    assert said in ended.err
    assert says_one_thing(ended.err)


def test_a_control_whose_spelling_changes_is_the_same() -> None:
    spelled = snapshot(day([score("foo", 5.0)]), profiles=[profile("foo")])
    other = snapshot(day([score("Foo", 5.0)]), profiles=[profile("Foo")])
    assert not compared(spelled, other).differs


def test_a_move_and_a_new_maximum_are_told_beside_a_change_of_points() -> None:
    after = snapshot(
        day([score("A", 6.0, 20.0, category="Apps")]), profiles=[profile("A", 20.0), profile("B"), profile("C")]
    )
    found = compared(held(("A", 5.0)), after)
    assert [(one.change, one.category_before, one.control_category) for one in found.controls] == [
        ("rose", "Identity", "Apps")
    ]
    assert "A  5 -> 6, the maximum 10 -> 20, Identity -> Apps" in render("text", found).decode()


def test_a_day_of_data_without_days(tmp_path: Path, capfd: Capture) -> None:
    (tmp_path / "bare.json").write_text('{"secureScores": [], "controlProfiles": []}')
    ended = here(capfd, "diff", "2026-05-21", "2026-05-22", "--snapshot", tmp_path / "bare.json", "--now", NOW)
    assert ended.code == 3
    assert "it has none" in ended.err
