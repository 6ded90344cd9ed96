"""A pull request from its first push to its merge, by the steps of our pipelines; gh, curl and pip are stand-ins."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import ROOT, environment, snapshot

# The filters of the pipelines are jq's, which gh brings along and which Microsoft's runners have.
pytestmark = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
PIPELINES = ROOT / "examples" / "pipelines"
POLICY = """\
apiVersion: scoregate/v1
kind: Policy
metadata: {name: p}
controls: [{id: x, control: AdminMFAV2, severity: critical, minimum: {percent: 90}, rationale: r}]
"""
APPROVAL = """\
apiVersion: scoregate/v1
kind: Waivers
waivers: []
approvals: [{requirement: p/x, change: looser, reason: agreed on, approvedBy: ciso@contoso.example}]
"""
MARKER = "<!-- scoregate-review -->"

# A service of comments that keeps them in a file, by the command lines of gh and of curl.
SERVICE = """\
import json, os, subprocess, sys
from pathlib import Path

kept = Path(os.environ["KEPT"])
comments = json.loads(kept.read_text()) if kept.exists() else []
words = sys.argv[1:]
value = lambda name: words[words.index(name) + 1] if name in words else None

def filtered(data):
    jq = value("--jq")
    done = subprocess.run(["jq", "-r", jq], input=json.dumps(data).encode(), capture_output=True, check=True)
    sys.stdout.write(done.stdout.decode())

def keep():
    kept.write_text(json.dumps(comments))

def gh():
    assert os.environ["GH_TOKEN"] == "job-token"
    if words[:2] == ["run", "list"]:
        filtered([{"databaseId": 7}] if os.environ.get("SNAPSHOT") else [])
    elif words[:2] == ["run", "download"]:
        assert words[2] == "7" and value("--name") == "tenant-snapshot"
        Path(value("--dir"), "snapshot.json").write_bytes(Path(os.environ["SNAPSHOT"]).read_bytes())
    elif value("--method") is None:
        assert words[2] == "repos/contoso/policies/issues/5/comments", words
        filtered(comments)
    else:
        text = Path(value("--field").removeprefix("body=@")).read_text()
        path = next(word for word in words if word.startswith("repos/"))
        if value("--method") == "POST":
            assert path == "repos/contoso/policies/issues/5/comments"
            comments.append({"id": 100 + len(comments), "user": {"login": "github-actions[bot]"}, "body": text})
        else:
            changed = next(one for one in comments if path.endswith(f"/issues/comments/{one['id']}"))
            changed["body"] = text
        keep()

def curl():
    assert sys.stdin.read().strip() == "Authorization: Bearer job-token"
    address = next(word for word in words if word.startswith("https://"))
    base = "https://dev.azure.com/contoso/1-2/_apis/git/repositories/3-4/pullRequests/5/threads"
    assert address.startswith(base) and address.endswith("?api-version=7.1"), address
    if value("--request") is None:
        print(json.dumps({"value": comments}))
        return
    sent = json.loads(Path(value("--data").removeprefix("@")).read_text())
    if value("--request") == "POST":
        comments.append({"id": 100 + len(comments), "comments": [{"id": 1, **sent["comments"][0]}]})
    else:
        changed = next(one for one in comments if address.startswith(f"{base}/{one['id']}/comments/1?"))
        changed["comments"][0]["content"] = sent["content"]
    keep()
    print("{}")

