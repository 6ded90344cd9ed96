"""Azure CLI: the token of whom ``az login`` signed in, a service principal or a managed identity.

A person's account gets a token of the CLI's own application, which cannot hold SecurityEvents.Read.All.
"""

import shutil
import subprocess
import time

import msgspec

from checker.auth.entra_errors import remedy
from checker.auth.interface import Credentials, can_be_sent
from checker.errors import SignInError
from checker.secrecy.known import conceal, learn

_SECONDS = 30
# Before its end a token is asked for anew; the CLI has a cache of its own.
_MARGIN_SECONDS = 300


class _Answer(msgspec.Struct):
    access_token: str = msgspec.field(name="accessToken")
    expires_on: int | None = None


def offered(credentials: Credentials) -> bool:
    """Whether there is a command ``az``; whether somebody is signed in to it only it can say."""
    del credentials
    return shutil.which("az") is not None


class AzureCli:
    """Asks ``az`` for a token, and keeps it until it nears its end."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._kept: _Answer | None = None

    def token(self, claims: str | None = None) -> str:
        """A valid access token; see ``TokenProvider``."""
        kept = self._kept
        if kept is not None and claims is None and (kept.expires_on or 0) - _MARGIN_SECONDS > time.time():
            return kept.access_token
        self._kept = self._ask()
        return self._kept.access_token

    def _ask(self) -> _Answer:
        az = shutil.which("az")
        if az is None:
            raise SignInError(
                "there is no command 'az' on the PATH", advice="Install Azure CLI, or sign in another way."
            )
        command = [az, "account", "get-access-token", "--resource", self._credentials.resource, "--output", "json"]
        if self._credentials.tenant:
            command += ["--tenant", self._credentials.tenant]
        try:
            ended = subprocess.run(  # noqa: S603 - a list, no shell
                command, capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired as fault:
            raise SignInError(
                f"Azure CLI gave no token within {_SECONDS} seconds",
                advice="Run 'az account get-access-token' by hand to see what it waits for.",
            ) from fault
        except OSError as fault:
            raise SignInError(
                f"Azure CLI cannot be run: {fault.strerror}", place=az, advice="Install Azure CLI again."
            ) from fault
        answer = _answer(ended.stdout)
        learn(answer.access_token)
        if ended.returncode != 0:
            reason = _reason(ended.stderr.decode("utf-8", "replace"))
            raise SignInError(
                f"Azure CLI gave no token: {reason}",
                advice=remedy(reason) or _log_in(self._credentials),
            )
        if not can_be_sent(answer.access_token):
            raise SignInError("Azure CLI answered without a token", advice="Is it up to date? Run 'az upgrade'.")
        return answer


def _answer(said: bytes) -> _Answer:
    """What the command answered; without a token where that is no answer."""
    try:
        return msgspec.json.decode(said, type=_Answer, strict=False)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return _Answer("")


def _log_in(credentials: Credentials) -> str:
    """What to do where nobody is signed in; hosted runners of every platform have the command all the same."""
    from checker.auth.assertions import lacking_remedy

    lacking = lacking_remedy(credentials)
    log_in = "Run 'az login' as a service principal or a managed identity."
    return log_in if lacking is None else f"{lacking} Azure CLI, tried as the last way, is not signed in."


def _reason(said: str) -> str:
    """The line that says why: Entra's, else the error's, else the last; advice to log in follows it at times."""
    lines = [text for text in conceal(said).splitlines() if text.strip()] or ["no reason given"]
    marked = [text for mark in ("AADSTS", "ERROR:") for text in lines if mark in text]
    return [*marked, lines[-1]][0][:300]


def provider(credentials: Credentials) -> AzureCli:
    """The provider; it needs nothing but the command."""
    return AzureCli(credentials)
