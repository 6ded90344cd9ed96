"""Interactive browser: a person signs in on this machine.

The application's registration needs the redirect URI ``http://localhost`` (mobile and desktop). Source:
learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow.
"""

from typing import TYPE_CHECKING, Any

from checker.auth.interface import Credentials
from checker.auth.person import Person, person

if TYPE_CHECKING:
    import msal

_SECONDS = 300


def offered(credentials: Credentials) -> bool:
    """Never by itself: a device code works wherever a browser does, and where it doesn't."""
    del credentials
    return False


def provider(credentials: Credentials) -> Person:
    """The provider, when somebody is there to sign in.

    Raises:
        UsageError: see ``person``.
    """

    def ask(application: "msal.PublicClientApplication", scopes: list[str], claims: str | None) -> dict[str, Any]:
        credentials.say("Sign in, in the browser window that opens.")
        answer: dict[str, Any] = application.acquire_token_interactive(
            scopes, timeout=_SECONDS, claims_challenge=claims
        )
        return answer

    return person(credentials, "browser", ask)
