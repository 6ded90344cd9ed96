"""A ready access token from a variable, for whoever has one already."""

from checker.auth.interface import Credentials, can_be_sent
from checker.auth.needs import demand
from checker.errors import SignInError, UsageError

_TOKEN = "SCOREGATE_ACCESS_TOKEN"


def offered(credentials: Credentials) -> bool:
    """Whether the environment offers it."""
    return credentials.variable(_TOKEN) is not None


class ReadyToken:
    """Gives what it was given."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self, claims: str | None = None) -> str:
        """The token; a claims challenge can't be answered with it."""
        if claims is not None:
            raise SignInError(
                f"Graph asks for a fresh token, and the one in {_TOKEN} can't be renewed",
                advice=f"Set {_TOKEN} to a new one, or sign in another way.",
            )
        if not can_be_sent(self._token):
            raise UsageError(f"{_TOKEN} does not contain a token", advice="Set it to the token and nothing else.")
        return self._token


def provider(credentials: Credentials) -> ReadyToken:
    """The provider, when the variable is set.

    Raises:
        UsageError: it isn't.
    """
    token = credentials.variable(_TOKEN)
    demand("ready token", ((_TOKEN, token),))
    return ReadyToken((token or "").strip())
