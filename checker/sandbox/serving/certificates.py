"""A certificate authority that is made at start, and a server certificate signed by it.

Real clients require https, at least for Entra. The certificates and keys are deleted when the sandbox ends.
"""

import contextlib
import datetime
import ipaddress
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
LIFETIME = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """The files of the certificates, in a folder that only this user can read.

    Attributes:
        ca_file: the authority's certificate, for clients to trust.
        certificate_file: the server's certificate.
        key_file: the server's private key.
    """

    ca_file: Path
    certificate_file: Path
    key_file: Path


@contextlib.contextmanager
def temporary_certificates(names: Sequence[str] = ()) -> Iterator[CertificateFiles]:
    """Make certificates for the loopback names and any further names; they are deleted at the end.

    Args:
        names: further host names or addresses of the server.
    """
    # The system's clock and not the sandbox's: TLS clients check against the system's.
    now = datetime.datetime.now(datetime.UTC)
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = _certificate_authority(ca_key, now)
    server_key = ec.generate_private_key(ec.SECP256R1())
    server = _server_certificate(server_key, ca, ca_key, now, dict.fromkeys([*LOOPBACK_NAMES, *names]))
    # TemporaryDirectory makes the folder with mode 0700.
    with tempfile.TemporaryDirectory(prefix="scoregate-sandbox-") as folder:
        certificates = CertificateFiles(
            ca_file=Path(folder, "ca.pem"),
            certificate_file=Path(folder, "server.pem"),
            key_file=Path(folder, "server.key"),
        )
        certificates.ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
        certificates.certificate_file.write_bytes(server.public_bytes(serialization.Encoding.PEM))
        certificates.key_file.touch(mode=0o600)
        certificates.key_file.write_bytes(
            server_key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        yield certificates


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _certificate_authority(key: ec.EllipticCurvePrivateKey, now: datetime.datetime) -> x509.Certificate:
    name = _name("scoregate sandbox CA")
    return (
        _builder(name, name, key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _server_certificate(
    key: ec.EllipticCurvePrivateKey,
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    now: datetime.datetime,
    names: dict[str, None],
) -> x509.Certificate:
    # Strict clients (Python since 3.13) require the key identifiers and the usages.
    return (
        _builder(_name("scoregate sandbox"), ca.subject, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
