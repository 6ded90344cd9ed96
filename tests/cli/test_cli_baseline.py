import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from command_line import NOW, Ended, here, says_one_thing

Capture = pytest.CaptureFixture[str]
TENANT = "00000000-0000-0000-0000-000000000001"
POLICY = """\
apiVersion: scoregate/v1
kind: Policy
metadata: {name: p}
controls:
  - {id: steady, control: steady}
  - {id: falling, control: falling}
  - {id: breaking, control: breaking, severity: high}
  - {id: fixed, control: fixed}
"""
BEFORE = {"steady": 50, "falling": 50, "breaking": 100, "fixed": 0}
SAME = {"steady": 50, "falling": 50, "breaking": 100, "fixed": 100}
AFTER = {"steady": 60, "falling": 40, "breaking": 90, "fixed": 100}


def tenant(percents: Mapping[str, float], tenant_id: str = TENANT) -> bytes:
    """A snapshot in which each control has so many percent of ten points."""
    scores = [
        {"controlName": name, "controlCategory": "Identity", "score": percent / 10, "scoreInPercentage": percent}
        for name, percent in percents.items()
    ]
    newest = {
        "id": f"{tenant_id}_{NOW[:10]}",
        "azureTenantId": tenant_id,
        "createdDateTime": f"{NOW[:10]}T00:00:00Z",
        "currentScore": sum(percents.values()) / 10,
        "maxScore": 10.0 * len(percents),
        "controlScores": scores,
    }
    default = {"state": "Default", "assignedTo": None, "comment": None, "updatedBy": None, "updatedDateTime": None}
    profiles = [
        {"id": name, "azureTenantId": tenant_id, "maxScore": 10.0, "controlStateUpdates": [default]}
        for name in percents
    ]
    document = {"apiVersion": "scoregate/v1", "kind": "Snapshot", "tenant": tenant_id}
    return json.dumps({**document, "secureScores": [newest], "controlProfiles": profiles}).encode()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> Path:
    """A folder with the report of an earlier run in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.yaml").write_text(POLICY, encoding="utf-8")
    assert check(capfd, BEFORE, "-o", "json=old.json").code == 1
    return tmp_path


def check(capfd: Capture, percents: Mapping[str, float], *options: str, tenant_id: str = TENANT) -> Ended:
    Path("now.json").write_bytes(tenant(percents, tenant_id))
    return here(capfd, "check", "-p", "p.yaml", "--snapshot", "now.json", "--now", NOW, *options)


def compared(capfd: Capture, percents: Mapping[str, float], *options: str) -> Ended:
    return check(capfd, percents, "--baseline", "old.json", *options)


def test_only_what_is_new_or_worse_fails_the_gate(capfd: Capture) -> None:
    assert compared(capfd, SAME).code == 0
    assert compared(capfd, AFTER).code == 1
    assert compared(capfd, {**SAME, "falling": 40}).code == 1
    assert compared(capfd, {**SAME, "breaking": 90}).code == 1


def test_the_severity_asked_for_counts_too(capfd: Capture) -> None:
    assert compared(capfd, {**SAME, "falling": 40}, "--fail-on", "high").code == 0
    assert compared(capfd, {**SAME, "breaking": 90}, "--fail-on", "high").code == 1


def test_what_cannot_be_judged_is_not_judged_however_often_that_was_so(folder: Path, capfd: Capture) -> None:
    stale = "score: [{id: fresh, freshness: {maximumAge: 1d}}]\n"
    (folder / "p.yaml").write_text(POLICY + stale, encoding="utf-8")
    late = ("--now", "2026-06-22")
    assert check(capfd, BEFORE, *late, "-o", "json=old.json").code == 1
    assert compared(capfd, BEFORE, *late).code == 3


def test_json_tells_of_each_failure_and_of_the_baseline(capfd: Capture) -> None:
    report = json.loads(compared(capfd, AFTER, "-o", "json").out)
    found = {one["requirement"]: (one["outcome"], one["baseline"], one["failsGate"]) for one in report["findings"]}
    assert found == {
        "p/steady": ("fail", "unchanged", False),
        "p/falling": ("fail", "worse", True),
        "p/breaking": ("fail", "new", True),
        "p/fixed": ("pass", None, False),
    }
    digest = report["baseline"].pop("sha256")
    assert len(digest) == 64
    assert report["baseline"] == {"evaluatedAt": NOW, "new": 1, "worse": 1, "unchanged": 1, "absent": 1}
    (used,) = [one for one in report["provenance"] if one["option"] == "baseline"]
    assert used["values"] == ["old.json"]


def test_a_report_with_a_baseline_can_be_the_next_one(capfd: Capture) -> None:
    assert compared(capfd, AFTER, "-o", "json=new.json").code == 1
    assert check(capfd, AFTER, "--baseline", "new.json").code == 0


def test_text_sets_apart_what_is_unchanged(capfd: Capture) -> None:
    text = compared(capfd, AFTER).out.decode()
    head, unchanged = text.split("Unchanged since the baseline (1)")
    assert f"baseline  {NOW}, sha256 " in head
    assert "1 new, 1 worse, 1 unchanged, 1 absent" in head
    assert "Fails the gate (2)" in head
    assert "baseline worse: falling was at 50 %" in head
    assert "baseline new\n" in head
    assert "p/steady" in unchanged
    assert "Fails, but does not" not in text


def test_junit_fails_for_what_is_new_or_worse(capfd: Capture) -> None:
    cases = ET.fromstring(compared(capfd, AFTER, "-o", "junit").out).iter("testcase")
    results = {case.get("name"): next(((child.tag, child) for child in case), ("passed", None)) for case in cases}
    assert {name: tag for name, (tag, _) in results.items()} == {
        "p/steady": "skipped",
        "p/falling": "failure",
        "p/breaking": "failure",
        "p/fixed": "passed",
    }
    steady, falling = results["p/steady"][1], results["p/falling"][1]
    assert steady is not None
    assert str(steady.get("message")).startswith("UNCHANGED steady is at 60 %")
    assert falling is not None
    assert "baseline:    worse: falling was at 50 %" in str(falling.text)


def sarif(capfd: Capture, profile: str) -> list[Any]:
    ended = compared(capfd, AFTER, "-o", "sarif", "--sarif-profile", profile)
    (run,) = json.loads(ended.out)["runs"]
    assert run["properties"]["baseline"]["absent"] == 1
    results = run["results"]
    assert all(run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"] for one in results)
    return [(one["ruleId"], one["kind"], one["baselineState"]) for one in results]


def test_sarif_has_a_state_for_each_result_and_absent_ones_in_the_full_profile_alone(capfd: Capture) -> None:
    failures = [
        ("p.steady", "fail", "unchanged"),
        ("p.falling", "fail", "updated"),
        ("p.breaking", "fail", "new"),
    ]
    assert sarif(capfd, "github") == failures
    assert sarif(capfd, "azdo") == [*failures, ("p.fixed", "pass", "new")]
    assert sarif(capfd, "full") == [*failures, ("p.fixed", "pass", "new"), ("p.fixed", "fail", "absent")]


def test_sarif_without_a_baseline_has_no_states(capfd: Capture) -> None:
    for profile in ("github", "full"):
        assert b"baseline" not in check(capfd, AFTER, "-o", "sarif", "--sarif-profile", profile).out


def test_an_absent_result_names_no_file_that_the_baseline_made_up(folder: Path, capfd: Capture) -> None:
    document = json.loads((folder / "old.json").read_bytes())
    made_up = {**document["findings"][0], "requirement": "q/gone", "key": "q/gone", "title": "\x1b[2J"}
    made_up["location"] = {"file": "/etc/../secret", "line": 3, "column": 1}
    document["findings"].append(made_up)
    (folder / "old.json").write_text(json.dumps(document), encoding="utf-8")
    ended = compared(capfd, AFTER, "-o", "sarif", "--sarif-profile", "full")
    (run,) = json.loads(ended.out)["runs"]
    (gone,) = [one for one in run["results"] if one["ruleId"] == "q.gone"]
    assert gone["locations"][0].keys() == {"logicalLocations"}
    assert b"secret" not in ended.out
    assert b"\x1b" not in ended.out


def test_it_goes_together_with_since(capfd: Capture) -> None:
    report = json.loads(compared(capfd, AFTER, "--since", "-o", "json").out)
    assert {one["requirement"]: one["baseline"] for one in report["findings"] if one["since"]} == {
        "p/steady": "unchanged",
        "p/falling": "worse",
        "p/breaking": "new",
    }


def refused(ended: Ended, *words: str) -> None:
    assert (ended.code, ended.out) == (2, b"")
    assert says_one_thing(ended.err)
    assert all(word in ended.err for word in words)


def test_a_baseline_of_another_tenant_is_refused(capfd: Capture) -> None:
    other = "00000000-0000-0000-0000-000000000002"
    refused(
        check(capfd, AFTER, "--baseline", "old.json", tenant_id=other),
        f"old.json: is a report of the tenant {TENANT}, and {other} is judged",
    )


@pytest.mark.parametrize("change", [{"apiVersion": "scoregate/v2"}, {"kind": "Plan"}, {"findings": 1}])
def test_a_baseline_that_is_none_is_refused(change: dict[str, Any], folder: Path, capfd: Capture) -> None:
    document = json.loads((folder / "old.json").read_bytes())
    (folder / "old.json").write_text(json.dumps({**document, **change}), encoding="utf-8")
    refused(compared(capfd, AFTER), "old.json: is ", "check -o json=report.json")


def test_a_missing_baseline_is_refused(capfd: Capture) -> None:
    refused(check(capfd, AFTER, "--baseline", "none.json"), "none.json: cannot be read: no such file")


@pytest.mark.parametrize("path", ["old.json", "./old.json", "link.json"])
def test_a_run_does_not_replace_its_own_baseline(path: str, folder: Path, capfd: Capture) -> None:
    (folder / "link.json").symlink_to("old.json")
    before = (folder / "old.json").read_bytes()
    refused(compared(capfd, AFTER, "-o", f"json={path}"), "-o and --baseline name the same file")
    assert (folder / "old.json").read_bytes() == before


def test_a_settings_file_cannot_name_one(folder: Path, capfd: Capture) -> None:
    (folder / "scoregate.toml").write_text('[check]\nbaseline = "old.json"\n', encoding="utf-8")
    refused(check(capfd, AFTER), "scoregate.toml:2", "SCOREGATE_BASELINE")


def test_a_variable_can_name_one(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOREGATE_BASELINE", "old.json")
    assert check(capfd, SAME).code == 0
