"""The grant of a user who signs in on another device.

Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
"""

from typing import Any

from checker.sandbox.entra.client_authentication import check_client
from checker.sandbox.entra.device_page import PATH
from checker.sandbox.entra.model import TokenRequest
from checker.sandbox.entra.sign_ins import DeviceCode, Session
from checker.sandbox.entra.user_tokens import user_token_response
from checker.sandbox.errors import EntraResponseError

NAME = "urn:ietf:params:oauth:grant-type:device_code"


def begin(request: TokenRequest) -> dict[str, Any]:
    """Start a sign-in on another device."""
    check_client(request, public=True)
    directory, application = request.entra.directory, request.application
    scopes = tuple(request.required("scope").split())
    # Entra checks the resource now, and the consent once the user has signed in.
    request.entra.delegated_permissions(scopes)
    pending = DeviceCode(
        application.tenant_id,
        application.client_id,
        scopes,
        request.entra.now() + directory.device_code_lifetime,
        directory.device_code_interval,
    )
    device_code, user_code = directory.sign_ins.store_device_code(pending)
    address = f"{request.base}{PATH}"
    return {
        "user_code": user_code,
        "device_code": device_code,
        "verification_uri": address,
        "expires_in": int(directory.device_code_lifetime.total_seconds()),
        "interval": pending.interval,
        "message": f"To sign in, use a web browser to open the page {address} and enter the code {user_code} "
        "to authenticate.",
    }


def redeem(request: TokenRequest) -> dict[str, Any]:
    """Respond to a client that polls for the tokens of the user."""
    check_client(request, public=True)
    # The parameter is called `code` in version 1 of Entra.
    name = request.form.get("device_code") or request.form.get("code") or request.required("device_code")
    sign_ins = request.entra.directory.sign_ins
    pending = sign_ins.device_codes.get(name)
    if pending is None or pending.tenant_id != request.application.tenant_id:
        raise EntraResponseError(
            400,
            "bad_verification_code",
            70018,
            "Invalid verification code due to User typing in wrong user code for device code flow.",
        )
    session = _approved_session(request, pending)
    response = user_token_response(request, session)
    del sign_ins.device_codes[name]
    return response


def _approved_session(request: TokenRequest, pending: DeviceCode) -> Session:
    now = request.entra.now()
    if pending.declined:
        raise EntraResponseError(400, "authorization_declined", 65004, "User declined to consent to access the app.")
    if now >= pending.expires:
        raise EntraResponseError(
            400,
            "expired_token",
            70020,
            "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
        )
    if pending.session is not None:
        return pending.session
    if pending.polled_too_soon(now):
        raise EntraResponseError(400, "slow_down", 70016, "OAuth 2.0 device flow error. Polling too fast. Slow down.")
    raise EntraResponseError(
        400,
        "authorization_pending",
        70016,
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    )
