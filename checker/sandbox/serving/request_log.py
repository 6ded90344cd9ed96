"""What was asked of the sandbox, so that a test can see what a client really sent."""

import json
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

MOST_ENTRIES = 10_000
LARGEST_BODY = 64 * 1024


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request and the status that it got.

    Attributes:
        method: in capitals.
        path: decoded, without the query.
        query: as it was sent, still encoded.
        status: that was sent; 0 where the connection broke before, and as long as the answer is awaited.
        tenant: the id of the tenant that was asked for; None where the request names none.
        client_request_id: the header, or None.
        user_agent: the header, or None.
        body: the JSON of a PATCH; None where there is none, or too much of it.
        acted: whether something was changed, whatever becomes of the answer.
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
    """The requests in the order in which they arrived; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._entries: OrderedDict[int, LoggedRequest] = OrderedDict()
        self._arrived = 0

    def append(self, entry: LoggedRequest) -> int:
        """Note a request, and give its number, by which more is noted of it later."""
        self._arrived += 1
        self._entries[self._arrived] = entry
        if len(self._entries) > MOST_ENTRIES:
            self._entries.popitem(last=False)
        return self._arrived

    def note_acted(self, number: int) -> None:
        """Note that a request changed something; one that is forgotten stays so."""
        if number in self._entries:
            self._entries[number] = replace(self._entries[number], acted=True)

    def note_status(self, number: int, status: int) -> None:
        """Note the status that is sent for a request; one that is forgotten stays so."""
        if number in self._entries:
            self._entries[number] = replace(self._entries[number], status=status)

    def clear(self) -> None:
        """Forget all requests."""
        self._entries.clear()

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(tuple(self._entries.values()))

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, position: int) -> LoggedRequest:
        return tuple(self._entries.values())[position]


def readable_body(method: str, body: bytes) -> object:
    """Read the JSON of a PATCH for the log; None where it is absent, malformed or large."""
    if method != "PATCH" or len(body) > LARGEST_BODY:
        return None
    try:
        # NaN and its like are no JSON, so they would break the log that is read over HTTP.
        return json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
