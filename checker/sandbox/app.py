"""The sandbox: one application that emulates Graph's Secure Score and Entra's sign-in."""

import datetime
import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checker.sandbox.entra.claims_challenges import ClaimsChallenges
from checker.sandbox.entra.tokens import GRAPH_AUDIENCE, Signer, TokenTerms, application_claims, delegated_claims
from checker.sandbox.errors import EntraResponseError, GraphResponseError, default_graph_error
from checker.sandbox.faults.fault_queue import FaultQueue
from checker.sandbox.graph.paging import Cursors
from checker.sandbox.graph.routes import GraphRoutes
from checker.sandbox.graph.tenant_state import TenantState
from checker.sandbox.responses import (
    BufferedResponse,
    entra_error_response,
    error_response,
    graph_error_response,
)
from checker.sandbox.scope import CORRELATION
from checker.sandbox.serving.control_routes import PREFIX, ControlRoutes
from checker.sandbox.serving.lazy_routes import LazyRoutes
from checker.sandbox.serving.middleware import SandboxMiddleware
from checker.sandbox.serving.request_log import RequestLog
from checker.sandbox.serving.throttle import Throttle
from checker.sandbox.tenants.tenant import SandboxTenant

if TYPE_CHECKING:
    from checker.sandbox.entra.directory import Directory
    from checker.sandbox.entra.oidc import OidcProviders

_LONGEST_LIFE = datetime.timedelta(days=366)
"""Longer than anything in the sandbox is valid: the calendar has to reach that far."""


class Sandbox:
    """An emulation of Graph and Entra for some tenants, which share nothing.

    Attributes:
        app: the ASGI application, for httpx's ASGI transport in the same process, or for `serving/serve.py`.
        tenants: the tenants as they were made, without the changes by PATCH.
        faults: what will go wrong.
        requests: the log of requests.
        public_url: what nextLinks begin with; None for the address that a request was sent to.
        graph_url: the address at which Graph is served; tokens can be requested for it.
    """

    def __init__(
        self,
        tenants: Sequence[SandboxTenant],
        *,
        now: Callable[[], datetime.datetime],
        public_url: str | None = None,
        page_size: int = 200,
        throttle: bool = False,
        score_lag_days: int = 0,
    ) -> None:
        """Build the application.

        Args:
            tenants: the tenants; each has an id of its own.
            now: the clock, with a time zone.
            public_url: the address at which clients reach it, without a path.
            page_size: the most days or control profiles on a page; how many Graph sends is not documented.
            throttle: whether the limits that Graph publishes are enforced, by 429.
            score_lag_days: how many days after a change of state the score follows; 0 is at once.

        Raises:
            ValueError: two tenants have the same id, the page size is below 1, or the lag below 0.
        """
        if page_size < 1:
            raise ValueError("a page must have at least one item")
        if score_lag_days < 0:
            raise ValueError("a score can't follow a change before it is made")
        self._clock = now
        self._shift = datetime.timedelta()
        now = self.now
        states = {tenant.tenant_id: TenantState(tenant, now, score_lag_days) for tenant in tenants}
        if len(states) != len(tenants):
            raise ValueError("two tenants have the same id")
        self._states = states
        self.tenants = tuple(tenants)
        self.faults = FaultQueue()
        self.requests = RequestLog()
        self.public_url = public_url.rstrip("/") if public_url else None
        self.graph_url = self.public_url
        self._now = now
        self._signer = Signer()
        self._challenges = ClaimsChallenges()
        graph = GraphRoutes(
            states=states,
            signer=self._signer,
            now=now,
            base_url=self._base_url,
            page_size=page_size,
            cursors=Cursors(),
            challenges=self._challenges,
        )
        self.app = self._application(graph, Throttle() if throttle else None)

    def _application(self, graph: GraphRoutes, throttle: Throttle | None) -> Starlette:
        control = ControlRoutes(self.faults, self.requests, self.advance, self.remove_profile)
        application = Starlette(
            routes=[*control.routes(), graph, LazyRoutes(self._sign_in_routes)],
            middleware=[
                Middleware(
                    SandboxMiddleware,
                    faults=self.faults,
                    requests=self.requests,
                    now=self._now,
                    throttle=throttle,
                )
            ],
            exception_handlers={
                GraphResponseError: _graph_error,
                EntraResponseError: _entra_error,
                HTTPException: _routing_error,
            },
        )
        # A client that follows a redirect loses its token.
        application.router.redirect_slashes = False
        return application

    def now(self) -> datetime.datetime:
        """Give the time in the sandbox."""
        return self._clock() + self._shift

    def advance(self, days: int) -> None:
        """Let days pass: the scores get new days, and tokens expire.

        Raises:
            ValueError: the calendar has no such day.
        """
        try:
            shift = self._shift + datetime.timedelta(days=days)
            _ = self._clock() + shift + _LONGEST_LIFE
        except OverflowError as error:
            raise ValueError("the calendar has no such day") from error
        self._shift = shift

    def profiles(self, tenant_id: str) -> Sequence[dict[str, Any]]:
        """List the control profiles of a tenant as they are now."""
        return self._states[tenant_id].control_profiles()

    def remove_profile(self, tenant_id: str, profile_id: str) -> None:
        """Remove a control profile of a tenant.

        Raises:
            GraphResponseError: 404, when there is none.
        """
        state = self._states.get(tenant_id)
        if state is None:
            raise default_graph_error(404)
        state.remove_profile(profile_id)

    @functools.cached_property
    def directory(self) -> "Directory":
        """Entra's applications, users and managed identities, for tests to change."""
        from checker.sandbox.entra.directory import Directory

        return Directory(self.tenants, self._now, self._challenges)

    @functools.cached_property
    def oidc(self) -> "OidcProviders":
        """The other issuers of identities: GitHub Actions, Azure Pipelines, and any others."""
        from checker.sandbox.entra.oidc import OidcProviders

        return OidcProviders(self._now)

    def mint_token(self, tenant_id: str, *, roles: Sequence[str] | None = None, audience: str = GRAPH_AUDIENCE) -> str:
        """Mint a token for an application without the token endpoint.

        Args:
            tenant_id: a tenant; if it isn't one of the sandbox's, the signature is valid but Graph rejects the token.
            roles: the application permissions; None for those of the tenant.
            audience: the API that the token is for: Graph, or the address at which the sandbox serves Graph.
        """
        tenant = next((tenant for tenant in self.tenants if tenant.tenant_id == tenant_id), None)
        client_id = tenant.client_id if tenant else "00000000-0000-0000-0000-000000000000"
        granted = tenant.roles if tenant else ()
        # A directory that isn't loaded yet is unchanged: the tenant has the same roles, and needs no loading.
        if tenant and "directory" in vars(self):
            granted = self.directory.application(tenant_id).roles
        held = granted if roles is None else roles
        return self._signer.mint(application_claims(TokenTerms(tenant_id, client_id, self._now(), audience), held))

    def mint_user_token(self, tenant_id: str, *, scopes: Sequence[str], directory_roles: Sequence[str]) -> str:
        """Mint a token for a signed-in user, with delegated permissions and the ids of directory roles."""
        client_id = next(tenant.client_id for tenant in self.tenants if tenant.tenant_id == tenant_id)
        terms = TokenTerms(tenant_id, client_id, self._now())
        return self._signer.mint(delegated_claims(terms, scopes, directory_roles))

    def _sign_in_routes(self) -> list[Route]:
        from checker.sandbox.entra.device_page import DevicePage
        from checker.sandbox.entra.directory_routes import DirectoryRoutes
        from checker.sandbox.entra.jose import SigningKey
        from checker.sandbox.entra.managed_identity_routes import ManagedIdentityRoutes
        from checker.sandbox.entra.model import Entra
        from checker.sandbox.entra.oidc import OidcRoutes
        from checker.sandbox.entra.routes import EntraRoutes

        entra = Entra(self.directory, self.oidc, self._signer, SigningKey(), self._now, lambda: self.graph_url)
        return [
            *DirectoryRoutes(self.directory).routes(PREFIX),
            *OidcRoutes(self.oidc).routes(),
            *ManagedIdentityRoutes(entra).routes(),
            *DevicePage(self.directory, self._now).routes(),
            *EntraRoutes(entra).routes(),
        ]

    def _base_url(self, request: Request) -> str:
        return self.public_url or str(request.base_url).rstrip("/")


def _graph_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, GraphResponseError)
    return _response(graph_error_response(error, request.scope[CORRELATION]))


def _entra_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, EntraResponseError)
    return _response(entra_error_response(error, request.scope[CORRELATION]))


def _routing_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _response(error_response(error.status_code, request.scope["path"], request.scope[CORRELATION]))


def _response(response: BufferedResponse) -> Response:
    return Response(response.body, status_code=response.status, headers=dict(response.headers))
