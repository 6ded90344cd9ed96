"""What a platform that vouches for a job can do."""

from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from checker.auth.interface import Credentials
from checker.errors import SignInError
from checker.transport.failures import why_unreachable
from checker.transport.sign_in import SignInClient

_MOST_BYTES = 64 * 1024


class Platform(msgspec.Struct, frozen=True):
    """One source of assertions.

    Attributes:
        variables: those that must be set.
        assertion: asks for a fresh one; nothing is kept, neither in memory nor on disk.
        remedy: what to do where the platform gives none.
        marker: the variable that the platform sets in each of its jobs; None where it sets none.
    """

    variables: tuple[str, ...]
    assertion: Callable[[Credentials], str]
    remedy: str
    marker: str | None = None

    def offered(self, credentials: Credentials) -> bool:
        """Whether the environment offers it."""
        return all(credentials.variable(name) is not None for name in self.variables)

    def runs(self, credentials: Credentials) -> bool:
        """Whether this job is one of the platform's, with an assertion or without."""
        return self.marker is not None and credentials.variable(self.marker) is not None


def answered(
    credentials: Credentials, ask: Callable[[SignInClient], httpx.Response], member: str, what: str, remedy: str
) -> str:
    """The assertion in a platform's JSON answer.

    Args:
        credentials: whose observer receives a line about the request.
        ask: sends the request.
        member: where the assertion stands.
        what: the platform, for a sentence.
        remedy: what to do when it refuses.

    Raises:
        SignInError: the platform can't be reached, refuses, or answers something else.
    """
    client = SignInClient(observe=credentials.observe)
    try:
        response = ask(client)
    except httpx.HTTPError as fault:
        raise SignInError(f"{what} could not be reached: {why_unreachable(fault)}", advice=remedy) from fault
    except (ValueError, httpx.InvalidURL) as fault:
        raise SignInError(f"{what} has an address that is not a URL", advice=remedy) from fault
    finally:
        client.close()
    if not response.is_success:
        raise SignInError(f"{what} gave no assertion (status {response.status_code})", advice=remedy)
    try:
        answer: Any = msgspec.json.decode(response.content[:_MOST_BYTES])
        assertion = answer[member]
    except (msgspec.DecodeError, TypeError, KeyError, RecursionError) as fault:
        raise SignInError(f"{what} answered without an assertion", advice=remedy) from fault
    if not isinstance(assertion, str) or assertion.count(".") != 2:
        raise SignInError(f"{what} answered with something that is not an assertion", advice=remedy)
    return assertion
