"""The grant of an application that signs in for itself.

Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from typing import Any

from checker.sandbox.entra.client_authentication import check_client
from checker.sandbox.entra.model import TokenRequest
from checker.sandbox.entra.tokens import application_claims

NAME = "client_credentials"


def redeem(asked: TokenRequest) -> dict[str, Any]:
    """Answer with a token that holds the permissions that an administrator consented to, which may be none."""
    check_client(asked)
    application = asked.application
    claims = application_claims(
        application.tenant_id,
        application.client_id,
        application.roles,
        asked.entra.now(),
        audience=asked.entra.resource(asked.form.get("scope", "")),
        lifetime=asked.entra.directory.token_lifetime,
    )
    return {
        "token_type": "Bearer",
        "expires_in": asked.lifetime(),
        "ext_expires_in": asked.lifetime(),
        "access_token": asked.sign(claims),
    }
