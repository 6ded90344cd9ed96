"""The middleware of the sandbox: what happens to every request before and after its route.

It limits the body, sets the headers that correlate a request with its response, limits concurrency, applies faults,
keeps the log, and turns any other failure into an error of the service.
"""

import asyncio
import datetime
import email.utils
import functools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checker.sandbox.entra.tokens import bearer_token, unverified_tenant
from checker.sandbox.errors import Correlation, new_correlation
from checker.sandbox.faults.apply_fault import (
    altered_response,
    close_without_response,
    delay_response,
    loses_response,
    replacement_response,
    send_response,
)
from checker.sandbox.faults.fault_queue import FaultQueue
from checker.sandbox.faults.kinds import Fault, HugeBody, Status
from checker.sandbox.responses import BufferedResponse, error_response, is_graph_path
from checker.sandbox.scope import CORRELATION, ON_CHANGE
from checker.sandbox.serving.control_routes import PREFIX
from checker.sandbox.serving.request_log import LoggedRequest, RequestLog, readable_body

LARGEST_BODY = 1024 * 1024
MOST_CONCURRENT = 4
"""Graph allows an application four concurrent requests for Secure Score in each tenant."""
SECONDS_TO_RESPOND = 0.05
"""How long a request takes when concurrency is enforced, so that requests overlap."""

_DIAGNOSTIC = (
    '{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"SANDBOX000"}}'
)


class BodyTooLargeError(Exception):
    """A body is longer than the sandbox accepts."""


class SandboxMiddleware:
    """The middleware around all routes."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        faults: FaultQueue,
        requests: RequestLog,
        now: Callable[[], datetime.datetime],
        enforce_concurrency: bool,
    ) -> None:
        self._app = app
        self._faults = faults
        self._requests = requests
        self._now = now
        self._enforce_concurrency = enforce_concurrency
        self._running: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request; other events of the server are passed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        correlation = new_correlation(headers.get("client-request-id"), self._now())
        scope[CORRELATION] = correlation
        try:
            body = await _read_body(receive)
        except BodyTooLargeError:
            await send_response(None, error_response(413, scope["path"], correlation), send)
            return
        if scope["path"].startswith(PREFIX):
            await send_response(None, await self._call_route(scope, body, correlation), send)
            return
        tenant = _tenant_of(scope, headers)
        number = self._requests.append(_log_entry(scope, headers, body, tenant))
        scope[ON_CHANGE] = functools.partial(self._requests.record_change, number)
        with self._concurrency_slot(tenant if is_graph_path(scope["path"]) else None) as allowed:
            # A request above the limit leaves the fault to the next request within it.
            taken = self._faults.take(scope["path"], scope["method"], tenant) if allowed else None
            fault = taken if allowed else Status(429, retry_after=1)
            response = await self._respond(scope, body, correlation, fault)
        if loses_response(fault, response):
            await close_without_response(scope, receive)
        self._requests.record_status(number, response.status)
        await send_response(fault, response, send)

    async def _respond(
        self, scope: Scope, body: bytes, correlation: Correlation, fault: Fault | None
    ) -> BufferedResponse:
        graph = is_graph_path(scope["path"])
        response = replacement_response(fault, correlation, graph=graph)
        if response is None:
            if self._enforce_concurrency and graph:
                await asyncio.sleep(SECONDS_TO_RESPOND)
            response = await self._call_route(scope, body, correlation)
            await delay_response(fault)
            response = altered_response(fault, response, lambda: str(Request(scope).url))
        if isinstance(fault, HugeBody):
            response = BufferedResponse(200, response.headers, b"")
        return _with_standard_headers(response, correlation, graph=graph)

    async def _call_route(self, scope: Scope, body: bytes, correlation: Correlation) -> BufferedResponse:
        """Call the route, and collect its whole response."""
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def collect(message: Message) -> None:
            messages.append(message)

        try:
            await self._app(scope, receive, collect)
        except Exception:  # noqa: BLE001 - a service responds even if it fails
            return error_response(500, scope["path"], correlation)
        start = messages[0]
        return BufferedResponse(
            status=start["status"],
            headers={
                name.decode("latin-1"): value.decode("latin-1")
                for name, value in start["headers"]
                if name != b"content-length"
            },
            body=b"".join(message.get("body", b"") for message in messages[1:]),
        )

    @contextmanager
    def _concurrency_slot(self, tenant: str | None) -> Iterator[bool]:
        """Count a request while it runs, and tell whether it is within the limit."""
        if not self._enforce_concurrency or tenant is None:
            yield True
            return
        self._running[tenant] += 1
        try:
            yield self._running[tenant] <= MOST_CONCURRENT
        finally:
            self._running[tenant] -= 1
            if not self._running[tenant]:
                del self._running[tenant]


def _with_standard_headers(response: BufferedResponse, correlation: Correlation, *, graph: bool) -> BufferedResponse:
    standard = {"date": email.utils.format_datetime(correlation.moment, usegmt=True)}
    if graph:
        standard |= {
            "request-id": correlation.request_id,
            "client-request-id": correlation.client_request_id,
            "x-ms-ags-diagnostic": _DIAGNOSTIC,
            "strict-transport-security": "max-age=31536000",
        }
    else:
        standard |= {
            "x-ms-request-id": correlation.request_id,
            "client-request-id": correlation.client_request_id,
        }
    return BufferedResponse(response.status, {**response.headers, **standard}, response.body)


async def _read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise BodyTooLargeError
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return bytes(body)


def _tenant_of(scope: Scope, headers: Headers) -> str | None:
    if is_graph_path(scope["path"]):
        return unverified_tenant(bearer_token(headers.get("authorization")))
    return scope["path"].strip("/").partition("/")[0].lower() or None


def _log_entry(scope: Scope, headers: Headers, body: bytes, tenant: str | None) -> LoggedRequest:
    return LoggedRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        status=0,
        tenant=tenant,
        client_request_id=headers.get("client-request-id"),
        user_agent=headers.get("user-agent"),
        body=readable_body(scope["method"], body),
    )
