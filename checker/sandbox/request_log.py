"""What was asked of the sandbox, so that a test can see what a client really sent."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

MOST_ENTRIES = 10_000
LARGEST_BODY = 64 * 1024
ACTED = "scoregate.sandbox.acted"
"""The member of a request's scope that tells that something was changed."""


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request and the status that it got.

    Attributes:
        method: in capitals.
        path: decoded, without the query.
        query: as it was sent, still encoded.
        status: of the answer; 0 where the connection broke before there was one.
        tenant: the id of the tenant that was asked for; None where the request names none.
        client_request_id: the header, or None.
        user_agent: the header, or None.
        body: the JSON of a PATCH; None where there is none, or too much of it.
        acted: whether something was changed, whatever became of the answer.
    """

    method: str
    path: str
    query: str
    status: int
    tenant: str | None
    client_request_id: str | None
    user_agent: str | None
    body: Any
    acted: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON, with members in Graph's manner."""
        members = asdict(self)
        members["clientRequestId"] = members.pop("client_request_id")
        members["userAgent"] = members.pop("user_agent")
        return members


class RequestLog:
    """The requests in the order in which they were answered; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=MOST_ENTRIES)

    def append(self, entry: LoggedRequest) -> None:
        """Note a request."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget all requests."""
        self._entries.clear()

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, position: int) -> LoggedRequest:
        return self._entries[position]


def readable_body(method: str, body: bytes) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Read the JSON of a PATCH for the log; None where it is absent, malformed or large."""
    if method != "PATCH" or len(body) > LARGEST_BODY:
        return None
    try:
        # NaN and its like are no JSON, so they would break the log that is read over HTTP.
        return json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
