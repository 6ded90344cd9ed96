"""What the tests of the sandbox share: a fixed clock, one tenant, and a client that needs no socket."""

import asyncio
import datetime
import functools
from typing import Any

import httpx

from checker.sandbox.app import Sandbox
from checker.sandbox.tenants.tenant import SandboxTenant, make_tenant

NOW = datetime.datetime(2026, 5, 22, 9, 0, 0, 628799, tzinfo=datetime.UTC)
SCORES = "/v1.0/security/secureScores"
PROFILES = "/v1.0/security/secureScoreControlProfiles"
VENDOR = {"provider": "SecureScore", "vendor": "Microsoft"}


@functools.cache
def tenant_of(seed: int = 0) -> SandboxTenant:
    return make_tenant(seed, NOW.date())


def new_sandbox(*seeds: int, **options: Any) -> Sandbox:
    return Sandbox([tenant_of(seed) for seed in seeds or (0,)], now=lambda: NOW, **options)


def bearer(sandbox: Sandbox, seed: int = 0, **options: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {sandbox.mint_token(tenant_of(seed).tenant_id, **options)}"}


def client_of(sandbox: Sandbox) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="https://graph.test")


def ask(sandbox: Sandbox, path: str, *, method: str = "GET", signed: bool = True, **options: Any) -> httpx.Response:
    """Send one request, signed in as the first tenant unless told otherwise."""

    async def send() -> httpx.Response:
        headers = bearer(sandbox) if signed else {}
        async with client_of(sandbox) as client:
            return await client.request(
                method, path, **{**options, "headers": {**headers, **options.get("headers", {})}}
            )

    return asyncio.run(send())


def walk(sandbox: Sandbox, path: str, *, most: int = 1000) -> list[dict[str, Any]]:
    """Follow nextLinks from a path to the end, and give all pages."""

    async def follow() -> list[dict[str, Any]]:
        pages: list[dict[str, Any]] = []
        link: str | None = path
        async with client_of(sandbox) as client:
            while link is not None and len(pages) < most:
                pages.append((await client.get(link, headers=bearer(sandbox))).raise_for_status().json())
                link = pages[-1].get("@odata.nextLink")
        return pages

    return asyncio.run(follow())


def patch(sandbox: Sandbox, control: str, body: Any, **headers: str) -> httpx.Response:
    return ask(sandbox, f"{PROFILES}/{control}", method="PATCH", json=body, headers=headers)
