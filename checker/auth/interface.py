"""What a sign-in method gets and gives."""

from typing import Protocol

import msgspec


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that methods may draw on; None where the caller has nothing.

    Attributes:
        tenant: id or domain of the tenant to sign in to.
        authority: https URL of Entra, without a path.
        scope: the resource's scope, ``https://graph.microsoft.com/.default``.
    """

    tenant: str | None
    client_id: str | None
    client_secret: str | None
    authority: str
    scope: str

    def __repr__(self) -> str:
        """Without the secret: a traceback or a log must not hold it."""
        return f"Credentials(tenant={self.tenant!r}, client_id={self.client_id!r}, authority={self.authority!r})"


class TokenProvider(Protocol):
    """Gives access tokens; asked before every request, so it keeps a token until it ends."""

    def token(self) -> str:
        """A valid access token.

        Raises:
            SignInError: Entra gave none; the message names the cause and the remedy.
        """
