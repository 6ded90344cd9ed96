"""What the tests of Entra's grants share: a served sandbox with the system's clock, msal unmodified, certificates."""

import datetime
import importlib
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from sandbox_client import SCORES, tenant_of

from checker.sandbox.app import Sandbox
from checker.sandbox.entra.tokens import Signer
from checker.sandbox.serving.serve import Endpoints

# It has no type information.
msal: Any = importlib.import_module("msal")
requests: Any = importlib.import_module("requests")

TENANT = tenant_of()
OTHER = tenant_of(1)
SCOPE = "https://graph.microsoft.com/.default"
READ = "https://graph.microsoft.com/SecurityEvents.Read.All"
DAY = datetime.timedelta(days=1)


class Clock:
    """The system's clock, which msal goes by, and what it is off by."""

    def __init__(self) -> None:
        self.shift = datetime.timedelta()

    def __call__(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC) + self.shift


def live_sandbox(clock: Clock | None = None) -> Sandbox:
    sandbox = Sandbox([TENANT, OTHER], now=clock or Clock())
    sandbox.directory.device_code_interval = 0
    return sandbox


def session_for(served: Endpoints) -> Any:
    session = requests.Session()
    session.trust_env = False
    session.verify = str(served.ca_file)
    return session


def confidential(served: Endpoints, credential: Any, *, tenant: str = TENANT.tenant_id, **options: Any) -> Any:
    return msal.ConfidentialClientApplication(
        TENANT.client_id,
        client_credential=credential,
        authority=f"{served.authority}/{tenant}",
        instance_discovery=False,
        http_client=session_for(served),
        **options,
    )


def public(served: Endpoints, **options: Any) -> Any:
    return msal.PublicClientApplication(
        TENANT.client_id,
        authority=f"{served.authority}/{TENANT.tenant_id}",
        instance_discovery=False,
        http_client=session_for(served),
        **options,
    )


def sign_in(served: Endpoints, credential: Any, **options: Any) -> dict[str, Any]:
    result: dict[str, Any] = confidential(served, credential, **options).acquire_token_for_client([SCOPE])
    return result


def graph(served: Endpoints, token: str) -> httpx.Response:
    with httpx.Client(verify=False, trust_env=False) as client:
        return client.get(f"{served.graph}{SCORES}?$top=1", headers={"Authorization": f"Bearer {token}"})


def claims_of(sandbox: Sandbox, token: str) -> dict[str, Any]:
    signer: Signer = sandbox._signer
    return signer.verify(token, sandbox._now())


def certificate(
    name: str = "scoregate", *, start: int = -1, end: int = 1, issuer: tuple[bytes, bytes] | None = None
) -> tuple[bytes, bytes]:
    """Make a key and a certificate (PEM both), valid for days around now; self-signed without an issuer."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer: Any = key
    issued_by = subject
    if issuer is not None:
        signer = serialization.load_pem_private_key(issuer[0], None)
        issued_by = x509.load_pem_x509_certificate(issuer[1]).subject
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issued_by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + start * DAY)
        .not_valid_after(now + end * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(f"{name}.example")]), critical=False)
        .sign(signer, hashes.SHA256())
    )
    return _pem(key), made.public_bytes(serialization.Encoding.PEM)


def elliptic_certificate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "elliptic")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - DAY, now + DAY)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _pem(key: Any) -> bytes:
    pem: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem
