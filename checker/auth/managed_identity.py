"""Managed identity: Azure vouches for the machine; system-assigned, or user-assigned by its client id.

Source: learn.microsoft.com/entra/identity/managed-identities-azure-resources.
"""

from typing import Any

import msal

from checker.auth.confidential import CAPABILITIES, asked
from checker.auth.interface import Credentials
from checker.errors import SignInError
from checker.transport.sign_in import SignInClient

# App Service and its like, Azure Arc, Azure Machine Learning.
_OFFERED_BY = (
    ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"),
    ("IDENTITY_ENDPOINT", "IMDS_ENDPOINT"),
    ("MSI_ENDPOINT", "MSI_SECRET"),
)


def offered(credentials: Credentials) -> bool:
    """Whether the environment says that there is one; a virtual machine does not, and must be asked by name."""
    # With one variable of a pair alone msal would ask the endpoint of virtual machines, which may not be there.
    return any(all(credentials.variable(name) is not None for name in pair) for pair in _OFFERED_BY)


class ManagedIdentity:
    """Keeps one msal client, which keeps the token in memory."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._http = SignInClient(observe=credentials.observe)
        self._client: msal.ManagedIdentityClient | None = None

    def token(self, claims: str | None = None) -> str:
        """A valid access token; see ``TokenProvider``."""

        def ask() -> dict[str, Any]:
            if self._client is None:
                identity = (
                    msal.UserAssignedManagedIdentity(client_id=self._credentials.client_id)
                    if self._credentials.client_id
                    else msal.SystemAssignedManagedIdentity()
                )
                self._client = msal.ManagedIdentityClient(
                    identity,
                    http_client=self._http,
                    client_capabilities=CAPABILITIES,
                )
            answer: dict[str, Any] = self._client.acquire_token_for_client(
                resource=self._credentials.resource, claims_challenge=claims
            )
            return answer

        try:
            return asked(self._credentials, self._http, ask)
        except SignInError as fault:
            raise SignInError(
                _of_endpoint(fault.message),
                advice="Is an identity assigned to this machine? A user-assigned one needs AZURE_CLIENT_ID.",
            ) from fault


def _of_endpoint(message: str) -> str:
    """The same message about the endpoint that stands between Entra and the machine."""
    for entra in ("Microsoft Entra", "Entra"):
        if entra in message:
            return message.replace(entra, "The managed identity's endpoint", 1)
    return message


def provider(credentials: Credentials) -> ManagedIdentity:
    """The provider; it needs nothing but the machine.

    Raises:
        UsageError: what proves to the endpoint who asks can't be sent.
    """
    # msal reads them by itself, and would not say what is wrong.
    for name in ("IDENTITY_HEADER", "MSI_SECRET"):
        credentials.variable(name)
    return ManagedIdentity(credentials)
