"""The answer to a user's sign-in: an access token, an id token, a refresh token, and who it was.

Sources: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow and
https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
"""

import json
from typing import Any

from checker.sandbox.entra.jose import encode
from checker.sandbox.entra.model import OPENID_SCOPES, TokenRequest
from checker.sandbox.entra.registrations import SandboxUser
from checker.sandbox.entra.sign_ins import Session
from checker.sandbox.entra.tokens import delegated_claims
from checker.sandbox.errors import EntraResponseError


def user_answer(asked: TokenRequest, session: Session, *, nonce: str | None = None) -> dict[str, Any]:
    """Answer a token request for a user who has signed in.

    Raises:
        EntraResponseError: the user is gone, has to prove more, or an administrator hasn't consented.
    """
    user = _user(asked, session)
    resource, consented, answered = consented_scopes(asked, session.scopes)
    claims = delegated_claims(
        session.tenant_id,
        session.client_id,
        consented,
        user.directory_roles,
        asked.entra.now(),
        audience=resource,
        lifetime=asked.entra.directory.token_lifetime,
    )
    claims |= {"oid": user.object_id, "upn": user.name, "amr": ["pwd", "mfa"] if session.mfa else ["pwd"]}
    answer: dict[str, Any] = {
        "token_type": "Bearer",
        "scope": " ".join(answered),
        "expires_in": asked.lifetime(),
        "ext_expires_in": asked.lifetime(),
        "access_token": asked.sign(claims),
    }
    if "offline_access" in session.scopes:
        answer["refresh_token"] = asked.entra.directory.sign_ins.remember_refresh_token(session)
    if "openid" in session.scopes:
        answer["id_token"] = _id_token(asked, session, user, nonce)
    if asked.form.get("client_info"):
        who = {"uid": user.object_id, "utid": session.tenant_id}
        answer["client_info"] = encode(json.dumps(who).encode())
    return answer


def consented_scopes(asked: TokenRequest, scopes: tuple[str, ...]) -> tuple[str, list[str], list[str]]:
    """Find what a user's sign-in gets: the resource, its permissions, and how the answer names them.

    A token holds every permission that was consented to, whichever of them was asked for.

    Raises:
        EntraResponseError: something was asked for that nobody consented to.
    """
    resource, permissions = asked.entra.delegated_scopes(scopes)
    consented = list(asked.application.delegated_scopes)
    if not consented or not set(permissions) <= {*consented, ".default"}:
        raise EntraResponseError(
            400,
            "invalid_grant",
            65001,
            f"The user or administrator has not consented to use the application with ID "
            f"'{asked.application.client_id}' named 'scoregate'. Send an interactive authorization request for "
            "this user and resource.",
            suberror="consent_required",
        )
    named_openid = [scope for scope in scopes if scope in OPENID_SCOPES and scope != "offline_access"]
    asked_short = not any("/" in scope for scope in scopes)
    prefix = "" if asked_short or asked.entra.directory.short_scopes else f"{resource}/"
    named = [f"{prefix}{scope}" for scope in [*consented, *(scope for scope in permissions if scope == ".default")]]
    return resource, consented, [*named_openid, *named]


def _user(asked: TokenRequest, session: Session) -> SandboxUser:
    try:
        user = asked.application.user(session.user)
    except ValueError as error:
        message = f"The user account {session.user} does not exist in the directory."
        raise EntraResponseError(400, "invalid_grant", 50034, message) from error
    if user.mfa_required and not session.mfa:
        raise EntraResponseError(
            400,
            "invalid_grant",
            50076,
            "Due to a configuration change made by your administrator, or because you moved to a new location, "
            "you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.",
            suberror="basic_action",
        )
    return user


def _id_token(asked: TokenRequest, session: Session, user: SandboxUser, nonce: str | None) -> str:
    issued = int(asked.entra.now().timestamp())
    claims = {
        "aud": session.client_id,
        "iss": f"{asked.base}/{session.tenant_id}/v2.0",
        "iat": issued,
        "nbf": issued,
        "exp": issued + asked.lifetime(),
        "name": user.name.partition("@")[0],
        "oid": user.object_id,
        "preferred_username": user.name,
        "sub": encode(f"{session.client_id}{user.object_id}".encode())[:43],
        "tid": session.tenant_id,
        "ver": "2.0",
    }
    if nonce is not None:
        claims["nonce"] = nonce
    return asked.entra.key.sign(claims)
