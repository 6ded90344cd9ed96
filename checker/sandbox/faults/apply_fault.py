"""Applies a fault to a request: replaces, changes or delays its response, or closes its connection."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NoReturn

from starlette.types import Receive, Scope, Send

from checker.sandbox.errors import (
    Correlation,
    EntraResponseError,
    default_graph_error,
    entra_error_body,
    graph_error_body,
)
from checker.sandbox.faults.kinds import (
    ConnectionDroppedError,
    Delay,
    DroppedConnection,
    Fault,
    ForeignNextLink,
    HtmlPage,
    HugeBody,
    LostResponse,
    NextLinkLoop,
    Partial,
    Status,
    TruncatedJson,
)
from checker.sandbox.responses import BufferedResponse
from checker.sandbox.scope import CLOSE_CONNECTION
from checker.sandbox.wire_json import compact_json

CHUNK = b"x" * 65536


def replacement_response(fault: Fault | None, correlation: Correlation, *, graph: bool) -> BufferedResponse | None:
    """Build the response that a fault sends instead of the real one; None where the fault has none."""
    match fault:
        case Status(status=status, retry_after=retry_after, headers=headers):
            extra = {} if retry_after is None else {"retry-after": str(retry_after)}
            return _error_response(status, {**headers, **extra}, correlation, graph=graph)
        case HtmlPage(status=status):
            page = b"<!DOCTYPE html><html><title>Gateway</title><body><h1>Sign in</h1></body></html>"
            return BufferedResponse(status, {"content-type": "text/html; charset=utf-8"}, page)
        case _:
            return None


def _error_response(
    status: int, headers: Mapping[str, str], correlation: Correlation, *, graph: bool
) -> BufferedResponse:
    if graph:
        body = graph_error_body(default_graph_error(status), correlation)
    else:
        error = EntraResponseError(
            status, "temporarily_unavailable", 90033, "A transient error has occurred. Try again."
        )
        body = entra_error_body(error, correlation)
    return BufferedResponse(status, {"content-type": "application/json", **headers}, body)


async def delay_response(fault: Fault | None) -> None:
    """Wait as long as a fault delays the response; the service has acted by then."""
    if isinstance(fault, Delay):
        await asyncio.sleep(fault.seconds)


def altered_response(fault: Fault | None, response: BufferedResponse, url: Callable[[], str]) -> BufferedResponse:
    """Change the real response as the fault says; only successful responses are changed.

    Args:
        fault: the fault.
        response: the real response.
        url: gives the URL of the request, for a nextLink that points to itself.
    """
    if response.status != 200:
        return response
    match fault:
        case Partial(warning=warning, empty=empty):
            body = _with_members(response.body, {"value": []}) if empty else response.body
            return replace(response, status=206, headers={**response.headers, "warning": warning}, body=body)
        case TruncatedJson():
            return replace(response, body=response.body[: len(response.body) // 2])
        case ForeignNextLink(host=host):
            link = f"https://{host}/v1.0/security/secureScores?$skiptoken=stolen"
            return replace(response, body=_with_members(response.body, {"@odata.nextLink": link}))
        case NextLinkLoop():
            return replace(response, body=_with_members(response.body, {"@odata.nextLink": url()}))
        case _:
            return response


def _with_members(body: bytes, members: Mapping[str, object]) -> bytes:
    return compact_json({**json.loads(body), **members})


def loses_response(fault: Fault | None, response: BufferedResponse) -> bool:
    """Tell whether nothing of a response arrives: an empty body can't be cut in half."""
    return isinstance(fault, LostResponse) or (isinstance(fault, DroppedConnection) and not response.body)


async def close_without_response(scope: Scope, receive: Receive) -> NoReturn:
    """Close the connection of a request before anything is sent.

    Raises:
        ConnectionDroppedError: always; in the same process, where there is no connection, nothing else happens.
    """
    if CLOSE_CONNECTION in scope:
        scope[CLOSE_CONNECTION]()
        # If nothing is sent, the server sends a 500: it has to know by then that the connection is closed.
        while (await receive())["type"] != "http.disconnect":
            pass
    raise ConnectionDroppedError("the sandbox closes the connection instead of responding")


async def send_response(fault: Fault | None, response: BufferedResponse, send: Send, *, head: bool = False) -> None:
    """Send a response, or as much of it as a fault lets through.

    Args:
        fault: the fault.
        response: the whole response.
        send: sends the parts.
        head: whether the client wants the headers only.

    Raises:
        ConnectionDroppedError: half of the response was sent, and the connection has to be closed now.
    """
    if isinstance(fault, HugeBody):
        await _send_huge_body(fault.mebibytes, response, send)
        return
    headers = {**response.headers, "content-length": str(len(response.body))}
    if response.status == 204:
        del headers["content-length"]
    await _start_response(response.status, headers, send)
    if head:
        await send({"type": "http.response.body", "body": b""})
        return
    if isinstance(fault, DroppedConnection):
        await send({"type": "http.response.body", "body": response.body[: len(response.body) // 2], "more_body": True})
        raise ConnectionDroppedError("the sandbox closes the connection in the middle of the body")
    await send({"type": "http.response.body", "body": response.body})


async def _send_huge_body(mebibytes: int, response: BufferedResponse, send: Send) -> None:
    await _start_response(200, response.headers, send)
    await send({"type": "http.response.body", "body": b'{"value":[],"padding":"', "more_body": True})
    for _ in range(mebibytes * 1024 * 1024 // len(CHUNK)):
        await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
    await send({"type": "http.response.body", "body": b'"}'})


async def _start_response(status: int, headers: Mapping[str, str], send: Send) -> None:
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
