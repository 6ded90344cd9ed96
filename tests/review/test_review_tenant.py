"""What a change does to a tenant: what fails, what waivers cost, which states would be set and the score after that."""

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import here
from test_review_revision import commit, git

Capture = pytest.CaptureFixture[str]
NOW = "2026-11-20T09:00:00Z"
HEAD = "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\ncontrols:\n"
FORWARD = "  - {id: forward, control: mdo_blockmailforward}\n"
DECLARED = "  - {id: forward, control: mdo_blockmailforward, profile: {state: ThirdParty, comment: ours}}\n"
OTHERWISE = "  - {id: else, control: mdo_blockmailforward, profile: {state: Reviewed, comment: ours}}\n"
WAIVER = """\
apiVersion: scoregate/v1
kind: Waivers
waivers:
  - {requirement: p/forward, from: 2026-11-01, until: 2026-12-10, reason: two mailboxes, approvedBy: ciso}
"""


@pytest.fixture(autouse=True)
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    (folder / "p.yaml").write_text(HEAD + FORWARD)
    (folder / "w.yaml").write_text(WAIVER)
    commit("first")
    return folder


def review(capfd: Capture, *source: str) -> dict[str, Any]:
    found = here(capfd, "review", "--base", "main", "-o", "json", "--now", NOW, *(source or ("--sandbox",)))
    assert found.code == 0, found.err
    answer: dict[str, Any] = json.loads(found.out)
    return answer


def test_a_waiver_that_ends_soon_is_listed_with_its_cost_though_nobody_changed_it(capfd: Capture) -> None:
    answer = review(capfd)
    assert answer["waivers"] == []
    assert [(one["requirement"], one["until"], one["points"]) for one in answer["ending"]] == [
        ("p/forward", "2026-12-10", 5.0)
    ]


def test_a_failure_that_a_waiver_hid_is_brought_and_the_reverse_hides_it(policies: Path, capfd: Capture) -> None:
    (policies / "w.yaml").unlink()
    answer = review(capfd)
    assert (answer["brought"], answer["hidden"], answer["direction"]) == (1, 0, "tighter")
    commit("without")
    (policies / "w.yaml").write_text(WAIVER)
    answer = review(capfd)
    assert (answer["brought"], answer["hidden"], answer["direction"]) == (0, 1, "looser")
    assert [(one["change"], one["points"], one["endsSoon"]) for one in answer["waivers"]] == [("added", 5.0, True)]


def test_a_waiver_that_is_prolonged_says_from_when_to_when(policies: Path, capfd: Capture) -> None:
    (policies / "w.yaml").write_text(WAIVER.replace("2026-12-10", "2027-02-10"))
    assert [(one["untilBefore"], one["until"]) for one in review(capfd)["waivers"]] == [("2026-12-10", "2027-02-10")]
    said = here(capfd, "review", "--base", "main", "--now", NOW).out.decode()
    assert "the waiver of p/forward is changed: until 2026-12-10 -> 2027-02-10\n" in said


@pytest.mark.parametrize("source", ["sandbox", "store", "snapshot"])
def test_the_plan_and_the_score_after_it(source: str, policies: Path, capfd: Capture) -> None:
    (policies / "w.yaml").unlink()
    (policies / "p.yaml").write_text(HEAD + DECLARED)
    taken: tuple[str, ...] = ("--sandbox",)
    if source == "store":
        assert here(capfd, "fetch", "--sandbox", "--now", NOW, "--store", "history").code == 0
        taken = ("--store", "history")
    elif source == "snapshot":
        assert here(capfd, "fetch", "--sandbox", "--now", NOW, "-o", "snapshot.json").code == 0
        taken = ("--snapshot", "snapshot.json")
    answer = review(capfd, *taken)
    assert answer["states"] == [
        {"control": "mdo_blockmailforward", "requirement": "p/forward", "before": None, "after": "ThirdParty"}
    ]
    score = answer["score"]
    assert score["today"] == score["before"] < score["after"]


def test_policies_that_contradict_themselves_have_no_plan_and_the_review_says_so(
    policies: Path, capfd: Capture
) -> None:
    (policies / "w.yaml").unlink()
    (policies / "p.yaml").write_text(HEAD + DECLARED + OTHERWISE)
    answer = review(capfd)
    assert answer["states"] == []
    assert answer["score"]["after"] is None
    assert answer["notes"][0].startswith("the head has no plan: ")


def test_both_sides_are_judged_with_the_labels_of_the_tenant(policies: Path, capfd: Capture) -> None:
    labelled = WAIVER.replace("p/forward,", "p/forward, tenantLabel: production,")
    (policies / "w.yaml").write_text(labelled)
    answer = review(capfd)
    assert [(one["tenantLabel"], one["tenantLabelBefore"]) for one in answer["waivers"]] == [("production", None)]
    assert (answer["brought"], answer["direction"]) == (1, "tighter")
    assert review(capfd, "--sandbox", "--tenant-label", "production")["brought"] == 0
    commit("labelled")
    (policies / "w.yaml").write_text(WAIVER)
    assert (review(capfd)["hidden"], review(capfd)["direction"]) == (1, "looser")
    assert review(capfd, "--sandbox", "--tenant-label", "production")["hidden"] == 0
