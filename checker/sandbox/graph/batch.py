"""JSON batches: up to 20 requests in one, each answered by itself.

Sources: https://learn.microsoft.com/graph/json-batching and https://learn.microsoft.com/graph/throttling; the messages
of refused batches are those that users report.
"""

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker.sandbox.errors import GraphResponseError
from checker.sandbox.responses import BufferedResponse
from checker.sandbox.wire_json import compact_json, parse_object

MOST_REQUESTS = 20
FAILED_DEPENDENCY = 424

_WRITES = frozenset({"POST", "PATCH", "PUT"})
_HEADERS = {
    name.lower(): name
    for name in (
        *("Cache-Control", "Content-Type", "OData-Version", "Preference-Applied", "Retry-After", "Warning"),
        "WWW-Authenticate",
    )
}
"""The headers that an answer inside a batch keeps, as Graph spells them."""


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """One request of a batch.

    Attributes:
        id: names its answer; unique in the batch, whatever its case.
        method: in capitals.
        url: relative to the version, with or without a slash at the start.
        headers: by name.
        body: its bytes; empty where there is none.
        depends_on: the ids of the requests that have to succeed first.
    """

    id: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    depends_on: tuple[str, ...]


Send = Callable[[BatchRequest], Awaitable[BufferedResponse]]


def parse_batch(data: bytes) -> list[BatchRequest]:
    """Parse the body of a batch.

    Raises:
        GraphResponseError: 400, when it is malformed, too long, names a request twice, or depends on what isn't before.
    """
    try:
        sent = parse_object(data, "a batch").get("requests")
    except ValueError as error:
        raise _invalid_format_error() from error
    if not isinstance(sent, list) or not sent:
        raise _invalid_format_error()
    if len(sent) > MOST_REQUESTS:
        raise _refused_batch_error("Number of requests inside batch exceeds the limit.")
    requests = [_request(entry) for entry in sent]
    _check_ids(requests)
    _check_dependencies(requests)
    return requests


async def answer_batch(requests: Sequence[BatchRequest], send: Send) -> dict[str, Any]:
    """Send the requests of a batch, and give the body of its answer.

    Requests that depend on none run at the same time, and are answered in another order than they came in: clients have
    to go by the ids.
    """
    if not any(request.depends_on for request in requests):
        responses = await asyncio.gather(*(send(request) for request in requests))
        answered = [_answer(request, response) for request, response in zip(requests, responses, strict=True)]
        return {"responses": answered[::-1]}
    statuses: dict[str, int] = {}
    answers = []
    for request in requests:
        if any(statuses[name.lower()] >= 400 for name in request.depends_on):
            response = _failed_dependency()
        else:
            response = await send(request)
        statuses[request.id.lower()] = response.status
        answers.append(_answer(request, response))
    return {"responses": answers}


def _request(entry: object) -> BatchRequest:
    if not isinstance(entry, dict):
        raise _invalid_format_error()
    match entry:
        case {"id": str(name), "method": str(method), "url": str(url)} if name and url:
            headers, depends_on = entry.get("headers") or {}, entry.get("dependsOn") or []
        case _:
            raise _invalid_format_error()
    if not isinstance(headers, dict) or not isinstance(depends_on, list):
        raise _invalid_format_error()
    if not all(isinstance(text, str) for text in (*headers.values(), *depends_on)):
        raise _invalid_format_error()
    lowered = {header.lower(): value for header, value in headers.items()}
    body = _body(entry.get("body"))
    if method.upper() in _WRITES and body and "content-type" not in lowered:
        raise _refused_batch_error(f"Write request with id '{name[:64]}' does not contain a Content-Type header.")
    return BatchRequest(name, method.upper(), url, lowered, body, tuple(depends_on))


def _body(sent: object) -> bytes:
    if sent is None:
        return b""
    if not isinstance(sent, str):
        return compact_json(sent)
    try:
        return base64.urlsafe_b64decode(sent + "=" * (-len(sent) % 4))
    except (binascii.Error, ValueError) as error:
        raise _invalid_format_error() from error


def _check_ids(requests: Sequence[BatchRequest]) -> None:
    seen: set[str] = set()
    for request in requests:
        if request.id.lower() in seen:
            raise _refused_batch_error(f"Request Id {request.id[:64]} has to be unique in a batch.")
        seen.add(request.id.lower())


def _check_dependencies(requests: Sequence[BatchRequest]) -> None:
    """Accept one request after the other, or all after the same one; anything else is refused."""
    before: list[str] = []
    for request in requests:
        if not {name.lower() for name in request.depends_on} <= set(before):
            raise _refused_batch_error(f"Invalid dependency for request Id {request.id[:64]}.")
        before.append(request.id.lower())
    named = [tuple(name.lower() for name in request.depends_on) for request in requests]
    parallel = not any(named)
    one_after_the_other = named[1:] == [(name,) for name in before[:-1]]
    all_after_one = len(set(filter(None, named))) == 1
    if not (parallel or one_after_the_other or all_after_one):
        raise _refused_batch_error("Batch should be either fully sequential or fully parallel.")


def _answer(request: BatchRequest, response: BufferedResponse) -> dict[str, Any]:
    headers = {_HEADERS[name.lower()]: text for name, text in response.headers.items() if name.lower() in _HEADERS}
    answer: dict[str, Any] = {"id": request.id, "status": response.status, "headers": headers}
    if response.body and request.method != "HEAD":
        answer["body"] = _readable_body(headers.get("Content-Type", ""), response.body)
    return answer


def _readable_body(content_type: str, body: bytes) -> object:
    """Give the JSON of a body, or its bytes in base64, as Graph sends images."""
    if content_type.lower().startswith("application/json"):
        try:
            return json.loads(body)
        except ValueError:
            pass
    return base64.b64encode(body).decode()


def _failed_dependency() -> BufferedResponse:
    # The status is documented, and the body is not.
    body = compact_json({"error": {"code": "UnknownError", "message": ""}})
    return BufferedResponse(FAILED_DEPENDENCY, {"content-type": "application/json"}, body)


def _invalid_format_error() -> GraphResponseError:
    return _refused_batch_error("Invalid batch payload format.")


def _refused_batch_error(message: str) -> GraphResponseError:
    return GraphResponseError(400, "BadRequest", message)
