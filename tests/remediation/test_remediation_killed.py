"""An apply of many changes that is killed: after resume each is done once, none is lost, none is done twice."""

import datetime
import itertools
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from command_line import NOW, environment
from command_line import scoregate as run
from example_counts import examples
from sandbox_client import new_sandbox, tenant_of

from checker.sandbox.app import Sandbox
from checker.sandbox.serving.serve import running

CHANGES = examples(30)
STEPS = [
    *(f"{what}-{record}" for record in ("intent", "outcome") for what in ("torn", "written", "synced")),
    *(f"{what}-{method}" for method in ("GET", "PATCH") for what in ("asking", "answered")),
]


class Killer:
    """A program that runs the command line in children that die."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, *arguments: str, **death: Any) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"arguments": arguments, **death}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def killer(folder: Path, variables: dict[str, str]) -> Iterator[Killer]:
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("killed.py"))],
        cwd=folder,
        env=environment(**variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        yield Killer(process)
        process.stdin.close()


def settable() -> list[str]:
    """Controls whose state can be set: not Defender's, not retired, not complete, not declared by anybody."""
    tenant = tenant_of()
    scores = {score["controlName"].lower(): score["score"] for score in tenant.secure_scores[0]["controlScores"]}
    return [
        profile["id"]
        for profile in tenant.control_profiles
        if not profile["id"].startswith("scid_")
        and not profile["deprecated"]
        and len(profile["controlStateUpdates"]) == 1
        and scores.get(profile["id"].lower(), 0.0) < profile["maxScore"]
    ]


CONTROLS = settable()[:CHANGES]


def policy(folder: Path) -> str:
    entries = [
        f"  - {{id: c-{number}, control: {control}, profile: {{state: ThirdParty, comment: C{number}}}}}"
        for number, control in enumerate(CONTROLS)
    ]
    head = ["apiVersion: scoregate/v1", "kind: Policy", "metadata: {name: p}", "controls:"]
    path = folder / "policy.yaml"
    path.write_text("\n".join([*head, *entries]) + "\n", encoding="utf-8")
    return str(path)


@contextmanager
def prepared(folder: Path) -> Iterator[tuple[Sandbox, Killer, dict[str, str]]]:
    """A served sandbox, a killer, and a plan of all changes."""
    sandbox = new_sandbox()
    with running(sandbox, plain_http=True) as endpoints:
        variables = {
            "SCOREGATE_GRAPH_URL": endpoints.graph,
            "SCOREGATE_ACCESS_TOKEN": sandbox.mint_token(tenant_of().tenant_id, audience=endpoints.graph),
            "XDG_STATE_HOME": str(folder / "state"),
        }
        with killer(folder, variables) as program:
            assert program.run("plan", "-p", policy(folder), "--out", "plan.json", "--now", NOW, here=True) == 0
            document = json.loads((folder / "plan.json").read_bytes())
            assert len(document["changes"]) == CHANGES
            # Its age is judged by the machine's clock.
            made = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
            (folder / "plan.json").write_text(json.dumps({**document, "createdAt": made}))
            sandbox.requests.clear()
            yield sandbox, program, variables


APPLY = ("apply", "plan.json", "--yes", "--max-changes", "30", "--journal", "journal.jsonl", "--now", NOW)
RESUME = ("apply", "--resume", "journal.jsonl", "--yes", "--max-changes", "30", "--now", NOW)
IMPATIENT = ("--wait", "0")


def assert_done_once(sandbox: Sandbox) -> None:
    """By the sandbox's own log and its own profiles."""
    sent = Counter(
        request.path.rpartition("/")[2] for request in sandbox.requests if request.method == "PATCH" and request.acted
    )
    assert sent == dict.fromkeys(CONTROLS, 1)
    held = {profile["id"]: profile["controlStateUpdates"] for profile in sandbox.profiles(tenant_of().tenant_id)}
    for number, control in enumerate(CONTROLS):
        assert [entry["state"] for entry in held[control]] == ["Default", "ThirdParty"]
        assert held[control][-1]["comment"] == f"C{number}"


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_of_every_change(step: str, tmp_path: Path) -> None:
    with prepared(tmp_path) as (sandbox, program, variables):
        killed = 0
        for spared in itertools.count():
            begun = (tmp_path / "journal.jsonl").exists()
            code = program.run(*(RESUME if begun else APPLY), *IMPATIENT, die_at=step, spared=CONTROLS[:spared])
            if code >= 0:
                break
            assert code == -9
            killed += 1
        assert killed == CHANGES
        assert code == 0
        assert_done_once(sandbox)
        undone = run(
            "rollback",
            "journal.jsonl",
            "--yes",
            "--max-changes",
            "30",
            "-o",
            "json",
            folder=tmp_path,
            variables=variables,
        )
        assert undone.code == 0, undone.err
        assert json.loads(undone.out)["applied"] == CHANGES
        held = {profile["id"]: profile["controlStateUpdates"] for profile in sandbox.profiles(tenant_of().tenant_id)}
        assert [held[control][-1]["state"] for control in CONTROLS] == ["Default"] * CHANGES
        assert {held[control][-1]["comment"] or "" for control in CONTROLS} == {""}


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_random(seed: int, tmp_path: Path) -> None:
    draws = random.Random(seed)
    with prepared(tmp_path) as (sandbox, program, _):
        for _ in range(8):
            begun = (tmp_path / "journal.jsonl").exists()
            code = program.run(*(RESUME if begun else APPLY), *IMPATIENT, after=draws.uniform(0.01, 0.15))
            assert code in {-9, 0}
        begun = (tmp_path / "journal.jsonl").exists()
        assert program.run(*(RESUME if begun else APPLY), "--wait", "2") == 0
        assert_done_once(sandbox)
