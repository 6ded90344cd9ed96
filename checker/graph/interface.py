"""What Graph's client needs from whoever signs in."""

from typing import Protocol


class TokenSource(Protocol):
    """Gives access tokens; asked before every request, so it keeps a token until it ends."""

    def token(self) -> str:
        """A valid access token.

        Raises:
            SignInError: there is none.
        """
