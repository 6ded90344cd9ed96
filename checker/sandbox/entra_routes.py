"""Entra's token endpoint, as far as an application needs it that signs in for itself.

Further grants are a function and a line in `_GRANTS`.
Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import base64
import binascii
import datetime
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checker.sandbox.errors import EntraError, compact_json
from checker.sandbox.state import TenantState
from checker.sandbox.tenant import SandboxTenant
from checker.sandbox.tokens import LIFETIME, Signer, application_claims

GRAPH_RESOURCES = frozenset(
    {
        "https://graph.microsoft.com",
        "https://graph.microsoft.us",
        "https://dod-graph.microsoft.us",
    }
)
"""The clouds whose Graph has Secure Score; China's has not."""

_LOOPBACK = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?", re.ASCII)
MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class EntraService:
    """What the routes work on.

    Attributes:
        states: the tenants by id.
        signer: signs the tokens.
        now: the clock.
        graph_url: tells where the sandbox's own Graph is, when that is known.
    """

    states: Mapping[str, TenantState]
    signer: Signer
    now: Callable[[], datetime.datetime]
    graph_url: Callable[[], str | None]

    def routes(self) -> list[Route]:
        """List the routes; the paths are those of a tenant's authority."""
        discovery = "/.well-known/openid-configuration"
        return [
            Route("/common/discovery/instance", self._instance, methods=["GET"]),
            Route(f"/{{tenant}}/v2.0{discovery}", self._configuration, methods=["GET"]),
            Route(f"/{{tenant}}{discovery}", self._configuration, methods=["GET"]),
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
        ]

    async def _instance(self, request: Request) -> Response:
        base = _base(request)
        endpoint = request.query_params.get("authorization_endpoint", "")
        tenant = re.fullmatch(r"https?://[^/]+/([0-9A-Za-z.-]{1,64})/.*", endpoint)
        host = request.url.netloc
        return _answer(
            {
                "tenant_discovery_endpoint": (
                    f"{base}/{tenant[1] if tenant else 'common'}/v2.0/.well-known/openid-configuration"
                ),
                "api-version": "1.1",
                "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
            }
        )

    async def _configuration(self, request: Request) -> Response:
        tenant_id = self._tenant(request).tenant_id
        base = f"{_base(request)}/{tenant_id}"
        return _answer(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "grant_types_supported": list(_GRANTS),
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "cloud_instance_name": "microsoftonline.com",
                "tenant_region_scope": None,
                "msgraph_host": "graph.microsoft.com",
            }
        )

    async def _token(self, request: Request) -> Response:
        tenant = self._tenant(request)
        form = _form(await request.body())
        grant = form.get("grant_type")
        if not grant:
            raise EntraError(
                400,
                "invalid_request",
                900144,
                "The request body must contain the following parameter: 'grant_type'.",
            )
        if grant not in _GRANTS:
            raise EntraError(
                400,
                "unsupported_grant_type",
                70003,
                f"The app requested an unsupported grant type '{grant[:64]}'.",
            )
        return _answer(_GRANTS[grant](self, tenant, form, request))

    def _tenant(self, request: Request) -> SandboxTenant:
        name = request.path_params["tenant"]
        state = self.states.get(name.lower())
        if state is None:
            raise EntraError(
                400,
                "invalid_tenant" if request.method == "GET" else "invalid_request",
                90002,
                f"Tenant '{name[:64]}' not found. Check to make sure you have the correct tenant ID.",
            )
        return state.tenant

    def resource(self, scope: str) -> str:
        """Find out whose API a scope asks for.

        Raises:
            EntraError: it asks for no `/.default`, or for an API that isn't Graph.
        """
        resource, separator, rest = scope.partition("/.default")
        if not separator or rest or " " in resource:
            raise EntraError(
                400,
                "invalid_scope",
                1002012,
                f"The provided value for scope {scope[:128]} is not valid. Client credential flows must have "
                "a scope value with /.default suffixed to the resource identifier (application ID URI).",
            )
        resource = resource.rstrip("/")
        if resource in GRAPH_RESOURCES or resource == self.graph_url() or _LOOPBACK.fullmatch(resource):
            return resource
        raise EntraError(
            400,
            "invalid_resource",
            500011,
            f"The resource principal named {resource[:128]} was not found in the tenant.",
        )


Grant = Callable[[EntraService, SandboxTenant, Mapping[str, str], Request], dict[str, Any]]


def _client_credentials(
    service: EntraService, tenant: SandboxTenant, form: Mapping[str, str], request: Request
) -> dict[str, Any]:
    _check_client(tenant, form, request)
    audience = service.resource(form.get("scope", ""))
    claims = application_claims(tenant.tenant_id, tenant.client_id, tenant.roles, service.now(), audience=audience)
    lifetime = int(LIFETIME.total_seconds())
    return {
        "token_type": "Bearer",
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": service.signer.mint(claims),
    }


_GRANTS: dict[str, Grant] = {"client_credentials": _client_credentials}


def _check_client(tenant: SandboxTenant, form: Mapping[str, str], request: Request) -> None:
    client_id, secret = _basic_credentials(request.headers.get("authorization"))
    client_id = client_id or form.get("client_id")
    secret = secret or form.get("client_secret")
    if not client_id:
        raise EntraError(
            400,
            "invalid_request",
            900144,
            "The request body must contain the following parameter: 'client_id'.",
        )
    if client_id.lower() != tenant.client_id:
        raise EntraError(
            400,
            "unauthorized_client",
            700016,
            f"Application with identifier '{client_id[:64]}' was not found in the directory '{tenant.tenant_id}'.",
        )
    if not secret:
        raise EntraError(
            401,
            "invalid_client",
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )
    if not hmac.compare_digest(secret.encode(), tenant.client_secret.encode()):
        raise EntraError(
            401,
            "invalid_client",
            7000215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client "
            f"secret value, not the client secret ID, for a secret added to app '{tenant.client_id}'.",
        )


def _basic_credentials(authorization: str | None) -> tuple[str | None, str | None]:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None, None
    return unquote_plus(name), unquote_plus(secret)


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise EntraError(400, "invalid_request", 90013, "Invalid input received from the user.") from error


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _answer(body: dict[str, Any]) -> Response:
    headers = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store, no-cache"}
    return Response(compact_json(body), headers=headers)
