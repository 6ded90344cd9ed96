"""Entra's endpoints: discovery, keys, the sign-in page, device codes and tokens.

Source: https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checker.sandbox.entra.grants import GRANTS, authorization_code, device_code
from checker.sandbox.entra.jose import ALGORITHMS
from checker.sandbox.entra.model import OPENID_SCOPES, Entra, TokenRequest, missing_parameter_error
from checker.sandbox.entra.registrations import Application
from checker.sandbox.entra.version_1 import check_no_resource, version_1_response, with_scope
from checker.sandbox.errors import EntraResponseError
from checker.sandbox.wire_json import compact_json

MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class EntraRoutes:
    """The routes of Entra, and what they read."""

    entra: Entra

    def routes(self) -> list[Route]:
        """List the routes; their paths are those of a tenant's authority."""
        discovery = "/.well-known/openid-configuration"
        return [
            Route("/common/discovery/instance", self._instance, methods=["GET"]),
            Route(f"/{{tenant}}/v2.0{discovery}", self._configuration, methods=["GET"]),
            Route(f"/{{tenant}}{discovery}", self._configuration, methods=["GET"]),
            Route("/{tenant}/discovery/v2.0/keys", self._keys, methods=["GET"]),
            Route("/{tenant}/oauth2/v2.0/authorize", self._authorize, methods=["GET"]),
            Route("/{tenant}/oauth2/v2.0/devicecode", self._device_code, methods=["POST"]),
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
            Route("/{tenant}/oauth2/token", self._version_1_token, methods=["POST"]),
        ]

    async def _instance(self, request: Request) -> Response:
        base = _base(request)
        endpoint = request.query_params.get("authorization_endpoint", "")
        tenant = re.fullmatch(r"https?://[^/]+/([0-9A-Za-z.-]{1,64})/.*", endpoint)
        host = request.url.netloc
        return _entra_response(
            {
                "tenant_discovery_endpoint": (
                    f"{base}/{tenant[1] if tenant else 'common'}/v2.0/.well-known/openid-configuration"
                ),
                "api-version": "1.1",
                "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
            }
        )

    async def _configuration(self, request: Request) -> Response:
        base = f"{_base(request)}/{self._application(request).tenant_id}"
        return _entra_response(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "private_key_jwt",
                    "client_secret_basic",
                ],
                "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
                "grant_types_supported": list(GRANTS),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "form_post"],
                "code_challenge_methods_supported": ["S256"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": list(OPENID_SCOPES),
                "cloud_instance_name": "microsoftonline.com",
                "tenant_region_scope": None,
                "msgraph_host": "graph.microsoft.com",
            }
        )

    async def _keys(self, request: Request) -> Response:
        issuer = f"{_base(request)}/{self._application(request).tenant_id}/v2.0"
        return _entra_response({"keys": [{**self.entra.key.as_json(), "issuer": issuer}]})

    async def _authorize(self, request: Request) -> Response:
        check_no_resource(request.query_params)
        return authorization_code.authorize(self._token_request(request, dict(request.query_params)))

    async def _device_code(self, request: Request) -> Response:
        return _entra_response(device_code.begin(self._token_request(request, _form(await request.body()))))

    async def _token(self, request: Request) -> Response:
        return _entra_response(self._redeem(request, _form(await request.body())))

    async def _version_1_token(self, request: Request) -> Response:
        form = _form(await request.body())
        response = self._redeem(request, with_scope(form))
        return _entra_response(version_1_response(response, form, self.entra.now()))

    def _redeem(self, request: Request, form: Mapping[str, str]) -> dict[str, Any]:
        token_request = self._token_request(request, form)
        grant = token_request.form.get("grant_type")
        if not grant:
            raise missing_parameter_error("grant_type")
        if grant not in GRANTS:
            raise EntraResponseError(
                400,
                "unsupported_grant_type",
                70003,
                f"The app requested an unsupported grant type '{grant[:64]}'.",
            )
        return GRANTS[grant](token_request)

    def _token_request(self, request: Request, form: Mapping[str, str]) -> TokenRequest:
        authorization = request.headers.get("authorization")
        return TokenRequest(self.entra, self._application(request), form, authorization, _base(request))

    def _application(self, request: Request) -> Application:
        name = request.path_params["tenant"]
        try:
            return self.entra.directory.application(name)
        except ValueError as error:
            raise EntraResponseError(
                400,
                "invalid_tenant" if request.method == "GET" else "invalid_request",
                90002,
                # Code and message are those of responses that users report.
                f"Tenant '{name[:64]}' not found. Check to make sure you have the correct tenant ID and are signing "
                "into the correct cloud. Check with your subscription administrator, this may happen if there are no "
                "active subscriptions for the tenant.",
            ) from error


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise EntraResponseError(400, "invalid_request", 90013, "Invalid input received from the user.") from error


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _entra_response(body: dict[str, Any]) -> Response:
    headers = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store, no-cache"}
    return Response(compact_json(body), headers=headers)
