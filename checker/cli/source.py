"""Options → the one source that a command reads."""

import datetime
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from checker.clouds import CLOUDS
from checker.errors import UsageError
from checker.sources.file import FileSource
from checker.sources.interface import Source

if TYPE_CHECKING:
    from checker.sources.interface import Fetchable


class SourceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Where the tenant's data comes from, as the command line says it."""

    snapshot: Sequence[str] = ()
    sandbox: bool = False
    seed: int = 0
    tenant: str | None = None
    client_id: str | None = None
    auth: str = "client-secret"
    cloud: str = "global"
    graph_url: str | None = None
    authority_url: str | None = None
    timeout: float = 120.0


def choose(options: SourceOptions, now: datetime.datetime) -> Source:
    """The source that the options name: files, the sandbox, or Graph.

    Raises:
        UsageError: two sources at once, or something that sign-in needs is missing.
    """
    if options.snapshot and options.sandbox:
        raise UsageError("--snapshot and --sandbox name two sources; give one")
    if options.snapshot:
        if list(options.snapshot).count("-") > 1:
            raise UsageError("standard input can be read once: give --snapshot - once")
        return FileSource(options.snapshot, CLOUDS[options.cloud])
    return fetchable(options, now)


def fetchable(options: SourceOptions, now: datetime.datetime) -> "Fetchable":
    """The sandbox or Graph: a source that can be fetched from."""
    if options.sandbox:
        from checker.sources.embedded import sandbox_source

        return sandbox_source(now, options.seed)
    return _live(options, now)


def _live(options: SourceOptions, now: datetime.datetime) -> "Fetchable":
    cloud = CLOUDS[options.cloud]
    # Checked before anything heavy is imported: a run without a source is the first thing that people try.
    if not options.tenant:
        raise UsageError(
            "no source: name --snapshot PATH, --sandbox, or a tenant to ask",
            advice="For a tenant set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.",
        )
    from checker.auth import provider
    from checker.auth.interface import Credentials
    from checker.sources.live import LiveSource
    from checker.transport import checked_base

    graph = checked_base(options.graph_url or cloud.graph, "--graph-url")
    authority = checked_base(_with_scheme(options.authority_url or cloud.authority), "--authority-url")
    if "/" in options.tenant or "?" in options.tenant or "#" in options.tenant:
        raise UsageError(f"--tenant expects an id or a domain, got {options.tenant!r}")
    credentials = Credentials(
        tenant=options.tenant,
        client_id=options.client_id,
        client_secret=os.environ.get("AZURE_CLIENT_SECRET"),
        authority=str(authority).rstrip("/"),
        scope=f"{str(graph).rstrip('/')}/.default",
    )
    return LiveSource(cloud, graph, provider(options.auth, credentials), now=now, deadline=options.timeout)


def _with_scheme(url: str) -> str:
    """AZURE_AUTHORITY_HOST may be a bare host, as in azure-identity."""
    return url if "://" in url else f"https://{url}"
