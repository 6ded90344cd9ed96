"""Serves the sandbox to other processes: Graph and Entra on one TLS port, or Graph without TLS on a port of its own.

Needs the extra `sandbox` (uvicorn and cryptography).
"""

import asyncio
import contextlib
import logging
import queue
import selectors
import signal
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp

from checker.sandbox.faults.kinds import ConnectionDroppedError
from checker.sandbox.serving.certificates import CertificateFiles, temporary_certificates
from checker.sandbox.serving.compression import Compression
from checker.sandbox.serving.connections import close_connections
from checker.sandbox.serving.protocol import ClosableProtocol

START_SECONDS = 30.0
"""How long a start may take before it counts as failed."""
GRACE_SECONDS = 0.25
"""How long responses in progress may take at the end."""
END_SECONDS = 10
"""How long a server waits for its connections, which are closed before that."""


class Servable(Protocol):
    """An application that can be served, and the addresses that it tells its clients.

    Attributes:
        public_url: what nextLinks begin with; None for the address that a request was sent to.
        graph_url: where Graph is served; set when the sandbox is served.
    """

    public_url: str | None
    graph_url: str | None

    @property
    def app(self) -> ASGIApp:
        """The ASGI application."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses at which the sandbox is served.

    Attributes:
        graph: the address of Graph, without a version, such as `https://127.0.0.1:8443`.
        authority: the address of Entra, without a tenant; always https.
        ca_file: the certificate of the authority that clients have to trust.
    """

    graph: str
    authority: str
    ca_file: Path


def serve(
    sandbox: Servable,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    plain_http: bool = False,
    public_url: str | None = None,
    ready: Callable[[Endpoints], None],
) -> None:
    """Serve until SIGINT or SIGTERM; works in the main thread only.

    Args:
        sandbox: the sandbox.
        host: the address to listen on.
        port: the port; 0 takes a free one. With `plain_http`, Entra takes a free port of its own.
        plain_http: whether to serve Graph without TLS; Entra always has TLS.
        public_url: what nextLinks begin with, where clients reach the sandbox at another address.
        ready: called once, when all servers are listening.

    Raises:
        OSError: the address is in use or not available.
    """
    with _prepare(sandbox, host=host, port=port, plain_http=plain_http, public_url=public_url) as (
        servers,
        endpoints,
    ):
        _run_in_loop(lambda selector: _serve_until_signal(servers, selector, lambda: ready(endpoints)))


@contextlib.contextmanager
def running(
    sandbox: Servable,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    plain_http: bool = False,
    public_url: str | None = None,
) -> Iterator[Endpoints]:
    """Serve in another thread while a block runs; the arguments are those of `serve`.

    Raises:
        OSError: the address is in use or not available.
        RuntimeError: the server did not start.
    """
    with _prepare(sandbox, host=host, port=port, plain_http=plain_http, public_url=public_url) as (
        servers,
        endpoints,
    ):
        started: queue.SimpleQueue[None] = queue.SimpleQueue()
        thread = threading.Thread(
            target=lambda: _run_in_loop(lambda selector: _run(servers, selector, lambda: started.put(None))),
            name="scoregate-sandbox",
            daemon=True,
        )
        thread.start()
        try:
            _await_start(started)
            yield endpoints
        finally:
            _stop(servers)
            thread.join(START_SECONDS)


def _await_start(started: queue.SimpleQueue[None]) -> None:
    try:
        started.get(timeout=START_SECONDS)
    except queue.Empty as error:
        raise RuntimeError("the sandbox did not start") from error


class _Server(uvicorn.Server):
    """A server that leaves the handling of signals and the end of connections to its caller.

    Attributes:
        closing: set when it takes no more connections, before it waits for those that there are.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.closing = asyncio.Event()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.closing.set()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # There can be two servers, and a signal has to stop both.
        yield


_Servers = list[tuple[_Server, socket.socket]]


@contextlib.contextmanager
def _prepare(
    sandbox: Servable, *, host: str, port: int, plain_http: bool, public_url: str | None
) -> Iterator[tuple[_Servers, Endpoints]]:
    if public_url:
        sandbox.public_url = public_url.rstrip("/")
    names = [name for name in (host, urlsplit(sandbox.public_url or "").hostname) if name]
    with contextlib.ExitStack() as stack:
        certificates = stack.enter_context(temporary_certificates(names))
        graph_socket = stack.enter_context(_listen(host, port))
        graph_url = _url(host, graph_socket, tls=not plain_http)
        servers: _Servers = [(_server(sandbox, None if plain_http else certificates), graph_socket)]
        authority = graph_url
        if plain_http:
            entra_socket = stack.enter_context(_listen(host, 0))
            authority = _url(host, entra_socket, tls=True)
            servers.append((_server(sandbox, certificates), entra_socket))
        sandbox.graph_url = sandbox.public_url or graph_url
        yield servers, Endpoints(graph=graph_url, authority=authority, ca_file=certificates.ca_file)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only if the protocol is given; it costs 40 ms a response.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _url(host: str, listener: socket.socket, *, tls: bool) -> str:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    name = f"[{reachable}]" if ":" in reachable else reachable
    return f"{'https' if tls else 'http'}://{name}:{listener.getsockname()[1]}"


def _server(sandbox: Servable, certificates: CertificateFiles | None) -> _Server:
    config = uvicorn.Config(
        Compression(sandbox.app),
        http=ClosableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        # The application sends its own headers.
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=END_SECONDS,
        ssl_certfile=str(certificates.certificate_file) if certificates else None,
        ssl_keyfile=str(certificates.key_file) if certificates else None,
    )
    return _Server(config)


def _run_in_loop(serving: Callable[[selectors.BaseSelector], Coroutine[None, None, None]]) -> None:
    selector = selectors.DefaultSelector()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        runner.run(serving(selector))


async def _run(servers: _Servers, selector: selectors.BaseSelector, started: Callable[[], None]) -> None:
    logging.getLogger("uvicorn.error").addFilter(_is_worth_logging)
    tasks = [asyncio.create_task(server.serve(sockets=[listener])) for server, listener in servers]
    try:
        while not all(server.started for server, _ in servers):
            if any(task.done() for task in tasks):
                break
            await asyncio.sleep(0.01)
        else:
            started()
        await _closing(servers, tasks)
    finally:
        _stop(servers)
        await _closing(servers, tasks)
        # Since 3.12 a server waits at its end for connections that clients keep open, so it can't end before them.
        await close_connections(selector, after=GRACE_SECONDS)
        await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*tasks)


async def _closing(servers: _Servers, tasks: list[asyncio.Task[None]]) -> None:
    """Wait until each server takes no more connections, or has ended."""
    for (server, _), task in zip(servers, tasks, strict=True):
        closing = asyncio.create_task(server.closing.wait())
        await asyncio.wait({closing, task}, return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()


async def _serve_until_signal(servers: _Servers, selector: selectors.BaseSelector, started: Callable[[], None]) -> None:
    with _stopped_by_signals(servers):
        await _run(servers, selector, started)


def _stop(servers: _Servers) -> None:
    for server, _ in servers:
        server.should_exit = True
        # Do not wait for responses that a fault delays.
        server.force_exit = True


@contextlib.contextmanager
def _stopped_by_signals(servers: _Servers) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: _stop(servers)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _is_worth_logging(record: logging.LogRecord) -> bool:
    """Leave out the tracebacks of connections that a fault closed, and of responses cut off at the end."""
    raised = record.exc_info[1] if record.exc_info else None
    return not isinstance(raised, ConnectionDroppedError | asyncio.CancelledError)