globals()[Path(sys.argv[0]).name]()
"""


@dataclass
class Run:
    """A job that ended."""

    failed: list[str] = field(default_factory=list)
    log: str = ""


class Runner:
    """A runner of one of the systems, with a clone of the repository."""

    def __init__(self, place: Path, origin: Path) -> None:
        self.place = place
        self.origin = origin
        self.programs = place / "programs"
        self.programs.mkdir(parents=True)
        for name in ("gh", "curl"):
            self.program(name, f"#!{sys.executable}\n{SERVICE}")
        self.program("scoregate", f'#!/bin/sh\nexec "{sys.executable}" -m checker "$@"\n')
        self.program("pip", f'#!/bin/sh\ntest -f "$2" && echo "$2" >> "{place}/installed"\n')
        self.variables: dict[str, str] = {"KEPT": str(place / "comments.json")}

    def program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)

    def run(self, name: str, steps: list[dict[str, Any]], shell: list[str], **variables: str) -> Run:
        """The scripts of the steps in a checkout of the merge; after a failure only those that always run."""
        checkout = self.place / name
        git(self.place, "clone", "-q", f"file://{self.origin}", str(checkout))
        git(checkout, "fetch", "-q", "origin", "refs/pull/5/merge")
        git(checkout, "checkout", "-q", "FETCH_HEAD")
        temporary = self.place / f"{name}-temporary"
        temporary.mkdir()
        ended = Run()
        for step in steps:
            always = "cancelled()" in step.get("if", "") or step.get("condition") == "succeededOrFailed()"
            if (script := step.get("run") or step.get("script")) is None or (ended.failed and not always):
                continue
            done = subprocess.run(
                [*shell, "-c", script],
                cwd=checkout,
                env=environment(
                    PATH=f"{self.programs}{os.pathsep}{os.environ['PATH']}",
                    HOME=str(temporary),
                    RUNNER_TEMP=str(temporary),
                    AGENT_TEMPDIRECTORY=str(temporary),
                    POLICIES="policies",
                    **self.variables,
                    **variables,
                    **{key: resolved(value) for key, value in step.get("env", {}).items()},
                ),
                capture_output=True,
                check=False,
            )
            ended.log += done.stdout.decode() + done.stderr.decode()
            if done.returncode:
                ended.failed.append(step.get("name") or step.get("displayName") or script)
        return ended

    @property
    def comments(self) -> list[str]:
        kept = self.place / "comments.json"
        found = json.loads(kept.read_text()) if kept.exists() else []
        return [one["body"] if "body" in one else one["comments"][0]["content"] for one in found]


EXPRESSIONS = {
    "${{ github.token }}": "job-token",
    "${{ github.event.pull_request.number }}": "5",
    "$(System.AccessToken)": "job-token",
}


def resolved(value: str) -> str:
    return EXPRESSIONS[value]


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=dev", "-c", "user.email=dev@contoso.example", "-c", "advice.detachedHead=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, env=environment())


class Origin:
    """A repository with a pull request."""

    def __init__(self, place: Path) -> None:
        self.place = place
        (place / "policies").mkdir(parents=True)
        (place / "wheels").mkdir()
        git(place, "init", "-q", "-b", "main")
        (place / "wheels" / "scoregate-1.0-py3-none-any.whl").write_text("of main")
        self.on("main", "p.yaml", POLICY)
        git(place, "checkout", "-q", "-b", "change")

    def on(self, branch: str, name: str, text: str) -> None:
        if (self.place / "policies" / "p.yaml").exists():
            git(self.place, "checkout", "-q", branch)
        (self.place / "policies" / name).write_text(text)
        git(self.place, "add", "-A")
        git(self.place, "commit", "-q", "-m", "change")

    def merge(self) -> None:
        """As the system does before it starts a pipeline."""
        git(self.place, "checkout", "-q", "--detach", "main")
        git(self.place, "merge", "-q", "--no-ff", "-m", "merge", "change")
        git(self.place, "update-ref", "refs/pull/5/merge", "HEAD")


def github() -> tuple[list[dict[str, Any]], list[str], dict[str, str]]:
    workflow = yaml.load((PIPELINES / "github" / "review.yml").read_text("utf-8"), yaml.BaseLoader)
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
    return workflow["jobs"]["review"]["steps"], shell, {"GITHUB_REPOSITORY": "contoso/policies"}


def azure() -> tuple[list[dict[str, Any]], list[str], dict[str, str]]:
    pipeline = yaml.load((PIPELINES / "azure" / "review.yml").read_text("utf-8"), yaml.BaseLoader)
    variables = {
        "SYSTEM_COLLECTIONURI": "https://dev.azure.com/contoso/",
        "SYSTEM_TEAMPROJECTID": "1-2",
        "BUILD_REPOSITORY_ID": "3-4",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "5",
    }
    return pipeline["jobs"][1]["steps"], ["bash", "--noprofile", "--norc"], variables


@pytest.mark.parametrize("system", [github, azure], ids=lambda one: one.__name__)
def test_a_pull_request_that_loosens_fails_until_main_approves_of_it(system: Any, tmp_path: Path) -> None:
    steps, shell, variables = system()
    origin = Origin(tmp_path / "origin")
    runner = Runner(tmp_path / "runner", origin.place)

    # It loosens, approves of itself, says what fails, and brings a reviewer along.
    (origin.place / "scoregate.toml").write_text('fail-on = "critical"\n')
    (origin.place / "wheels" / "scoregate-1.0-py3-none-any.whl").write_text("of the change")
    origin.on("change", "approvals.yaml", APPROVAL)
    origin.on("change", "p.yaml", POLICY.replace("90", "50"))
    origin.merge()
    first = runner.run("first", steps, shell, **variables)
    assert first.failed == ["Review the change"], first.log
    assert [one.splitlines()[:2] for one in runner.comments] == [
        [MARKER, "### 2 of 2 changes can make the gate looser."]
    ]
    installed = Path((tmp_path / "runner" / "installed").read_text().splitlines()[0])
    assert installed.read_text() == "of main"

    # The owner approves of it on main; the pull request leaves the setting alone, and the comment stays where it is.
    (origin.place / "scoregate.toml").unlink(missing_ok=True)
    origin.on("main", "approvals.yaml", APPROVAL)
    git(origin.place, "checkout", "-q", "change")
    (origin.place / "scoregate.toml").unlink()
    (origin.place / "wheels" / "scoregate-1.0-py3-none-any.whl").write_text("of main")
    origin.on("change", "p.yaml", POLICY.replace("90", "60"))
    origin.merge()
    second = runner.run("second", steps, shell, **variables, SNAPSHOT=snapshot(tmp_path))
    assert second.failed == [], second.log
    assert [one.splitlines()[:2] for one in runner.comments] == [
        [MARKER, "### 1 of 1 change can make the gate looser, 1 of them approved."]
    ]
    run = json.loads((tmp_path / "runner" / "second" / "review.sarif").read_text())["runs"][0]
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [("looser", "warning")]


def test_on_github_the_findings_of_the_tenant_come_from_a_snapshot_of_main(tmp_path: Path) -> None:
    steps, shell, variables = github()
    origin = Origin(tmp_path / "origin")
    runner = Runner(tmp_path / "runner", origin.place)
    origin.on("change", "p.yaml", POLICY.replace("severity: critical", "disabled: {reason: r}"))
    origin.merge()
    runner.run("with", steps, shell, **variables, SNAPSHOT=snapshot(tmp_path))
    assert "Findings that change" in runner.comments[0]
    without = runner.run("without", steps, shell, **variables)
    assert "There is no snapshot: only the policies are compared." in without.log
    assert "Findings that change" not in runner.comments[0]


def test_a_comment_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    steps, shell, variables = github()
    origin = Origin(tmp_path / "origin")
    runner = Runner(tmp_path / "runner", origin.place)
    origin.on("change", "p.yaml", f"# A remark.\n{POLICY}")
    origin.merge()
    planted = {"id": 100, "user": {"login": "someone"}, "body": f"{MARKER}\nall is well"}
    (tmp_path / "runner" / "comments.json").write_text(json.dumps([planted]))
    ended = runner.run("only", steps, shell, **variables)
    assert ended.failed == [], ended.log
    assert runner.comments[0] == planted["body"]
    assert runner.comments[1].startswith(f"{MARKER}\n### No requirement, waiver, setting or lock changes.")
