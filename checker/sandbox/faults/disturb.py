"""Makes a fault happen: an answer in, the disturbed answer out, or a connection that breaks."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NoReturn

from starlette.types import Receive, Scope, Send

from checker.sandbox.errors import (
    Correlation,
    EntraError,
    compact_json,
    entra_error_body,
    graph_error_body,
    graph_error_of,
)
from checker.sandbox.faults.kinds import (
    ConnectionDropped,
    Delay,
    DroppedConnection,
    Fault,
    ForeignNextLink,
    HtmlPage,
    HugeBody,
    LostAnswer,
    NextLinkLoop,
    Partial,
    Status,
    TruncatedJson,
)
from checker.sandbox.responses import BufferedResponse
from checker.sandbox.scope import CLOSE_CONNECTION

CHUNK = b"x" * 65536


def replacement(fault: Fault | None, correlation: Correlation, *, graph: bool) -> BufferedResponse | None:
    """Give the answer that takes the place of the real one, where a fault has one."""
    match fault:
        case Status(status=status, retry_after=retry_after, headers=headers):
            extra = {} if retry_after is None else {"retry-after": str(retry_after)}
            return _error_answer(status, {**headers, **extra}, correlation, graph=graph)
        case HtmlPage(status=status):
            page = b"<!DOCTYPE html><html><title>Gateway</title><body><h1>Sign in</h1></body></html>"
            return BufferedResponse(status, {"content-type": "text/html; charset=utf-8"}, page)
        case _:
            return None


def _error_answer(
    status: int, headers: Mapping[str, str], correlation: Correlation, *, graph: bool
) -> BufferedResponse:
    if graph:
        body = graph_error_body(graph_error_of(status), correlation)
    else:
        error = EntraError(status, "temporarily_unavailable", 90033, "A transient error has occurred. Try again.")
        body = entra_error_body(error, correlation)
    return BufferedResponse(status, {"content-type": "application/json", **headers}, body)


async def linger(fault: Fault | None) -> None:
    """Hold the answer back as long as a fault wants; what was asked is done by then."""
    if isinstance(fault, Delay):
        await asyncio.sleep(fault.seconds)


def altered(fault: Fault | None, answer: BufferedResponse, url: Callable[[], str]) -> BufferedResponse:
    """Give the real answer as a fault leaves it; only successful answers are altered.

    Args:
        fault: what happens.
        answer: the real answer.
        url: gives that of the request, for a nextLink that leads to itself.
    """
    if answer.status != 200:
        return answer
    match fault:
        case Partial(warning=warning, empty=empty):
            body = _with_members(answer.body, {"value": []}) if empty else answer.body
            return replace(answer, status=206, headers={**answer.headers, "warning": warning}, body=body)
        case TruncatedJson():
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        case ForeignNextLink(host=host):
            link = f"https://{host}/v1.0/security/secureScores?$skiptoken=stolen"
            return replace(answer, body=_with_members(answer.body, {"@odata.nextLink": link}))
        case NextLinkLoop():
            return replace(answer, body=_with_members(answer.body, {"@odata.nextLink": url()}))
        case _:
            return answer


def _with_members(body: bytes, members: Mapping[str, object]) -> bytes:
    return compact_json({**json.loads(body), **members})


def is_lost(fault: Fault | None, answer: BufferedResponse) -> bool:
    """Tell whether nothing of an answer arrives: an empty body has no middle to break off in."""
    return isinstance(fault, LostAnswer) or (isinstance(fault, DroppedConnection) and not answer.body)


async def lose_answer(scope: Scope, receive: Receive) -> NoReturn:
    """Close the connection of a request before anything is sent.

    Raises:
        ConnectionDropped: always; in-process, where there is no connection to close, it is all that happens.
    """
    if CLOSE_CONNECTION in scope:
        scope[CLOSE_CONNECTION]()
        # Whoever finds that nothing was sent sends a 500, which must meet a connection that is known to be closed.
        while (await receive())["type"] != "http.disconnect":
            pass
    raise ConnectionDropped("the sandbox closes the connection instead of an answer")


async def send_answer(fault: Fault | None, answer: BufferedResponse, send: Send) -> None:
    """Send an answer, or what a fault makes of sending it.

    Raises:
        ConnectionDropped: half of it was sent, and the connection is to be closed now.
    """
    if isinstance(fault, HugeBody):
        await _send_huge(fault.mebibytes, answer, send)
        return
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    if answer.status == 204:
        del headers["content-length"]
    await _start(answer.status, headers, send)
    if isinstance(fault, DroppedConnection):
        await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
        raise ConnectionDropped("the sandbox closes the connection in the middle of the body")
    await send({"type": "http.response.body", "body": answer.body})


async def _send_huge(mebibytes: int, answer: BufferedResponse, send: Send) -> None:
    await _start(200, answer.headers, send)
    await send({"type": "http.response.body", "body": b'{"value":[],"padding":"', "more_body": True})
    for _ in range(mebibytes * 1024 * 1024 // len(CHUNK)):
        await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
    await send({"type": "http.response.body", "body": b'"}'})


async def _start(status: int, headers: Mapping[str, str], send: Send) -> None:
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
