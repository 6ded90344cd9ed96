"""Certificates that are registered with an application."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def load_certificate(pem: bytes) -> "Certificate":
    """Read a certificate; a private key beside it is passed over.

    Raises:
        ValueError: there is none, or its key is not RSA.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa

    certificate = x509.load_pem_x509_certificate(pem)
    if not isinstance(certificate.public_key(), rsa.RSAPublicKey):
        raise ValueError("Entra takes certificates with an RSA key only")  # noqa: TRY004 - one error for bad input
    return certificate
