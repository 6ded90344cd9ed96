"""Device code: a person types a code in a browser, on any device.

Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code.
"""

import time
from typing import TYPE_CHECKING, Any

from checker.auth.interface import Credentials
from checker.auth.person import Person, person

if TYPE_CHECKING:
    import msal

# Entra's codes live for 15 minutes; nobody needs that long.
_SECONDS = 600


def offered(credentials: Credentials) -> bool:
    """Whether a person is there, and the application is known."""
    return credentials.interactive and bool(credentials.client_id)


def provider(credentials: Credentials) -> Person:
    """The provider, when somebody is there to sign in.

    Raises:
        UsageError: see ``person``.
    """

    def ask(application: "msal.PublicClientApplication", scopes: list[str], claims: str | None) -> dict[str, Any]:
        flow: dict[str, Any] = application.initiate_device_flow(scopes, claims_challenge=claims)
        if "user_code" not in flow:
            return flow
        credentials.say(str(flow["message"]))
        flow["expires_at"] = min(flow["expires_at"], time.time() + _SECONDS)
        # msal looks at the end only while it waits: without an interval it would ask for ever.
        flow["interval"] = max(1, flow["interval"])
        answer: dict[str, Any] = application.acquire_token_by_device_flow(flow, claims_challenge=claims)
        return answer

    return person(credentials, "device code", ask)
