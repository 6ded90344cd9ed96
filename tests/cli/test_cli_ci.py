"""What a CI system shows by itself, and what that may never touch. Processes of their own: a log is a pipe."""

import json
import os
from pathlib import Path

import pytest
from command_line import FAILING, NOW, PASSING, Ended, policy, scoregate, snapshot
from runner_logs import azure_commands, github_commands

from checker.cli.ci import present_ci

MEBIBYTE = 1024 * 1024


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    policy(folder, FAILING)
    snapshot(folder)
    (tmp_path / "runner").mkdir()
    return folder


def check(checkout: Path, *arguments: str, **variables: str) -> Ended:
    given = ("check", "-p", "small.yaml", "--snapshot", "snapshot.json", "--now", NOW, *arguments)
    return scoregate(*given, folder=checkout, variables=variables)


def github(checkout: Path, **more: str) -> dict[str, str]:
    summary = checkout.parent / "runner" / "summary"
    return {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(checkout), **more}


def azure(checkout: Path) -> dict[str, str]:
    return {"TF_BUILD": "True", "AGENT_TEMPDIRECTORY": str(checkout.parent / "runner")}


def summary(checkout: Path) -> str:
    return (checkout.parent / "runner" / "summary").read_text("utf-8")


@pytest.mark.parametrize(
    ("choice", "variables", "expected"),
    [
        ("auto", {}, None),
        ("auto", {"GITHUB_ACTIONS": "true"}, "github"),
        ("auto", {"TF_BUILD": "True"}, "azure"),
        ("auto", {"GITLAB_CI": "true"}, "gitlab"),
        ("auto", {"GITHUB_ACTIONS": "false", "CI": "true"}, None),
        ("none", {"GITHUB_ACTIONS": "true"}, None),
        ("azure", {"GITHUB_ACTIONS": "true"}, "azure"),
    ],
)
def test_the_ci_system_is_that_of_the_runner_unless_told(
    choice: str, variables: dict[str, str], expected: str | None
) -> None:
    assert present_ci(choice, variables) == expected


def test_github_shows_annotations_in_the_log_and_adds_a_summary(checkout: Path) -> None:
    (checkout.parent / "runner" / "summary").write_text("what another command wrote")
    ended = check(checkout, **github(checkout))
    assert (ended.code, ended.err) == (1, "")
    command, warning = github_commands(ended.out.decode())
    assert (warning.name, warning.properties) == ("notice", {"title": "partial-data"})
    assert (command.name, command.properties["file"], command.properties["line"]) == ("error", "small.yaml", "4")
    assert ended.out.startswith(b"FAIL  ")
    assert summary(checkout).startswith("what another command wrote\n### ❌ FAIL: 1 finding fails the gate\n")


def test_two_checks_of_a_job_share_its_summary(checkout: Path) -> None:
    for _ in range(2):
        check(checkout, **github(checkout))
    assert summary(checkout).count("### ❌ FAIL") == 2


@pytest.mark.parametrize(
    "outputs", [("-o", "json"), ("-o", "json", "-o", "text=report.txt"), ("-o", "text=report.txt")]
)
@pytest.mark.parametrize("system", [github, azure])
def test_a_result_on_standard_output_stays_as_it_is(checkout: Path, outputs: tuple[str, ...], system: object) -> None:
    assert callable(system)
    plain = check(checkout, *outputs)
    ended = check(checkout, *outputs, **system(checkout))
    assert (ended.code, ended.out) == (plain.code, plain.out)
    found = github_commands(ended.err) or azure_commands(ended.err)
    assert found[0].name in {"error", "task.logissue"}
    if "text=report.txt" in outputs:
        assert "::error" not in (checkout / "report.txt").read_text("utf-8")


def test_commands_do_not_go_into_a_file_that_standard_output_is(checkout: Path) -> None:
    target = checkout / "out.txt"
    code = (
        "import os, sys\n"
        "os.dup2(os.open('out.txt', os.O_WRONLY | os.O_CREAT), 1)\n"
        "from checker.cli.main import run\n"
        "sys.exit(run(sys.argv[1:]))"
    )
    arguments = ("check", "-p", "small.yaml", "--snapshot", "snapshot.json", "--now", NOW)
    ended = scoregate(*arguments, folder=checkout, variables=github(checkout), through=("-c", code))
    assert github_commands(target.read_text("utf-8")) == []
    assert [one.name for one in github_commands(ended.err)] == ["error", "notice"]


def test_annotations_that_were_asked_for_come_once(checkout: Path) -> None:
    ended = check(checkout, "-o", "github", **github(checkout))
    assert ([one.name for one in github_commands(ended.out.decode())], ended.err) == (["error", "notice"], "")


