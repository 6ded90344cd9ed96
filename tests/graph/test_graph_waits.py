import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from graph_support import BASE, SMALL_TENANT, Reply, Service, Token, page, refusal

from checker.errors import DeadlineError
from checker.graph.channel import GraphChannel
from checker.graph.client import fetch
from checker.graph.profiles import GraphProfiles
from checker.remediation.writer import WriteDelayedError
from checker.transport.client import async_client


class Flaky(httpx.AsyncBaseTransport):
    """Cannot be reached so many times, and then leads to the service."""

    def __init__(self, service: Service, failures: int) -> None:
        self._inner = httpx.ASGITransport(service)
        self._failures = failures

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "ControlProfiles" not in request.url.path and self._failures:
            self._failures -= 1
            raise httpx.ConnectError("refused")
        return await self._inner.handle_async_request(request)


class Watcher:
    """Notes what is shown and said."""

    def __init__(self) -> None:
        self.shown: list[str | None] = []
        self.said: list[str] = []

    def channel(self, transport: httpx.AsyncBaseTransport) -> GraphChannel:
        return GraphChannel(lambda: async_client(transport), self.shown.append, self.said.append)


def fetched(transport: httpx.AsyncBaseTransport, *, deadline: float = 20.0) -> Watcher:
    watcher = Watcher()
    channel = watcher.channel(transport)
    asyncio.run(fetch(httpx.URL(BASE), Token(), days=1, deadline=deadline, channel=channel, first_wait=0.001))
    return watcher


def refusing(*replies: Reply) -> httpx.AsyncBaseTransport:
    return httpx.ASGITransport(Service(scores=[*replies, page()]))


def without_seconds(texts: Sequence[str | None]) -> list[str | None]:
    return [re.sub(r"\d+ s\b", "N s", text) if text else text for text in texts]


def test_nothing_is_shown_where_nothing_is_waited_for() -> None:
    watcher = fetched(refusing())
    assert (watcher.shown, watcher.said) == ([], [])


@pytest.mark.parametrize(
    ("reply", "shown", "said"),
    [
        (
            refusal(503),
            "Graph answered 503; trying again, N s left",
            "Graph answered 503 (no reason given); trying again",
        ),
        (refusal(429), "Graph asks us to wait; trying again, N s left", "Graph answered 429 (no reason given); trying"),
        (
            refusal(429, retry_after=b"1"),
            "Graph asks us to wait; trying again in N s",
            "Graph answered 429 (no reason given); trying again in N s",
        ),
    ],
)
def test_a_temporary_refusal_is_shown_until_graph_answers(reply: Reply, shown: str, said: str) -> None:
    watcher = fetched(refusing(reply))
    assert without_seconds(watcher.shown)[0] == shown
    assert watcher.shown[-1] is None
    (line,) = without_seconds(watcher.said)
    assert line is not None
    assert line.startswith(said)


def test_a_graph_that_cannot_be_reached_is_shown_and_each_retry_is_told_with_its_cause() -> None:
    watcher = fetched(Flaky(Service(), failures=2))
    assert set(without_seconds(watcher.shown[:-1])) == {"Graph is not reachable; trying again, N s left"}
    assert watcher.shown[-1] is None
    assert (
        without_seconds(watcher.said)
        == ["Graph could not be reached: no connection could be made (refused); trying again, N s left"] * 2
    )


def test_the_line_counts_down_and_is_gone_when_time_is_up() -> None:
    watcher = Watcher()
    with pytest.raises(DeadlineError):
        asyncio.run(
            fetch(
                httpx.URL(BASE),
                Token(),
                days=1,
                deadline=3.0,
                channel=watcher.channel(Flaky(Service(), failures=1000)),
                first_wait=2.0,
            )
        )
    left = [int(found[0]) for text in watcher.shown if text and (found := re.findall(r"(\d+) s left", text))]
    assert left == sorted(left, reverse=True)
    assert len({*left}) > 1
    assert watcher.shown[-1] is None


def one_by_one(*replies: Reply) -> httpx.AsyncBaseTransport:
    """A service that gives these replies in their order, whatever is asked."""
    waiting = iter(replies)

    async def service(_scope: Any, _receive: Any, send: Any) -> None:
        reply = next(waiting)
        headers = [(name.encode(), value) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    return httpx.ASGITransport(service)


def profiles_of(watcher: Watcher, *replies: Reply) -> GraphProfiles:
    channel = watcher.channel(one_by_one(*replies))
    return GraphProfiles(httpx.URL(BASE), Token(), tenant="", deadline=20.0, channel=channel, first_wait=0.001)


PROFILE = SMALL_TENANT.control_profiles[0]
FOUND = Reply(json.dumps(PROFILE).encode())


def test_a_write_that_is_put_off_is_shown_until_something_is_answered() -> None:
    watcher = Watcher()

    async def write_then_read() -> list[str | None]:
        async with profiles_of(watcher, refusal(429, retry_after=b"5"), FOUND) as profiles:
            with pytest.raises(WriteDelayedError):
                await profiles.write(PROFILE["id"], {"state": "Reviewed"})
            before = list(watcher.shown)
            await profiles.read(PROFILE["id"])
        return before

    before = asyncio.run(write_then_read())
    assert without_seconds(before) == ["Graph asks us to wait; trying again in N s"]
    assert watcher.shown[-1] is None


def test_a_read_of_one_profile_shows_it_too() -> None:
    watcher = Watcher()

    async def read() -> None:
        async with profiles_of(watcher, refusal(503), FOUND) as profiles:
            assert await profiles.read(PROFILE["id"]) is not None

    asyncio.run(read())
    assert without_seconds(watcher.shown)[0] == "Graph answered 503; trying again, N s left"
    assert watcher.shown[-1] is None
