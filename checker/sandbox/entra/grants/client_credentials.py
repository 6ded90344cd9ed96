"""The grant of an application that signs in for itself.

Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from typing import Any

from checker.sandbox.entra.client_authentication import check_client
from checker.sandbox.entra.model import TokenRequest
from checker.sandbox.entra.tokens import application_claims
from checker.sandbox.errors import EntraResponseError

NAME = "client_credentials"


def redeem(request: TokenRequest) -> dict[str, Any]:
    """Issue a token with the permissions that an administrator consented to; there can be none."""
    check_client(request)
    scope = request.form.get("scope")
    if not scope:
        # Other than in the grants of users, which report 900144: as in github.com/mullerpeter/databricks-grafana and
        # support.servicenow.com, KB0866332.
        message = (
            "The required field 'scope' is missing from the credential. Ensure that you have all the necessary "
            "parameters for the login request."
        )
        raise EntraResponseError(400, "invalid_request", 90014, message)
    audience = request.entra.application_resource(scope)
    claims = application_claims(request.terms(audience), request.application.roles)
    return {
        "token_type": "Bearer",
        "expires_in": request.lifetime_seconds(),
        "ext_expires_in": request.lifetime_seconds(),
        "access_token": request.mint_token(claims),
    }
