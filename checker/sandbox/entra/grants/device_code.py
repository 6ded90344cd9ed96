"""The grant of a user who signs in on another device.

Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
"""

from typing import Any

from checker.sandbox.entra.client_authentication import check_client
from checker.sandbox.entra.model import TokenRequest
from checker.sandbox.entra.sign_ins import DeviceCode, Session
from checker.sandbox.entra.user_tokens import user_token_response
from checker.sandbox.errors import EntraResponseError

NAME = "urn:ietf:params:oauth:grant-type:device_code"


def begin(request: TokenRequest) -> dict[str, Any]:
    """Answer the request for a device code."""
    check_client(request, public=True)
    directory, application = request.entra.directory, request.application
    scopes = tuple(request.required("scope").split())
    # Entra looks at the resource at once, at the consent when the user is there.
    request.entra.delegated_permissions(scopes)
    begun = DeviceCode(
        application.tenant_id,
        application.client_id,
        scopes,
        request.entra.now() + directory.device_code_lifetime,
        directory.device_code_interval,
    )
    device_code, user_code = directory.sign_ins.begin_device_code(begun)
    address = f"{request.base}/devicelogin"
    return {
        "user_code": user_code,
        "device_code": device_code,
        "verification_uri": address,
        "expires_in": int(directory.device_code_lifetime.total_seconds()),
        "interval": begun.interval,
        "message": f"To sign in, use a web browser to open the page {address} and enter the code {user_code} "
        "to authenticate.",
    }


def redeem(request: TokenRequest) -> dict[str, Any]:
    """Answer a client that asks whether the user has signed in by now."""
    check_client(request, public=True)
    # The older name of the parameter is the one of Entra's first version.
    name = request.form.get("device_code") or request.form.get("code") or request.required("device_code")
    sign_ins = request.entra.directory.sign_ins
    begun = sign_ins.device_codes.get(name)
    if begun is None or begun.tenant_id != request.application.tenant_id:
        raise EntraResponseError(
            400,
            "bad_verification_code",
            70018,
            "Invalid verification code due to User typing in wrong user code for device code flow.",
        )
    session = _approved(request, begun)
    answer = user_token_response(request, session)
    del sign_ins.device_codes[name]
    return answer


def _approved(request: TokenRequest, begun: DeviceCode) -> Session:
    now = request.entra.now()
    if begun.declined:
        raise EntraResponseError(400, "authorization_declined", 65004, "User declined to consent to access the app.")
    if now >= begun.expires:
        raise EntraResponseError(
            400,
            "expired_token",
            70020,
            "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
        )
    if begun.session is not None:
        return begun.session
    if begun.too_soon(now):
        raise EntraResponseError(400, "slow_down", 70016, "OAuth 2.0 device flow error. Polling too fast. Slow down.")
    raise EntraResponseError(
        400,
        "authorization_pending",
        70016,
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    )
