import json
import re
from pathlib import Path
from typing import Any

import pytest
from command_line import NOW, here, see

Capture = pytest.CaptureFixture[str]
TENANT = "00000000-0000-0000-0000-000000000001"
# One control for each thing that can become of it; two versions, and two frameworks that share a word.
POLICY = """\
apiVersion: scoregate/v1
kind: Policy
metadata: {name: p}
controls:
  - {id: full, control: full, references: [{framework: Alpha Guide, version: 1.10, id: 2.10.1}]}
  - id: half
    control: half
    references:
      - {framework: Alpha Guide, version: 1.10, id: 2.9.1, derived: true}
      - {framework: Beta Guide, id: B-2}
  - {id: half-too, control: full, references: [{framework: alpha guide, version: 1.10, id: 2.9.1}]}
  - {id: absent, control: absent, onMissing: skip, references: [{framework: Alpha Guide, version: 1.10, id: 2.11.1}]}
  - {id: excused, control: half, references: [{framework: Alpha Guide, version: 1.10, id: 2.12.1, derived: true}]}
  - {id: open, control: open, onMissing: error, references: [{framework: Alpha Guide, version: 1.9, id: 2.9.1}]}
  - {id: other, control: half}
---
apiVersion: scoregate/v1
kind: Waivers
waivers:
  - {requirement: p/excused, from: 2026-05-01, until: 2026-12-31, reason: r, approvedBy: a}
  - {requirement: p/other, from: 2026-05-01, until: 2026-12-31, reason: r, approvedBy: a}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    points = {"full": 10.0, "half": 5.0}
    scores = [
        {"controlName": name, "controlCategory": "Identity", "score": score, "scoreInPercentage": score * 10}
        for name, score in points.items()
    ]
    newest = {
        "id": f"{TENANT}_{NOW[:10]}",
        "azureTenantId": TENANT,
        "createdDateTime": f"{NOW[:10]}T00:00:00Z",
        "currentScore": sum(points.values()),
        "maxScore": 20.0,
        "controlScores": scores,
    }
    default = {"state": "Default", "assignedTo": None, "comment": None, "updatedBy": None, "updatedDateTime": None}
    profiles = [
        {"id": name, "azureTenantId": TENANT, "maxScore": 10.0, "controlStateUpdates": [default]}
        for name in (*points, "absent", "open")
    ]
    head = {"apiVersion": "scoregate/v1", "kind": "Snapshot", "tenant": TENANT}
    snapshot = {**head, "secureScores": [newest], "controlProfiles": profiles}
    tmp_path.joinpath("now.json").write_text(json.dumps(snapshot), encoding="utf-8")
    tmp_path.joinpath("p.yaml").write_text(POLICY, encoding="utf-8")
    return tmp_path


def check(capfd: Capture, *options: str) -> tuple[int, str, str]:
    ended = here(capfd, "check", "-p", "p.yaml", "--snapshot", "now.json", "--now", NOW, *options)
    return ended.code, ended.out.decode(), ended.err


def report(capfd: Capture, *options: str) -> dict[str, Any]:
    _, out, _ = check(capfd, "-o", "json", *options)
    read: dict[str, Any] = json.loads(out)
    return read


def test_each_control_of_the_framework_has_what_becomes_of_it(capfd: Capture) -> None:
    framework = report(capfd, "--framework", "ALPHA GUIDE")["framework"]
    assert framework["framework"] == "Alpha Guide"
    rows = [
        (one["version"], one["control"], one["state"], one["derived"], one["requirements"])
        for one in framework["controls"]
    ]
    assert rows == [
        ("1.9", "2.9.1", "not-judged", False, ["p/open"]),
        ("1.10", "2.9.1", "failing", False, ["p/half", "p/half-too"]),
        ("1.10", "2.10.1", "covered", False, ["p/full"]),
        ("1.10", "2.11.1", "not-measurable", False, ["p/absent"]),
        ("1.10", "2.12.1", "waived", True, ["p/excused"]),
    ]


def test_only_what_belongs_to_the_framework_is_judged(capfd: Capture) -> None:
    found = report(capfd, "--framework", "alpha")
    judged = [finding["requirement"] for finding in found["findings"]]
    assert judged == ["p/full", "p/half", "p/half-too", "p/absent", "p/excused", "p/open"]
    # The waiver of p/other is not called unused or of nothing.
    assert found["warnings"] == []
    assert {"option": "framework", "values": ["alpha"], "source": "command-line", "place": None} in found["provenance"]
    assert report(capfd)["framework"] is None


def test_the_lock_is_still_that_of_all_policies(capfd: Capture) -> None:
    arguments = ("-p", "p.yaml", "--snapshot", "now.json", "--now", NOW)
    Path("p.yaml").write_text(POLICY.replace("id: other, control: half", "id: other, control: open"), encoding="utf-8")
    assert here(capfd, "lock", *arguments).code == 0
    locked = report(capfd, "--framework", "beta", "--locked")
    assert [finding["requirement"] for finding in locked["findings"]] == ["p/half"]
    Path("p.yaml").write_text(POLICY.replace("control: half}\n---", "control: late}\n---"), encoding="utf-8")
    text = Path("now.json").read_text(encoding="utf-8").replace('"id": "open"', '"id": "late"')
    Path("now.json").write_text(text, encoding="utf-8")
    drifted = report(capfd, "--framework", "beta", "--locked")
    assert [(finding["requirement"], finding["control"]) for finding in drifted["findings"]] == [
        ("p/half", "half"),
        ("scoregate.lock/catalogue-drift", "late"),
        ("scoregate.lock/catalogue-drift", "open"),
    ]


def test_the_verdict_is_that_of_the_framework(capfd: Capture) -> None:
    Path("p.yaml").write_text(POLICY.replace("control: half\n", "control: full\n", 1), encoding="utf-8")
    assert check(capfd, "--framework", "beta")[0] == 0
    assert check(capfd)[0] == 3


def test_the_table_says_what_a_secure_score_cannot_prove(capfd: Capture) -> None:
    _, out, _ = check(capfd, "--framework", "alpha")
    lines = out.splitlines()
    start = lines.index("Alpha Guide (5)")
    assert [line.split() for line in lines[start + 1 : start + 5]] == [
        ["control", "version", "state", "derived", "requirements"],
        ["2.9.1", "1.9", "not-judged", "no", "p/open"],
        ["2.9.1", "1.10", "failing", "no", "p/half,", "p/half-too"],
        ["2.10.1", "1.10", "covered", "no", "p/full"],
    ]
    told = " ".join(out.split())
    assert "a Secure Score counts settings, not whether they work" in told
    assert "Not measurable: this tenant's Secure Score does not measure it" in told
    assert "Controls of Alpha Guide that are not listed are not judged" in told
    assert "Derived references were taken from public tags" in told
    # Each is said where it is about something.
    alone = " ".join(check(capfd, "--framework", "beta")[1].split())
    assert "Not measurable:" not in alone
    assert "Derived references" not in alone


@pytest.mark.parametrize(
    ("name", "says", "advice"),
    [
        ("guide", "--framework 'guide' may be any of Alpha Guide, Beta Guide", "Give more of the name."),
        (
            "Alpha Giude",
            "--framework 'Alpha Giude': no requirement refers to it (did you mean 'Alpha Guide'?)",
            "The policies refer to Alpha Guide, Beta Guide.",
        ),
        ("", "--framework '': no requirement refers to it", "The policies refer to Alpha Guide, Beta Guide."),
    ],
)
def test_a_name_that_means_no_framework_or_several_is_refused(
    name: str, says: str, advice: str, capfd: Capture
) -> None:
    assert check(capfd, "--framework", name) == (2, "", f"scoregate: {says}\n  {advice}\n{see('usage')}")


def test_policies_without_references_are_refused(capfd: Capture) -> None:
    Path("p.yaml").write_text(
        "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\ncontrols: [{id: x, control: full}]\n"
    )
    code, out, said = check(capfd, "--framework", "alpha")
    assert (code, out) == (2, "")
    assert said.startswith("scoregate: --framework 'alpha': no requirement has references\n")


def test_the_settings_file_cannot_narrow_the_gate(capfd: Capture) -> None:
    Path("scoregate.toml").write_text('[check]\nframework = "beta"\n', encoding="utf-8")
    code, out, said = check(capfd)
    assert (code, out) == (2, "")
    assert "scoregate.toml:2" in said


def test_sarif_and_junit_carry_the_table_too(capfd: Capture) -> None:
    table = report(capfd, "--framework", "alpha")["framework"]
    _, out, _ = check(capfd, "--framework", "alpha", "-o", "sarif")
    assert json.loads(out)["runs"][0]["properties"]["framework"] == table
    _, out, _ = check(capfd, "--framework", "alpha", "-o", "junit")
    assert re.findall(r'<property name="(scoregate\.framework[^"]*)" value="([^"]*)"/>', out) == [
        ("scoregate.framework", "Alpha Guide"),
        ("scoregate.framework.1", "2.9.1 (1.9): not-judged"),
        ("scoregate.framework.2", "2.9.1 (1.10): failing"),
        ("scoregate.framework.3", "2.10.1 (1.10): covered"),
        ("scoregate.framework.4", "2.11.1 (1.10): not-measurable"),
        ("scoregate.framework.5", "2.12.1 (1.10): waived"),
    ]
    _, out, _ = check(capfd, "-o", "sarif")
    assert "framework" not in json.loads(out)["runs"][0]["properties"]
