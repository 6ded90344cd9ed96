"""Microsoft Graph's two Secure Score collections, and batches of requests for them.

Sources: https://learn.microsoft.com/graph/api/resources/securescore,
https://learn.microsoft.com/graph/api/resources/securescorecontrolprofile and published responses.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import URLPath
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from checker.sandbox.entra.claims_challenges import ClaimsChallenges
from checker.sandbox.entra.tokens import Signer
from checker.sandbox.errors import default_graph_error
from checker.sandbox.graph.batch import answer_batch, parse_batch
from checker.sandbox.graph.entity_types import ENTITY_TYPES
from checker.sandbox.graph.odata import QueryOptions, parse_options
from checker.sandbox.graph.paging import Cursor, Cursors, Page, matching_items, page_at
from checker.sandbox.graph.paths import (
    BatchPath,
    Collection,
    CollectionPath,
    GraphPath,
    ItemPath,
    parse_path,
    unknown_segment_error,
)
from checker.sandbox.graph.permissions import (
    READ_PERMISSIONS,
    WRITE_PERMISSIONS,
    authenticate,
    authorize,
    unauthenticated_error,
)
from checker.sandbox.graph.tenant_state import TenantState, find_item
from checker.sandbox.graph.updates import check_content_type, parse_update
from checker.sandbox.responses import is_graph_path
from checker.sandbox.scope import ON_CHANGE, SEND_PART
from checker.sandbox.wire_json import compact_json

CONTENT_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
_COMMON_HEADERS = {"OData-Version": "4.0", "Cache-Control": "private"}


@dataclass(frozen=True, slots=True)
class GraphRoutes(BaseRoute):
    """The one route of all paths of Graph, and what it reads.

    Attributes:
        states: the tenants by id.
        signer: the signer whose tokens are accepted.
        now: the clock.
        base_url: gives what the links in the response to a request begin with, without a slash at the end.
        page_size: the most items on a page.
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

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take every path of Graph, so that an unknown one gets an error of Graph."""
        matching = scope["type"] == "http" and is_graph_path(scope["path"])
        return (Match.FULL if matching else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """Raise an error: the route has no name."""
        raise NoMatchFound(name, dict(path_params))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        path = parse_path(scope["path"])
        allowed = _allowed_methods(path)
        if request.method == "OPTIONS":
            response = Response(status_code=204, headers={"Allow": ", ".join(allowed)})
        elif request.method not in allowed:
            raise default_graph_error(405, {"Allow": ", ".join(allowed)})
        else:
            response = await self._respond(request, path)
        await response(scope, receive, send)

    async def _respond(self, request: Request, path: GraphPath) -> Response:
        match path:
            case BatchPath():
                return await self._answer_batch(request)
            case ItemPath() if request.method == "PATCH":
                return await self._update_profile(request, path)
            case ItemPath():
                return self._get_item(request, path)
            case CollectionPath(counts=True):
                return self._count_items(request, path)
            case CollectionPath():
                return self._list_items(request, path)

    def _list_items(self, request: Request, path: CollectionPath) -> Response:
        state = self._authorized(request, READ_PERMISSIONS)[0]
        options = _options(request, path)
        tenant_id = state.tenant.tenant_id
        if options.skiptoken is None:
            cursor = Cursor(tenant_id, path.collection, 0, options)
        else:
            cursor = self.cursors.find(options.skiptoken, tenant_id, path.collection)
        page = page_at(_items(state, path.collection), cursor, self.cursors, page_size=self.page_size)
        return _graph_response(self._envelope(request, path, cursor, page))

    def _count_items(self, request: Request, path: CollectionPath) -> Response:
        state = self._authorized(request, READ_PERMISSIONS)[0]
        matching = matching_items(_items(state, path.collection), _options(request, path))
        return PlainTextResponse(str(len(matching)), headers=_COMMON_HEADERS)

    def _get_item(self, request: Request, path: ItemPath) -> Response:
        state = self._authorized(request, READ_PERMISSIONS)[0]
        options = _options(request, path)
        item = find_item(_items(state, path.collection), path.key)
        return _graph_response(self._entity(request, path, item, options))

    async def _update_profile(self, request: Request, path: ItemPath) -> Response:
        state, claims = self._authorized(request, WRITE_PERMISSIONS)
        find_item(state.control_profiles(), path.key)
        check_content_type(request.headers.get("content-type"))
        update = parse_update(await request.body())
        updated_by = claims.get("upn") or claims["appid"]
        profile = state.update_profile(path.key, update, updated_by=updated_by)
        request.scope[ON_CHANGE]()
        if "return=representation" not in request.headers.get("prefer", "").replace(" ", "").lower():
            return Response(status_code=204)
        response = _graph_response(self._entity(request, path, profile, QueryOptions()))
        response.headers["Preference-Applied"] = "return=representation"
        return response

    async def _answer_batch(self, request: Request) -> Response:
        if SEND_PART not in request.scope:
            # A batch in a batch.
            raise unknown_segment_error("$batch")
        authenticate(request.headers.get("authorization"), self.signer, self.now())
        check_content_type(request.headers.get("content-type"))
        requests = parse_batch(await request.body())
        return _graph_response(await answer_batch(requests, request.scope[SEND_PART]))

    def _authorized(self, request: Request, permissions: frozenset[str]) -> tuple[TenantState, dict[str, Any]]:
        claims = authenticate(request.headers.get("authorization"), self.signer, self.now())
        state = self.states.get(claims["tid"])
        if state is None:
            raise unauthenticated_error("The tenant of the token was not found.")
        self.challenges.check(claims["tid"], claims["uti"], str(request.base_url).rstrip("/"))
        authorize(claims, permissions)
        return state, claims

    def _envelope(self, request: Request, path: CollectionPath, cursor: Cursor, page: Page) -> dict[str, Any]:
        base = f"{self.base_url(request)}/{path.version}"
        selected = "" if cursor.options.select is None else cursor.options.select.context
        envelope: dict[str, Any] = {"@odata.context": f"{base}/$metadata#security/{path.collection}{selected}"}
        if page.count is not None:
            envelope["@odata.count"] = page.count
        if page.skiptoken is not None:
            # The dollar signs are not escaped on the wire either.
            top = "" if cursor.options.top is None else f"$top={cursor.options.top}&"
            envelope["@odata.nextLink"] = f"{base}/security/{path.collection}?{top}$skiptoken={page.skiptoken}"
        return {**envelope, "value": page.items}

    def _entity(
        self, request: Request, path: ItemPath, item: Mapping[str, Any], options: QueryOptions
    ) -> dict[str, Any]:
        base = f"{self.base_url(request)}/{path.version}"
        selected = "" if options.select is None else options.select.context
        members = item if options.select is None else options.select.trimmed(item)
        return {"@odata.context": f"{base}/$metadata#security/{path.collection}{selected}/$entity", **members}


def _allowed_methods(path: GraphPath) -> tuple[str, ...]:
    match path:
        case BatchPath():
            return ("POST",)
        case ItemPath(collection="secureScoreControlProfiles"):
            return ("GET", "HEAD", "PATCH")
        case _:
            return ("GET", "HEAD")


def _options(request: Request, path: CollectionPath | ItemPath) -> QueryOptions:
    query = request.query_params.multi_items()
    return parse_options(query, ENTITY_TYPES[path.collection], dollar_required=path.version == "v1.0")


def _items(state: TenantState, collection: Collection) -> Sequence[dict[str, Any]]:
    return state.secure_scores() if collection == "secureScores" else state.control_profiles()


def _graph_response(body: dict[str, Any]) -> Response:
    return Response(compact_json(body), headers={"Content-Type": CONTENT_TYPE, **_COMMON_HEADERS})
