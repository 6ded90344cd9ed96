import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command_line import ROOT
from inputs import CASES, Case
from tenants import NOW

from checker.cli.main import run

VIEWS = {
    "score": (),
    "compare": (),
    "guide": ("--top", "100"),
    "controls": (),
    "explain": ("AdminMFAV2",),
    "trend": (),
    "whatif": ("--target", "80"),
}
JUDGED = [case for case in CASES if case.verdict]
# What two views say of one control, under one name.
SHARED = ("score", "maxScore", "percent", "tier", "service", "controlCategory", "status", "retired")

Document = dict[str, Any]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(params=JUDGED, ids=lambda case: case.name)
def documents(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> dict[str, Document]:
    """What each view says of a case; without those that refuse it."""
    case: Case = request.param
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_bytes(case.data)
    given = ("--snapshot", "a.json", "--now", NOW, "-o", "json", *case.options)
    found = {}
    for view, arguments in VIEWS.items():
        code = run([view, *arguments, *given])
        out, error = capfd.readouterr()
        assert "Traceback" not in error
        assert "internal error" not in error
        assert (code == 0) == bool(out)
        if out:
            found[view] = json.loads(out)
    return found


def test_views_follow_their_schemas_and_agree_on_what_is_known(documents: dict[str, Document]) -> None:
    for view, document in documents.items():
        schema = json.loads((ROOT / "schemas" / f"{view}.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(document)
    controls = {one["control"]: one for one in documents["controls"]["controls"]}
    for explained in documents["explain"]["controls"]:
        if explained["control"] in controls:
            _agree_on_a_control(controls[explained["control"]], explained)
        else:
            assert explained["score"] is None
    _agree_on_actions(controls, documents["guide"])
    if "score" in documents:
        _agree_on_sums(documents)
        _agree_on_counts(list(controls.values()), documents["score"])


def _agree_on_a_control(listed: Document, explained: Document) -> None:
    assert {name: listed[name] for name in SHARED} == {name: explained[name] for name in SHARED}
    # An unscored control has nothing left where all that is scored is known; it is explained as null in any case.
    if listed["hasScore"]:
        assert listed["pointsLeft"] == explained["pointsLeft"]
    else:
        assert (listed["pointsLeft"] in {None, 0.0}, explained["pointsLeft"]) == (True, None)
    assert listed["state"] == (explained["state"] or {"state": "unknown"})["state"]


def _agree_on_actions(controls: dict[str, Document], guide: Document) -> None:
    for action in guide["actions"]:
        listed = controls[action["control"]]
        assert (action["currentScore"], action["maxScore"], action["points"]) == (
            listed["score"],
            listed["maxScore"],
            listed["pointsLeft"],
        )
        assert action["state"] == listed["state"]
    unknown = {name for name, one in controls.items() if one["pointsLeft"] is None}
    assert {*guide["unknown"]} == {name for name in unknown if controls[name]["hasScore"]}
    assert all((name in unknown) != guide["complete"] for name, one in controls.items() if not one["hasScore"])


def _agree_on_sums(documents: dict[str, Document]) -> None:
    score = documents["score"]
    if "inconsistent" not in {one["code"] for one in score["warnings"]}:
        assert documents["compare"]["percent"] == score["percent"]
    if "whatif" in documents:
        today = documents["whatif"]["today"]
        assert {name: today[name] for name in ("currentScore", "maxScore", "percent", "categories")} == {
            name: score[name] for name in ("currentScore", "maxScore", "percent", "categories")
        }


def _agree_on_counts(controls: list[Document], score: Document) -> None:
    """The counts of states and of completion are those of the list, as far as it says which are unknown."""
    scored = [one for one in controls if one["hasScore"]]
    unknown = sum(one["percent"] is None for one in scored)
    assert score["completion"]["unknown"] == unknown
    assert score["completion"]["full"] == sum(one["percent"] is not None and one["percent"] >= 100 for one in scored)
    assert score["states"].get("unknown", 0) == sum(one["state"] == "unknown" for one in controls)
