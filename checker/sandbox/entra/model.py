"""What all grants of the token endpoint work on, and the resources and scopes that can be asked for."""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from checker.sandbox.entra.demands import parse_claims
from checker.sandbox.entra.directory import Directory
from checker.sandbox.entra.jose import SigningKey
from checker.sandbox.entra.oidc import OidcProviders
from checker.sandbox.entra.registrations import Application
from checker.sandbox.entra.tokens import GRAPH_AUDIENCE, Signer
from checker.sandbox.errors import EntraResponseError

GRAPH_RESOURCES = frozenset(
    {
        "https://graph.microsoft.com",
        "https://graph.microsoft.us",
        "https://dod-graph.microsoft.us",
    }
)
"""The clouds whose Graph has Secure Score; China's has not."""

OPENID_SCOPES = ("openid", "profile", "email", "offline_access")

_LOOPBACK = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entra:
    """The emulated Entra.

    Attributes:
        directory: applications and users.
        oidc: other issuers.
        signer: signs access tokens.
        key: signs id tokens.
        now: the clock.
        graph_url: tells where the sandbox's own Graph is, when that is known.
    """

    directory: Directory
    oidc: OidcProviders
    signer: Signer
    key: SigningKey
    now: Callable[[], datetime.datetime]
    graph_url: Callable[[], str | None]

    def is_graph(self, resource: str) -> bool:
        """Tell whether a resource is Graph: of a cloud, or the sandbox's own."""
        return resource in GRAPH_RESOURCES or resource == self.graph_url() or bool(_LOOPBACK.fullmatch(resource))

    def resource(self, scope: str) -> str:
        """Find out whose API an application's scope asks for.

        Raises:
            EntraResponseError: it asks for no `/.default`, or for an API that isn't Graph.
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
        return self._known(resource.rstrip("/"))

    def delegated_scopes(self, scopes: tuple[str, ...]) -> tuple[str, list[str]]:
        """Find out which API the scopes of a user's sign-in ask for, and which of its permissions.

        Raises:
            EntraResponseError: an API that isn't Graph, or several.
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
        return self._known(resources.pop()), [permission for _, _, permission in split]

    def _known(self, resource: str) -> str:
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
    """One request to Entra in the name of an application.

    Attributes:
        entra: the emulated Entra.
        application: of the tenant that was asked.
        form: what was sent.
        authorization: the header, or None.
        base: the address that the request was sent to, without a slash at the end.
    """

    entra: Entra
    application: Application
    form: Mapping[str, str]
    authorization: str | None
    base: str

    def required(self, name: str) -> str:
        """Give a parameter.

        Raises:
            EntraResponseError: it is missing.
        """
        value = self.form.get(name)
        if not value:
            raise missing_parameter(name)
        return value

    def claims(self) -> dict[str, Any]:
        """Give the claims that were asked for; empty where there are none.

        Raises:
            EntraResponseError: they are no JSON object.
        """
        try:
            return parse_claims(self.form.get("claims") or "{}")
        except ValueError as error:
            message = "The claims parameter is not a valid JSON object."
            raise EntraResponseError(400, "invalid_request", 9000014, message) from error

    def lifetime(self) -> int:
        """Give the seconds that a token lives."""
        return int(self.entra.directory.token_lifetime.total_seconds())

    def sign(self, claims: dict[str, Any]) -> str:
        """Mint an access token, and remember which claims it was asked for with."""
        requested = self.claims()
        capabilities = requested.get("access_token")
        if isinstance(capabilities, dict) and isinstance(capabilities.get("xms_cc"), dict):
            claims = {**claims, "xms_cc": capabilities["xms_cc"].get("values", [])}
        self.entra.directory.demands.note_token(self.application.tenant_id, claims["uti"], requested)
        return self.entra.signer.mint(claims)


Grant = Callable[[TokenRequest], dict[str, Any]]


def missing_parameter(name: str) -> EntraResponseError:
    """Make the error for a parameter that has to be there."""
    return EntraResponseError(
        400,
        "invalid_request",
        900144,
        f"The request body must contain the following parameter: '{name}'.",
    )
