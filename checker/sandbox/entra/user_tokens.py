"""The token response of a user's sign-in: an access token, an id token, a refresh token, and who signed in.

Sources: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow and
https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
"""

import json
from typing import Any

from checker.sandbox.entra.jose import encode
from checker.sandbox.entra.model import OPENID_SCOPES, TokenRequest
from checker.sandbox.entra.registrations import SandboxUser
from checker.sandbox.entra.sign_ins import Session
from checker.sandbox.entra.tokens import TokenTerms, delegated_claims
from checker.sandbox.errors import EntraResponseError


def user_token_response(request: TokenRequest, session: Session, *, nonce: str | None = None) -> dict[str, Any]:
    """Build the token response for a user who has signed in.

    Raises:
        EntraResponseError: the user no longer exists, needs a second factor, or lacks an administrator's consent.
    """
    user = _user(request, session)
    resource, consented, named = consented_scopes(request, session.scopes)
    terms = TokenTerms(
        session.tenant_id,
        session.client_id,
        request.entra.now(),
        audience=resource,
        lifetime=request.entra.directory.token_lifetime,
    )
    claims = delegated_claims(terms, consented, user.directory_roles)
    claims |= {"oid": user.object_id, "upn": user.name, "amr": ["pwd", "mfa"] if session.mfa else ["pwd"]}
    response: dict[str, Any] = {
        "token_type": "Bearer",
        "scope": " ".join(named),
        "expires_in": request.lifetime_seconds(),
        "ext_expires_in": request.lifetime_seconds(),
        "access_token": request.mint_token(claims),
    }
    if "offline_access" in session.scopes:
        response["refresh_token"] = request.entra.directory.sign_ins.store_refresh_token(session)
    if "openid" in session.scopes:
        response["id_token"] = _id_token(request, session, user, nonce)
    if request.form.get("client_info"):
        who = {"uid": user.object_id, "utid": session.tenant_id}
        response["client_info"] = encode(json.dumps(who).encode())
    return response


def consented_scopes(request: TokenRequest, scopes: tuple[str, ...]) -> tuple[str, list[str], list[str]]:
    """Find what a user's sign-in gets: the resource, its permissions, and how the response names them.

    A token holds every permission that was consented to, not only those that were requested.

    Raises:
        EntraResponseError: nobody consented to one of the scopes.
    """
    resource, permissions = request.entra.delegated_permissions(scopes)
    consented = list(request.application.delegated_scopes)
    if not consented or not set(permissions) <= {*consented, ".default"}:
        raise EntraResponseError(
            400,
            "invalid_grant",
            65001,
            f"The user or administrator has not consented to use the application with ID "
            f"'{request.application.client_id}' named 'scoregate'. Send an interactive authorization request for "
            "this user and resource.",
            suberror="consent_required",
        )
    named_openid = [scope for scope in scopes if scope in OPENID_SCOPES and scope != "offline_access"]
    short_form = not any("/" in scope for scope in scopes)
    prefix = "" if short_form or request.entra.directory.short_scopes else f"{resource}/"
    named = [f"{prefix}{scope}" for scope in [*consented, *(scope for scope in permissions if scope == ".default")]]
    return resource, consented, [*named_openid, *named]


def _user(request: TokenRequest, session: Session) -> SandboxUser:
    try:
        user = request.application.user(session.user)
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


def _id_token(request: TokenRequest, session: Session, user: SandboxUser, nonce: str | None) -> str:
    issued = int(request.entra.now().timestamp())
    claims = {
        "aud": session.client_id,
        "iss": f"{request.base}/{session.tenant_id}/v2.0",
        "iat": issued,
        "nbf": issued,
        "exp": issued + request.lifetime_seconds(),
        "name": user.name.partition("@")[0],
        "oid": user.object_id,
        "preferred_username": user.name,
        "sub": encode(f"{session.client_id}{user.object_id}".encode())[:43],
        "tid": session.tenant_id,
        "ver": "2.0",
    }
    if nonce is not None:
        claims["nonce"] = nonce
    return request.entra.key.sign(claims)
