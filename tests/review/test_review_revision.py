"""Policies of a commit, read from git's objects in a repository that the test makes."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from command_line import NOW, here, snapshot

Capture = pytest.CaptureFixture[str]
POLICY = """\
apiVersion: scoregate/v1
kind: Policy
metadata: {name: p}
extends: [bases/base.yaml]
controls: [{id: x, control: AdminMFAV2, severity: high, rationale: r}]
"""
BASE = (
    "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: base}\nscore: [{id: overall, minimum: {percent: 60}}]\n"
)


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


def commit(message: str) -> None:
    git("add", "-A")
    git("-c", "user.name=x", "-c", "user.email=x@example", "commit", "-qm", message)


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "repository"
    (place / "policies" / "bases").mkdir(parents=True)
    monkeypatch.chdir(place)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    git("init", "-q", "-b", "main")
    (place / "policies" / "p.yaml").write_text(POLICY)
    (place / "policies" / "bases" / "base.yaml").write_text(BASE)
    commit("first")
    return place


def answer(capfd: Capture, *arguments: str) -> dict[str, object]:
    ended = here(capfd, "review", "--base", "main", "-o", "json", *arguments)
    assert ended.code in {0, 1}, ended.err
    found: dict[str, object] = json.loads(ended.out)
    return found


def changes(found: dict[str, object]) -> list[tuple[object, ...]]:
    listed = found["requirements"]
    assert isinstance(listed, list)
    return [(one["requirement"], one["change"], one["direction"]) for one in listed]


def test_nothing_changed(capfd: Capture) -> None:
    found = answer(capfd)
    assert (changes(found), found["direction"], found["unapproved"]) == ([], "neutral", 0)


def test_a_change_in_a_base_shows_in_the_policy_that_extends_it(repository: Path, capfd: Capture) -> None:
    (repository / "policies" / "bases" / "base.yaml").write_text(BASE.replace("60", "50"))
    assert changes(answer(capfd)) == [("p/overall", "changed", "looser")]


def test_the_working_tree_and_its_index_are_not_touched(repository: Path, capfd: Capture) -> None:
    (repository / "policies" / "p.yaml").write_text(POLICY.replace("high", "low"))
    before = {path: path.stat().st_mtime_ns for path in repository.rglob("*") if path.is_file()}
    assert changes(answer(capfd)) == [("p/x", "changed", "looser")]
    assert {path: path.stat().st_mtime_ns for path in repository.rglob("*") if path.is_file()} == before


def test_two_commits_are_compared_whatever_the_working_tree_holds(repository: Path, capfd: Capture) -> None:
    git("checkout", "-qb", "change")
    (repository / "policies" / "p.yaml").write_text(POLICY.replace("high", "critical"))
    commit("second")
    (repository / "policies" / "p.yaml").write_text("no: policy")
    found = answer(capfd, "--head", "change")
    assert changes(found) == [("p/x", "changed", "tighter")]


def test_moved_and_renamed_files_are_no_change(repository: Path, capfd: Capture) -> None:
    (repository / "policies" / "p.yaml").rename(repository / "policies" / "renamed.yaml")
    assert changes(answer(capfd)) == []


def test_policies_that_are_new_are_added(capfd: Capture) -> None:
    git("checkout", "-q", "--orphan", "empty")
    git("rm", "-rq", "--cached", ".")
    git("-c", "user.name=x", "-c", "user.email=x@example", "commit", "-q", "--allow-empty", "-m", "empty")
    ended = here(capfd, "review", "--base", "empty", "-o", "json", "--forbid", "looser")
    assert ended.code == 0
    assert [one["change"] for one in json.loads(ended.out)["requirements"]] == ["added", "added"]


def test_from_a_folder_below_the_top(repository: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "policies")
    Path("p.yaml").write_text(POLICY.replace("high", "low"))
    assert changes(answer(capfd, "-p", "p.yaml")) == [("p/x", "changed", "looser")]


def test_both_sides_are_judged_on_the_same_data(repository: Path, capfd: Capture) -> None:
    (repository / "policies" / "p.yaml").write_text(POLICY.replace("severity: high", "disabled: {reason: r}"))
    found = answer(capfd, "--snapshot", snapshot(repository), "--now", NOW)
    findings = found["findings"]
    assert isinstance(findings, list)
    assert [(one["requirement"], one["after"]) for one in findings] == [("p/x", "skipped")]
    assert found["verdict"] is not None


@pytest.mark.parametrize(("forbid", "code"), [((), 0), (("--forbid", "looser"), 1)])
def test_what_is_looser_can_be_forbidden(forbid: tuple[str, ...], code: int, repository: Path, capfd: Capture) -> None:
    (repository / "policies" / "p.yaml").write_text(POLICY.replace("high", "low"))
    assert here(capfd, "review", "--base", "main", *forbid).code == code


def test_a_change_that_approves_itself_and_loosens_the_gate_is_still_refused(repository: Path, capfd: Capture) -> None:
    (repository / "policies" / "p.yaml").write_text(POLICY.replace("high", "low"))
    (repository / "policies" / "approvals.yaml").write_text(
        "apiVersion: scoregate/v1\nkind: Waivers\nwaivers: []\n"
        "approvals: [{requirement: '*', change: looser, reason: I say so, approvedBy: me}]\n"
    )
    assert here(capfd, "review", "--base", "main", "--forbid", "looser").code == 1
    (repository / "scoregate.toml").write_text('fail-on = "critical"\n')
    ended = here(capfd, "review", "--base", "main", "--forbid", "looser")
    assert ended.code == 2
    assert "fail-on is not taken from this file" in ended.err
    commit("all at once")
    ended = here(capfd, "review", "--base", "main~1", "--no-config", "--forbid", "looser")
    assert ended.code == 1
    assert "2 of 2 changes can make the gate looser.\n" in ended.out.decode()
    assert 'scoregate.toml/fail-on is added: none -> "critical"' in ended.out.decode()


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("nowhere", "nowhere is not in this clone\n  Fetch it first"),
        ("--upload-pack=x", "expected a branch, a tag or a commit, got '--upload-pack=x'"),
        ("", "expected a branch, a tag or a commit, got ''"),
    ],
)
def test_a_commit_that_is_not_there(base: str, said: str, capfd: Capture) -> None:
    ended = here(capfd, "review", f"--base={base}")
    assert ended.code == 2
    assert ended.err.startswith(f"scoregate: {said}")


def test_outside_of_a_repository(tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    ended = here(capfd, "review", "--base", "main")
    assert ended.code == 2
    assert "git could not read the repository" in ended.err


def test_without_git(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    ended = here(capfd, "review", "--base", "main")
    assert (ended.code, "git, which reads the policies of an earlier revision, is not installed" in ended.err) == (
        2,
        True,
    )


def test_links_and_faults_of_a_commit_are_said_with_their_side(repository: Path, capfd: Capture) -> None:
    os.symlink("/etc/passwd", repository / "policies" / "link.yaml")
    commit("link")
    git("branch", "-f", "linked")
    (repository / "policies" / "link.yaml").unlink()
    ended = here(capfd, "review", "--base", "linked")
    assert ended.code == 2
    assert "linked:policies/link.yaml:1:1: is a link; replace the link with the file" in ended.err


WAIVERS = """\
apiVersion: scoregate/v1
kind: Waivers
waivers: [{requirement: p/x, from: 2026-05-01, until: 2026-06-30, reason: some reason, approvedBy: me}]
"""


@pytest.mark.parametrize(("path", "named"), [("policies", ()), ("policies/sub/w.yaml", ("--waivers",))])
def test_a_submodule_hides_no_waivers(path: str, named: tuple[str, ...], capfd: Capture) -> None:
    git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},policies/sub")
    git("-c", "user.name=x", "-c", "user.email=x@example", "commit", "-qm", "submodule")
    asked = ("-p", path) if not named else (*named, path)
    refused = here(capfd, "review", "--base", "main~1", "--head", "main", *asked)
    assert refused.code == 2
    assert "submodule" in refused.err


@pytest.mark.parametrize("how", ["a setting", "an option"])
def test_a_link_in_the_middle_of_a_path_hides_no_waivers(how: str, repository: Path, capfd: Capture) -> None:
    (repository / "docs" / "sub").mkdir(parents=True)
    (repository / "docs" / "sub" / "w.yaml").write_text(WAIVERS)
    (repository / "link").symlink_to("docs")
    if how == "a setting":
        (repository / "scoregate.toml").write_text('policy = ["policies", "link/sub"]')
    commit("link")
    asked = () if how == "a setting" else ("--waivers", "link/sub/w.yaml")
    refused = here(capfd, "review", "--base", "main~1", "--head", "main", *asked)
    assert refused.code == 2
    assert "behind a link" in refused.err


def test_a_base_that_leads_out_is_refused_at_the_commit_too(repository: Path, capfd: Capture) -> None:
    (repository / "policies" / "p.yaml").write_text(POLICY.replace("bases/base.yaml", "../../x.yaml"))
    commit("out")
    git("branch", "-f", "out")
    (repository / "policies" / "p.yaml").write_text(POLICY)
    ended = here(capfd, "review", "--base", "out")
    assert ended.code == 2
    assert "is outside the folder" in ended.err


def test_a_comment_for_a_pull_request(repository: Path, capfd: Capture) -> None:
    (repository / "policies" / "p.yaml").write_text(POLICY.replace("high", "low"))
    said = here(capfd, "review", "--base", "main", "-o", "markdown").out.decode()
    assert said.startswith("<!-- scoregate-review -->\n### 1 of 1 change can make the gate looser.\n")
    assert "- p/x is changed: severity " in said
    assert len(said) < 65_536


def test_a_parameter_may_be_declared_on_one_side_alone(repository: Path, capfd: Capture) -> None:
    declared = BASE.replace("60", '"${least}"') + "parameters: {least: {type: number, default: 60}}\n"
    (repository / "policies" / "bases" / "base.yaml").write_text(declared)
    assert changes(answer(capfd, "--set", "least=50")) == [("p/overall", "changed", "looser")]
    commit("a parameter")
    git("branch", "-f", "declared")
    (repository / "policies" / "bases" / "base.yaml").write_text(BASE)
    ended = here(capfd, "review", "--base", "declared", "--set", "least=50", "-o", "json")
    assert changes(json.loads(ended.out)) == [("p/overall", "changed", "tighter")]
    ended = here(capfd, "review", "--base", "declared", "--set", "most=50")
    assert (ended.code, "no policy declares a parameter most" in ended.err) == (2, True)


def test_a_commit_with_more_policies_than_are_read_is_refused(
    repository: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (repository / "policies" / f"{name}.yaml").write_text(POLICY.replace("name: p", f"name: {name}") + "#" * 400)
    commit("many")
    git("branch", "-f", "many")
    for name in "abc":
        (repository / "policies" / f"{name}.yaml").unlink()
    monkeypatch.setattr("checker.documents.limits.POLICY_BYTES", 1200)
    ended = here(capfd, "review", "--base", "many")
    assert ended.code == 2
    assert ended.err.startswith("many:policies/")
    assert ":1:1: with this file the run has more than " in ended.err
    monkeypatch.setattr("checker.documents.limits.POLICY_BYTES", 1200_000)
    monkeypatch.setattr("checker.documents.limits.POLICY_FILES", 3)
    ended = here(capfd, "review", "--base", "many")
    assert (ended.code, "more than 3 policy files" in ended.err) == (2, True)


def test_the_files_of_a_commit_are_read_by_one_process(
    repository: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        text = POLICY.replace("name: p", f"name: p{number}").replace("AdminMFAV2", f"\u00fc{number}")
        (repository / "policies" / f"p{number}.yaml").write_text(text, encoding="utf-8")
    commit("many")
    begun: list[object] = []
    run = subprocess.run

    def counted(*arguments: Any, **options: Any) -> Any:
        begun.append(arguments)
        return run(*arguments, **options)

    monkeypatch.setattr(subprocess, "run", counted)
    assert changes(answer(capfd)) == []
    assert len(begun) < 12


def locked(maximum: float) -> bytes:
    controls = [{"control": "A", "maxScore": maximum}]
    return json.dumps({"apiVersion": "scoregate/v1", "kind": "Lock", "controls": controls}).encode()


def test_policies_that_a_setting_takes_out_are_removed(repository: Path, capfd: Capture) -> None:
    (repository / "policies" / "q.yaml").write_text(POLICY.replace("name: p", "name: q"))
    commit("another")
    (repository / "scoregate.toml").write_text('policy = ["policies/p.yaml"]\n')
    ended = here(capfd, "review", "--base", "main", "--forbid", "looser", "-o", "json")
    answer = json.loads(ended.out)
    assert ended.code == 1
    assert [(one["requirement"], one["change"]) for one in answer["requirements"]] == [
        ("q/overall", "removed"),
        ("q/x", "removed"),
    ]
    assert [(one["name"], one["direction"]) for one in answer["settings"]] == [("scoregate.toml/policy", "undecided")]


def test_a_lock_and_a_file_of_parameters_are_read_at_both_sides(repository: Path, capfd: Capture) -> None:
    base = repository / "policies" / "bases" / "base.yaml"
    base.write_text(base.read_text().replace("60", '"${least}"') + "parameters: {least: {type: number, default: 60}}\n")
    (repository / "values.yaml").write_text("least: 70\n")
    (repository / "scoregate.lock").write_bytes(locked(10))
    commit("locked")
    (repository / "values.yaml").write_text("least: 50\n")
    (repository / "scoregate.lock").write_bytes(locked(1))
    answer = json.loads(here(capfd, "review", "--base", "main", "--parameters", "values.yaml", "-o", "json").out)
    assert [(one["requirement"], one["direction"]) for one in answer["requirements"]] == [("p/overall", "looser")]
    assert [(one["name"], one["direction"]) for one in answer["lock"]] == [("scoregate.lock/A", "looser")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("scoregate.toml", "output = ", "broken:scoregate.toml: is not valid TOML"),
        ("scoregate.lock", "{}", "broken:scoregate.lock:1:1"),
        ("policies/p.yaml", "no: policy", "broken:policies/p.yaml:1:1"),
    ],
)
def test_a_fault_is_said_with_the_side_that_has_it(
    name: str, text: str, said: str, repository: Path, capfd: Capture
) -> None:
    before = (repository / name).read_text() if (repository / name).exists() else None
    (repository / name).write_text(text)
    commit("broken")
    git("branch", "-f", "broken")
    (repository / name).unlink() if before is None else (repository / name).write_text(before)
    ended = here(capfd, "review", "--base", "broken")
    assert (ended.code, said in ended.err) == (2, True), ended.err


@pytest.mark.parametrize("path", ["/etc", "../outside"])
def test_a_head_cannot_lead_its_own_review_elsewhere(path: str, repository: Path, capfd: Capture) -> None:
    (repository / "scoregate.toml").write_text(f'policy = ["{path}"]\n')
    commit("elsewhere")
    (repository / "scoregate.toml").unlink()
    ended = here(capfd, "review", "--base", "main~1", "--head", "main")
    assert ended.code == 2
    assert f"main:scoregate.toml: policy names {path}, which is not in the working folder" in ended.err
