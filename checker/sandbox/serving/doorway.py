"""The doorway of the sandbox: what happens to every request before and after its route.

It bounds the body, marks the request and its answer, counts what runs at once, lets faults happen, keeps
the log, and turns whatever else goes wrong into an error of the service.
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
MOST_AT_ONCE = 4
"""Graph lets an application have four requests of Secure Score at once for each tenant."""
TIME_TO_ANSWER = 0.05
"""Seconds that a request takes when concurrency is enforced, so that there is something to count."""

_DIAGNOSTIC = (
    '{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"SANDBOX000"}}'
)


class BodyTooLargeError(Exception):
    """More bytes were sent than the sandbox takes."""


class Doorway:
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
        """BufferedResponse one request; other events of the server go through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        correlation = new_correlation(headers.get("client-request-id"), self._now())
        scope[CORRELATION] = correlation
        try:
            body = await _read(receive)
        except BodyTooLargeError:
            await send_response(None, error_response(413, scope["path"], correlation), send)
            return
        if scope["path"].startswith(PREFIX):
            await send_response(None, await self._routed(scope, body, correlation), send)
            return
        tenant = _tenant(scope, headers)
        number = self._requests.append(_entry(scope, headers, body, tenant))
        scope[ON_CHANGE] = functools.partial(self._requests.note_acted, number)
        with self._counted(tenant if is_graph_path(scope["path"]) else None) as allowed:
            # A request too many meets no fault: that one waits for a request that is let in.
            taken = self._faults.take(scope["path"], scope["method"], tenant) if allowed else None
            fault = taken if allowed else Status(429, retry_after=1)
            answer = await self._answer(scope, body, correlation, fault)
        if loses_response(fault, answer):
            await close_without_response(scope, receive)
        self._requests.note_status(number, answer.status)
        await send_response(fault, answer, send)

    async def _answer(
        self, scope: Scope, body: bytes, correlation: Correlation, fault: Fault | None
    ) -> BufferedResponse:
        graph = is_graph_path(scope["path"])
        answer = replacement_response(fault, correlation, graph=graph)
        if answer is None:
            if self._enforce_concurrency and graph:
                await asyncio.sleep(TIME_TO_ANSWER)
            routed = await self._routed(scope, body, correlation)
            await delay_response(fault)
            answer = altered_response(fault, routed, lambda: str(Request(scope).url))
        if isinstance(fault, HugeBody):
            answer = BufferedResponse(200, answer.headers, b"")
        return _marked(answer, correlation, graph=graph)

    async def _routed(self, scope: Scope, body: bytes, correlation: Correlation) -> BufferedResponse:
        """Let the routes answer, and keep the answer whole."""
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            messages.append(message)

        try:
            await self._app(scope, receive, keep)
        except Exception:  # noqa: BLE001 - a service answers whatever goes wrong inside it
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
    def _counted(self, tenant: str | None) -> Iterator[bool]:
        """Count a request while it runs, and tell whether it may."""
        if not self._enforce_concurrency or tenant is None:
            yield True
            return
        self._running[tenant] += 1
        try:
            yield self._running[tenant] <= MOST_AT_ONCE
        finally:
            self._running[tenant] -= 1
            if not self._running[tenant]:
                del self._running[tenant]


def _marked(answer: BufferedResponse, correlation: Correlation, *, graph: bool) -> BufferedResponse:
    marks = {"date": email.utils.format_datetime(correlation.moment, usegmt=True)}
    if graph:
        marks |= {
            "request-id": correlation.request_id,
            "client-request-id": correlation.client_request_id,
            "x-ms-ags-diagnostic": _DIAGNOSTIC,
            "strict-transport-security": "max-age=31536000",
        }
    else:
        marks |= {
            "x-ms-request-id": correlation.request_id,
            "client-request-id": correlation.client_request_id,
        }
    return BufferedResponse(answer.status, {**answer.headers, **marks}, answer.body)


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise BodyTooLargeError
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return bytes(body)


def _tenant(scope: Scope, headers: Headers) -> str | None:
    if is_graph_path(scope["path"]):
        return unverified_tenant(bearer_token(headers.get("authorization")))
    return scope["path"].strip("/").partition("/")[0].lower() or None


def _entry(scope: Scope, headers: Headers, body: bytes, tenant: str | None) -> LoggedRequest:
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
