"""A network in front of the sandbox on which anything goes wrong: lost, empty and late answers, stale reads, kills."""

import asyncio
import datetime
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from checker.sandbox.app import Sandbox

# Seconds; a reader that waits for VISIBLE sees what was late or stale.
VISIBLE = 20.0
LATEST = 8.0
ACCEPTED_LATEST = 600.0
PAGE = b"<!DOCTYPE html><html><title>Sign in</title></html>"

Answer = tuple[int, bytes]


class KilledError(BaseException):
    """The process is gone: nothing of it catches this."""


class TurnedClock:
    """A clock that stands still but for sleeps; see ``Clock``."""

    def __init__(self, moment: datetime.datetime) -> None:
        self._begun = moment
        self._passed = 0.0

    def now(self) -> datetime.datetime:
        return self._begun + datetime.timedelta(seconds=self._passed)

    def ticks(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        self._passed += seconds

    def passes(self, seconds: float) -> None:
        self._passed += seconds


class Weather(httpx.AsyncBaseTransport):
    """The way to the sandbox; ``share`` is how many of the requests go wrong."""

    def __init__(self, sandbox: Sandbox, clock: TurnedClock, draws: random.Random) -> None:
        self._sandbox = sandbox
        self._clock = clock
        self._draws = draws
        self.share = 0.0
        self.happened: Counter[str] = Counter()
        self.acted: list[tuple[str, dict[str, Any]]] = []
        self._storm = 0
        self._late: list[tuple[float, httpx.Request]] = []

    @property
    def pending(self) -> set[str]:
        """The profiles to which writes are still under way."""
        return {_control(request) for _, request in self._late}

    async def settle(self) -> None:
        """Lets every late write take effect."""
        if self._late:
            self._clock.passes(max(0.0, max(due for due, _ in self._late) - self._clock.ticks()))
        await self._deliver()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self._clock.passes(self._draws.uniform(0.0, 0.3))
        await self._deliver()
        # Most faults are kept for the writes, of which there are fewer.
        share = self.share if request.method == "PATCH" else self.share / 3
        if self._draws.random() >= share and not self._storm:
            return _response(request, await self._forward(request))
        if self._storm or self._draws.random() < 0.03:
            return self._in_storm(request)
        kinds = self._writes() if request.method == "PATCH" else self._reads()
        name = self._draws.choice(sorted(kinds))
        self.happened[f"{request.method} {name}"] += 1
        return _response(request, await kinds[name](request))

    def _in_storm(self, request: httpx.Request) -> httpx.Response:
        self._storm = self._storm - 1 if self._storm else self._draws.randint(2, 6)
        self.happened[f"{request.method} storm"] += 1
        return _response(request, (self._draws.choice([429, 503]), b'{"error": {"code": "", "message": ""}}'))

    def _reads(self) -> dict[str, Callable[[httpx.Request], Awaitable[Answer]]]:
        return {
            "stale": self._stale,
            "stale again": self._stale,
            "busy": _always(503),
            "timeout": _always(504),
            "page": _always(200, PAGE),
            "empty": _always(200),
            "lost": self._lost,
            "kill": self._kill,
        }

    def _writes(self) -> dict[str, Callable[[httpx.Request], Awaitable[Answer]]]:
        found: dict[str, Callable[[httpx.Request], Awaitable[Answer]]] = {
            "throttled": _always(429),
            "forbidden": _always(403, b'{"error":{"code":"Forbidden","message":""}}'),
            "lost": self._lost,
            "kill before": self._kill,
            "kill after": self._after(self._kill),
            "echo of the profile": self._echo,
            "lost answer": self._after(self._lost),
            "late, accepted": self._later(_always(204), ACCEPTED_LATEST),
            "late, lost answer": self._later(self._lost, LATEST),
            "late, kill": self._later(self._kill, LATEST),
        }
        answers = {
            "empty 200": (200, b""),
            "page": (200, PAGE),
            "403 of a proxy": (403, PAGE),
            "408": (408, b""),
            "499": (499, b""),
        }
        for name, (status, body) in {**answers, **{str(one): (one, b"") for one in (500, 502, 503, 504)}}.items():
            found[name] = _always(status, body)
            found[f"done, {name}"] = self._after(_always(status, body))
            found[f"late, {name}"] = self._later(_always(status, body), LATEST)
        found["echo of the request"] = self._repeat
        found["done, echo of the request"] = self._after(self._repeat)
        return found

    async def _forward(self, request: httpx.Request) -> Answer:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._sandbox.app)) as client:
            answer = await client.request(request.method, request.url, headers=request.headers, content=request.content)
        if request.method == "PATCH" and answer.is_success:
            self.acted.append((_control(request), json.loads(request.content)))
        return answer.status_code, answer.content

    async def _deliver(self) -> None:
        due = [request for at, request in self._late if at <= self._clock.ticks()]
        self._late = [(at, request) for at, request in self._late if at > self._clock.ticks()]
        for request in due:
            await self._forward(request)

    async def _stale(self, request: httpx.Request) -> Answer:
        """What the profile was some seconds ago, as a copy that lags gives it."""
        status, body = await self._forward(request)
        at = self._clock.now() - datetime.timedelta(seconds=self._draws.uniform(0.0, LATEST))
        profile = json.loads(body)
        then = [one for one in profile["controlStateUpdates"] if (one["updatedDateTime"] or "") <= _graph_time(at)]
        return status, json.dumps({**profile, "controlStateUpdates": then}).encode()

    async def _lost(self, request: httpx.Request) -> Answer:
        raise httpx.ReadError("lost", request=request)

    async def _kill(self, request: httpx.Request) -> Answer:
        del request
        raise KilledError

    async def _echo(self, request: httpx.Request) -> Answer:
        """The profile as it is, as if it had been changed."""
        return await self._forward(httpx.Request("GET", request.url, headers=_without_body(request)))

    async def _repeat(self, request: httpx.Request) -> Answer:
        return 200, request.content

    def _after(
        self, then: Callable[[httpx.Request], Awaitable[Answer]]
    ) -> Callable[[httpx.Request], Awaitable[Answer]]:
        async def answer(request: httpx.Request) -> Answer:
            await self._forward(request)
            return await then(request)

        return answer

    def _later(
        self, then: Callable[[httpx.Request], Awaitable[Answer]], latest: float
    ) -> Callable[[httpx.Request], Awaitable[Answer]]:
        async def answer(request: httpx.Request) -> Answer:
            due = self._clock.ticks() + self._draws.uniform(0.0, latest)
            self._late.append((due, request))
            return await then(request)

        return answer


def _always(status: int, body: bytes = b"") -> Callable[[httpx.Request], Awaitable[Answer]]:
    async def answer(request: httpx.Request) -> Answer:
        del request
        await asyncio.sleep(0)
        return status, body

    return answer


def _response(request: httpx.Request, answer: Answer) -> httpx.Response:
    return httpx.Response(answer[0], stream=httpx.ByteStream(answer[1]), request=request)


def _without_body(request: httpx.Request) -> dict[str, str]:
    return {"Authorization": request.headers["Authorization"]}


def _control(request: httpx.Request) -> str:
    return request.url.path.rpartition("/")[2]


def _graph_time(moment: datetime.datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
