"""Reads the certificates that are registered with an application."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def load_certificate(pem: bytes) -> "Certificate":
    """Read a certificate; a private key beside it is ignored.

    Raises:
        ValueError: there is no certificate, or its key is not RSA.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa

    certificate = x509.load_pem_x509_certificate(pem)
    match certificate.public_key():
        case rsa.RSAPublicKey():
            return certificate
        case _:
            raise ValueError("Entra accepts only certificates with an RSA key")
