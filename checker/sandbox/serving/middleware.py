"""The middleware of the sandbox: what happens to every request before and after its route.

It limits the body, sets the headers that correlate a request with its response, throttles, applies faults, keeps the
log, sends the requests of a batch one by one, and turns any other failure into an error of the service.
"""

import asyncio
import datetime
import email.utils
import functools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checker.sandbox.entra.tokens import bearer_token, unverified_claim
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
from checker.sandbox.faults.kinds import DroppedConnection, Fault, HugeBody, Status
from checker.sandbox.graph.batch import BatchRequest
from checker.sandbox.graph.paths import canonical_path
from checker.sandbox.responses import BufferedResponse, error_response, is_graph_path
from checker.sandbox.scope import CORRELATION, ON_CHANGE, SEND_PART
from checker.sandbox.serving.batch_parts import part_scope
from checker.sandbox.serving.control_routes import PREFIX
from checker.sandbox.serving.cors import cross_origin_headers, preflight_response
from checker.sandbox.serving.request_log import LoggedRequest, RequestLog, readable_body
from checker.sandbox.serving.throttle import Caller, Throttle

LARGEST_BODY = 1024 * 1024
SECONDS_TO_RESPOND = 0.05
"""How long a request takes when throttling is on, so that requests overlap."""

_DIAGNOSTIC = (
    '{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"SANDBOX000"}}'
)


class BodyTooLargeError(Exception):
    """A body is longer than the sandbox accepts."""


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A request that was answered, and its number in the log."""

    number: int
    fault: Fault | None
    response: BufferedResponse


class SandboxMiddleware:
    """The middleware around all routes."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        faults: FaultQueue,
        requests: RequestLog,
        now: Callable[[], datetime.datetime],
        throttle: Throttle | None,
    ) -> None:
        self._app = app
        self._faults = faults
        self._requests = requests
        self._now = now
        self._throttle = throttle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request; other events of the server are passed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation = self._correlate(scope)
        try:
            body = await _read_body(receive)
        except BodyTooLargeError:
            await send_response(None, error_response(413, scope["path"], correlation), send)
            return
        if scope["path"].startswith(PREFIX):
            await send_response(None, await self._call_route(scope, body, correlation), send)
            return
        scope[SEND_PART] = functools.partial(self._send_part, {**scope, SEND_PART: None})
        exchange = await self._exchange(scope, body)
        if loses_response(exchange.fault, exchange.response):
            await close_without_response(scope, receive)
        self._requests.record_status(exchange.number, exchange.response.status, self._now())
        await send_response(exchange.fault, exchange.response, send, head=scope["method"] == "HEAD")

    async def _send_part(self, batch: Scope, part: BatchRequest) -> BufferedResponse:
        """Respond to one request of a batch; a response that a fault loses is a timeout of the gateway."""
        scope = part_scope(batch, part)
        correlation = self._correlate(scope)
        exchange = await self._exchange(scope, part.body, batch=part.id)
        lost = isinstance(exchange.fault, DroppedConnection) or loses_response(exchange.fault, exchange.response)
        response = error_response(504, scope["path"], correlation) if lost else exchange.response
        self._requests.record_status(exchange.number, response.status, self._now())
        return response

    def _correlate(self, scope: Scope) -> Correlation:
        correlation = new_correlation(Headers(scope=scope).get("client-request-id"), self._now())
        scope[CORRELATION] = correlation
        return correlation

    async def _exchange(self, scope: Scope, body: bytes, *, batch: str | None = None) -> _Exchange:
        entry = _log_entry(scope, body, batch, self._now())
        number = self._requests.append(entry)
        scope[ON_CHANGE] = functools.partial(self._requests.record_change, number)
        with self._admission(scope, entry) as wait:
            # A request above the limit leaves the fault to the next request within it.
            taken = self._faults.take(canonical_path(entry.path), entry.method, entry.tenant) if wait is None else None
            fault = taken if wait is None else Status(429, retry_after=wait)
            return _Exchange(number, fault, await self._respond(scope, body, fault))

    async def _respond(self, scope: Scope, body: bytes, fault: Fault | None) -> BufferedResponse:
        graph = is_graph_path(scope["path"])
        headers, correlation = Headers(scope=scope), scope[CORRELATION]
        response = replacement_response(fault, correlation, graph=graph)
        if response is None:
            response = preflight_response(scope["method"], headers)
        if response is None:
            if self._throttle is not None and graph:
                await asyncio.sleep(SECONDS_TO_RESPOND)
            response = await self._call_route(scope, body, correlation)
            await delay_response(fault)
            response = altered_response(fault, response, lambda: str(Request(scope).url))
        if isinstance(fault, HugeBody):
            response = BufferedResponse(200, response.headers, b"")
        return _with_standard_headers(response, headers, correlation, graph=graph)

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

    def _admission(self, scope: Scope, entry: LoggedRequest) -> AbstractContextManager[int | None]:
        """Count a request of Graph against the limits; the block gets the seconds to wait, or None."""
        counted = is_graph_path(entry.path) and entry.method != "OPTIONS" and not _is_batch(entry.path)
        if self._throttle is None or entry.tenant is None or not counted:
            return nullcontext()
        return self._throttle.admission(Caller(entry.tenant, entry.application), scope[CORRELATION].moment)


def _is_batch(path: str) -> bool:
    return canonical_path(path).endswith("/$batch")


def _with_standard_headers(
    response: BufferedResponse, headers: Headers, correlation: Correlation, *, graph: bool
) -> BufferedResponse:
    standard = {
        "date": email.utils.format_datetime(correlation.moment, usegmt=True),
        **cross_origin_headers(headers),
    }
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


def _tenant_of(scope: Scope, token: str) -> str | None:
    if is_graph_path(scope["path"]):
        return unverified_claim(token, "tid")
    tenant, separator, _ = scope["path"].strip("/").partition("/")
    return tenant.lower() if separator else None


def _log_entry(scope: Scope, body: bytes, batch: str | None, now: datetime.datetime) -> LoggedRequest:
    headers = Headers(scope=scope)
    token = bearer_token(headers.get("authorization"))
    return LoggedRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        status=0,
        tenant=_tenant_of(scope, token),
        client_request_id=headers.get("client-request-id"),
        user_agent=headers.get("user-agent"),
        body=readable_body(scope["method"], body),
        application=unverified_claim(token, "appid"),
        batch=batch,
        arrived=now.astimezone(datetime.UTC),
    )
