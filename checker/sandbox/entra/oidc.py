"""Other issuers that the emulated Entra trusts: GitHub Actions, Azure Pipelines, GitLab, Kubernetes.

Sources: https://docs.github.com/actions/reference/security/oidc and
https://learn.microsoft.com/azure/devops/release-notes/2024/sprint-240-update.
"""

import datetime
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checker.sandbox.entra.jose import SigningKey
from checker.sandbox.entra.registrations import EXCHANGE_AUDIENCE
from checker.sandbox.entra.tokens import bearer_token
from checker.sandbox.responses import json_response

GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
AZURE_PIPELINES_ISSUER = "https://vstoken.dev.azure.com/00000000-0000-0000-0000-000000000000"

LIFETIME = datetime.timedelta(minutes=5)


class OidcProviders:
    """The issuers and their keys; any name becomes an issuer once a token is issued in it.

    Attributes:
        github_subject: the subject of GitHub's tokens.
        azure_pipelines_subject: the subject of Azure Pipelines' tokens; None derives it from the service connection.
        request_token: the bearer token that both endpoints require.
    """

    def __init__(self, now: Callable[[], datetime.datetime]) -> None:
        self.github_subject = "repo:contoso/policies:ref:refs/heads/main"
        self.azure_pipelines_subject: str | None = None
        self.request_token = "sandbox-request-token"  # noqa: S105 - not a secret
        self._now = now
        self._keys: dict[str, SigningKey] = {}

    def token(
        self,
        *,
        issuer: str,
        subject: str,
        audience: str = EXCHANGE_AUDIENCE,
        lifetime: datetime.timedelta = LIFETIME,
    ) -> str:
        """Issue an identity token, such as GitLab passes in a variable and Kubernetes in a file."""
        issued = int(self._now().timestamp())
        return self._keys.setdefault(issuer, SigningKey()).sign(
            {
                "jti": str(uuid.uuid4()),
                "iss": issuer,
                "sub": subject,
                "aud": audience,
                "iat": issued,
                "nbf": issued,
                "exp": issued + int(lifetime.total_seconds()),
            }
        )

    def key(self, issuer: str) -> SigningKey | None:
        """Find the key of an issuer; None where there is no such issuer."""
        return self._keys.get(issuer)


@dataclass(frozen=True, slots=True)
class OidcRoutes:
    """The endpoints at which the job of a pipeline requests its token."""

    providers: OidcProviders

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/_oidc/github", self._github, methods=["GET"]),
            Route("/_oidc/azure-pipelines", self._azure_pipelines, methods=["POST"]),
        ]

    async def _github(self, request: Request) -> Response:
        if not self._authorized(request):
            return json_response({"message": "Bad credentials"}, status=401)
        token = self.providers.token(
            issuer=GITHUB_ISSUER,
            subject=self.providers.github_subject,
            # The default audience of GitHub is the owner of the repository.
            audience=request.query_params.get("audience") or "https://github.com/contoso",
        )
        return json_response({"value": token, "count": len(token)})

    async def _azure_pipelines(self, request: Request) -> Response:
        if not self._authorized(request):
            return json_response(
                {"message": "TF400813: The user is not authorized to access this resource."}, status=401
            )
        if not request.query_params.get("api-version"):
            return json_response({"message": "No api-version was supplied for the request."}, status=400)
        connection = request.query_params.get("serviceConnectionId")
        if not connection:
            return json_response({"message": "serviceConnectionId is missing."}, status=400)
        subject = self.providers.azure_pipelines_subject or f"sc://contoso/policies/{connection}"
        return json_response({"oidcToken": self.providers.token(issuer=AZURE_PIPELINES_ISSUER, subject=subject)})

    def _authorized(self, request: Request) -> bool:
        sent = bearer_token(request.headers.get("authorization"))
        return hmac.compare_digest(sent.encode(), self.providers.request_token.encode())
