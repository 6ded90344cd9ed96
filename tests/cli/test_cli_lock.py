"""``scoregate lock``, ``check --locked`` and ``lint --strict``, from files to exit codes."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import tomli_w
from command_line import NOW, Ended, here, policy

Capture = pytest.CaptureFixture[str]
TENANT = "00000000-0000-0000-0000-000000000001"
BODY = "controls: [{id: mfa, control: AdminMFA}, {id: legacy, control: BlockLegacyAuthentication}]"
ACCEPTING = "'scoregate lock --update' accepts it"
TITLES = {"AdminMFA": "Require MFA", "BlockLegacyAuthentication": "Block legacy"}


def profile(name: str, maximum: float = 10.0, **members: Any) -> dict[str, Any]:
    update = {"assignedTo": None, "comment": None, "state": "Default", "updatedBy": None, "updatedDateTime": None}
    return {
        "id": name,
        "azureTenantId": TENANT,
        "title": TITLES.get(name, name),
        "maxScore": maximum,
        "controlCategory": "Identity",
        "controlStateUpdates": [update],
        **members,
    }


def data(folder: Path, *profiles: dict[str, Any], scored: bool = True) -> str:
    """Writes the snapshot of a tenant that earns all points of these controls, and gives its path."""
    scores = [
        {"controlName": one["id"], "controlCategory": "Identity", "score": one["maxScore"], "scoreInPercentage": 100.0}
        for one in profiles
    ]
    total = sum(one["maxScore"] for one in profiles)
    newest = {
        "id": f"{TENANT}_2026-05-22",
        "azureTenantId": TENANT,
        "createdDateTime": "2026-05-22T00:00:00Z",
        "currentScore": total,
        "maxScore": total,
        "enabledServices": [],
        "averageComparativeScores": [],
        "controlScores": scores if scored else [],
    }
    document = {
        "apiVersion": "scoregate/v1",
        "kind": "Snapshot",
        "tenant": TENANT,
        "fetchedAt": NOW,
        "warnings": [],
        "secureScores": [newest],
        "controlProfiles": list(profiles),
    }
    path = folder / "data.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


MFA, LEGACY = profile("AdminMFA"), profile("BlockLegacyAuthentication", 8.0)
HEAVIER = profile("BlockLegacyAuthentication", 9.0)


class Checkout:
    """A working folder with a policy and a tenant's snapshot, and commands in it."""

    def __init__(self, folder: Path, capture: Capture) -> None:
        self.folder = folder
        self.lock = folder / "scoregate.lock"
        self._capture = capture
        self._policy = policy(folder, BODY)

    def has(self, *profiles: dict[str, Any]) -> None:
        """The tenant's controls from now on."""
        data(self.folder, *profiles)

    def runs(self, command: str, *arguments: str) -> Ended:
        given = ("-p", self._policy, "--snapshot", str(self.folder / "data.json"), "--now", NOW)
        return here(self._capture, command, *given, *arguments)

    def report(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        ended = self.runs("check", "-o", "json", *arguments)
        return ended.code, json.loads(ended.out)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> Checkout:
    place = tmp_path / "checkout"
    place.mkdir()
    monkeypatch.chdir(place)
    found = Checkout(place, capfd)
    found.has(MFA, LEGACY)
    return found


def test_a_lock_is_written_once_and_then_compared_with(checkout: Checkout) -> None:
    first = checkout.runs("lock")
    assert (first.code, first.out) == (0, b"scoregate.lock: 2 required controls accepted\n")
    written = checkout.lock.read_bytes()
    again = checkout.runs("lock")
    assert (again.code, again.out) == (0, b"scoregate.lock: 2 required controls, none drifted\n")

    checkout.has(MFA, HEAVIER)
    drifted = checkout.runs("lock")
    assert drifted.code == 1
    assert b"  ~ reweighted: BlockLegacyAuthentication has a maximum of 9 instead of 8 points." in drifted.out
    assert checkout.lock.read_bytes() == written

    updated = checkout.runs("lock", "--update", "-o", "json")
    answer = json.loads(updated.out)
    assert (updated.code, answer["written"], len(answer["drifts"])) == (0, True, 1)
    lines = zip(written.splitlines(), checkout.lock.read_bytes().splitlines(), strict=True)
    assert len([before for before, after in lines if before != after]) == 1
    assert checkout.runs("lock").code == 0


def test_a_lock_holds_nothing_of_the_tenant(checkout: Checkout) -> None:
    checkout.runs("lock")
    text = checkout.lock.read_text(encoding="utf-8")
    assert TENANT not in text
    keys = {key for one in json.loads(text)["controls"] for key in one}
    assert keys == {"control", "title", "controlCategory", "maxScore"}


def test_the_answer_in_each_format_names_what_is_required_no_longer(checkout: Checkout) -> None:
    checkout.runs("lock")
    policy(checkout.folder, "controls: [{id: mfa, control: AdminMFA}]")
    assert b"1 locked control is not required any more (BlockLegacyAuthentication)" in checkout.runs("lock").out
    assert b"BlockLegacyAuthentication" in checkout.runs("lock", "-o", "markdown").out
    assert json.loads(checkout.runs("lock", "-o", "json").out)["unrequired"] == ["BlockLegacyAuthentication"]
    checkout.runs("lock", "--update")
    assert "BlockLegacy" not in checkout.lock.read_text(encoding="utf-8")


def test_check_warns_of_drift_and_fails_on_it_when_locked(checkout: Checkout) -> None:
    checkout.runs("lock")
    checkout.has(profile("AdminMFAV2"), HEAVIER)
    checkout.folder.joinpath("small.yaml").unlink()
    policy(checkout.folder, BODY.replace("AdminMFA}", "[AdminMFAV2, AdminMFA]}"))
    code, report = checkout.report()
    assert (code, report["verdict"]) == (0, "pass")
    messages = {one["message"] for one in report["warnings"] if one["code"] == "catalogue-drift"}
    assert messages == {
        f"AdminMFA is not among Microsoft's controls any more; its successor is probably AdminMFAV2; {ACCEPTING}.",
        f"BlockLegacyAuthentication has a maximum of 9 instead of 8 points; {ACCEPTING}.",
    }

    code, report = checkout.report("--locked")
    assert (code, report["verdict"]) == (1, "fail")
    found = [one for one in report["findings"] if one["reason"] == "catalogue-drift"]
    assert [one["key"] for one in found] == [
        "scoregate.lock/catalogue-drift [AdminMFA]",
        "scoregate.lock/catalogue-drift [BlockLegacyAuthentication]",
    ]
    assert {(one["outcome"], one["severity"], one["enforcement"]) for one in found} == {("fail", "medium", "mandatory")}
    assert [one["location"] for one in found] == [
        {"file": "scoregate.lock", "line": 5, "column": 5},
        {"file": "scoregate.lock", "line": 6, "column": 5},
    ]
    assert not [one for one in report["warnings"] if one["code"] == "catalogue-drift"]
    assert "locked" in {one["option"] for one in report["provenance"]}
    # It obeys the gate's rule.
    assert checkout.report("--locked", "--fail-on", "high")[0] == 0


def test_a_lock_that_holds_adds_nothing_to_what_was_judged(checkout: Checkout) -> None:
    checkout.runs("lock")
    code, report = checkout.report("--locked")
    assert (code, len(report["findings"])) == (0, 2)
    # A run in which nothing was judged is none that passed.
    policy(checkout.folder, "when: {enabledServices: [HasNothing]}\n" + BODY)
    assert checkout.report("--locked")[0] == 3


def test_drift_reaches_sarif_and_junit(checkout: Checkout) -> None:
    checkout.runs("lock")
    checkout.has(MFA, HEAVIER)
    assert checkout.runs("check", "--locked", "-o", "sarif=x.sarif", "-o", "junit=x.xml").code == 1
    (run,) = json.loads(checkout.folder.joinpath("x.sarif").read_bytes())["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert result["ruleId"] == "scoregate.lock.catalogue-drift"
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("scoregate.lock", 6)
    assert "BlockLegacyAuthentication" in place["region"]["snippet"]["text"]
    assert [one["mimeType"] for one in run["artifacts"]] == ["application/json"]
    cases = ElementTree.parse(checkout.folder / "x.xml").iter("testcase")
    (failed,) = [case for case in cases if case.find("failure") is not None]
    assert failed.get("name") == "scoregate.lock/catalogue-drift [BlockLegacyAuthentication]"


def test_a_baseline_excuses_the_same_drift_and_no_other(checkout: Checkout) -> None:
    checkout.runs("lock")
    checkout.has(MFA, HEAVIER)
    assert checkout.runs("check", "--locked", "-o", "json=then.json").code == 1
    again = checkout.report("--locked", "--baseline", "then.json")
    assert (again[0], again[1]["verdict"]) == (0, "pass")
    checkout.has(MFA, profile("BlockLegacyAuthentication", 7.0))
    assert checkout.report("--locked", "--baseline", "then.json")[0] == 1
    checkout.has(profile("AdminMFA", 3.0), HEAVIER)
    assert checkout.report("--locked", "--baseline", "then.json")[0] == 1


def test_a_regression_of_the_tenant_is_no_drift(checkout: Checkout) -> None:
    checkout.runs("lock")
    data(checkout.folder, MFA, LEGACY, scored=False)
    code, report = checkout.report("--locked")
    assert code != 0
    assert "catalogue-drift" not in {one["reason"] for one in report["findings"]}


def test_data_without_profiles_is_no_pass_when_locked(checkout: Checkout) -> None:
    checkout.runs("lock")
    path = checkout.folder / "data.json"
    document = json.loads(path.read_bytes())
    path.write_text(json.dumps({**document, "controlProfiles": []}), encoding="utf-8")
    assert checkout.report("--assume-default-states")[0] == 0
    code, report = checkout.report("--assume-default-states", "--locked")
    assert (code, report["verdict"]) == (3, "indeterminate")
    (found,) = [one for one in report["findings"] if one["requirement"].startswith("scoregate.lock/")]
    assert (found["outcome"], found["reason"], found["key"]) == (
        "error",
        "partial-data",
        "scoregate.lock/catalogue-drift",
    )
    ended = checkout.runs("lock", "--update")
    assert ended.code == 3
    assert "control profiles are missing" in ended.err


def test_locked_needs_a_lock(checkout: Checkout) -> None:
    ended = checkout.runs("check", "--locked")
    assert (ended.code, ended.out) == (2, b"")
    assert "scoregate.lock: does not exist, so --locked has nothing to compare with" in ended.err
    assert checkout.runs("check").code == 0
    assert checkout.runs("check", "--lock", "elsewhere.lock").code == 2


def test_another_lock_can_be_named(checkout: Checkout) -> None:
    assert checkout.runs("lock", "--out", "prod.lock").code == 0
    assert not checkout.lock.exists()
    checkout.has(MFA, HEAVIER)
    assert checkout.report("--lock", "prod.lock", "--locked")[0] == 1
    assert checkout.report()[1]["warnings"] == []


def test_the_working_folder_s_settings_name_no_lock(checkout: Checkout) -> None:
    checkout.runs("lock")
    for name, value in (("lock", "other.lock"), ("locked", False)):
        checkout.folder.joinpath("scoregate.toml").write_text(tomli_w.dumps({name: value}), encoding="utf-8")
        ended = checkout.runs("check")
        assert ended.code == 2
        assert "is not taken from this file, which a pull request can change" in ended.err


@pytest.mark.parametrize("command", [("check",), ("check", "--locked"), ("lock",), ("lock", "--update")])
def test_a_lock_that_is_a_link_out_of_the_folder_or_none_at_all_is_refused(
    command: tuple[str, ...], checkout: Checkout
) -> None:
    outside = checkout.folder.parent / "token"
    outside.write_text("canary-7f3a", encoding="utf-8")
    checkout.lock.symlink_to(outside)
    linked = checkout.runs(*command)
    assert (linked.code, linked.out) == (2, b"")
    assert "is a link out of the working folder" in linked.err
    checkout.lock.unlink()
    checkout.lock.write_text("{}", encoding="utf-8")
    broken = checkout.runs(*command)
    assert (broken.code, broken.out) == (2, b"")
    assert "scoregate.lock:1:1" in broken.err
    assert "canary" not in linked.err + broken.err
    assert outside.read_text(encoding="utf-8") == "canary-7f3a"


def test_lock_needs_a_policy(capfd: Capture) -> None:
    ended = here(capfd, "lock", "--sandbox", "--now", NOW)
    assert ended.code == 2
    assert "no policy" in ended.err


UNSEEN = "controls: [{id: a, control: entirely_new_thing}, {id: b, control: 'qqq_*'}, {id: c, control: AdminMFAV2}]"


def test_lint_strict_warns_of_ids_that_nobody_has_seen(checkout: Checkout, capfd: Capture) -> None:
    path = policy(checkout.folder, UNSEEN)
    assert b"0 warnings" in here(capfd, "lint", path).out
    strict = here(capfd, "lint", path, "--strict")
    assert strict.code == 0
    assert b"entirely_new_thing is not a known control; check the spelling" in strict.out
    assert b"no known control matches qqq_*" in strict.out
    assert b"2 warnings" in strict.out

    controls = [{"control": "Entirely_New_Thing"}, {"control": "qqq_one"}]
    lock = {"apiVersion": "scoregate/v1", "kind": "Lock", "controls": controls}
    checkout.lock.write_text(json.dumps(lock), encoding="utf-8")
    assert b"0 warnings" in here(capfd, "lint", path, "--strict").out
    checkout.lock.rename(checkout.folder / "x.lock")
    assert b"2 warnings" in here(capfd, "lint", path, "--strict").out
    assert b"0 warnings" in here(capfd, "lint", path, "--strict", "--lock", "x.lock").out
    idle = here(capfd, "lint", path, "--lock", "x.lock")
    assert idle.code == 2
    assert "--lock has no effect without --strict" in idle.err
