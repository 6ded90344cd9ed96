"""Client secret: an application proves itself with a shared secret (OAuth 2.0 client credentials), through msal."""

import logging
from typing import Any

import httpx
import msal

from checker.auth.entra_errors import faulty, refused, senseless, unreachable
from checker.auth.interface import Credentials
from checker.errors import UsageError
from checker.transport import SignInClient

# msal tells its log, with a traceback, of answers that are no JSON: on standard error where nobody set a log up.
logging.getLogger("msal").addHandler(logging.NullHandler())
# What msal raises for an answer that is not what it expects, besides the ValueError that it means to raise.
_NONSENSE = (ValueError, TypeError, AttributeError, LookupError, RuntimeError, httpx.InvalidURL)

# Hosts whose metadata msal knows; for others (the sandbox) it would ask Microsoft's for it.
_KNOWN_HOSTS = ("login.microsoftonline.com", "login.microsoftonline.us")


class ClientSecret:
    """Keeps one msal application, which keeps the token in memory and renews it near its end."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._application: msal.ConfidentialClientApplication | None = None

    def token(self) -> str:
        """A valid access token; see ``TokenProvider``."""
        try:
            result: dict[str, Any] = self._app().acquire_token_for_client([self._credentials.scope])
        except httpx.HTTPError as fault:
            raise unreachable(self._credentials, fault) from fault
        except msal.exceptions.MsalServiceError as fault:
            raise faulty(self._credentials, str(fault)) from fault
        except _NONSENSE as fault:
            raise senseless(self._credentials, fault) from fault
        if "access_token" not in result:
            raise refused(self._credentials, result)
        token = result["access_token"]
        if not (isinstance(token, str) and token and token.isascii() and token.isprintable()):
            raise senseless(self._credentials, ValueError("the token is not one that HTTP can carry"))
        return token

    def _app(self) -> "msal.ConfidentialClientApplication":
        if self._application is None:
            authority = f"{self._credentials.authority}/{self._credentials.tenant}"
            known = any(self._credentials.authority == f"https://{host}" for host in _KNOWN_HOSTS)
            self._application = msal.ConfidentialClientApplication(
                self._credentials.client_id,
                client_credential=self._credentials.client_secret,
                authority=authority,
                instance_discovery=None if known else False,
                http_client=SignInClient(),
            )
        return self._application


def provider(credentials: Credentials) -> ClientSecret:
    """The provider, when everything is there that it needs.

    Raises:
        UsageError: the tenant, the application or the secret is missing.
    """
    missing = [
        name
        for name, value in (
            ("--tenant or AZURE_TENANT_ID", credentials.tenant),
            ("--client-id or AZURE_CLIENT_ID", credentials.client_id),
            ("AZURE_CLIENT_SECRET", credentials.client_secret),
        )
        if not value
    ]
    if missing:
        raise UsageError(
            f"sign-in by client secret needs {', '.join(missing)}",
            advice="Set what is missing, or name --snapshot PATH or --sandbox to judge without a tenant.",
        )
    return ClientSecret(credentials)
