"""The one HTTP client: TLS, proxies, time limits, bounded bodies, for Graph and for sign-in alike."""

import contextlib
import ssl
from collections.abc import Iterator
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
    with _environment_checked():
        return httpx.AsyncClient(
            transport=transport,
            timeout=_TIMEOUT,
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        )


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
        advice="Plain http is taken on this machine's loopback addresses only.",
    )


class SignInClient:
    """What msal calls for HTTP: httpx in the clothes of requests.

    msal's own client would read ``REQUESTS_CA_BUNDLE`` and ignore ``SSL_CERT_FILE``; a run has one trust store.
    """

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        with _environment_checked():
            self._client = httpx.Client(
                transport=transport,
                timeout=_TIMEOUT,
                follow_redirects=False,
                headers={"User-Agent": USER_AGENT},
                # msal never closes it, and asks too seldom for an open connection to be of use.
                limits=httpx.Limits(max_keepalive_connections=0),
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
