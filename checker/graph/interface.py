"""What Graph's client needs of a sign-in method."""

from typing import Protocol


class TokenSource(Protocol):
    """A source of access tokens. It is asked before every request, so it keeps a token until it expires."""

    def token(self, claims: str | None = None) -> str:
        """A valid access token.

        Args:
            claims: what Graph requires in addition; a new token is requested for it.

        Raises:
            SignInError: no token is available.
        """
