"""Interactive browser: a person signs in on this machine.

The application's registration needs the redirect URI ``http://localhost`` (mobile and desktop). Source:
learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow.
"""

from typing import TYPE_CHECKING, Any

from checker.auth.interface import Credentials
from checker.auth.person import Person, person
from checker.errors import SignInError

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
        from msal.oauth2cli.oauth2 import BrowserInteractionTimeoutError

        try:
            answer: dict[str, Any] = application.acquire_token_interactive(
                scopes,
                timeout=_SECONDS,
                claims_challenge=claims,
                # Where no browser opens msal would tell its log only, and wait.
                auth_uri_callback=lambda address: credentials.say(f"No browser opened; open {address}"),
            )
        except BrowserInteractionTimeoutError as fault:
            raise SignInError(
                f"nobody signed in, in the browser, within {_SECONDS} seconds",
                advice="Run again, or sign in by --auth device-code.",
            ) from fault
        return answer

    return person(credentials, "browser", ask)
