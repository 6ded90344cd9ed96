"""The grant of a user who signs in with a browser, with PKCE: the sign-in page, and the redemption of its code.

Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
"""

import datetime
import hashlib
import hmac
import html
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.responses import HTMLResponse, RedirectResponse, Response

from checker.sandbox.entra.client_authentication import check_client, check_client_id
from checker.sandbox.entra.jose import encode
from checker.sandbox.entra.model import TokenRequest
from checker.sandbox.entra.sign_ins import AuthorizationCode, Session
from checker.sandbox.entra.user_tokens import consented_scopes, user_token_response
from checker.sandbox.errors import EntraResponseError

NAME = "authorization_code"
CODE_LIFETIME = datetime.timedelta(minutes=10)


def authorize(request: TokenRequest) -> Response:
    """Send the browser back to the application, with a code for the user who is signed in.

    Raises:
        EntraResponseError: the application or the redirect URI is unknown, so the browser can't be sent back.
    """
    check_client_id(request, request.required("client_id"))
    redirect_uri = request.required("redirect_uri")
    if not _is_loopback(redirect_uri):
        raise EntraResponseError(
            400,
            "invalid_request",
            50011,
            f"The redirect URI '{redirect_uri[:256]}' specified in the request does not match the redirect URIs "
            f"configured for the application '{request.application.client_id}'.",
        )
    state = {"state": request.form["state"]} if "state" in request.form else {}
    try:
        result = {"code": _issue_code(request, redirect_uri), **state}
    except EntraResponseError as error:
        result = {"error": error.error, "error_description": f"AADSTS{error.code}: {error.message}", **state}
    return _redirect_response(redirect_uri, result, form_post=request.form.get("response_mode") == "form_post")


def redeem(request: TokenRequest) -> dict[str, Any]:
    """Exchange a code for tokens."""
    check_client(request, public=True)
    code = request.entra.directory.sign_ins.authorization_codes.get(request.required("code"))
    if code is None or code.session.tenant_id != request.application.tenant_id:
        raise EntraResponseError(400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.")
    if code.redeemed:
        raise EntraResponseError(
            400,
            "invalid_grant",
            54005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing "
            "refresh token.",
        )
    if request.entra.now() >= code.expires:
        raise EntraResponseError(
            400, "invalid_grant", 70008, "The provided authorization code or refresh token has expired."
        )
    if request.form.get("redirect_uri") != code.redirect_uri:
        raise EntraResponseError(
            400,
            "invalid_grant",
            500112,
            "The reply address does not match the reply address provided when requesting Authorization code.",
        )
    _check_verifier(request, code)
    code.redeemed = True
    return user_token_response(request, code.session, nonce=code.nonce)


def _issue_code(request: TokenRequest, redirect_uri: str) -> str:
    if request.required("response_type") != "code":
        message = "The response_type is not enabled for the application."
        raise EntraResponseError(400, "unsupported_response_type", 700054, message)
    application = request.application
    scopes = tuple(request.required("scope").split())
    consented_scopes(request, scopes)
    name = request.form.get("login_hint") or application.browser_user
    try:
        user = application.user(name)
    except ValueError as error:
        message = f"The user account {name[:128]} does not exist in the directory."
        raise EntraResponseError(400, "invalid_request", 50034, message) from error
    code = AuthorizationCode(
        Session(application.tenant_id, application.client_id, user.name, scopes, application.browser_mfa),
        redirect_uri,
        request.form.get("code_challenge"),
        request.form.get("nonce"),
        request.entra.now() + CODE_LIFETIME,
    )
    if code.challenge is not None and request.form.get("code_challenge_method") != "S256":
        message = "The code_challenge_method has to be S256."
        raise EntraResponseError(400, "invalid_request", 501491, message)
    return request.entra.directory.sign_ins.store_authorization_code(code)


def _check_verifier(request: TokenRequest, code: AuthorizationCode) -> None:
    verifier = request.form.get("code_verifier", "")
    hashed = encode(hashlib.sha256(verifier.encode()).digest())
    if code.challenge is not None and not hmac.compare_digest(hashed.encode(), code.challenge.encode()):
        raise EntraResponseError(
            400,
            "invalid_grant",
            501481,
            "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
        )


def _is_loopback(uri: str) -> bool:
    # Entra ignores the port of loopback addresses.
    if not re.fullmatch(r"http://(?:localhost|127\.0\.0\.1)(?::[0-9]{1,5})?(?:/[!-~]{0,256})?", uri, re.ASCII):
        return False
    return urlsplit(uri).hostname in {"localhost", "127.0.0.1"}


def _redirect_response(redirect_uri: str, result: dict[str, str], *, form_post: bool) -> Response:
    headers = {"Cache-Control": "no-store, no-cache"}
    if not form_post:
        separator = "&" if urlsplit(redirect_uri).query else "?"
        return RedirectResponse(f"{redirect_uri}{separator}{urlencode(result)}", status_code=302, headers=headers)
    fields = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}"/>'
        for name, value in result.items()
    )
    page = (
        "<html><head><title>Working...</title></head><body>"
        f'<form method="POST" name="hiddenform" action="{html.escape(redirect_uri)}">{fields}'
        '<noscript><input type="submit" value="Submit"/></noscript></form>'
        "<script>document.forms[0].submit();</script></body></html>"
    )
    return HTMLResponse(page, headers=headers)
