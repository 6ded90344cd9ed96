"""The sandbox's own routes, for tests in another process: faults and the log of requests."""

import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checker.sandbox.errors import compact_json
from checker.sandbox.faults import Faults, add_from_json
from checker.sandbox.request_log import RequestLog

PREFIX = "/_sandbox"


@dataclass(frozen=True, slots=True)
class ControlService:
    """What the routes work on."""

    faults: Faults
    requests: RequestLog

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route(f"{PREFIX}/faults", self._add_fault, methods=["POST"]),
            Route(f"{PREFIX}/faults", self._clear_faults, methods=["DELETE"]),
            Route(f"{PREFIX}/requests", self._list_requests, methods=["GET"]),
            Route(f"{PREFIX}/requests", self._clear_requests, methods=["DELETE"]),
        ]

    async def _add_fault(self, request: Request) -> Response:
        try:
            add_from_json(self.faults, json.loads(await request.body()))
        except (ValueError, RecursionError) as error:
            return _answer({"error": str(error)}, status=400)
        return Response(status_code=204)

    async def _clear_faults(self, _request: Request) -> Response:
        self.faults.clear()
        return Response(status_code=204)

    async def _list_requests(self, _request: Request) -> Response:
        return _answer({"requests": [entry.as_json() for entry in self.requests]})

    async def _clear_requests(self, _request: Request) -> Response:
        self.requests.clear()
        return Response(status_code=204)


def _answer(body: object, *, status: int = 200) -> Response:
    return Response(compact_json(body), status_code=status, media_type="application/json")
