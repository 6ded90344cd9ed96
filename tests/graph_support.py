"""What tests of Graph's client share: a source of tokens, a service that answers from a list, and a fetch."""

import asyncio
import datetime
import gc
import json
import warnings
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from checker.graph.channel import GraphChannel
from checker.graph.client import Collections, fetch
from checker.sandbox.app import Sandbox
from checker.sandbox.tenants.tenant import SandboxTenant, make_tenant
from checker.transport.client import async_client

NOW = datetime.datetime(2026, 5, 22, 9, 0, 0, tzinfo=datetime.UTC)
SCORES = "/v1.0/security/secureScores"
PROFILES = "/v1.0/security/secureScoreControlProfiles"
BASE = "https://graph.test"
SMALL_TENANT = make_tenant(3, NOW.date(), days=9)

Scope = MutableMapping[str, Any]


class Token:
    """Counts how often it is asked; each token is another."""

    def __init__(self, make: Callable[[int], str] = lambda count: f"token-{count}") -> None:
        self.asked = 0
        self.claims: str | None = None
        self._make = make

    def token(self, claims: str | None = None) -> str:
        self.claims = claims
        self.asked += 1
        return self._make(self.asked)


@dataclass
class Reply:
    body: bytes
    status: int = 200
    headers: Mapping[str, bytes] = field(default_factory=dict)


def page(entries: Sequence[Any] = (), next_link: str | None = None) -> Reply:
    members = {"value": list(entries)} | ({"@odata.nextLink": next_link} if next_link is not None else {})
    return Reply(json.dumps(members).encode())


def refusal(status: int, body: bytes = b"", **headers: bytes) -> Reply:
    return Reply(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


class Service:
    """An ASGI application that gives each collection's replies in their order, and the last one again and again."""

    def __init__(self, *, scores: Sequence[Reply] = (), profiles: Sequence[Reply] = ()) -> None:
        self.requests: list[httpx.Request] = []
        self._replies = {SCORES: list(scores) or [page()], PROFILES: list(profiles) or [page()]}

    async def __call__(self, scope: Scope, _receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        headers = [(name.decode(), value.decode("latin-1")) for name, value in scope["headers"]]
        host = dict(headers)["host"]
        target = f"{scope['scheme']}://{host}{scope['path']}?{scope['query_string'].decode()}"
        self.requests.append(httpx.Request(scope["method"], target, headers=headers))
        waiting = self._replies[scope["path"]]
        reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        encoded = [(name.encode(), value) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
        await send({"type": "http.response.body", "body": reply.body})

    def asked(self, path: str) -> list[httpx.Request]:
        return [request for request in self.requests if request.url.path == path]


def small_sandbox(**options: Any) -> Sandbox:
    return Sandbox([SMALL_TENANT], now=lambda: NOW, public_url=BASE, **options)


def sandbox_token(sandbox: Sandbox, **options: Any) -> Token:
    minted = sandbox.mint_token(sandbox.tenants[0].tenant_id, **options)
    return Token(lambda _: minted)


def ask(service: Any, token: Token | None = None, *, days: int = 1, deadline: float = 20.0) -> Collections:
    """Fetches from a sandbox or a service, in the same process."""
    if isinstance(service, Sandbox):
        return over(lambda: httpx.ASGITransport(service.app), token or sandbox_token(service), days, deadline)
    return over(lambda: httpx.ASGITransport(service), token or Token(), days, deadline)


def over(
    transport: Callable[[], httpx.AsyncBaseTransport | None],
    token: Token,
    days: int = 1,
    deadline: float = 20.0,
    base: str = BASE,
) -> Collections:
    fetching = fetch(
        httpx.URL(base),
        token,
        days=days,
        deadline=deadline,
        channel=GraphChannel(lambda: async_client(transport())),
        first_wait=0.001,
    )
    try:
        return asyncio.run(fetching)
    finally:
        if base != BASE:
            _forget_handshakes()


def _forget_handshakes() -> None:
    """Lets go of connections that were given up in their handshake: httpx leaves it to the collector to close them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def objects(entries: Sequence[Any]) -> list[Any]:
    return [json.loads(bytes(entry)) for entry in entries]


def tenant_with(**changes: Any) -> SandboxTenant:
    members = {name: getattr(SMALL_TENANT, name) for name in SandboxTenant.__dataclass_fields__}
    return SandboxTenant(**{**members, **changes})
