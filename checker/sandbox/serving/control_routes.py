"""The sandbox's own routes, for tests in another process: faults, the request log, the clock, profiles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checker.sandbox.errors import GraphResponseError
from checker.sandbox.faults.decode import add_from_json
from checker.sandbox.faults.fault_queue import FaultQueue
from checker.sandbox.responses import json_response
from checker.sandbox.serving.request_log import RequestLog
from checker.sandbox.wire_json import parse_object

PREFIX = "/_sandbox"
MOST_DAYS = 3650
"""How many days may pass at once."""


@dataclass(frozen=True, slots=True)
class ControlRoutes:
    """The control routes, and what they change.

    Attributes:
        faults: the faults that are waiting.
        requests: the request log.
        advance: lets a number of days pass.
        remove_profile: removes a control profile, by the ids of its tenant and its own.
    """

    faults: FaultQueue
    requests: RequestLog
    advance: Callable[[int], None]
    remove_profile: Callable[[str, str], None]

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route(f"{PREFIX}/faults", self._add_fault, methods=["POST"]),
            Route(f"{PREFIX}/faults", self._clear_faults, methods=["DELETE"]),
            Route(f"{PREFIX}/requests", self._list_requests, methods=["GET"]),
            Route(f"{PREFIX}/requests", self._clear_requests, methods=["DELETE"]),
            Route(f"{PREFIX}/clock", self._advance, methods=["POST"]),
            Route(f"{PREFIX}/profiles/{{tenant}}/{{profile}}", self._remove_profile, methods=["DELETE"]),
        ]

    async def _add_fault(self, request: Request) -> Response:
        try:
            add_from_json(self.faults, parse_object(await request.body(), "a fault"))
        except ValueError as error:
            return json_response({"error": str(error)}, status=400)
        return Response(status_code=204)

    async def _clear_faults(self, _request: Request) -> Response:
        self.faults.clear()
        return Response(status_code=204)

    async def _list_requests(self, _request: Request) -> Response:
        return json_response({"requests": [entry.as_json() for entry in self.requests]})

    async def _clear_requests(self, _request: Request) -> Response:
        self.requests.clear()
        return Response(status_code=204)

    async def _advance(self, request: Request) -> Response:
        try:
            self.advance(_days(parse_object(await request.body(), "the body")))
        except ValueError as error:
            return json_response({"error": str(error)}, status=400)
        return Response(status_code=204)

    async def _remove_profile(self, request: Request) -> Response:
        try:
            self.remove_profile(request.path_params["tenant"], request.path_params["profile"])
        except GraphResponseError as error:
            return json_response({"error": str(error)}, status=404)
        return Response(status_code=204)


def _days(sent: Mapping[str, Any]) -> int:
    days = sent["days"] if set(sent) == {"days"} else None
    # JSON tells booleans from numbers; Python counts a bool as an int.
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= MOST_DAYS:
        raise ValueError(f"the body must have one member, days: a whole number from 0 to {MOST_DAYS}")
    return days
