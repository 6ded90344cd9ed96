"""A request → the one source that it names. Reads no environment and no clock."""

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from checker.clouds import cloud
from checker.errors import UsageError
from checker.snapshot.ids import is_tenant_id
from checker.snapshot.redaction import Redaction
from checker.sources.interface import Source
from checker.sources.pair import SourcePair
from checker.sources.request import SourceRequest

if TYPE_CHECKING:
    from checker.auth.entrance import Entrance
    from checker.sources.interface import Writable
    from checker.sources.live import LiveSource

Say = Callable[[str], None]
Show = Callable[[str | None], None]


def _hide(text: str | None) -> None:
    del text


def choose(request: SourceRequest, now: datetime.datetime, say: Say, show: Show = _hide) -> Source:
    """The source that the request names: files, a store, the sandbox, or Graph.

    Args:
        request: what was asked for.
        now: the moment of the run.
        say: tells the person who signs in something, and receives a line about each request if the run is verbose.
        show: shows what Graph is waited for, in place of what it showed before; None once nothing is.

    Raises:
        UsageError: it names two sources, a cloud without Secure Score, or lacks something that sign-in needs.
    """
    return choose_both(request, now, say, show).shown


def choose_both(request: SourceRequest, now: datetime.datetime, say: Say, show: Show = _hide) -> SourcePair:
    """As ``choose``, with the same source whole; see ``SourcePair``."""
    pair = _both(_chosen(request, now, say, show), request)
    return pair.prepared(now.date(), assume_default_states=request.assume_default_states)


def _chosen(request: SourceRequest, now: datetime.datetime, say: Say, show: Show) -> Source:
    if request.store is not None and (request.snapshot or request.sandbox) and not request.store_is_typed:
        # A store that a pipeline sets by a variable, for its audit, gives way to a source that was named.
        request = msgspec.structs.replace(request, store=None)
    named = [f"--{name}" for name in ("snapshot", "sandbox", "store") if getattr(request, name)]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} name {len(named)} sources; give one")
    if request.store is not None:
        from checker.store.source import StoreSource

        return StoreSource(request.store, request.tenant, cloud(request.cloud))
    if request.snapshot:
        if request.snapshot.count("-") > 1:
            raise UsageError("standard input can be read once: give --snapshot - once")
        from checker.sources.file import FileSource

        return FileSource(request.snapshot, cloud(request.cloud))
    if request.assume_default_states:
        raise UsageError(
            "--assume-default-states is for files and stores without profiles",
            advice="Leave it out: Graph and the sandbox provide the profiles.",
        )
    return _asked(request, now, say, show)


def split_store(request: SourceRequest) -> tuple[SourceRequest, str | None]:
    """The request without its store, and the store to keep the run in; None where nothing is kept.

    A store beside another source is written to. A store alone is the source, and nothing is written.
    """
    if request.store is not None and (request.snapshot or request.sandbox or request.signs_in):
        return msgspec.structs.replace(request, store=None), request.store
    return request, None


def fetchable(request: SourceRequest, now: datetime.datetime, say: Say, show: Show = _hide) -> SourcePair:
    """The sandbox or Graph: sources whose reading holds one document, the bytes of a snapshot file."""
    return _both(_asked(request, now, say, show), request)


def _asked(request: SourceRequest, now: datetime.datetime, say: Say, show: Show) -> Source:
    return _sandbox(request, now, say) if request.sandbox else _live(request, now, say, show, write=False)


def _both(source: Source, request: SourceRequest) -> SourcePair:
    if request.redact is Redaction.NONE:
        return SourcePair(source, source)
    from checker.sources.redacting import redacting

    return redacting(source, request.redact, [request.tenant, request.client_id])


def writable(request: SourceRequest, now: datetime.datetime, say: Say, show: Show = _hide) -> "Writable":
    """The sandbox or Graph, with the permission to write asked for; it gives the data whole."""
    if request.snapshot:
        raise UsageError("--snapshot is a file, and states are set in a tenant", advice="Leave --snapshot out.")
    return _sandbox(request, now, say) if request.sandbox else _live(request, now, say, show, write=True)


def judged_before_writing(target: "Writable", request: SourceRequest, now: datetime.datetime) -> SourcePair:
    """What is judged before states are set: days after the run's are dropped, as by ``choose``."""
    return _both(target, request).prepared(now.date(), assume_default_states=False)


def enter(request: SourceRequest, say: Say, *, write: bool = False) -> "Entrance":
    """Prepares sign-in; nothing is sent yet.

    Args:
        request: what was asked for.
        say: as in ``choose``.
        write: profiles will be written too.

    Raises:
        UsageError: a cloud without Secure Score, an address that credentials may not go to, or something that the
            method needs is missing.
    """
    place = cloud(request.cloud)
    from checker.auth import AUTO, pick, provider
    from checker.auth.checked import CheckedTokens
    from checker.auth.entrance import Entrance
    from checker.auth.interface import Credentials
    from checker.transport.client import checked_base

    graph = checked_base(request.graph_url or place.graph, "--graph-url")
    authority = checked_base(_with_scheme(request.authority_url or place.authority), "--authority-url")
    if request.tenant and not is_tenant_id(request.tenant):
        raise UsageError(f"--tenant expects an id or a domain, got {request.tenant[:200]!r}")
    credentials = Credentials(
        tenant=request.tenant,
        client_id=request.client_id,
        authority=str(authority).rstrip("/"),
        resource=str(graph).rstrip("/"),
        variables=request.variables,
        interactive=request.interactive,
        say=say,
        observe=_observer(request, say),
        write=write,
        cache=request.cache,
    )
    method = pick(request.auth, credentials)
    if request.verbose:
        say(f"sign-in by {method}{' (auto)' if request.auth == AUTO else ''}")
    tokens = CheckedTokens(provider(method, credentials), tenant=request.tenant, resource=credentials.resource)
    return Entrance(place, graph, method, credentials, tokens)


def _sandbox(request: SourceRequest, now: datetime.datetime, say: Say) -> "LiveSource":
    from checker.sources.embedded import sandbox_source

    return sandbox_source(now, request.seed, _observer(request, say))


def _live(request: SourceRequest, now: datetime.datetime, say: Say, show: Show, *, write: bool) -> "LiveSource":
    # Checked before anything heavy is imported: a run without a source is the first thing that people try.
    if not request.names_tenant:
        raise UsageError(
            "no source: give --snapshot PATH, --store URL or --sandbox, or configure a tenant",
            advice="For a tenant set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; 'scoregate auth --help' "
            "lists ways without a secret.",
        )
    from checker.graph.channel import GraphChannel
    from checker.sources.live import LiveSource
    from checker.transport.client import async_client

    entrance = enter(request, say, write=write)
    observe = entrance.credentials.observe
    return LiveSource(
        entrance.cloud,
        entrance.graph,
        entrance.tokens,
        now=now,
        deadline=request.timeout,
        channel=GraphChannel(lambda: async_client(observe=observe), show, observe),
    )


def _observer(request: SourceRequest, say: Say) -> Say | None:
    return say if request.verbose else None


def _with_scheme(url: str) -> str:
    """AZURE_AUTHORITY_HOST may be a bare host, as in azure-identity."""
    return url if "://" in url else f"https://{url}"
