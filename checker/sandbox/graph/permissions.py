"""Authentication and authorization: the bearer token of a request, and the permissions in it.

Source: https://learn.microsoft.com/graph/security-authorization
"""

import datetime
from collections.abc import Mapping
from typing import Any

from checker.sandbox.entra.tokens import (
    GLOBAL_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR,
    SECURITY_READER,
    Signer,
    TokenError,
    bearer_token,
)
from checker.sandbox.errors import NO_PERMISSION_MESSAGE, GraphResponseError
from checker.sandbox.tenants.tenant import READ_ROLE, WRITE_ROLE

READ_PERMISSIONS = frozenset({READ_ROLE, WRITE_ROLE})
WRITE_PERMISSIONS = frozenset({WRITE_ROLE})

_WRITING_DIRECTORY_ROLES = frozenset({SECURITY_ADMINISTRATOR, GLOBAL_ADMINISTRATOR})
_READING_DIRECTORY_ROLES = _WRITING_DIRECTORY_ROLES | {SECURITY_READER}

_CHALLENGE = (
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    'client_id="00000003-0000-0000-c000-000000000000"'
)


def authenticate(authorization: str | None, signer: Signer, now: datetime.datetime) -> dict[str, Any]:
    """Check the bearer token of a request, and give its claims.

    Raises:
        GraphResponseError: 401, with a challenge, when the token is missing or not accepted.
    """
    try:
        return signer.verify(bearer_token(authorization), now)
    except TokenError as error:
        raise unauthenticated_error(str(error)) from error


def unauthenticated_error(message: str) -> GraphResponseError:
    """Make the error for a request without a valid token."""
    return GraphResponseError(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": _CHALLENGE})


def authorize(claims: Mapping[str, Any], permissions: frozenset[str]) -> None:
    """Require one of the permissions: in `roles` for an application, in `scp` and a directory role for a user.

    Raises:
        GraphResponseError: 403, when the token has none of them.
    """
    if "roles" in claims:
        allowed = not permissions.isdisjoint(claims["roles"])
    else:
        directory_roles = _READING_DIRECTORY_ROLES if READ_ROLE in permissions else _WRITING_DIRECTORY_ROLES
        allowed = not permissions.isdisjoint(claims.get("scp", "").split())
        allowed = allowed and not directory_roles.isdisjoint(claims.get("wids", []))
    if not allowed:
        raise GraphResponseError(403, "UnknownError", NO_PERMISSION_MESSAGE)
