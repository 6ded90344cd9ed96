"""The client for Graph, and what both clients have in common: TLS, proxies, time limits, an observer."""

import contextlib
import os
import ssl
import time
from collections.abc import Callable, Iterator

import httpx

from checker import __version__
from checker.errors import UsageError
from checker.secrecy.known import conceal
from checker.transport.body import ACCEPT_ENCODING

USER_AGENT = f"scoregate/{__version__}"
# Of one request; the run as a whole has a deadline of its own.
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}

# Receives a line about each request that ends: method, address without its query, status, seconds, request id. Never a
# header's value but the request id, and never a body: tokens and secrets are in the others.
Observer = Callable[[str], None]


def async_client(
    transport: httpx.AsyncBaseTransport | None = None, observe: Observer | None = None
) -> httpx.AsyncClient:
    """A client for Graph: no redirects (Graph sends none, and a token must not follow one), no cookies kept.

    Proxies are those that httpx reads from the environment (``HTTPS_PROXY``, ``NO_PROXY``).

    Args:
        transport: carries the requests; None for the network.
        observe: receives a line about each request.
    """

    async def begin(request: httpx.Request) -> None:
        start_clock(request)

    async def end(response: httpx.Response) -> None:
        if observe is not None:
            observe(described(response))

    with environment_checked():
        return httpx.AsyncClient(
            transport=transport,
            timeout=TIMEOUT,
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json", **ACCEPT_ENCODING},
            verify=verified(transport),
            event_hooks={"request": [begin], "response": [end]} if observe is not None else {},
        )


def verified(transport: object) -> ssl.SSLContext | bool:
    """What a client verifies by; True, httpx's own, where a transport of its own carries the requests."""
    return True if transport is not None else _trust()


def _trust() -> ssl.SSLContext:
    """The system's certificate store, and a private CA that ``SSL_CERT_FILE`` names; nothing turns verification off.

    Raises:
        OSError: the file can't be read.
    """
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # OpenSSL reads the variable itself; the stores of macOS and Windows don't.
    private = os.environ.get("SSL_CERT_FILE")  # noqa: TID251 - OpenSSL's own variable
    folder = os.environ.get("SSL_CERT_DIR")  # noqa: TID251 - as above
    if private or folder:
        context.load_verify_locations(cafile=private or None, capath=folder or None)
    return context


def start_clock(request: httpx.Request) -> None:
    """Notes when a request begins, for ``described``."""
    request.extensions["scoregate.begun"] = time.monotonic()


def described(response: httpx.Response) -> str:
    """The line that an observer receives."""
    request = response.request
    seconds = time.monotonic() - request.extensions["scoregate.begun"]
    identifier = response.headers.get("request-id") or response.headers.get("x-ms-request-id") or "-"
    address = request.url.copy_with(query=None, userinfo=b"")
    return f"{request.method} {address} {response.status_code} {seconds:.3f} s, request-id {conceal(identifier)[:100]}"


@contextlib.contextmanager
def environment_checked() -> Iterator[None]:
    """Turns what httpx makes of a bad environment into the caller's mistake."""
    try:
        yield
    except OSError as fault:
        raise UsageError(
            f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read: {fault}"
        ) from fault
    except (ValueError, httpx.InvalidURL, ImportError) as fault:
        raise UsageError(
            "the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names cannot be used",
            advice="Give a URL that begins with http:// or https://.",
        ) from fault


def checked_base(url: str, option: str) -> httpx.URL:
    """The URL that an option names, when credentials may go there.

    Raises:
        UsageError: not a URL, or neither https nor on this machine.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, UnicodeError) as fault:
        raise UsageError(f"{option} expects a URL, got {url!r}") from fault
    if parsed.userinfo:
        raise UsageError(f"{option} expects an https URL without a password")
    if parsed.port is None or 0 < parsed.port < 65536:
        if parsed.scheme == "https" and parsed.host:
            return parsed
        if parsed.scheme == "http" and parsed.host in _LOOPBACK:
            return parsed
    raise UsageError(
        f"{option} expects an https URL, got {url!r}",
        advice="Plain http is accepted for this machine's loopback addresses only.",
    )
