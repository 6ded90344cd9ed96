"""Certificate: the application signs with a private key whose certificate is registered with it.

A PEM file holds key and certificate; a PFX (PKCS #12) file may have a password. The thumbprint that Entra finds the
certificate by is SHA-256. msal sends the chain with a PEM file anyway, with a PFX file where subject-name/issuer
authentication is asked for by ``AZURE_CLIENT_SEND_CERTIFICATE_CHAIN``.
"""

import datetime

from checker.auth.confidential import ConfidentialApplication
from checker.auth.interface import Credentials
from checker.auth.needs import CLIENT, TENANT, demand
from checker.documents import files
from checker.errors import SignInError
from checker.secrecy.known import learn

_PATH = "AZURE_CLIENT_CERTIFICATE_PATH"
_PASSWORD = "AZURE_CLIENT_CERTIFICATE_PASSWORD"
_CHAIN = "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"
_MOST_BYTES = 1024 * 1024


def offered(credentials: Credentials) -> bool:
    """Whether the environment offers it."""
    return credentials.variable(_PATH) is not None


def provider(credentials: Credentials) -> ConfidentialApplication:
    """The provider, when everything is there that it needs.

    Raises:
        UsageError: the tenant, the application or the file's name is missing.
    """
    path = credentials.variable(_PATH)
    demand("certificate", ((TENANT, credentials.tenant), (CLIENT, credentials.client_id), (_PATH, path)))
    return ConfidentialApplication(credentials, lambda: _credential(credentials, path or ""))


def _credential(credentials: Credentials, path: str) -> dict[str, object]:
    """What msal takes, after a look at the file whose faults msal would tell in words of its own.

    Raises:
        SignInError: the file can't be read, its password is wrong, or the certificate is not valid today.
    """
    data = files.read_bounded(path, _MOST_BYTES, SignInError)
    password = credentials.variable(_PASSWORD)
    if b"-----BEGIN" in data:
        _check_pem(data, password, files.shown(path))
        text = data.decode("ascii", "replace")
        _learn_key(text)
        credential: dict[str, object] = {"private_key": text, "public_certificate": text}
        return credential | ({"passphrase": password} if password is not None else {})
    _check_pfx(data, password, files.shown(path))
    chain = (credentials.variable(_CHAIN) or "").lower() in {"1", "true"}
    return {
        "private_key_pfx_path": path,
        "passphrase": password,
        **({"public_certificate": True} if chain else {}),
    }


def _learn_key(text: str) -> None:
    """Makes the lines of the private key known as secrets."""
    is_key = False
    for part in text.splitlines():
        if part.startswith("-----"):
            is_key = part.startswith("-----BEGIN") and "PRIVATE KEY" in part
        elif is_key:
            learn(part, is_part=True)


def _check_pem(data: bytes, password: str | None, name: str) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        certificate = x509.load_pem_x509_certificate(data)
    except ValueError as fault:
        raise SignInError("contains no certificate in PEM form", place=name, advice=_FORMS) from fault
    try:
        key = load_pem_private_key(data, password.encode() if password is not None else None)
    except (ValueError, TypeError) as fault:
        raise SignInError(
            "contains no readable private key: there is none, or its password is wrong or missing",
            place=name,
            advice=f"{_FORMS} Its password is read from {_PASSWORD}.",
        ) from fault
    _check_key(key, name)
    _check_dates(certificate.not_valid_before_utc, certificate.not_valid_after_utc, name)


def _check_pfx(data: bytes, password: str | None, name: str) -> None:
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    try:
        bundle = load_pkcs12(data, password.encode() if password is not None else None)
    except ValueError as fault:
        raise SignInError(
            "is neither PEM nor a PFX file that can be opened: perhaps its password is wrong or missing",
            place=name,
            advice=f"{_FORMS} Its password is read from {_PASSWORD}.",
        ) from fault
    if bundle.cert is None or bundle.key is None:
        raise SignInError("lacks the certificate or its private key", place=name, advice=_FORMS)
    _check_key(bundle.key, name)
    certificate = bundle.cert.certificate
    _check_dates(certificate.not_valid_before_utc, certificate.not_valid_after_utc, name)


_FORMS = "Give a PEM file with key and certificate, or a PFX file."


def _check_key(key: object, name: str) -> None:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if not isinstance(key, RSAPrivateKey):
        advice = "Make a certificate with an RSA key of 2048 bits or more."
        raise SignInError("the private key is not RSA, the only kind that Entra accepts", place=name, advice=advice)


def _check_dates(begin: datetime.datetime, end: datetime.datetime, name: str) -> None:
    now = datetime.datetime.now(datetime.UTC)
    if now > end:
        advice = "Make a new one, register its public part with the application, and name its file."
        raise SignInError(f"the certificate expired on {end.date()}", place=name, advice=advice)
    if now < begin:
        raise SignInError(
            f"the certificate is not valid before {begin.date()}", place=name, advice="Is this machine's clock right?"
        )
