"""An assertion in a variable: GitLab's ``id_tokens``, or any platform that gives a job one."""

from checker.auth.assertions.interface import Platform
from checker.auth.interface import Credentials
from checker.errors import SignInError

_TOKEN = "SCOREGATE_OIDC_TOKEN"
_REMEDY = f"In GitLab give the job 'id_tokens: {{{_TOKEN}: {{aud: api://AzureADTokenExchange}}}}'."


def assertion(credentials: Credentials) -> str:
    """The variable's value."""
    text = (credentials.variable(_TOKEN) or "").strip()
    if text.count(".") != 2:
        raise SignInError(
            f"{_TOKEN} contains no assertion (a signed token of three parts)",
            advice=_REMEDY,
        )
    return text


PLATFORM = Platform((_TOKEN,), assertion, _REMEDY, marker="GITLAB_CI")
