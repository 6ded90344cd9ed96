"""The log of requests, so that a test can see what a client really sent."""

import datetime
import json
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

MOST_ENTRIES = 10_000
LARGEST_BODY = 64 * 1024


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request and the status of its response.

    Attributes:
        method: the method, in capitals.
        path: the path, decoded, without the query.
        query: the query as it was sent, still encoded.
        status: the status that was sent; 0 while there is none yet, and where the connection was closed before.
        tenant: the id of the tenant that the request names; None where it names none.
        client_request_id: the client-request-id header, or None.
        user_agent: the User-Agent header, or None.
        body: the JSON of a PATCH; None where there is none, or it is too large.
        acted: whether the request changed something, whatever happens to the response.
        application: the id of the application that the token names; None where it names none.
        batch: the id of the request in its batch; None where it came by itself.
        arrived: when it arrived, by the sandbox's clock, in UTC.
        answered: when its response was ready; None while there is none yet, and where the connection was closed before.
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
    application: str | None = None
    batch: str | None = None
    arrived: datetime.datetime | None = None
    answered: datetime.datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the JSON object, with members spelled as in Graph."""
        members = asdict(self)
        members["clientRequestId"] = members.pop("client_request_id")
        members["userAgent"] = members.pop("user_agent")
        for name in ("arrived", "answered"):
            members[name] = members[name].isoformat(timespec="microseconds") if members[name] else None
        return members


class RequestLog:
    """The requests in the order in which they arrived; the oldest are dropped first."""

    def __init__(self) -> None:
        self._entries: OrderedDict[int, LoggedRequest] = OrderedDict()
        self._arrived = 0

    def append(self, entry: LoggedRequest) -> int:
        """Add a request, and give its number, which the other methods take."""
        self._arrived += 1
        self._entries[self._arrived] = entry
        if len(self._entries) > MOST_ENTRIES:
            self._entries.popitem(last=False)
        return self._arrived

    def record_change(self, number: int) -> None:
        """Record that a request changed something; ignored where the log no longer has the request."""
        if number in self._entries:
            self._entries[number] = replace(self._entries[number], acted=True)

    def record_status(self, number: int, status: int, answered: datetime.datetime | None = None) -> None:
        """Record the status that a request gets, and when; ignored where the log no longer has the request."""
        if number in self._entries:
            self._entries[number] = replace(self._entries[number], status=status, answered=answered)

    def clear(self) -> None:
        """Remove all requests."""
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
        # NaN and the infinities are not JSON: they would break the log that is read over HTTP.
        return json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
