"""What Graph's client needs from whoever signs in."""

from typing import Protocol


class TokenSource(Protocol):
    """Gives access tokens; asked before every request, so it keeps a token until it ends."""

    def token(self, claims: str | None = None) -> str:
        """A valid access token.

        Args:
            claims: what Graph demands beyond the token that it was sent; a fresh one is asked for.

        Raises:
            SignInError: there is none.
        """
