import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from command_line import FAILING, NOW, here, policy, snapshot

from checker.cli.repository import Checkout, FilePlaces, inside, places, present_checkout

Capture = pytest.CaptureFixture[str]
VARIABLES = ("GITHUB_WORKSPACE", "BUILD_SOURCESDIRECTORY", "CI_PROJECT_DIR")


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a policy, in which the test runs."""
    root = tmp_path / "work" / "repo"
    (root / ".git").mkdir(parents=True)
    (root / "policies").mkdir()
    (root / "policies" / "a.yaml").touch()
    monkeypatch.chdir(root)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return root


def placed(*names: str | Path, variables: Mapping[str, str] | None = None, location: str | None = None) -> FilePlaces:
    return places(list(map(str, names)), location, present_checkout(variables or {}))


def only(*names: str | Path, **given: Any) -> tuple[str, list[str]]:
    """The path of the last of the names, and the codes of the warnings."""
    found = placed(*names, **given)
    return found.uris[str(names[-1])], [warning.code for warning in found.warnings]


def test_paths_are_relative_to_the_git_repository_of_the_working_folder(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert only("policies/a.yaml") == ("policies/a.yaml", [])
    assert only(checkout / "policies" / "a.yaml") == ("policies/a.yaml", [])
    monkeypatch.chdir(checkout / "policies")
    assert only("a.yaml") == ("policies/a.yaml", [])


@pytest.mark.parametrize("variable", VARIABLES)
def test_the_runner_s_folder_comes_first_for_what_lies_in_it(variable: str, checkout: Path) -> None:
    workspace = {variable: str(checkout.parent)}
    assert only("policies/a.yaml", variables=workspace) == ("repo/policies/a.yaml", ["file-in-nested-checkout"])
    for folder in (str(checkout), f"{checkout}/", f"{checkout}/policies/.."):
        assert only("policies/a.yaml", variables={variable: folder}) == ("policies/a.yaml", [])
    # In a container the variable may name a folder of the host.
    for folder in ("/nowhere", "", str(checkout / "policies" / "a.yaml"), f"{checkout}x"):
        assert only("policies/a.yaml", variables={variable: folder}) == ("policies/a.yaml", [])


def test_without_a_repository_paths_are_relative_to_the_working_folder(checkout: Path) -> None:
    (checkout / ".git").rmdir()
    assert only("policies/a.yaml") == ("policies/a.yaml", [])


def test_a_file_of_a_nested_checkout_is_never_taken_for_one_of_the_outer(checkout: Path) -> None:
    nested = checkout / "vendor" / "baseline"
    (nested / "policies").mkdir(parents=True)
    (nested / "policies" / "a.yaml").touch()
    # A submodule and a worktree have a file there.
    (nested / ".git").write_text("gitdir: elsewhere")
    found = placed("policies/a.yaml", "vendor/baseline/policies/a.yaml")
    assert list(found.uris.values()) == ["policies/a.yaml", "vendor/baseline/policies/a.yaml"]
    (warning,) = found.warnings
    assert warning.code == "file-in-nested-checkout"
    assert warning.message == (
        "1 file is in a checkout inside the checkout; results name the path from the outer one: "
        "vendor/baseline/policies/a.yaml."
    )


def test_a_link_gives_the_file_that_it_leads_to(checkout: Path) -> None:
    (checkout / "now.yaml").symlink_to("policies/a.yaml")
    (checkout / "current").symlink_to("policies")
    found = placed("now.yaml", "current/a.yaml", "policies/a.yaml")
    assert set(found.uris.values()) == {"policies/a.yaml"}
    assert [warning.code for warning in found.warnings] == ["file-behind-link"]
    assert "now.yaml, current/a.yaml." in found.warnings[0].message


def test_a_link_above_the_checkout_is_nobody_s_concern(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(checkout)
    alias = tmp_path / "alias" / "policies" / "a.yaml"
    assert only(alias) == ("policies/a.yaml", [])
    assert only("policies/a.yaml", variables={"GITHUB_WORKSPACE": str(tmp_path / "alias")}) == ("policies/a.yaml", [])


def test_files_outside_have_paths_of_their_own_that_say_nothing_of_the_machine(checkout: Path) -> None:
    (checkout / "a.yaml").touch()
    for name in ("one", "two"):
        (checkout.parent / name).mkdir()
        (checkout.parent / name / "a.yaml").touch()
    (checkout / "link.yaml").symlink_to("../one/a.yaml")
    found = placed("a.yaml", "../one/a.yaml", "../two/a.yaml", "link.yaml")
    inner, first, second, linked = found.uris.values()
    assert inner == "a.yaml"
    assert first != second
    assert linked == first
    for path in (first, second):
        head, digest, name = path.split("/")
        assert (head, len(digest), name) == ("scoregate-outside", 12, "a.yaml")
        assert not (checkout / path).exists()
    assert [warning.code for warning in found.warnings] == ["file-outside-checkout"]
    assert found.warnings[0].message.startswith("3 files are outside the checkout")


def test_a_repository_of_its_own_outside_the_checkout_is_outside(checkout: Path) -> None:
    (checkout.parent / "other" / ".git").mkdir(parents=True)
    (checkout.parent / "other" / "policies").mkdir()
    (checkout.parent / "other" / "policies" / "a.yaml").touch()
    path, codes = only("policies/a.yaml", "../other/policies/a.yaml")
    assert path.startswith("scoregate-outside/")
    assert codes == ["file-outside-checkout"]


def test_a_file_beside_the_checkout_keeps_its_path_wherever_the_agent_works(tmp_path: Path) -> None:
    def beside(agent: str) -> str:
        root = tmp_path / agent / "s"
        root.mkdir(parents=True)
        name = str(tmp_path / agent / "shared" / "a.yaml")
        return places([name], None, Checkout((str(root),))).uris[name]

    assert beside("1") == beside("27")


def test_standard_input_and_packs_stand_where_the_checkout_has_nothing(checkout: Path) -> None:
    pack = "scoregate-packs/essentials/essentials.yaml"
    assert only("<stdin>") == ("scoregate.yaml", ["file-from-standard-input"])
    assert only(pack) == (pack, ["file-of-pack"])
    (checkout / "scoregate.yaml").touch()
    (checkout / pack).parent.mkdir(parents=True)
    (checkout / pack).touch()
    for name in ("<stdin>", pack):
        path, _ = only(name)
        assert path.startswith("scoregate-outside/")


@pytest.mark.parametrize(
    ("location", "path"),
    [("policies/b.yaml", "policies/b.yaml"), ("./b.yaml", "b.yaml"), ("policies/../b.yaml", "b.yaml")],
)
def test_the_caller_says_where_standard_input_stands(location: str, path: str) -> None:
    assert only("<stdin>", location=location) == (path, [])


def test_a_location_outside_is_outside(checkout: Path) -> None:
    assert only("<stdin>", location=str(checkout / "b.yaml")) == ("b.yaml", [])
    for location in ("../b.yaml", str(checkout.parent / "b.yaml")):
        path, codes = only("<stdin>", location=location)
        assert (path.split("/")[0], codes) == ("scoregate-outside", ["file-outside-checkout"])


def test_a_location_that_another_file_has_is_not_given_twice() -> None:
    path, codes = only("policies/a.yaml", "<stdin>", location="policies/a.yaml")
    assert (path, codes) == ("policies/a.yaml", [])
    found = placed("scoregate.yaml", "<stdin>")
    assert len(set(found.uris.values())) == 2
    assert [warning.code for warning in found.warnings] == ["file-of-same-path"]


@pytest.mark.parametrize(
    ("path", "root", "separator", "found"),
    [
        (r"C:\work\repo\policies\a b.yaml", r"c:\Work\repo", "\\", "policies/a b.yaml"),
        (r"C:\work\repository\a.yaml", r"C:\work\repo", "\\", None),
        (r"D:\a.yaml", "D:\\", "\\", "a.yaml"),
        (r"D:\repo\a.yaml", r"C:\repo", "\\", None),
        ("/repo/a\\b.yaml", "/repo", "/", "a\\b.yaml"),
        ("/Repo/a.yaml", "/repo", "/", None),
        ("/a.yaml", "/", "/", "a.yaml"),
        ("/repo", "/repo", "/", None),
    ],
)
def test_paths_below_a_folder_have_forward_slashes_on_every_system(
    path: str, root: str, separator: str, found: str | None
) -> None:
    assert inside(path, root, separator) == found


def sarif_run(path: Path) -> dict[str, Any]:
    (run,) = json.loads(path.read_bytes())["runs"]
    return dict(run)


@pytest.mark.parametrize("command", ["check", "lint"])
def test_a_policy_outside_is_a_warning_in_every_report(
    command: str, checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    outside = policy(checkout.parent, FAILING if command == "check" else "score: []")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(checkout))
    source = ("--snapshot", snapshot(checkout), "-o", "json=r.json") if command == "check" else ()
    ended = here(capfd, command, "-p", outside, *source, "--now", NOW, "-o", "sarif=r.sarif")
    run = sarif_run(checkout / "r.sarif")
    result, *_ = run["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.startswith("scoregate-outside/")
    assert uri.endswith("/small.yaml")
    text = f"1 file is outside the checkout, so results name a path that it does not contain: {outside}."
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert text in [note["message"]["text"] for note in notes if note["level"] == "warning"]
    assert run["invocations"][0]["executionSuccessful"] is True
    assert f"scoregate: {text}" in ended.err.splitlines()
    if command == "check":
        assert text in [one["message"] for one in json.loads((checkout / "r.json").read_bytes())["warnings"]]


def test_formats_that_name_no_file_of_the_checkout_warn_of_none(checkout: Path, capfd: Capture) -> None:
    outside = policy(checkout.parent, FAILING)
    arguments = ("check", "-p", outside, "--snapshot", snapshot(checkout), "--now", NOW, "-o", "junit=r.xml", "-o")
    ended = here(capfd, *arguments, "json")
    assert (ended.err, "outside the checkout" in ended.out.decode()) == ("", False)
    gitlab = here(capfd, *arguments, "text", "--junit-profile", "gitlab")
    assert (gitlab.err, "outside the checkout" in " ".join(gitlab.out.decode().split())) == ("", True)
    assert 'file="scoregate-outside/' in (checkout / "r.xml").read_text()
    assert os.fspath(checkout) not in (checkout / "r.xml").read_text()
