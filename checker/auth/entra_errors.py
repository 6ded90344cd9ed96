"""Entra's refusals as messages: the cause, the AADSTS code, the remedy.

Source of codes: learn.microsoft.com/entra/identity-platform/reference-error-codes.
"""

import re
from typing import Any

import httpx

from checker.auth.interface import Credentials
from checker.errors import SignInError
from checker.transport import why_unreachable

_CODE = re.compile(r"AADSTS(\d{4,7})")
_REMEDIES = {
    "7000215": "The secret is wrong: set AZURE_CLIENT_SECRET to the secret's value, not to its id.",
    "7000222": "The secret has expired: make a new one for the application and set AZURE_CLIENT_SECRET to it.",
    "700016": "The tenant has no such application: check --client-id (AZURE_CLIENT_ID) and --tenant (AZURE_TENANT_ID).",
    "90002": "There is no such tenant: check --tenant (AZURE_TENANT_ID) and --cloud.",
    "900023": "The tenant is neither an id nor a domain: check --tenant (AZURE_TENANT_ID).",
    "70011": "The scope is wrong for this cloud: check --graph-url and --cloud.",
    "500011": "The tenant does not know Microsoft Graph under that name: check --cloud.",
    "700027": "Entra does not accept the certificate: register its public part with the application, or renew it.",
    "700024": "The assertion is outside its time: set this machine's clock right.",
    "700021": "The assertion is not this application's: check --client-id (AZURE_CLIENT_ID).",
    "700023": "The assertion is made out for somebody else: see SCOREGATE_OIDC_AUDIENCE in docs/sign-in.md.",
    "70021": "The application trusts no platform yet: add a federated credential to it; see docs/sign-in.md.",
    "700211": "The application trusts no such issuer: add a federated credential with it; see docs/sign-in.md.",
    "700212": "The audience is not the federated credential's: set SCOREGATE_OIDC_AUDIENCE; see docs/sign-in.md.",
    "700213": "The application trusts no such job: add a federated credential with that subject; see docs/sign-in.md.",
    "7002138": "The subject differs in case from the federated credential's: spell it alike; see docs/sign-in.md.",
    "50076": "The tenant asks for a second factor: sign in with --auth browser or device-code and give it.",
    "50079": "The tenant asks for a second factor that the person has yet to register: sign in to the portal once.",
    "50034": "The tenant has no such person: sign in with an account of the tenant that is to be judged.",
    "65001": "Nobody consented: let an administrator consent to SecurityEvents.Read.All for the application.",
    "65004": "The person declined to consent.",
    "70018": "The code was refused: sign in again.",
    "70020": "The code has expired before somebody typed it: sign in again.",
    "700082": "The sign-in has expired: sign in again.",
    "650057": "The application may not ask for Microsoft Graph: add the permission SecurityEvents.Read.All to it.",
}


def refused(credentials: Credentials, answer: dict[str, Any]) -> SignInError:
    """The error for an answer of Entra that holds no token."""
    description = str(answer.get("error_description") or "").splitlines()
    first = description[0][:300] if description else "it gave no reason"
    code = _CODE.search(first)
    error = str(answer.get("error") or "no token")
    remedy = _REMEDIES.get(code[1]) if code is not None else None
    return SignInError(
        f"Microsoft Entra refused the sign-in ({error}): {first}",
        place=f"{credentials.authority}/{credentials.tenant}",
        advice=remedy or "Look the AADSTS code up at https://login.microsoftonline.com/error.",
    )


def senseless(credentials: Credentials, fault: Exception) -> SignInError:
    """The error for an answer that is not what Entra answers; an unknown tenant shows in this way too."""
    # What Entra said when it was asked for its addresses is in the error that msal's own one replaces.
    code = _CODE.search(str(fault.__cause__ or fault.__context__))
    if code is not None:
        return refused(credentials, {"error": "no sign-in there", "error_description": code[0]})
    what = str(fault).partition(". ")[0][:300] if isinstance(fault, ValueError) else "it is not what was expected"
    return SignInError(
        f"Entra's answer made no sense: {what}",
        place=credentials.authority,
        advice="Check --authority-url and the tenant.",
    )


def faulty(credentials: Credentials, said: str) -> SignInError:
    """The error for a fault on Entra's side (500 and above)."""
    return SignInError(
        f"Microsoft Entra has a fault of its own ({said[:300]})", place=credentials.authority, advice="Run again later."
    )


def unreachable(credentials: Credentials, fault: httpx.HTTPError) -> SignInError:
    """The error for a sign-in that got no answer."""
    return SignInError(
        f"Microsoft Entra could not be reached: {why_unreachable(fault)}",
        place=credentials.authority,
        advice="Check the network, HTTPS_PROXY and SSL_CERT_FILE, then run again.",
    )
