"""The embedded sandbox as a source: the same client, the same requests, no network and no tenant."""

import datetime
from typing import TYPE_CHECKING

from checker.clouds import GLOBAL
from checker.errors import UsageError
from checker.sources.live import LiveSource

if TYPE_CHECKING:
    from checker.sandbox.app import Sandbox
    from checker.transport.client import Observer

_DEADLINE_SECONDS = 60.0


class _Minted:
    """A token that the sandbox gave for nothing: msal is left out where there is no socket."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox

    def token(self, claims: str | None = None) -> str:
        """A token of the sandbox's first tenant."""
        del claims
        return self._sandbox.mint_token(self._sandbox.tenants[0].tenant_id)


def sandbox_source(now: datetime.datetime, seed: int, observe: "Observer | None" = None) -> LiveSource:
    """A source over the sandbox's tenant of ``seed``; its newest day is the UTC day of ``now``.

    Args:
        now: the moment of the run.
        seed: which tenant.
        observe: receives a line about each request.
    """
    import httpx

    from checker.graph.channel import GraphChannel
    from checker.sandbox.app import Sandbox
    from checker.sandbox.tenants.tenant import make_tenant
    from checker.transport.client import async_client

    day = now.astimezone(datetime.UTC).date()
    try:
        tenant = make_tenant(seed, day)
    except OverflowError as fault:
        raise UsageError(f"the sandbox has no history before {day}") from fault
    sandbox = Sandbox([tenant], now=lambda: now, public_url=GLOBAL.graph)
    return LiveSource(
        GLOBAL,
        httpx.URL(GLOBAL.graph),
        _Minted(sandbox),
        now=now,
        deadline=_DEADLINE_SECONDS,
        channel=GraphChannel(lambda: async_client(httpx.ASGITransport(app=sandbox.app), observe)),
    )
