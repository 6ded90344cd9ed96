"""The client for sign-in: httpx with the interface of requests, as msal calls it."""

import datetime
import math
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from checker.documents import limits
from checker.secrecy.known import learn
from checker.transport.body import ACCEPT_ENCODING, Body
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
# Where sign-in sends and receives what proves somebody: form fields, headers, members of JSON. A GitHub assertion is
# in "value", an Azure Pipelines one in "oidcToken".
_SECRET_FIELDS = frozenset(
    {
        *("client_secret", "client_assertion", "assertion", "code", "code_verifier", "device_code"),
        *("password", "refresh_token", "requested_token", "subject_token"),
    }
)
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "x-identity-header", "secret"})
_SECRET_MEMBERS = (
    rb'"(?:access_token|refresh_token|id_token|accessToken|refreshToken|device_code|value|oidcToken)"\s*:\s*"([^"]+)"'
)
# What no longer holds of a body that was read, and what is put in words that msal understands.
_NOT_KEPT = {"content-encoding", "content-length", "transfer-encoding", "retry-after"}
# What msal waits where it is not told how long.
_SHORTEST_WAIT = 5.0


class SignInClient:
    """What msal calls for HTTP: httpx with the interface of requests.

    msal's own client would read ``REQUESTS_CA_BUNDLE`` and ignore ``SSL_CERT_FILE``; a run has one trust store.

    Attributes:
        status: of the last answer, which msal does not tell where it can't read the body; None before the first.
    """

    def __init__(self, transport: httpx.BaseTransport | None = None, observe: Observer | None = None) -> None:
        """Prepares; the environment is read with the first request.

        Args:
            transport: carries the requests; None for the network.
            observe: receives a line about each request.
        """
        self._transport = transport
        self._observe = observe
        self._client: httpx.Client | None = None
        self.status: int | None = None

    def _opened(self) -> httpx.Client:
        if self._client is None:
            with environment_checked():
                self._client = httpx.Client(
                    transport=self._transport,
                    timeout=TIMEOUT,
                    follow_redirects=False,
                    headers={"User-Agent": USER_AGENT, **ACCEPT_ENCODING},
                    # msal never closes it, and asks too seldom for an open connection to be of use.
                    limits=httpx.Limits(max_keepalive_connections=0),
                    verify=verified(self._transport),
                    event_hooks=_hooks(self._observe),
                )
        return self._client

    def get(self, url: str, params: _Form = None, headers: _Form = None, **_: object) -> httpx.Response:
        """A GET as msal asks for it."""
        return self._sent("GET", url, params=_form(params), headers=headers)

    def post(
        self, url: str, params: _Form = None, data: _Form = None, headers: _Form = None, **_: object
    ) -> httpx.Response:
        """A POST as msal asks for it."""
        return self._sent("POST", url, params=_form(params), data=_form(data), headers=headers)

    def _sent(self, method: str, url: str, **given: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own options
        """The answer, read whole within bounds of size and time; of a refusal what can be read of it."""
        self.status = None
        _learn_sent(given)
        ends = time.monotonic() + _WHOLE_SECONDS
        with self._opened().stream(method, url, **given) as response:
            self.status = response.status_code
            body = Body(response, limits.SIGN_IN_BYTES)
            try:
                _read(response, body, ends)
            except httpx.HTTPError:
                if not response.is_error:
                    raise
        _learn_received(body.so_far())
        return httpx.Response(
            response.status_code, headers=_headers(response), content=body.so_far(), request=response.request
        )

    def close(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            self._client.close()


def _learn_sent(given: Mapping[str, Any]) -> None:
    """Makes known what a request of sign-in proves itself with: secrets, assertions, codes, tokens."""
    for name, value in (given.get("data") or {}).items():
        if name in _SECRET_FIELDS:
            learn(str(value))
    for name, value in (given.get("headers") or {}).items():
        if name.lower() in _SECRET_HEADERS:
            learn(str(value).rpartition(" ")[2])


def _learn_received(body: bytes | bytearray) -> None:
    """Makes known the tokens and assertions in an answer of sign-in, whatever its status."""
    for found in re.finditer(_SECRET_MEMBERS, body):
        learn(found[1].decode("utf-8", "replace"))


def _read(response: httpx.Response, body: Body, ends: float) -> None:
    for raw in response.iter_raw():
        body.add(raw)
        if time.monotonic() > ends:
            raise httpx.ReadTimeout("the answer took too long")
    body.whole()


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
