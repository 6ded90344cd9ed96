"""An application that proves itself to Entra (OAuth 2.0 client credentials), through msal.

What it proves itself with is each method's own.
"""

import logging
from collections.abc import Callable
from typing import Any

import httpx
import msal

from checker.auth.entra_errors import faulty, refused, senseless, unreachable
from checker.auth.interface import Credentials, can_be_sent
from checker.errors import SignInError
from checker.transport.sign_in import SignInClient

# msal logs answers that are not JSON with a traceback: on standard error where no log was set up.
logging.getLogger("msal").addHandler(logging.NullHandler())
# What msal raises for an answer that is not what it expects, besides the ValueError that it means to raise.
_NONSENSE = (ValueError, TypeError, AttributeError, LookupError, RuntimeError, httpx.InvalidURL)

# Hosts whose metadata msal knows; for others (the sandbox) it would ask Microsoft's for it.
_KNOWN_HOSTS = ("login.microsoftonline.com", "login.microsoftonline.us")

# Graph sends claims challenges (continuous access evaluation) only to clients that say they can answer them.
CAPABILITIES = ["CP1"]


class ConfidentialApplication:
    """Keeps one msal application, which keeps the token in memory and renews it near its end."""

    def __init__(self, credentials: Credentials, credential: Callable[[], object]) -> None:
        """Prepares; nothing is sent yet.

        Args:
            credentials: tenant, application and authority.
            credential: gives what msal takes as ``client_credential``; called once, before the first request.
        """
        self._credentials = credentials
        self._credential = credential
        self._client = SignInClient(observe=credentials.observe)
        self._application: msal.ConfidentialClientApplication | None = None

    def token(self, claims: str | None = None) -> str:
        """A valid access token; see ``TokenProvider``."""

        def ask() -> dict[str, Any]:
            if self._application is None:
                self._application = msal.ConfidentialClientApplication(
                    self._credentials.client_id,
                    client_credential=self._credential(),
                    authority=f"{self._credentials.authority}/{self._credentials.tenant}",
                    instance_discovery=instance_discovery(self._credentials),
                    client_capabilities=CAPABILITIES,
                    http_client=self._client,
                )
            answer: dict[str, Any] = self._application.acquire_token_for_client(
                [self._credentials.scope], claims_challenge=claims
            )
            return answer

        return asked(self._credentials, self._client, ask)


def instance_discovery(credentials: Credentials) -> bool | None:
    """What msal takes: False for hosts that are not Microsoft's, so that it doesn't ask Microsoft about them."""
    return None if any(credentials.authority == f"https://{host}" for host in _KNOWN_HOSTS) else False


def asked(credentials: Credentials, client: SignInClient, ask: Callable[[], dict[str, Any]]) -> str:
    """The token in msal's answer.

    Args:
        credentials: whom the error names.
        client: what msal sends its requests by.
        ask: calls msal; whatever it raises becomes one clear error.

    Raises:
        SignInError: msal raised, or its answer holds no token.
    """
    try:
        result = ask()
    except httpx.HTTPError as fault:
        raise unreachable(credentials, fault) from fault
    except msal.exceptions.MsalServiceError as fault:
        raise faulty(credentials, str(fault)) from fault
    except _NONSENSE as fault:
        raise senseless(credentials, fault, client.status) from fault
    except OSError as fault:
        # The file of a token cache, or of Azure Arc's secret.
        raise SignInError(
            f"sign-in failed on this machine: {fault.strerror or type(fault).__name__}",
            place=str(fault.filename or ""),
            advice="Check the rights of that file; for Azure Arc the user has to be in the group 'himds'.",
        ) from fault
    if "access_token" not in result:
        raise refused(credentials, result)
    token = result["access_token"]
    if not (isinstance(token, str) and can_be_sent(token)):
        raise senseless(credentials, ValueError("HTTP can't carry the token"))
    return token
