"""The client for sign-in: httpx with the interface of requests, as msal calls it."""

import datetime
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from checker.transport.client import (
    TIMEOUT,
    USER_AGENT,
    Observer,
    described,
    environment_checked,
    start_clock,
    verified,
)
from checker.transport.retry_after import retry_after

# What msal hands over: mappings of text, bytes and None, or text.
_Form = Any
# Of one whole answer in sign-in: a body that comes in drops would otherwise never be late.
_WHOLE_SECONDS = 60.0
_MOST_BYTES = 1024 * 1024
# What no longer holds of a body that was read, and what is put in words that msal understands.
_NOT_KEPT = {"content-encoding", "content-length", "transfer-encoding", "retry-after"}
# What msal waits where it is not told how long.
_SHORTEST_WAIT = 5.0


class SignInClient:
    """What msal calls for HTTP: httpx with the interface of requests.

    msal's own client would read ``REQUESTS_CA_BUNDLE`` and ignore ``SSL_CERT_FILE``; a run has one trust store.
    """

    def __init__(self, transport: httpx.BaseTransport | None = None, observe: Observer | None = None) -> None:
        with environment_checked():
            self._client = httpx.Client(
                transport=transport,
                timeout=TIMEOUT,
                follow_redirects=False,
                headers={"User-Agent": USER_AGENT},
                # msal never closes it, and asks too seldom for an open connection to be of use.
                limits=httpx.Limits(max_keepalive_connections=0),
                verify=verified(transport),
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
            response.status_code, headers=_headers(response), content=bytes(body), request=response.request
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


def _headers(response: httpx.Response) -> list[tuple[str, str]]:
    """The headers that still hold, with a wait that msal understands.

    For as long as ``Retry-After`` says msal answers the same request itself; a shorter time would mean not at all.
    """
    kept = [(name, value) for name, value in response.headers.multi_items() if name not in _NOT_KEPT]
    if response.is_error and "retry-after" in response.headers:
        wait = max(_SHORTEST_WAIT, retry_after(response, datetime.datetime.now(datetime.UTC)) or 0.0)
        kept.append(("retry-after", str(math.ceil(wait))))
    return kept


def _form(values: _Form) -> _Form:
    """Assertions come as bytes, which httpx would send as their ``repr``; None means absent."""
    if not isinstance(values, dict):
        return values
    return {
        key: value.decode() if isinstance(value, bytes) else value for key, value in values.items() if value is not None
    }


def _hooks(observe: Observer | None) -> Mapping[str, list[Callable[..., object]]]:
    """What a client calls before and after each request."""
    if observe is None:
        return {}
    return {"request": [start_clock], "response": [lambda response: observe(described(response))]}
