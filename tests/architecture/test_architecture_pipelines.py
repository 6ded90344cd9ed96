"""What GitHub's workflows of ours promise, as their linters look at it: pins, permissions, and no code from outside."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import ROOT

WORKFLOWS = sorted(ROOT.joinpath("examples", "pipelines", "github").glob("*.yml"))
OURS = sorted(ROOT.joinpath(".github", "workflows").glob("*.yml"))
EVERY = [*WORKFLOWS, *OURS, ROOT / "checker" / "cli" / "templates" / "github-workflow.yml"]
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
EXAMPLES = sorted(ROOT.joinpath("examples", "pipelines").rglob("*.yml"))


def loaded(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)


def steps(path: Path) -> Iterator[Any]:
    for job in loaded(path)["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.name)
def test_each_action_is_pinned_by_commit_with_its_version(path: Path) -> None:
    used = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if "uses: " in line]
    assert used
    assert [line for line in used if not PINNED.search(line)] == []


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.name)
def test_an_action_has_one_commit_everywhere(path: Path) -> None:
    ours = loaded(ROOT / "action.yml")["runs"]["steps"]
    every = [step["uses"] for step in (*ours, *(step for one in EVERY for step in steps(one))) if "uses" in step]
    commits = dict(name.split("@") for name in every)
    assert [
        step["uses"]
        for step in steps(path)
        if "uses" in step and step["uses"].split("@")[1] != commits[step["uses"].split("@")[0]]
    ] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
class TestWorkflow:
    def test_permissions_are_given_to_jobs_alone_and_no_more_than_needed(self, path: Path) -> None:
        workflow = loaded(path)
        assert workflow["permissions"] == {}
        needed = {"contents": "read", "id-token": "write", "security-events": "write"}
        needed |= {"actions": "read", "pull-requests": "write"} if path.name == "review.yml" else {}
        for job in workflow["jobs"].values():
            assert job["permissions"].items() <= needed.items()
            signs_in = any("--auth federated" in step.get("run", "") for step in job["steps"])
            assert signs_in == ("id-token" in job["permissions"])
            uploads = any("upload-sarif" in step.get("uses", "") for step in job["steps"])
            assert uploads == ("security-events" in job["permissions"])
            # Who may speak on pull requests is no job that signs in, and nothing runs for one with the rights of main.
            assert not {"id-token", "pull-requests"} <= job["permissions"].keys()
        assert "pull_request_target" not in workflow["on"]

    def test_no_expression_is_put_into_a_script_and_no_credential_stays(self, path: Path) -> None:
        assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []
        checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
        assert checkouts
        assert all(step["with"]["persist-credentials"] == "false" for step in checkouts)


def test_the_gate_uploads_sarif_and_keeps_junit() -> None:
    used = {
        step["uses"].split("@")[0]: step
        for step in steps(ROOT / "examples/pipelines/github/gate.yml")
        if "uses" in step
    }
    upload = used["github/codeql-action/upload-sarif"]
    assert upload["with"]["sarif_file"] == "scoregate.sarif"
    # Code scanning may be off.
    assert upload["continue-on-error"] == "true"
    assert used["actions/upload-artifact"]["with"]["path"] == "junit.xml"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_pipeline_installs_what_there_is_and_names_a_connection_by_its_id(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    # Nothing is on PyPI yet, where somebody else could take the name.
    installed = re.findall(r"pip install (.+)", text)
    assert installed
    own = {"wheels/scoregate-*.whl", '"$(echo wheels/scoregate-*.whl)[history]"'}
    own |= {f'"${name}"/wheels/scoregate-*.whl' for name in ("RUNNER_TEMP", "AGENT_TEMPDIRECTORY")}
    assert set(installed) <= own
    connections = re.findall(r"SERVICE_CONNECTION_ID: (\S+)", text)
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one) for one in connections)


@pytest.mark.parametrize(
    "path", [path for path in EXAMPLES if path.name == "gate.yml"], ids=lambda path: path.parent.name
)
def test_a_gate_lints_and_tests_the_policies_before_it_judges_the_tenant(path: Path) -> None:
    commands = re.findall(r"scoregate (lint|test|check) ", path.read_text(encoding="utf-8"))
    assert commands == ["lint", "test", "check"]
