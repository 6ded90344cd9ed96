"""Apply over HTTP against a service that stays busy: how often it is asked, on a clock that a test turns."""

import asyncio
import datetime
from pathlib import Path

import httpx
import pytest
from builders import NOW
from plan_builders import change, plan
from sandbox_client import PROFILES, new_sandbox, tenant_of

from checker.graph.profiles import GraphProfiles
from checker.remediation.apply import Applier, Patience
from checker.remediation.journal import Applied, Begun, timestamp
from checker.remediation.journal_file import create_journal
from checker.remediation.plan import Plan
from checker.sandbox.app import Sandbox
from checker.sandbox.faults.kinds import Status
from checker.sandbox.serving.serve import running

CONTROL = "mdo_blockmailforward"
TENANT = tenant_of().tenant_id


class Minted:
    """A token of the sandbox."""

    def __init__(self, sandbox: Sandbox, graph: str) -> None:
        self._token = sandbox.mint_token(TENANT, audience=graph)

    def token(self, claims: str | None = None) -> str:
        del claims
        return self._token


class Hand:
    """A clock that stands still but for sleeps."""

    def __init__(self) -> None:
        self._passed = 0.0

    def now(self) -> datetime.datetime:
        return NOW + datetime.timedelta(seconds=self._passed)

    def ticks(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        self._passed += seconds


def applied(whole: Plan, sandbox: Sandbox, graph: str, journal: Path) -> Applied:
    clock = Hand()
    held = create_journal(
        str(journal), Begun(at=timestamp(clock.now()), scoregate="0", plan_sha256="d" * 64, plan=whole)
    )

    async def run() -> Applied:
        token = Minted(sandbox, graph)
        async with GraphProfiles(httpx.URL(graph), token, tenant=TENANT, deadline=20.0) as profiles:
            return await Applier(profiles, held, clock, Patience(visible=5.0, change=60.0)).apply(whole, {})

    try:
        return asyncio.run(run())
    finally:
        held.close()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", [None, 0, "-5", "soon", "Fri, 31 Dec 1999 23:59:59 GMT", 3])
def test_one_change_takes_few_requests_whatever_wait_is_asked_for(
    tmp_path: Path, status: int, asked: int | str | None
) -> None:
    sandbox = new_sandbox()
    with running(sandbox, plain_http=True) as endpoints:
        sandbox.faults.add(f"{PROFILES}/{CONTROL}", Status(status, retry_after=asked), times=300, method="PATCH")
        found = applied(plan(change(CONTROL)), sandbox, endpoints.graph, tmp_path / "journal.jsonl")
    # After a 503 the service may have acted.
    assert [result.result for result in found.results] == ["failed" if status == 429 else "uncertain"]
    # Waits of 1, 2, 4, 8, 16 and 30 seconds fill the minute that a change may take.
    assert 1 < len([request for request in sandbox.requests if request.method == "PATCH"]) <= 7
