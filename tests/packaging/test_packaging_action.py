"""The action, step by step as GitHub runs it, against a tenant of the sandbox that trusts the job's identity."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import FAILING, PASSING, ROOT, environment, policy, snapshot
from graph_support import NOW, SMALL_TENANT
from local_runner import (
    ACTION,
    GITHUB_TOKEN,
    ActionRun,
    LocalRunner,
    UsedActionError,
    everything_written,
    installed,
)

from checker.sandbox.app import Sandbox
from checker.sandbox.entra.oidc import GITHUB_ISSUER
from checker.sandbox.serving.serve import Endpoints, running

SUBJECT = "repo:contoso/policies:ref:refs/heads/main"
SANDBOX = Sandbox([SMALL_TENANT], now=lambda: NOW)
SANDBOX.directory.add_federated_credential(SMALL_TENANT.tenant_id, issuer=GITHUB_ISSUER, subject=SUBJECT)
SETUP, UPLOAD = "actions/setup-python", "github/codeql-action/upload-sarif"
FORK = {"pull_request": {"number": 7, "head": {"repo": {"full_name": "somebody/policies"}}}}
OWN = {"pull_request": {"number": 7, "head": {"repo": {"full_name": "contoso/policies"}}}}

Runs = Callable[..., LocalRunner]


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoints]:
    with running(SANDBOX) as endpoints:
        yield endpoints


@pytest.fixture(scope="module")
def environment_of_the_action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("scoregate")
    installed(place / "venv", sys.executable)
    return place


@pytest.fixture
def runs(served: Endpoints, environment_of_the_action: Path, tmp_path: Path) -> Runs:
    """Makes runners of jobs that may sign in; a policy lies in the workspace."""
    workspace, temporary = tmp_path / "workspace", tmp_path / "temp"
    workspace.joinpath("policies").mkdir(parents=True)
    temporary.mkdir()
    temporary.joinpath("scoregate").symlink_to(environment_of_the_action)
    job = {
        "SSL_CERT_FILE": str(served.ca_file),
        "SCOREGATE_GRAPH_URL": served.graph,
        "AZURE_AUTHORITY_HOST": served.authority,
        "SCOREGATE_NOW": "2026-05-22T09:00:00Z",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{served.authority}/_oidc/github?x=1",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": SANDBOX.oidc.request_token,
        "AZURE_TENANT_ID": SMALL_TENANT.tenant_id,
        "AZURE_CLIENT_ID": SMALL_TENANT.client_id,
        "PATH": f"{Path(__file__).parent}{os.pathsep}{os.environ['PATH']}",
        "GH_COMMENTS": str(tmp_path / "comments.json"),
    }
    tmp_path.joinpath("comments.json").write_text("[]", encoding="utf-8")

    def make(*, variables: dict[str, str | None] | None = None, **more: Any) -> LocalRunner:
        changed = {**job, **(variables or {})}
        actions = {SETUP: lambda _: {"python-path": sys.executable}, UPLOAD: lambda _: {}, **more.pop("actions", {})}
        return LocalRunner(
            workspace=workspace,
            temporary=temporary,
            variables={name: value for name, value in changed.items() if value is not None},
            actions=actions,
            skipped=("Install scoregate",),
            **more,
        )

    return make


def no_identity(**more: str | None) -> dict[str, str | None]:
    return {"ACTIONS_ID_TOKEN_REQUEST_URL": None, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": None, **more}


def test_a_gate_that_fails_reports_everywhere_and_ends_last(runs: Runs) -> None:
    job = runs()
    policy(job.workspace / "policies", FAILING)
    ended = job.run(
        tenant_id=SMALL_TENANT.tenant_id, client_id=SMALL_TENANT.client_id, sarif_upload="true", category="production"
    )
    assert (ended.code, ended.ran[-1]) == (1, "Verdict"), ended.log
    told = ended.outputs
    assert (told["verdict"], told["exit-code"], told["failed"]) == ("fail", "1", "1")
    assert json.loads(told["counts"])["fail"] == 1
    report = json.loads(Path(told["json-file"]).read_bytes())
    assert float(told["score"]) == report["score"]["percent"]
    assert ended.used[UPLOAD] == {"sarif_file": told["sarif-file"], "category": "production"}
    assert json.loads(Path(told["sarif-file"]).read_bytes())["runs"][0]["results"]
    assert Path(told["junit-file"]).read_bytes().startswith(b"<?xml")
    assert Path(told["markdown-file"]).read_text(encoding="utf-8") in ended.summary
    annotations = re.findall(r"^::error file=policies/small.yaml,line=\d+", ended.log, re.MULTILINE)
    assert len(annotations) == 1
    # Whatever signs in is nowhere.
    shown = ended.log + everything_written(job.workspace, job.temporary) + json.dumps(told)
    assert SANDBOX.oidc.request_token not in shown
    assert GITHUB_TOKEN not in shown
    assert re.findall(r"eyJ[\w-]{20}", shown) == []


def test_a_gate_that_passes_stays_green_where_code_scanning_is_off(runs: Runs) -> None:
    def refused(_: dict[str, str]) -> dict[str, str]:
        raise UsedActionError

    job = runs(actions={UPLOAD: refused})
    policy(job.workspace / "policies", PASSING)
    ended = job.run(sarif_upload="true", formats="", summary="false", annotations="false")
    assert (ended.code, ended.outputs["verdict"]) == (0, "pass"), ended.log
    assert UPLOAD in ended.used
    assert (ended.summary, ended.outputs["junit-file"]) == ("", "")


@pytest.mark.parametrize(
    ("variables", "inputs", "code", "verdict"),
    [
        ({"AZURE_CLIENT_ID": "00000000-0000-0000-0000-00000000dead"}, {}, 3, "error"),
        (no_identity(), {}, 2, "error"),
        ({}, {"policies": "nowhere"}, 2, "error"),
        ({"SCOREGATE_NOW": "2026-08-22T09:00:00Z"}, {}, 3, "indeterminate"),
    ],
    ids=["refused", "no permission", "no policy", "stale"],
)
def test_what_is_not_judged_is_red_and_closes_no_alert(
    runs: Runs, variables: dict[str, str | None], inputs: dict[str, str], code: int, verdict: str
) -> None:
    job = runs(variables=variables)
    policy(job.workspace / "policies", "score: [{id: fresh, freshness: {maximumAge: 3d}}]")
    ended = job.run(sarif_upload="true", **inputs)
    assert (ended.code, ended.outputs["verdict"]) == (code, verdict), ended.log
    assert UPLOAD not in ended.used
    assert ("not judged" in ended.summary) == (verdict == "error")


HOSTILE = "x\"; touch pwned; $(touch pwned) `touch pwned` '\n::add-mask::pwned\nverdict=pass"


@pytest.mark.parametrize("name", sorted(ACTION["inputs"]))
def test_a_hostile_input_is_inert(runs: Runs, name: str, tmp_path: Path) -> None:
    job = runs(name="pull_request", event=OWN)
    policy(job.workspace / "policies", FAILING)
    live = name in {"tenant-id", "client-id", "auth", "snapshot"}
    source = {} if live else {"snapshot": snapshot(job.workspace)}
    ended = job.run(**{"comment": "true", **source, name.replace("-", "_"): HOSTILE})
    assert [str(path) for path in tmp_path.rglob("pwned*")] == []
    assert re.findall(r"^\s*::add-mask::", ended.log, re.MULTILINE) == []
    # A category is a name, and a review comes after the gate, which fails; nothing else can be one of these.
    is_judged = name in {"category", "review"}
    assert (ended.outputs["verdict"], ended.code in {2, 3}) == (("fail", False) if is_judged else ("error", True))
    assert "Traceback" not in ended.log


def test_the_workspace_lends_no_code(runs: Runs) -> None:
    job = runs(variables={"PYTHONPATH": str(runs().workspace)})
    policy(job.workspace / "policies", PASSING)
    for planted in ("checker/__init__.py", "click.py", "sitecustomize.py", "judge.py"):
        place = job.workspace / planted
        place.parent.mkdir(exist_ok=True)
        place.write_text("raise SystemExit(0)", encoding="utf-8")
    assert job.run().outputs["verdict"] == "pass"


class TestPullRequestWithoutIdentity:
    @pytest.mark.parametrize(
        ("event", "actor"), [(FORK, "octocat"), (OWN, "dependabot[bot]")], ids=["fork", "Dependabot"]
    )
    def test_it_is_linted_and_not_judged(self, runs: Runs, event: dict[str, Any], actor: str) -> None:
        job = runs(name="pull_request", event=event, variables=no_identity(GITHUB_ACTOR=actor))
        path = Path(policy(job.workspace / "policies", FAILING))
        ended = job.run(sarif_upload="true")
        assert (ended.code, ended.outputs["verdict"]) == (0, "skipped"), ended.log
        assert "::notice title=scoregate::The tenant is not judged" in ended.log
        assert UPLOAD not in ended.used
        path.write_text("kind: Policy\n", encoding="utf-8")
        assert job.run().code == 2

    def test_a_snapshot_is_judged_all_the_same(self, runs: Runs) -> None:
        job = runs(name="pull_request", event=FORK, variables=no_identity())
        policy(job.workspace / "policies", FAILING)
        snapshot(job.workspace)
        assert job.run(snapshot="snapshot.json").outputs["verdict"] == "fail"

    def test_one_of_our_own_lacks_a_permission(self, runs: Runs) -> None:
        job = runs(name="pull_request", event=OWN, variables=no_identity())
        policy(job.workspace / "policies", PASSING)
        assert job.run().code == 2


class TestComment:
    def commented(self, job: LocalRunner) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(Path(job.variables["GH_COMMENTS"]).read_bytes())
        return found

    def test_it_is_replaced_and_nobody_else_s_is_touched(self, runs: Runs) -> None:
        job = runs(name="pull_request", event=OWN)
        foreign = {"id": 1, "user": {"login": "mallory"}, "body": "<!-- scoregate: scoregate -->\nmine"}
        Path(job.variables["GH_COMMENTS"]).write_text(json.dumps([foreign]), encoding="utf-8")
        path = Path(policy(job.workspace / "policies", FAILING))
        assert job.run(comment="true").code == 1
        first = self.commented(job)
        assert [one["user"]["login"] for one in first] == ["mallory", "github-actions[bot]"]
        assert "FAIL" in first[1]["body"]
        path.write_text(path.read_text(encoding="utf-8").replace("percent: 100", "percent: 1"), encoding="utf-8")
        assert job.run(comment="true").code == 0
        second = self.commented(job)
        assert (len(second), second[0]) == (2, foreign)
        assert "PASS" in second[1]["body"]
        assert job.run(comment="true", category="other tenant").code == 0
        assert self.commented(job)[2]["body"].startswith("<!-- scoregate: other-tenant -->\n")

    def test_a_refusal_is_a_warning(self, runs: Runs) -> None:
        job = runs(name="pull_request", event=OWN, variables={"GH_REFUSES": "1"})
        policy(job.workspace / "policies", PASSING)
        ended = job.run(comment="true")
        assert (ended.code, ended.outputs["verdict"]) == (0, "pass")
        assert "::warning title=scoregate::The pull request could not be commented on" in ended.log


def test_a_baseline_lets_what_was_there_pass(runs: Runs) -> None:
    job = runs()
    policy(job.workspace / "policies", FAILING)
    first = job.run(output_dir="results")
    assert (first.code, first.outputs["output-dir"]) == (1, str(job.workspace / "results"))
    os.replace(first.outputs["json-file"], job.workspace / "main.json")
    assert job.run(baseline="main.json").code == 0
    # What an earlier run has left is no result of a run that judges nothing.
    assert job.run(output_dir="results", policies="nowhere").outputs["sarif-file"] == ""


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@contoso.example")
    variables = environment(GIT_CONFIG_GLOBAL=os.devnull)
    subprocess.run(["git", *identity, *arguments], cwd=folder, env=variables, check=True, capture_output=True)


def test_a_review_fails_what_gets_looser(runs: Runs) -> None:
    job = runs(name="pull_request", event=OWN)
    path = Path(policy(job.workspace / "policies", PASSING.replace("1}", "2}")))
    git(job.workspace, "init", "--quiet", "--initial-branch=main")
    git(job.workspace, "add", "policies")
    git(job.workspace, "commit", "--quiet", "--message", "Base")
    assert job.run(review="main").outputs["verdict"] == "pass"
    path.write_text(path.read_text(encoding="utf-8").replace("percent: 2", "percent: 1"), encoding="utf-8")
    ended = job.run(review="main", comment="true")
    assert (ended.code, ended.outputs["verdict"]) == (1, "fail"), ended.log
    assert "looser" in ended.summary
    (comment,) = json.loads(Path(job.variables["GH_COMMENTS"]).read_bytes())
    assert "looser" in comment["body"]


def test_a_link_in_the_workspace_leads_nowhere(runs: Runs, tmp_path: Path) -> None:
    job = runs()
    policy(job.workspace / "policies", PASSING)
    outside = tmp_path / "outside"
    outside.mkdir()
    outside.joinpath("report.json").write_text("kept", encoding="utf-8")
    job.workspace.joinpath("results").symlink_to(outside)
    ended = job.run(output_dir="results")
    assert (ended.code, ended.outputs["verdict"]) == (2, "error")
    assert outside.joinpath("report.json").read_text(encoding="utf-8") == "kept"


def test_another_version_than_was_pinned_does_not_run(runs: Runs) -> None:
    job = runs()
    policy(job.workspace / "policies", PASSING)
    version = job.run().outputs["version"]
    assert job.run(version=f"v{version}").code == 0
    ended = job.run(version="9.9.9")
    assert (ended.code, ended.outputs["verdict"]) == (2, "error")
    assert f"this commit of the action contains {version}" in ended.log


@pytest.mark.conformance
def test_it_installs_by_hash_what_judges(tmp_path: Path) -> None:
    done: ActionRun = LocalRunner(
        workspace=tmp_path,
        temporary=tmp_path,
        variables={"SCOREGATE_NOW": "2026-05-22T09:00:00Z"},
        actions={SETUP: lambda _: {"python-path": sys.executable}},
    ).run(policies=policy(tmp_path, PASSING), snapshot=snapshot(tmp_path))
    assert (done.code, done.outputs["verdict"]) == (0, "pass"), done.log
    done_by_name = subprocess.run([tmp_path / "scoregate/venv/bin/scoregate", "--version"], capture_output=True)  # noqa: PLW1510
    assert done_by_name.stdout.decode().split()[-1] == done.outputs["version"]


def test_no_input_is_put_into_a_script_and_each_is_used() -> None:
    steps = ACTION["runs"]["steps"]
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []
    used = set(re.findall(r"inputs\.([\w-]+)", ROOT.joinpath("action.yml").read_text(encoding="utf-8")))
    assert used == ACTION["inputs"].keys()
    pins = [step["uses"].partition("@")[2] for step in steps if "uses" in step]
    assert pins
    assert all(re.fullmatch(r"[0-9a-f]{40}", pin) for pin in pins)


def test_the_documentation_gives_inputs_that_there_are() -> None:
    text = ROOT.joinpath("docs", "how-to", "run-in-ci.md").read_text(encoding="utf-8")
    shown = re.findall(r"^ *- uses: OWNER/scoregate@COMMIT\n(?:^ {8,}.*\n)+", text, re.MULTILINE)
    given = [yaml.safe_load(step)[0]["with"] for step in shown]
    assert len(given) == 2
    assert [name for one in given for name in one if name not in ACTION["inputs"]] == []
