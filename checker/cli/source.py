"""Options → the one source that a command reads."""

import datetime
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click
import msgspec

from checker.cli.options import is_typed
from checker.clouds import cloud
from checker.errors import UsageError
from checker.presentation.escape import line
from checker.sources.entrance import Entrance
from checker.sources.file import FileSource
from checker.sources.interface import Source

if TYPE_CHECKING:
    from checker.sources.interface import Fetchable, Writable
    from checker.sources.live import LiveSource


class SourceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Where the tenant's data comes from, as the command line says it."""

    snapshot: Sequence[str] = ()
    store: str | None = None
    sandbox: bool = False
    seed: int = 0
    tenant: str | None = None
    client_id: str | None = None
    auth: str = "auto"
    cloud: str = "global"
    graph_url: str | None = None
    authority_url: str | None = None
    timeout: float = 120.0
    verbose: bool = False


def choose(options: SourceOptions, now: datetime.datetime) -> Source:
    """The source that the options name: files, a store, the sandbox, or Graph.

    Raises:
        UsageError: two sources at once, or something that sign-in needs is missing.
    """
    if options.store is not None and (options.snapshot or options.sandbox) and not is_typed("store"):
        # A variable that a pipeline sets for its audit stands in no one's way.
        options = msgspec.structs.replace(options, store=None)
    named = [f"--{name}" for name in ("snapshot", "sandbox", "store") if getattr(options, name)]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} name {len(named)} sources; give one")
    if options.store is not None:
        from checker.store.source import StoreSource

        return StoreSource(options.store, options.tenant, cloud(options.cloud))
    if options.snapshot:
        if list(options.snapshot).count("-") > 1:
            raise UsageError("standard input can be read once: give --snapshot - once")
        return FileSource(options.snapshot, cloud(options.cloud))
    return fetchable(options, now)


def fetchable(options: SourceOptions, now: datetime.datetime) -> "Fetchable":
    """The sandbox or Graph: a source that can be fetched from."""
    if options.sandbox:
        from checker.sources.embedded import sandbox_source

        return sandbox_source(now, options.seed, _observer(options))
    return _live(options, now)


def writable(options: SourceOptions, now: datetime.datetime) -> "Writable":
    """The sandbox or Graph, with the permission to write asked for."""
    if options.snapshot:
        raise UsageError("--snapshot is a file, and states are set in a tenant", advice="Leave --snapshot out.")
    if options.sandbox:
        from checker.sources.embedded import sandbox_source

        return sandbox_source(now, options.seed, _observer(options))
    return _live(options, now, write=True)


def names_source(options: SourceOptions) -> bool:
    """Whether the options or the environment name any source at all."""
    return bool(options.snapshot) or options.sandbox or options.store is not None or _names_tenant(options)


def signs_in(options: SourceOptions) -> bool:
    """Whether the options or the environment name somebody who could sign in, and not a tenant alone."""
    offered = options.auth != "auto" or bool(options.client_id)
    return offered or any(os.environ.get(name) for name in _SIGN_IN_WITHOUT_TENANT)


def _names_tenant(options: SourceOptions) -> bool:
    # A managed identity and Azure CLI know their tenant; other methods say themselves what they lack.
    named = options.auth != "auto" or bool(options.tenant)
    return named or any(os.environ.get(name) for name in _SIGN_IN_WITHOUT_TENANT)


def _live(options: SourceOptions, now: datetime.datetime, *, write: bool = False) -> "LiveSource":
    # Checked before anything heavy is imported: a run without a source is the first thing that people try.
    if not _names_tenant(options):
        raise UsageError(
            "no source: name --snapshot PATH, --store URL, --sandbox, or a tenant to ask",
            advice="For a tenant set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; docs/sign-in.md has "
            "ways without a secret.",
        )
    from checker.sources.live import LiveSource
    from checker.transport import async_client

    entrance = enter(options, write=write)
    observe = entrance.credentials.observe
    return LiveSource(
        entrance.cloud,
        entrance.graph,
        entrance.tokens,
        now=now,
        deadline=options.timeout,
        connect=lambda: async_client(observe=observe),
    )


# With these the tenant is known to whoever gives the token.
_SIGN_IN_WITHOUT_TENANT = ("SCOREGATE_ACCESS_TOKEN", "IDENTITY_ENDPOINT", "MSI_ENDPOINT")


def enter(options: SourceOptions, *, write: bool = False) -> Entrance:
    """Prepares sign-in; nothing is sent yet.

    Raises:
        UsageError: a cloud without Secure Score, an address that credentials may not go to, or something that the
            method needs is missing.
    """
    place = cloud(options.cloud)
    from checker.auth import AUTO, pick, provider
    from checker.auth.checked import CheckedTokens
    from checker.auth.interface import VARIABLES, Credentials
    from checker.transport import checked_base

    graph = checked_base(options.graph_url or place.graph, "--graph-url")
    authority = checked_base(_with_scheme(options.authority_url or place.authority), "--authority-url")
    if options.tenant and any(character in "/?#" for character in options.tenant):
        raise UsageError(f"--tenant expects an id or a domain, got {options.tenant!r}")
    credentials = Credentials(
        tenant=options.tenant,
        client_id=options.client_id,
        authority=str(authority).rstrip("/"),
        resource=str(graph).rstrip("/"),
        variables={name: os.environ[name] for name in VARIABLES if os.environ.get(name)},
        interactive=is_interactive(),
        say=_say,
        observe=_observer(options),
        write=write,
        cache=_cache_folder(),
    )
    method = pick(options.auth, credentials)
    if options.verbose:
        credentials.say(f"sign-in by {method}{' (auto)' if options.auth == AUTO else ''}")
    tokens = CheckedTokens(provider(method, credentials), tenant=options.tenant, resource=credentials.resource)
    return Entrance(place, graph, method, credentials, tokens)


def _say(text: str) -> None:
    click.echo(line(text), err=True)


def _observer(options: SourceOptions) -> Callable[[str], None] | None:
    return _say if options.verbose else None


def is_interactive() -> bool:
    """Whether somebody sits at a terminal; never in CI, where a prompt would wait for ever."""
    streams = (sys.stdin, sys.stderr)
    return not os.environ.get("CI") and all(stream is not None and stream.isatty() for stream in streams)


def _cache_folder() -> str:
    """Where people's tokens are kept, encrypted. Source: XDG Base Directory Specification."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(home, "scoregate")


def _with_scheme(url: str) -> str:
    """AZURE_AUTHORITY_HOST may be a bare host, as in azure-identity."""
    return url if "://" in url else f"https://{url}"
