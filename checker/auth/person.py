"""A person's sign-in, through msal: a token that is still good, else a fresh one by the method's own way."""

from collections.abc import Callable
from typing import Any

import msal

from checker.auth.cache import token_cache
from checker.auth.confidential import CAPABILITIES, asked, instance_discovery
from checker.auth.interface import Credentials
from checker.auth.needs import CLIENT, TENANT, demand
from checker.errors import UsageError
from checker.transport.sign_in import SignInClient

Ask = Callable[["msal.PublicClientApplication", list[str], str | None], dict[str, Any]]


class Person:
    """Keeps one msal application; its cache outlives the run where the platform can encrypt it."""

    def __init__(self, credentials: Credentials, ask: Ask) -> None:
        """Prepares; nothing is sent yet.

        Args:
            credentials: tenant, application, authority, and how to speak to the person.
            ask: signs the person in when no token is left: the application, the scopes, the claims.
        """
        self._credentials = credentials
        self._ask = ask
        self._client = SignInClient(observe=credentials.observe)
        self._application: msal.PublicClientApplication | None = None

    def token(self, claims: str | None = None) -> str:
        """A valid access token; see ``TokenProvider``."""
        scopes = self._credentials.delegated_scopes

        def ask() -> dict[str, Any]:
            application = self._app()
            for account in application.get_accounts():
                silent: dict[str, Any] | None = application.acquire_token_silent(
                    scopes, account, claims_challenge=claims
                )
                if silent is not None and "access_token" in silent:
                    return silent
            return self._ask(application, scopes, claims)

        return asked(self._credentials, self._client, ask)

    def _app(self) -> "msal.PublicClientApplication":
        if self._application is None:
            self._application = msal.PublicClientApplication(
                self._credentials.client_id,
                authority=f"{self._credentials.authority}/{self._credentials.tenant}",
                instance_discovery=instance_discovery(self._credentials),
                client_capabilities=CAPABILITIES,
                token_cache=token_cache(self._credentials),
                http_client=self._client,
            )
        return self._application


def person(credentials: Credentials, method: str, ask: Ask) -> Person:
    """The provider, when somebody is there to sign in.

    Raises:
        UsageError: the tenant or the application is missing, or there is no terminal or a CI system around.
    """
    demand(method, ((TENANT, credentials.tenant), (CLIENT, credentials.client_id)))
    if not credentials.interactive:
        raise UsageError(
            f"sign-in by {method} needs a person at a terminal and is refused in CI",
            advice="In a pipeline sign in by federated assertion, managed identity, certificate or client secret.",
        )
    return Person(credentials, ask)