def test_none_adds_nothing_and_a_run_elsewhere_neither(checkout: Path) -> None:
    plain = check(checkout)
    ended = check(checkout, "--ci", "none", **github(checkout))
    assert (ended.code, ended.out, ended.err) == (plain.code, plain.out, plain.err)
    assert list((checkout.parent / "runner").iterdir()) == []


def test_a_gate_that_passes_has_a_summary_and_no_error(checkout: Path) -> None:
    policy(checkout, PASSING)
    ended = check(checkout, **github(checkout))
    assert (ended.code, [one.name for one in github_commands(ended.out.decode())]) == (0, ["notice"])
    assert summary(checkout).startswith("### ✅ PASS: nothing fails the gate\n")


def a_link(path: Path) -> None:
    target = path.parent / "target"
    target.write_text("")
    path.symlink_to(target)


@pytest.mark.parametrize("make", [a_link, os.mkfifo, Path.mkdir], ids=["link", "pipe", "folder"])
def test_a_summary_that_is_no_file_is_left_alone_and_the_verdict_stands(checkout: Path, make: object) -> None:
    place = checkout.parent / "runner" / "summary"
    assert callable(make)
    make(place)
    ended = check(checkout, **github(checkout))
    assert ended.code == 1
    assert f"scoregate: {place}: not added to what the CI system shows: cannot be written: is " in ended.err
    assert not (place.parent / "target").exists() or (place.parent / "target").read_text() == ""


def test_a_link_of_the_checkout_does_not_lead_the_summary_out_of_it(checkout: Path) -> None:
    (checkout / "temp").symlink_to(checkout.parent / "runner")
    ended = check(checkout, **github(checkout, GITHUB_STEP_SUMMARY=str(checkout / "temp" / "summary")))
    assert ended.code == 1
    assert "temp is a link out of the working folder" in ended.err
    assert list((checkout.parent / "runner").iterdir()) == []


def test_a_full_summary_is_left_as_it_is(checkout: Path) -> None:
    place = checkout.parent / "runner" / "summary"
    place.write_bytes(b"x" * (MEBIBYTE - 10))
    ended = check(checkout, **github(checkout))
    assert ended.code == 1
    assert "larger than 1 MiB" in ended.err
    assert place.stat().st_size == MEBIBYTE - 10


def test_a_summary_that_an_output_is_written_to_is_not_written_twice(checkout: Path) -> None:
    place = checkout.parent / "runner" / "summary"
    check(checkout, "-o", f"markdown={place}", **github(checkout))
    assert summary(checkout).count("### ❌ FAIL") == 1


def test_azure_shows_issues_and_uploads_a_summary(checkout: Path) -> None:
    ended = check(checkout, **azure(checkout))
    issue, upload = azure_commands(ended.out.decode())
    assert (issue.name, issue.properties["type"], issue.properties["sourcepath"]) == (
        "task.logissue",
        "error",
        "small.yaml",
    )
    assert (upload.name, Path(upload.message).parent) == ("task.uploadsummary", checkout.parent / "runner")
    assert Path(upload.message).read_text("utf-8").startswith("### ❌ FAIL")
    # One card for each tenant and set of policies.
    again = check(checkout, **azure(checkout))
    assert azure_commands(again.out.decode())[1].message == upload.message
    policy(checkout, FAILING, name="other", file="small.yaml")
    other = check(checkout, **azure(checkout))
    assert azure_commands(other.out.decode())[1].message != upload.message


def test_gitlab_gets_a_report_that_replaces_nobody_s(checkout: Path) -> None:
    variables = {"GITLAB_CI": "true", "CI_PROJECT_DIR": str(checkout)}
    place = checkout / "gl-code-quality-report.json"
    ended = check(checkout, **variables)
    assert ended.err == f"scoregate: wrote {place} for artifacts:reports:codequality\n"
    assert [one["location"]["path"] for one in json.loads(place.read_bytes())] == ["small.yaml"]
    place.write_text("[]")
    ended = check(checkout, **variables)
    assert (ended.code, place.read_text()) == (1, "[]")
    assert "exists already; -o gitlab=PATH writes another" in ended.err
    ended = check(checkout, "-o", "gitlab=other.json", **variables)
    assert (ended.out, ended.err) == (b"", "")


def test_a_pull_request_can_not_turn_it_on(checkout: Path) -> None:
    (checkout / "scoregate.toml").write_text('ci = "github"\n')
    ended = check(checkout)
    assert ended.code == 2
    assert "ci is not taken from this file, which a pull request can change" in ended.err
