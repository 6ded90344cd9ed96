"""The token endpoints of Azure resources: virtual machines (IMDS), App Service, and servers with Azure Arc.

Sources: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token,
https://learn.microsoft.com/azure/app-service/overview-managed-identity and
https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication
"""

import hmac
import os.path
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checker.sandbox.entra.model import Entra
from checker.sandbox.entra.registrations import SandboxManagedIdentity
from checker.sandbox.entra.tokens import TokenTerms, application_claims
from checker.sandbox.responses import json_response

IMDS_PATH = "/metadata/identity/oauth2/token"
APP_SERVICE_PATH = "/_identity/app-service"
ARC_PATH = "/_identity/arc"


class _RefusedError(Exception):
    """A request that gets no token; the message gives the reason."""


@dataclass(frozen=True, slots=True)
class ManagedIdentityRoutes:
    """The routes of the endpoints, and what they read.

    Attributes:
        entra: the emulated Entra.
        arc_secrets: the secrets that Azure Arc wrote to files and nobody has used yet.
    """

    entra: Entra
    arc_secrets: set[str] = field(default_factory=set)

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route(IMDS_PATH, self._imds, methods=["GET"]),
            Route(APP_SERVICE_PATH, self._app_service, methods=["GET"]),
            Route(ARC_PATH, self._arc, methods=["GET"]),
        ]

    async def _imds(self, request: Request) -> Response:
        if request.headers.get("metadata", "").lower() != "true":
            return _oauth_error("Required metadata header not specified")
        return self._oauth_response(request, version="2018-02-01")

    async def _arc(self, request: Request) -> Response:
        folder = self.entra.directory.arc_folder
        if folder is None:
            return json_response({"error": "not_found"}, status=404)
        if request.headers.get("metadata", "").lower() != "true":
            return _oauth_error("Required metadata header not specified")
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic" and secret in self.arc_secrets:
            self.arc_secrets.discard(secret)
            return self._oauth_response(request, version="2020-06-01")
        # Reading the file is the only proof that Azure Arc asks for.
        secret = secrets.token_hex(32)
        path = os.path.join(folder, f"{secrets.token_hex(8)}.key")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secret)
        self.arc_secrets.add(secret)
        return json_response(
            {"error": "unauthorized_client"}, status=401, headers={"WWW-Authenticate": f"Basic realm={path}"}
        )

    async def _app_service(self, request: Request) -> Response:
        sent = request.headers.get("x-identity-header", "")
        if not hmac.compare_digest(sent.encode(), self.entra.directory.identity_header.encode()):
            return json_response({"statusCode": 401, "message": "Unauthorized"}, status=401)
        try:
            identity, claims = self._claims(request.query_params, version="2019-08-01")
        except _RefusedError as error:
            return json_response({"statusCode": 400, "message": str(error)}, status=400)
        return json_response(
            {
                "access_token": self.entra.signer.mint(claims),
                "expires_on": str(claims["exp"]),
                "resource": claims["aud"],
                "token_type": "Bearer",
                "client_id": identity.client_id,
            }
        )

    def _oauth_response(self, request: Request, *, version: str) -> Response:
        try:
            identity, claims = self._claims(request.query_params, version=version)
        except _RefusedError as error:
            return _oauth_error(str(error))
        lifetime = str(claims["exp"] - claims["iat"])
        return json_response(
            {
                "access_token": self.entra.signer.mint(claims),
                "client_id": identity.client_id,
                "object_id": identity.object_id,
                **({"msi_res_id": identity.resource_id} if identity.resource_id else {}),
                "expires_in": lifetime,
                "expires_on": str(claims["exp"]),
                "ext_expires_in": lifetime,
                "not_before": str(claims["nbf"]),
                "resource": claims["aud"],
                "token_type": "Bearer",
            }
        )

    def _claims(self, query: Mapping[str, str], *, version: str) -> tuple[SandboxManagedIdentity, dict[str, Any]]:
        if query.get("api-version", "") < version:
            raise _RefusedError("Required parameter 'api-version' is missing or too old")
        resource = query.get("resource", "").rstrip("/")
        if not self.entra.is_graph(resource):
            raise _RefusedError(f"AADSTS500011: The resource principal named {resource[:128]} was not found.")
        identity = self._identity(query)
        terms = TokenTerms(
            identity.tenant_id,
            identity.client_id,
            self.entra.now(),
            audience=resource,
            lifetime=self.entra.directory.token_lifetime,
        )
        claims = application_claims(terms, identity.roles)
        return identity, {**claims, "appidacr": "2", "oid": identity.object_id, "xms_mirid": identity.resource_id}

    def _identity(self, query: Mapping[str, str]) -> SandboxManagedIdentity:
        named = {
            "client_id": query.get("client_id"),
            "object_id": query.get("object_id"),
            "resource_id": query.get("msi_res_id") or query.get("mi_res_id"),
        }
        wanted = {name: value.lower() for name, value in named.items() if value}
        for identity in self.entra.directory.managed_identities.values():
            if wanted and all(getattr(identity, name).lower() == value for name, value in wanted.items()):
                return identity
            if not wanted and not identity.resource_id:
                return identity
        raise _RefusedError("Identity not found")


def _oauth_error(description: str) -> Response:
    return json_response({"error": "invalid_request", "error_description": description}, status=400)
