"""Client assertions that an application signs with its certificate.

Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials
"""

import base64
import binascii
import datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from checker.sandbox.entra.application_certificates import load_certificate
from checker.sandbox.entra.assertions import audiences, check_time, signature_error
from checker.sandbox.entra.jose import MalformedTokenError, ParsedToken, decode, encode
from checker.sandbox.entra.model import TokenRequest
from checker.sandbox.entra.registrations import TrustedSubject
from checker.sandbox.errors import EntraResponseError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import Certificate

LOGIN_HOSTS = frozenset({"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"})
"""The audiences of real clouds are accepted too, for clients that reach the sandbox under those names."""


def check_certificate_assertion(request: TokenRequest, token: ParsedToken) -> None:
    """Check an assertion that is signed with a certificate.

    Raises:
        EntraResponseError: the certificate is unknown or not valid now, or the signature or a claim is wrong.
    """
    now = request.entra.now()
    client_id = request.application.client_id
    certificate = _registered(request, token) or _trusted_by_name(request, token)
    thumbprint = _thumbprint(token)
    if certificate is None:
        raise signature_error("The key was not found.", thumbprint)
    if not token.signed_by(cast("RSAPublicKey", certificate.public_key())):
        raise signature_error("The key was found, but use of the key to verify the signature failed.", thumbprint)
    if certificate.not_valid_after_utc <= now:
        raise signature_error("The key used is expired.", thumbprint)
    if certificate.not_valid_before_utc > now:
        raise signature_error("The key used is not valid yet.", thumbprint)
    if {token.text("iss").lower(), token.text("sub").lower()} != {client_id}:
        raise EntraResponseError(
            401,
            "invalid_client",
            700021,
            "Client assertion application identifier doesn't match 'client_id' parameter.",
        )
    if not any(_is_authority(request, audience) for audience in audiences(token)):
        raise EntraResponseError(
            401,
            "invalid_client",
            700023,
            "Client assertion audience claim does not match Realm issuer.",
        )
    check_time(token, now)


def _registered(request: TokenRequest, token: ParsedToken) -> "Certificate | None":
    from cryptography.hazmat.primitives import hashes

    named = {"x5t": hashes.SHA1(), "x5t#S256": hashes.SHA256()}  # noqa: S303 - Entra still finds certificates by it
    for pem in request.application.certificates:
        certificate = load_certificate(pem)
        for name, algorithm in named.items():
            sent = token.header.get(name)
            # Some clients send it with padding.
            if isinstance(sent, str) and sent.rstrip("=") == encode(certificate.fingerprint(algorithm)):
                return certificate
    return None


def _trusted_by_name(request: TokenRequest, token: ParsedToken) -> "Certificate | None":
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa

    chain = token.header.get("x5c")
    first = chain[0] if isinstance(chain, list) and chain else chain
    if not isinstance(first, str) or not request.application.trusted_subjects:
        return None
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(first))
    except (ValueError, binascii.Error):
        return None
    if not isinstance(certificate.public_key(), rsa.RSAPublicKey):
        return None
    trusted = request.application.trusted_subjects
    return certificate if any(_issued(certificate, subject, request.entra.now()) for subject in trusted) else None


def _issued(certificate: "Certificate", trusted: TrustedSubject, now: datetime.datetime) -> bool:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    names = [str(name.value) for name in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names += alternative.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        pass
    authority = load_certificate(trusted.authority)
    if trusted.subject not in names or not authority.not_valid_before_utc <= now < authority.not_valid_after_utc:
        return False
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _thumbprint(token: ParsedToken) -> str:
    for name in ("x5t#S256", "x5t"):
        sent = token.header.get(name)
        if isinstance(sent, str):
            try:
                return decode(sent.rstrip("=")).hex().upper()
            except MalformedTokenError:
                return sent
    return ""


def _is_authority(request: TokenRequest, audience: str) -> bool:
    address = urlsplit(audience)
    if address.scheme != "https" and not audience.startswith(f"{request.base}/"):
        return False
    if address.netloc not in {urlsplit(request.base).netloc, *LOGIN_HOSTS}:
        return False
    tenant, _, rest = address.path.strip("/").partition("/")
    return tenant.lower() == request.application.tenant_id and rest in {
        "",
        "v2.0",
        "oauth2/token",
        "oauth2/v2.0/token",
    }
