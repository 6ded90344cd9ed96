"""What all grants of the token endpoint share: the emulated Entra, and a request to it."""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from checker.sandbox.entra.claims_challenges import parse_claims
from checker.sandbox.entra.directory import Directory
from checker.sandbox.entra.jose import SigningKey
from checker.sandbox.entra.oidc import OidcProviders
from checker.sandbox.entra.registrations import Application
from checker.sandbox.entra.tokens import GRAPH_AUDIENCE, Signer, TokenTerms
from checker.sandbox.errors import EntraResponseError

GRAPH_RESOURCES = frozenset(
    {
        "https://graph.microsoft.com",
        "https://graph.microsoft.us",
        "https://dod-graph.microsoft.us",
    }
)
"""The addresses of Graph in each cloud that has Secure Score; the one in China doesn't."""

OPENID_SCOPES = ("openid", "profile", "email", "offline_access")

_LOOPBACK = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entra:
    """The emulated Entra.

    Attributes:
        directory: the applications and users.
        oidc: the other issuers.
        signer: signs access tokens.
        key: signs id tokens.
        now: the clock.
        graph_url: gives the address of the sandbox's own Graph; None while that is unknown.
    """

    directory: Directory
    oidc: OidcProviders
    signer: Signer
    key: SigningKey
    now: Callable[[], datetime.datetime]
    graph_url: Callable[[], str | None]

    def is_graph(self, resource: str) -> bool:
        """Tell whether a resource is Graph: that of a cloud, or the sandbox's own."""
        return resource in GRAPH_RESOURCES or resource == self.graph_url() or bool(_LOOPBACK.fullmatch(resource))

    def application_resource(self, scope: str) -> str:
        """Find the API that an application requests in its scope.

        Raises:
            EntraResponseError: the scope is not a `/.default` scope, or the API isn't Graph.
        """
        resource, separator, rest = scope.partition("/.default")
        if not separator or rest or " " in resource:
            raise EntraResponseError(
                400,
                "invalid_scope",
                1002012,
                f"The provided value for scope {scope[:128]} is not valid. Client credential flows must have "
                "a scope value with /.default suffixed to the resource identifier (application ID URI).",
            )
        return self._known_resource(resource.rstrip("/"))

    def delegated_permissions(self, scopes: tuple[str, ...]) -> tuple[str, list[str]]:
        """Find the API that a user's sign-in requests, and which of its permissions.

        Raises:
            EntraResponseError: the scopes name several APIs, or one that isn't Graph.
        """
        split = [scope.rpartition("/") for scope in scopes if scope not in OPENID_SCOPES]
        resources = {resource.rstrip("/") or GRAPH_AUDIENCE for resource, _, _ in split} or {GRAPH_AUDIENCE}
        if len(resources) > 1:
            raise EntraResponseError(
                400,
                "invalid_request",
                28000,
                "Provided value for the input parameter scope is not valid because it contains more than one resource.",
            )
        return self._known_resource(resources.pop()), [permission for _, _, permission in split]

    def _known_resource(self, resource: str) -> str:
        if self.is_graph(resource):
            return resource
        raise EntraResponseError(
            400,
            "invalid_resource",
            500011,
            f"The resource principal named {resource[:128]} was not found in the tenant.",
        )


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One request of an application to Entra.

    Attributes:
        entra: the emulated Entra.
        application: the application of the tenant in the path.
        form: the parameters that were sent.
        authorization: the Authorization header, or None.
        base: the address of the request, without a path or a slash at the end.
    """

    entra: Entra
    application: Application
    form: Mapping[str, str]
    authorization: str | None
    base: str

    def required(self, name: str) -> str:
        """Give a parameter that is required.

        Raises:
            EntraResponseError: it is missing.
        """
        value = self.form.get(name)
        if not value:
            raise missing_parameter_error(name)
        return value

    def requested_claims(self) -> dict[str, Any]:
        """Give the claims that the request asks for; empty where there are none.

        Raises:
            EntraResponseError: they are not a JSON object.
        """
        try:
            return parse_claims(self.form.get("claims") or "{}")
        except ValueError as error:
            message = "The claims parameter is not a valid JSON object."
            raise EntraResponseError(400, "invalid_request", 9000014, message) from error

    def lifetime_seconds(self) -> int:
        """Give the lifetime of a token in seconds."""
        return int(self.entra.directory.token_lifetime.total_seconds())

    def terms(self, audience: str) -> TokenTerms:
        """Give the terms of a token for the application of the request."""
        entra, application = self.entra, self.application
        lifetime = entra.directory.token_lifetime
        return TokenTerms(application.tenant_id, application.client_id, entra.now(), audience, lifetime)

    def mint_token(self, claims: dict[str, Any]) -> str:
        """Mint an access token, and record with which claims it was requested."""
        requested = self.requested_claims()
        capabilities = requested.get("access_token")
        if isinstance(capabilities, dict) and isinstance(capabilities.get("xms_cc"), dict):
            claims = {**claims, "xms_cc": capabilities["xms_cc"].get("values", [])}
        self.entra.directory.challenges.record_token(self.application.tenant_id, claims["uti"], requested)
        return self.entra.signer.mint(claims)


Grant = Callable[[TokenRequest], dict[str, Any]]


def missing_parameter_error(name: str) -> EntraResponseError:
    """Make the error for a missing parameter."""
    return EntraResponseError(
        400,
        "invalid_request",
        900144,
        f"The request body must contain the following parameter: '{name}'.",
    )
