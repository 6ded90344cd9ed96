"""The one HTTP client: TLS, proxies, time limits, bounded bodies, for Graph and for sign-in alike."""

import ssl
from typing import Any

import httpx

from checker import __version__
from checker.errors import UsageError

USER_AGENT = f"scoregate/{__version__}"
# Of one request; the run as a whole has a deadline of its own.
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
# What msal hands over: mappings of text, bytes and None, or text.
_Form = Any
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def async_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client for Graph: no redirects (Graph sends none, and a token must not follow one), no cookies kept.

    The certificate store and proxies are those that httpx reads from the environment (``SSL_CERT_FILE``,
    ``HTTPS_PROXY``, ``NO_PROXY``); nothing turns verification off.
    """
    return httpx.AsyncClient(
        transport=transport,
        timeout=_TIMEOUT,
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
    )


def checked_base(url: str, option: str) -> httpx.URL:
    """The URL that an option names, when credentials may go there.

    Raises:
        UsageError: not a URL, or neither https nor on this machine.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError) as fault:
        raise UsageError(f"{option} expects a URL, got {url!r}") from fault
    if parsed.scheme == "https" and parsed.host and not parsed.userinfo:
        return parsed
    if parsed.scheme == "http" and parsed.host in _LOOPBACK:
        return parsed
    raise UsageError(
        f"{option} expects an https URL without a password, got {url!r}",
        advice="Plain http is taken on this machine's loopback addresses only.",
    )


class SignInClient:
    """What msal calls for HTTP: httpx in the clothes of requests.

    msal's own client would read ``REQUESTS_CA_BUNDLE`` and ignore ``SSL_CERT_FILE``; a run has one trust store.
    """

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        self._client = httpx.Client(
            transport=transport, timeout=_TIMEOUT, follow_redirects=False, headers={"User-Agent": USER_AGENT}
        )

    def get(self, url: str, params: _Form = None, headers: _Form = None, **_: object) -> httpx.Response:
        """A GET as msal asks for it."""
        return self._client.get(url, params=_form(params), headers=headers)

    def post(
        self, url: str, params: _Form = None, data: _Form = None, headers: _Form = None, **_: object
    ) -> httpx.Response:
        """A POST as msal asks for it."""
        return self._client.post(url, params=_form(params), data=_form(data), headers=headers)

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


def why_unreachable(fault: httpx.HTTPError) -> str:
    """What went wrong on the wire, as the end of a sentence."""
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate was not accepted ({cause.verify_message})"
        cause = cause.__cause__ or cause.__context__
    match fault:
        case httpx.ConnectTimeout():
            return "the connection was not made in time"
        case httpx.ConnectError():
            return f"no connection could be made ({str(fault) or 'refused'})"
        case httpx.TimeoutException():
            return "it did not answer in time"
        case httpx.ProxyError():
            return f"the proxy refused ({fault})"
        case _:
            return f"the connection broke ({str(fault) or type(fault).__name__})"
