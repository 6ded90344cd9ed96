"""Our own client against pages of any size, and within the limits that Graph publishes."""

import contextlib
import datetime
import json
import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest
from command_line import NOW, environment, here
from sandbox_client import PROFILES, SCORES, new_sandbox, tenant_of

from checker.sandbox.app import Sandbox
from checker.sandbox.serving.request_log import LoggedRequest
from checker.sandbox.serving.serve import Endpoints, running

CONTROL = "mdo_blockmailforward"
POLICY = f"""apiVersion: scoregate/v1
kind: Policy
metadata: {{name: p}}
score: [{{id: overall, minimum: {{percent: 1}}}}, {{id: lost, coverage: {{days: 5, maximumLoss: {{points: 2000}}}}}}]
controls: [{{id: forward, control: {CONTROL}, profile: {{state: ThirdParty, comment: Gateway}}}}]
"""


def variables_of(sandbox: Sandbox, served: Endpoints, folder: Path) -> dict[str, str]:
    return {
        "SCOREGATE_GRAPH_URL": served.graph,
        "SCOREGATE_ACCESS_TOKEN": sandbox.mint_token(tenant_of().tenant_id, audience=served.graph),
        "XDG_STATE_HOME": str(folder / "state"),
    }


def all_bytes(size: int, folder: Path, capture: Any, patch: pytest.MonkeyPatch) -> Generator[bytes, None, None]:
    """What fetch, check, plan and apply give where a page has at most ``size`` items, and what the tenant is then."""
    folder.mkdir()
    patch.chdir(folder)
    folder.joinpath("policy.yaml").write_text(POLICY, encoding="utf-8")
    # Page by page there are more requests than a minute allows, and this clock stands still.
    sandbox = new_sandbox(page_size=size, throttle=size > 10)
    with running(sandbox, plain_http=True) as served:
        for name, value in variables_of(sandbox, served, folder).items():
            patch.setenv(name, value)

        def ran(*arguments: str) -> bytes:
            ended = here(capture, *arguments, "--now", NOW)
            assert ended.code == (1 if arguments[0] == "check" else 0), ended.err
            return ended.out.replace(served.graph.encode(), b"GRAPH") + ended.err.encode()

        yield ran("fetch", "--days", "5", "-o", "-")
        pages = [request for request in sandbox.requests if request.path == PROFILES]
        assert len(pages) == -(-len(tenant_of().control_profiles) // size)
        yield ran("check", "-p", "policy.yaml", "-o", "json")
        yield ran("plan", "-p", "policy.yaml", "--out", "plan.json")
        plan = json.loads(folder.joinpath("plan.json").read_text("utf-8").replace(served.graph, "GRAPH"))
        yield json.dumps(plan).encode()
        # A plan's age is judged by the machine's clock.
        plan["createdAt"] = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
        folder.joinpath("plan.json").write_text(json.dumps(plan).replace("GRAPH", served.graph), encoding="utf-8")
        yield ran("apply", "plan.json", "--yes", "--journal", "journal.jsonl", "-o", "json")
        yield json.dumps(sandbox.profiles(tenant_of().tenant_id)).encode()


def test_the_size_of_pages_changes_no_byte(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in os.environ.keys() - environment().keys():
        monkeypatch.delenv(name)
    ten, hundred, most = (list(all_bytes(size, tmp_path / str(size), capfd, monkeypatch)) for size in (10, 100, 250))
    assert b'"ThirdParty"' in ten[-1]
    assert ten == hundred == most
    # Hundreds of requests a command: one command is enough.
    with contextlib.closing(all_bytes(1, tmp_path / "1", capfd, monkeypatch)) as one:
        assert next(one) == ten[0]


FAR = datetime.datetime.max.replace(tzinfo=datetime.UTC)


def most_at_once(entries: Sequence[LoggedRequest]) -> int:
    """How many requests ran at the same time, by when each arrived and was answered."""
    moments = [(entry.arrived, 1) for entry in entries] + [(entry.answered, -1) for entry in entries]
    running_now, most = 0, 0
    # Where one is answered at the moment at which another arrives, it comes first.
    for _, step in sorted(moments, key=lambda moment: (moment[0] or FAR, moment[1])):
        running_now += step
        most = max(most, running_now)
    return most


def most_in_a_minute(entries: Sequence[LoggedRequest]) -> int:
    moments = [entry.arrived for entry in entries if entry.arrived is not None]
    minute = datetime.timedelta(minutes=1)
    return max(sum(start <= moment < start + minute for moment in moments) for start in moments)


def test_eight_clients_at_once_keep_within_the_limits(tmp_path: Path) -> None:
    tmp_path.joinpath("policy.yaml").write_text(POLICY, encoding="utf-8")
    sandbox = Sandbox([tenant_of()], now=lambda: datetime.datetime.now(datetime.UTC), page_size=100, throttle=True)
    with running(sandbox, plain_http=True) as served:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "checker", "check", "-p", "policy.yaml", "--now", NOW, "-o", "json"],
                cwd=tmp_path,
                env=environment(**variables_of(sandbox, served, tmp_path)),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            for _ in range(8)
        ]
        ended = [(*process.communicate(timeout=110), process.returncode) for process in started]
    assert {code for _, _, code in ended} == {1}, ended
    assert len({out.replace(served.graph.encode(), b"") for out, _, _ in ended}) == 1
    answered = [entry for entry in sandbox.requests if entry.status == 200]
    assert {entry.status for entry in sandbox.requests} <= {200, 429}
    # Each client got its days and its three pages of profiles.
    assert [sum(entry.path == path for entry in answered) for path in (SCORES, PROFILES)] == [8, 24]
    assert most_at_once(answered) <= 4
    assert most_in_a_minute(answered) <= 150
