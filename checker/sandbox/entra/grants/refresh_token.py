"""The grant of a client that has a refresh token of an earlier sign-in.

Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
"""

from dataclasses import replace
from typing import Any

from checker.sandbox.entra.client_authentication import check_client
from checker.sandbox.entra.model import TokenRequest
from checker.sandbox.entra.user_tokens import user_token_response
from checker.sandbox.errors import EntraResponseError

NAME = "refresh_token"


def redeem(request: TokenRequest) -> dict[str, Any]:
    """Issue new tokens; the refresh token stays valid beside the new one, as in Entra."""
    check_client(request, public=True)
    token = request.required("refresh_token")
    sign_ins = request.entra.directory.sign_ins
    session = sign_ins.refresh_tokens.get(token)
    if session is None or session.tenant_id != request.application.tenant_id:
        raise EntraResponseError(400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.")
    if token in sign_ins.revoked:
        raise EntraResponseError(
            400,
            "invalid_grant",
            50173,
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might "
            "have changed or reset their password.",
            suberror="bad_token",
        )
    scopes = tuple(request.form.get("scope", "").split()) or session.scopes
    return user_token_response(request, replace(session, scopes=scopes))
