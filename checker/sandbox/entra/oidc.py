"""Other issuers whose identities the emulated Entra trusts: GitHub Actions, Azure Pipelines, GitLab, Kubernetes.

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
    """Issuers with a key each; whatever issuer a token is asked for becomes one that Entra can ask for keys.

    Attributes:
        github_subject: whom GitHub's tokens are of.
        azure_pipelines_subject: whom the tokens of Azure Pipelines are of; None derives it from the connection.
        request_token: what both endpoints want to see as bearer token.
    """

    def __init__(self, now: Callable[[], datetime.datetime]) -> None:
        self.github_subject = "repo:contoso/policies:ref:refs/heads/main"
        self.azure_pipelines_subject: str | None = None
        self.request_token = "sandbox-request-token"  # noqa: S105 - everybody may know it
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
        """Issue an identity token, such as GitLab puts into a variable and Kubernetes into a file."""
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
        """Find an issuer's key; None where the issuer can't be reached."""
        return self._keys.get(issuer)


@dataclass(frozen=True, slots=True)
class OidcRoutes:
    """The endpoints that a pipeline's job asks for its token."""

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
            # Without one GitHub names the owner of the repository.
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
