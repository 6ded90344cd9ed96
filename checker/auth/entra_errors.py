"""Entra's refusals as messages: the cause, the AADSTS code, the remedy.

Source of codes: learn.microsoft.com/entra/identity-platform/reference-error-codes.
"""

import json
import re
from typing import Any

import httpx

from checker.auth.interface import Credentials
from checker.errors import SignInError
from checker.secrecy.known import conceal
from checker.transport.failures import why_unreachable

_CODE = re.compile(r"AADSTS(\d{4,7})")
_LONGEST = 300
_TRUST = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
_REMEDIES = {
    "7000215": "The secret is wrong: set AZURE_CLIENT_SECRET to the secret's value, not to its id.",
    "7000222": "The secret has expired: make a new one for the application and set AZURE_CLIENT_SECRET to it.",
    "700016": "The tenant has no such application: check --client-id (AZURE_CLIENT_ID) and --tenant (AZURE_TENANT_ID).",
    "90002": "There is no such tenant: check --tenant (AZURE_TENANT_ID) and --cloud.",
    "900023": "The tenant is neither an id nor a domain: check --tenant (AZURE_TENANT_ID).",
    "70011": "The scope is wrong for this cloud: check --graph-url and --cloud.",
    "500011": "The tenant does not know Microsoft Graph under that name: check --cloud.",
    "700027": "Entra does not accept the certificate: register its public part with the application, or renew it.",
    "700024": "The assertion has ended or is not valid yet: run the job again for a new one, and check this "
    "machine's clock.",
    "700021": "The assertion is not this application's: check --client-id (AZURE_CLIENT_ID).",
    "700023": "The assertion is for another audience: set SCOREGATE_OIDC_AUDIENCE to the federated credential's.",
    "70021": f"The application trusts no platform yet: add a federated credential to it, {_TRUST}",
    "700211": f"The application trusts no such issuer: add a federated credential with it, {_TRUST}",
    "700212": "The audience is not the federated credential's: set SCOREGATE_OIDC_AUDIENCE to that.",
    "700213": f"The application trusts no such job: add a federated credential with that subject, {_TRUST}",
    "7002138": "The subject differs from the federated credential's in upper and lower case: make both the same.",
    "50076": "The tenant asks for a second factor: sign in with --auth browser or device-code and provide it.",
    "50079": "The tenant asks for a second factor that the person has yet to register: sign in to the portal once.",
    "50034": "The tenant has no such person: sign in with an account of the tenant to judge.",
    "65001": "Consent is missing: let an administrator consent to {permission} for the application.",
    "65004": "The person declined to consent.",
    "70018": "The code was refused: sign in again.",
    "70020": "The code expired before it was entered: sign in again.",
    "700082": "The sign-in has expired: sign in again.",
    "650057": "The application may not ask for Microsoft Graph: add the permission {permission} to it.",
    "7000112": "The application is disabled in the tenant: let an administrator enable it.",
    "7000218": "The application is not a public client: allow public client flows in its registration, under "
    "Authentication.",
    "700025": "The application is a public client: sign in with --auth device-code or browser, or disallow public "
    "client flows in its registration.",
    "50011": "Add the redirect URI http://localhost (mobile and desktop) to the application's registration.",
    "50012": "Entra could not verify the signature: register the public part of the certificate that signs with the "
    "application; for subject-name/issuer set AZURE_CLIENT_SEND_CERTIFICATE_CHAIN=1.",
    "50013": "Entra could not verify the assertion: run the job again for a new one, and check that the federated "
    f"credential names its issuer, {_TRUST}",
    "50020": "The account does not belong to this tenant: check --tenant, or sign in with one of its accounts.",
    "50027": "The assertion is not a signed token: 'scoregate auth --help' lists what each platform gives.",
    "50057": "The person's account is disabled.",
    "50058": "Nobody is signed in: sign in again.",
    "50074": "The tenant asks for a second factor: sign in with --auth browser or device-code and provide it.",
    "50105": "The person is not assigned to the application: let an administrator assign the person, or lift that.",
    "50128": "There is no such tenant: check --tenant (AZURE_TENANT_ID) and --cloud.",
    "50059": "There is no such tenant: check --tenant (AZURE_TENANT_ID) and --cloud.",
    "50166": "Entra could not get the keys of the assertion's issuer: its address has to be public.",
    "50173": "The sign-in was revoked: sign in again.",
    "53000": "The tenant asks for a managed device: sign in from one.",
    "53003": "A Conditional Access policy of the tenant blocks it: ask an administrator which one, with that code.",
    "530003": "The tenant asks for a managed device: sign in from one.",
    "70008": "The sign-in has expired: sign in again.",
    "70016": "The code expired before it was entered: sign in again.",
    "70043": "The sign-in has expired: sign in again.",
    "90033": "Microsoft Entra is too busy: run again later.",
    "90094": "Only an administrator may consent: let one consent to {permission} for the application.",
    "9002313": "Entra did not understand the request: check --tenant, --client-id and --cloud.",
    "1002012": "The scope is wrong for this cloud: check --graph-url and --cloud.",
    "900144": "Entra did not understand the request: check --tenant, --client-id and --cloud.",
}


