"""The limits that Graph publishes: 4 requests at once, 150 a minute, of an application in a tenant."""

import asyncio
import datetime
from collections.abc import Sequence

import httpx
import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_client import NOW, PROFILES, SCORES, ask, bearer, client_of, new_sandbox, tenant_of

from checker.sandbox.app import Sandbox
from checker.sandbox.faults.kinds import Status
from checker.sandbox.serving import middleware, throttle
from checker.sandbox.serving.throttle import MINUTE, MOST_A_MINUTE, Caller, Throttle

SECOND = datetime.timedelta(seconds=1)


def statuses(answers: Sequence[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def rush(sandbox: Sandbox, requests: Sequence[tuple[str, int]]) -> list[httpx.Response]:
    """Send requests at once, each for a path by the tenant of a seed."""

    async def send() -> list[httpx.Response]:
        async with client_of(sandbox) as client:
            return await asyncio.gather(*(client.get(path, headers=bearer(sandbox, seed)) for path, seed in requests))

    return asyncio.run(send())


def test_a_fifth_request_at_once_is_told_to_wait() -> None:
    sandbox = new_sandbox(0, 1, throttle=True)
    answers = rush(
        sandbox, [(f"{SCORES}?$top=1", 0)] * 3 + [(f"{PROFILES}/AdminMFAV2", 0)] * 3 + [(f"{SCORES}/$count", 1)] * 4
    )
    assert statuses(answers[:6]) == [200] * 4 + [429] * 2
    assert statuses(answers[6:]) == [200] * 4
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["error"]["code"] == "TooManyRequests"
    assert statuses(rush(sandbox, [(SCORES, 0)] * 4)) == [200] * 4


def test_an_application_has_its_own_limit_in_a_tenant() -> None:
    limits = Throttle()
    one, other = Caller("tenant", "one"), Caller("tenant", "other")
    for _ in range(MOST_A_MINUTE):
        with limits.admission(one, NOW) as wait:
            assert wait is None
    with limits.admission(one, NOW) as mine, limits.admission(other, NOW) as theirs:
        assert (mine, theirs) == (60, None)


def test_the_callers_that_are_counted_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_CALLERS", 2)
    limits = Throttle()
    for name in ("first", "second", "third", "first"):
        for _ in range(MOST_A_MINUTE if name == "first" else 1):
            with limits.admission(Caller("tenant", name), NOW) as wait:
                assert wait is None


def test_more_than_150_a_minute_wait_until_one_fits_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "SECONDS_TO_RESPOND", 0.0)
    clock = [NOW]
    sandbox = Sandbox([tenant_of()], now=lambda: clock[0], throttle=True)
    for number in range(MOST_A_MINUTE):
        clock[0] = NOW + number * SECOND / 10
        assert ask(sandbox, f"{SCORES}/$count").status_code == 200
    clock[0] = NOW + 20.5 * SECOND
    sandbox.faults.add(SCORES, Status(503))
    refused = ask(sandbox, SCORES)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "40")
    # The request above the limit left the fault to the next, and signing in has no such limit.
    clock[0] += 40 * SECOND
    assert ask(sandbox, SCORES).status_code == 503
    assert ask(sandbox, f"/{tenant_of().tenant_id}/v2.0/.well-known/openid-configuration").status_code == 200


def test_without_the_option_nothing_is_refused() -> None:
    assert statuses(rush(new_sandbox(), [(f"{SCORES}/$count", 0)] * 160)) == [200] * 160


@given(st.lists(st.floats(0, 20), min_size=1, max_size=400))
@settings(max_examples=examples(20), deadline=None)
def test_whoever_waits_as_told_is_admitted(gaps: list[float]) -> None:
    limits, caller, now = Throttle(), Caller("tenant", None), NOW
    admitted: list[datetime.datetime] = []
    for gap in gaps:
        now += gap * SECOND / 20
        with limits.admission(caller, now) as wait:
            pass
        if wait is not None:
            now += wait * SECOND
            with limits.admission(caller, now) as wait:
                assert wait is None
        admitted.append(now)
    assert all(later - earlier >= MINUTE for earlier, later in zip(admitted, admitted[MOST_A_MINUTE:], strict=False))
