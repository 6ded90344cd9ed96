"""Microsoft Graph's two Secure Score collections.

Sources: https://learn.microsoft.com/graph/api/resources/securescore,
https://learn.microsoft.com/graph/api/resources/securescorecontrolprofile and published responses.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checker.sandbox.entra.claims_challenges import ClaimsChallenges
from checker.sandbox.entra.tokens import Signer
from checker.sandbox.graph.odata import parse_options
from checker.sandbox.graph.paging import Cursor, Cursors, Page, page_at
from checker.sandbox.graph.permissions import (
    READ_PERMISSIONS,
    WRITE_PERMISSIONS,
    authenticate,
    authorize,
    unauthenticated_error,
)
from checker.sandbox.graph.tenant_state import TenantState, find_item
from checker.sandbox.graph.updates import parse_update
from checker.sandbox.scope import ON_CHANGE
from checker.sandbox.wire_json import compact_json

VERSIONS = ("v1.0", "beta")

Collection = Literal["secureScores", "secureScoreControlProfiles"]

CONTENT_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


@dataclass(frozen=True, slots=True)
class GraphRoutes:
    """The routes of Graph, and what they read.

    Attributes:
        states: the tenants by id.
        signer: the signer whose tokens are accepted.
        now: the clock.
        base_url: gives what the links in the response to a request begin with, without a slash at the end.
        page_size: the most profiles on a page; all days of scores fit on one.
        cursors: the cursors of all valid skiptokens.
        challenges: the claims challenges of the tenants.
    """

    states: Mapping[str, TenantState]
    signer: Signer
    now: Callable[[], datetime.datetime]
    base_url: Callable[[Request], str]
    page_size: int
    cursors: Cursors
    challenges: ClaimsChallenges

    def routes(self) -> list[Route]:
        """List the routes of both versions of the API."""
        return [route for version in VERSIONS for route in self._routes(version)]

    def _routes(self, version: str) -> list[Route]:
        collections: tuple[Collection, ...] = ("secureScores", "secureScoreControlProfiles")
        routes = []
        for collection in collections:
            path = f"/{version}/security/{collection}"
            routes += [
                Route(path, self._bind(self._list_items, version, collection), methods=["GET"]),
                Route(f"{path}/{{item_id}}", self._bind(self._get_item, version, collection), methods=["GET"]),
            ]
        routes.append(
            Route(
                f"/{version}/security/secureScoreControlProfiles/{{item_id}}",
                self._bind(self._update_profile, version, "secureScoreControlProfiles"),
                methods=["PATCH"],
            )
        )
        return routes

    @staticmethod
    def _bind(
        handler: Callable[[Request, str, Collection], Any], version: str, collection: Collection
    ) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            response: Response = await handler(request, version, collection)
            return response

        return endpoint

    async def _list_items(self, request: Request, version: str, collection: Collection) -> Response:
        state = self._authorized(request, READ_PERMISSIONS)[0]
        options = parse_options(request.query_params.multi_items(), dollar_required=version == "v1.0")
        tenant_id = state.tenant.tenant_id
        if options.skiptoken is None:
            cursor = Cursor(tenant_id, collection, 0, options)
        else:
            cursor = self.cursors.find(options.skiptoken, tenant_id, collection)
        page_size = None if collection == "secureScores" else self.page_size
        page = page_at(_items(state, collection), cursor, self.cursors, page_size=page_size)
        return _graph_response(self._envelope(request, version, collection, cursor, page))

    async def _get_item(self, request: Request, version: str, collection: Collection) -> Response:
        state = self._authorized(request, READ_PERMISSIONS)[0]
        item = find_item(_items(state, collection), request.path_params["item_id"])
        return _graph_response(self._entity(request, version, collection, item))

    async def _update_profile(self, request: Request, version: str, collection: Collection) -> Response:
        state, claims = self._authorized(request, WRITE_PERMISSIONS)
        profile_id = request.path_params["item_id"]
        find_item(state.control_profiles(), profile_id)
        update = parse_update(await request.body())
        updated_by = claims.get("upn") or claims["appid"]
        profile = state.update_profile(profile_id, update, updated_by=updated_by)
        request.scope[ON_CHANGE]()
        if "return=representation" not in request.headers.get("prefer", "").replace(" ", "").lower():
            return Response(status_code=204)
        response = _graph_response(self._entity(request, version, collection, profile))
        response.headers["Preference-Applied"] = "return=representation"
        return response

    def _authorized(self, request: Request, permissions: frozenset[str]) -> tuple[TenantState, dict[str, Any]]:
        claims = authenticate(request.headers.get("authorization"), self.signer, self.now())
        state = self.states.get(claims["tid"])
        if state is None:
            raise unauthenticated_error("The tenant of the token was not found.")
        self.challenges.check(claims["tid"], claims["uti"], str(request.base_url).rstrip("/"))
        authorize(claims, permissions)
        return state, claims

    def _envelope(
        self, request: Request, version: str, collection: Collection, cursor: Cursor, page: Page
    ) -> dict[str, Any]:
        base = f"{self.base_url(request)}/{version}"
        envelope: dict[str, Any] = {"@odata.context": f"{base}/$metadata#security/{collection}"}
        if page.count is not None:
            envelope["@odata.count"] = page.count
        if page.skiptoken is not None:
            # The dollar signs are not escaped on the wire either.
            top = "" if cursor.options.top is None else f"$top={cursor.options.top}&"
            envelope["@odata.nextLink"] = f"{base}/security/{collection}?{top}$skiptoken={page.skiptoken}"
        return {**envelope, "value": page.items}

    def _entity(
        self, request: Request, version: str, collection: Collection, item: Mapping[str, Any]
    ) -> dict[str, Any]:
        context = f"{self.base_url(request)}/{version}/$metadata#security/{collection}/$entity"
        return {"@odata.context": context, **item}


def _items(state: TenantState, collection: Collection) -> Sequence[dict[str, Any]]:
    return state.secure_scores() if collection == "secureScores" else state.control_profiles()


def _graph_response(body: dict[str, Any]) -> Response:
    headers = {"Content-Type": CONTENT_TYPE, "OData-Version": "4.0", "Cache-Control": "private"}
    return Response(compact_json(body), headers=headers)
