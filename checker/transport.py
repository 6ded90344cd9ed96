"""The one HTTP client: TLS, proxies, time limits, bounded bodies, for Graph and for sign-in alike."""

import contextlib
import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from checker import __version__
from checker.errors import UsageError

USER_AGENT = f"scoregate/{__version__}"
# Of one request; the run as a whole has a deadline of its own.
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
# What msal hands over: mappings of text, bytes and None, or text.
_Form = Any
# Of one whole answer in sign-in: a body that comes in drops would otherwise never be late.
_WHOLE_SECONDS = 60.0
_MOST_BYTES = 1024 * 1024
# What no longer holds of a body that was read.
_OF_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding"}
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
        _start_clock(request)

    async def end(response: httpx.Response) -> None:
        if observe is not None:
            observe(_described(response))

    with _environment_checked():
        return httpx.AsyncClient(
            transport=transport,
            timeout=_TIMEOUT,
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            verify=_verified(transport),
            event_hooks={"request": [begin], "response": [end]} if observe is not None else {},
        )


def _verified(transport: object) -> ssl.SSLContext | bool:
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


def _start_clock(request: httpx.Request) -> None:
    request.extensions["scoregate.begun"] = time.monotonic()


def _described(response: httpx.Response) -> str:
    """The line that an observer receives."""
    request = response.request
    seconds = time.monotonic() - request.extensions["scoregate.begun"]
    identifier = response.headers.get("request-id") or response.headers.get("x-ms-request-id") or "-"
    address = request.url.copy_with(query=None, userinfo=b"")
    return f"{request.method} {address} {response.status_code} {seconds:.3f} s, request-id {identifier[:100]}"


def _hooks(observe: Observer | None) -> Mapping[str, list[Callable[..., object]]]:
    """What a client calls before and after each request."""
    if observe is None:
        return {}
    return {"request": [_start_clock], "response": [lambda response: observe(_described(response))]}


@contextlib.contextmanager
def _environment_checked() -> Iterator[None]:
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
    except (httpx.InvalidURL, TypeError) as fault:
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


class SignInClient:
    """What msal calls for HTTP: httpx with the interface of requests.

    msal's own client would read ``REQUESTS_CA_BUNDLE`` and ignore ``SSL_CERT_FILE``; a run has one trust store.
    """

    def __init__(self, transport: httpx.BaseTransport | None = None, observe: Observer | None = None) -> None:
        with _environment_checked():
            self._client = httpx.Client(
                transport=transport,
                timeout=_TIMEOUT,
                follow_redirects=False,
                headers={"User-Agent": USER_AGENT},
                # msal never closes it, and asks too seldom for an open connection to be of use.
                limits=httpx.Limits(max_keepalive_connections=0),
                verify=_verified(transport),
                event_hooks=_hooks(observe),
            )

    def get(self, url: str, params: _Form = None, headers: _Form = None, **_: object) -> httpx.Response:
        """A GET as msal asks for it."""
        return self._sent("GET", url, params=_form(params), headers=headers)

    def post(
        self, url: str, params: _Form = None, data: _Form = None, headers: _Form = None, **_: object
    ) -> httpx.Response:
        """A POST as msal asks for it."""
        return self._sent("POST", url, params=_form(params), data=_form(data), headers=headers)

    def _sent(self, method: str, url: str, **given: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own options
        """The answer, read whole within bounds of size and time."""
        ends = time.monotonic() + _WHOLE_SECONDS
        body = bytearray()
        with self._client.stream(method, url, **given) as response:
            for part in response.iter_bytes():
                body += part
                if len(body) > _MOST_BYTES:
                    raise httpx.ReadError("the answer is too large")
                if time.monotonic() > ends:
                    raise httpx.ReadTimeout("the answer took too long")
        return httpx.Response(
            response.status_code,
            headers=[(name, value) for name, value in response.headers.multi_items() if name not in _OF_THE_WIRE],
            content=bytes(body),
            request=response.request,
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


def _form(values: _Form) -> _Form:
    """Assertions come as bytes, which httpx would send as their ``repr``; None means absent."""
    if not isinstance(values, dict):
        return values
    return {
        key: value.decode() if isinstance(value, bytes) else value for key, value in values.items() if value is not None
    }


def may_pass(fault: httpx.HTTPError) -> bool:
    """Whether another try can go better: not where we would send nonsense, or the certificate is not trusted."""
    hopeless = isinstance(fault, httpx.LocalProtocolError | httpx.UnsupportedProtocol)
    return not hopeless and _certificate_fault(fault) is None


def why_unreachable(fault: httpx.HTTPError) -> str:
    """What went wrong on the wire, as the end of a sentence."""
    certificate = _certificate_fault(fault)
    if certificate is not None:
        return f"its certificate was not accepted ({certificate.verify_message})"
    match fault:
        case httpx.LocalProtocolError():
            # Its text quotes the header that is wrong, which may be the one with the token.
            return "the request is not one that HTTP can carry"
        case httpx.ConnectError():
            return f"no connection could be made ({str(fault) or 'refused'})"
        case httpx.TimeoutException():
            made = not isinstance(fault, httpx.ConnectTimeout)
            return "it did not answer in time" if made else "the connection was not made in time"
        case httpx.ProxyError():
            return f"the proxy refused ({fault})"
        case _:
            return f"the connection broke ({str(fault) or type(fault).__name__})"


def _certificate_fault(fault: BaseException) -> ssl.SSLCertVerificationError | None:
    """The refusal of a certificate behind an error, if that is what it was."""
    cause: BaseException | None = fault
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause
