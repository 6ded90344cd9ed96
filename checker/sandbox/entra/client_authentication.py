"""Authentication of an application: by a secret, a certificate, or a token of another issuer.

Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import base64
import binascii
import hmac
from urllib.parse import unquote_plus

from checker.sandbox.entra.certificate_assertions import check_certificate_assertion
from checker.sandbox.entra.federated_assertions import check_federated_assertion
from checker.sandbox.entra.jose import MalformedTokenError, ParsedToken, parse_token
from checker.sandbox.entra.model import TokenRequest, missing_parameter_error
from checker.sandbox.errors import EntraResponseError

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def check_client(request: TokenRequest, *, public: bool = False) -> None:
    """Check the application of a request and its credential.

    Args:
        request: the request.
        public: whether a public client can use the grant, without a credential.

    Raises:
        EntraResponseError: the application is unknown, or its credential is missing or wrong.
    """
    client_id, secret = _basic_credentials(request.authorization)
    secret = secret or request.form.get("client_secret")
    check_client_id(request, client_id or request.required("client_id"))
    if "client_assertion" in request.form:
        _check_assertion(request)
    elif secret:
        _check_secret(request, secret)
    elif not (public and request.application.public_client):
        raise EntraResponseError(
            401,
            "invalid_client",
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )


def check_client_id(request: TokenRequest, client_id: str) -> None:
    """Require the client id of the application that is registered in the tenant.

    Raises:
        EntraResponseError: it is another id.
    """
    application = request.application
    if client_id.lower() != application.client_id:
        raise EntraResponseError(
            400,
            "unauthorized_client",
            700016,
            f"Application with identifier '{client_id[:64]}' was not found in the directory '{application.tenant_id}'.",
        )


def _check_secret(request: TokenRequest, sent: str) -> None:
    now = request.entra.now()
    client_id = request.application.client_id
    matching = [
        secret for secret in request.application.secrets if hmac.compare_digest(sent.encode(), secret.value.encode())
    ]
    if not matching:
        raise EntraResponseError(
            401,
            "invalid_client",
            7000215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client "
            f"secret value, not the client secret ID, for a secret added to app '{client_id}'.",
        )
    if all(secret.expires is not None and secret.expires <= now for secret in matching):
        raise EntraResponseError(
            401,
            "invalid_client",
            7000222,
            f"The provided client secret keys for app '{client_id}' are expired. Visit the Azure portal to create "
            "new keys for your app, or consider using certificate credentials for added security.",
        )


def _check_assertion(request: TokenRequest) -> None:
    if request.form.get("client_assertion_type") != ASSERTION_TYPE:
        raise missing_parameter_error("client_assertion_type")
    try:
        token = parse_token(request.form["client_assertion"])
    except MalformedTokenError as error:
        raise EntraResponseError(
            401, "invalid_client", 50027, f"JWT token is invalid or malformed: {error}."
        ) from error
    if _names_certificate(token) or token.text("iss").lower() == request.application.client_id:
        check_certificate_assertion(request, token)
    else:
        check_federated_assertion(request, token)


def _names_certificate(token: ParsedToken) -> bool:
    return not {"x5t", "x5t#S256", "x5c"}.isdisjoint(token.header) and not token.text("iss").startswith("https:")


def _basic_credentials(authorization: str | None) -> tuple[str | None, str | None]:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None, None
    return unquote_plus(name), unquote_plus(secret)