def remedy(said: str, permission: str = "SecurityEvents.Read.All") -> str | None:
    """What to do about the first AADSTS code in a text; None where it has none, or an unknown one."""
    code = _CODE.search(said)
    advice = _REMEDIES.get(code[1]) if code is not None else None
    return advice.replace("{permission}", permission) if advice is not None else None


def _harmless(said: str) -> str:
    """A text from outside, without the secrets that it may send back, as pages for people do at times."""
    return conceal(said)[:_LONGEST]


def refused(credentials: Credentials, answer: dict[str, Any]) -> SignInError:
    """The error for an answer of Entra that holds no token."""
    description = str(answer.get("error_description") or "").splitlines()
    first = _harmless(description[0]) if description else "it gave no reason"
    error = _harmless(str(answer.get("error") or "no token"))
    permission = credentials.delegated_scopes[0].rpartition("/")[2]
    return SignInError(
        f"Microsoft Entra refused the sign-in ({error}): {first}",
        place=f"{credentials.authority}/{credentials.tenant}",
        advice=remedy(first, permission) or "Look the AADSTS code up at https://login.microsoftonline.com/error.",
    )


def senseless(credentials: Credentials, fault: Exception, status: int | None = None) -> SignInError:
    """The error for an answer that is not what Entra answers; an unknown tenant shows in this way too.

    Args:
        credentials: whom the error names.
        fault: what msal raised.
        status: the answer's, which tells more than its body where that can't be read.
    """
    # What Entra said when it was asked for its addresses is in the error that msal's own one replaces.
    code = _CODE.search(str(fault.__cause__ or fault.__context__))
    if code is not None:
        return refused(credentials, {"error": "no sign-in there", "error_description": code[0]})
    what = "it is not what was expected"
    if isinstance(fault, json.JSONDecodeError):
        what = "it is not JSON; is there a proxy or a sign-in page in between?"
    elif isinstance(fault, ValueError):
        what = _harmless(str(fault).partition(". ")[0])
    if status is not None and status >= 300:
        what = f"status {status}, and {what}"
    return SignInError(
        f"Entra's answer could not be understood: {what}",
        place=credentials.authority,
        advice="Check --authority-url and the tenant.",
    )


def faulty(credentials: Credentials, said: str) -> SignInError:
    """The error for a fault on Entra's side (500 and above)."""
    return SignInError(
        f"Microsoft Entra reported an internal error ({_harmless(said)})",
        place=credentials.authority,
        advice="Run again later.",
    )


def unreachable(credentials: Credentials, fault: httpx.HTTPError) -> SignInError:
    """The error for a sign-in that got no answer."""
    return SignInError(
        f"Microsoft Entra could not be reached: {why_unreachable(fault)}",
        place=credentials.authority,
        advice="Check the network, HTTPS_PROXY and SSL_CERT_FILE, then run again.",
    )
