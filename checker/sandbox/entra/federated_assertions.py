"""Client assertions of other issuers: workload identity federation.

Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation
"""

from checker.sandbox.entra.assertions import audiences, check_time, signature_error
from checker.sandbox.entra.jose import ParsedToken
from checker.sandbox.entra.model import TokenRequest
from checker.sandbox.errors import EntraResponseError

_ADVICE = (
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. "
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
)


def check_federated_assertion(request: TokenRequest, token: ParsedToken) -> None:
    """Check an assertion of another issuer against the federated credentials of the application.

    Raises:
        EntraResponseError: no credential matches, the signature isn't the issuer's, or the assertion isn't valid now.
    """
    _check_credential(request, token)
    key = request.entra.oidc.key(token.text("iss"))
    if key is None:
        raise EntraResponseError(401, "invalid_client", 50166, "Request to External OIDC endpoint failed.")
    sent = token.header.get("kid")
    thumbprint = sent if isinstance(sent, str) else ""
    if thumbprint != key.identifier:
        raise signature_error("The key was not found.", thumbprint)
    if not token.signed_by(key.public):
        raise signature_error("The key was found, but use of the key to verify the signature failed.", thumbprint)
    check_time(token, request.entra.now())


def _check_credential(request: TokenRequest, token: ParsedToken) -> None:
    records = request.application.federated_credentials
    issuer, subject, audience = token.text("iss"), token.text("sub"), " ".join(audiences(token))
    if not records:
        raise EntraResponseError(
            400,
            "invalid_request",
            70021,
            "No matching federated identity record found for presented assertion. Assertion Issuer: "
            f"'{issuer[:256]}'. Assertion Subject: '{subject[:256]}'. Assertion Audience: '{audience[:256]}'. "
            f"{_ADVICE}",
        )
    records = [record for record in records if record.issuer == issuer]
    if not records:
        raise _mismatch(700211, "issuer", issuer)
    matching = [record for record in records if record.subject == subject]
    if not matching:
        if any(record.subject.lower() == subject.lower() for record in records):
            raise _mismatch(7002138, "subject", subject, "The matching is done using a case-sensitive comparison. ")
        raise _mismatch(700213, "subject", subject)
    if not any(record.audience in audiences(token) for record in matching):
        raise _mismatch(700212, "audience", audience)


def _mismatch(code: int, part: str, value: str, more: str = "") -> EntraResponseError:
    return EntraResponseError(
        401,
        "invalid_client",
        code,
        f"No matching federated identity record found for presented assertion {part} '{value[:256]}'. {more}{_ADVICE}",
    )
