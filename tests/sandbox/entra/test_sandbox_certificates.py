import base64
import datetime
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from entra_client import (
    DAY,
    OTHER,
    SCOPE,
    TENANT,
    Clock,
    certificate,
    claims_of,
    elliptic_certificate,
    graph,
    live_sandbox,
    sign_in,
)

from checker.sandbox.serving.serve import Endpoints, running

CLOCK = Clock()
SANDBOX = live_sandbox(CLOCK)
KEY, CERTIFICATE = certificate()
OLD_KEY, OLD_CERTIFICATE = certificate("old", start=-9, end=-1)
NEW_KEY, NEW_CERTIFICATE = certificate("new", start=1, end=9)
THUMBPRINT = x509.load_pem_x509_certificate(CERTIFICATE).fingerprint(hashes.SHA1()).hex()


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoints]:
    SANDBOX.directory.register_certificate(TENANT.tenant_id, KEY + CERTIFICATE)
    SANDBOX.directory.register_certificate(TENANT.tenant_id, OLD_CERTIFICATE.decode())
    SANDBOX.directory.register_certificate(TENANT.tenant_id, NEW_CERTIFICATE)
    with running(SANDBOX) as endpoints:
        yield endpoints


def assertion(
    served: Endpoints,
    *,
    key: bytes = KEY,
    algorithm: str = "PS256",
    headers: dict[str, Any] | None = None,
    **changes: Any,
) -> str:
    now = datetime.datetime.now(datetime.UTC).timestamp()
    claims = {
        "aud": f"{served.authority}/{TENANT.tenant_id}/v2.0",
        "iss": TENANT.client_id,
        "sub": TENANT.client_id,
        "nbf": now,
        "exp": now + 600,
    }
    if headers is None:
        headers = {"x5t": jwt.utils.base64url_encode(bytes.fromhex(THUMBPRINT)).decode()}
    return jwt.encode({**claims, **changes}, key.decode(), algorithm=algorithm, headers=headers)


def post(served: Endpoints, **form: str) -> httpx.Response:
    data = {
        "grant_type": "client_credentials",
        "client_id": TENANT.client_id,
        "scope": SCOPE,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        **form,
    }
    with httpx.Client(verify=False, trust_env=False) as client:
        return client.post(f"{served.authority}/{TENANT.tenant_id}/oauth2/v2.0/token", data=data)


def test_msal_signs_in_with_sha_256(served: Endpoints) -> None:
    result = sign_in(served, {"private_key": KEY.decode(), "public_certificate": CERTIFICATE.decode()})
    assert graph(served, result["access_token"]).status_code == 200
    assert claims_of(SANDBOX, result["access_token"])["idtyp"] == "app"


def test_msal_signs_in_with_a_thumbprint(served: Endpoints) -> None:
    assert "access_token" in sign_in(served, {"private_key": KEY.decode(), "thumbprint": THUMBPRINT})


def test_msal_signs_in_with_a_pfx(served: Endpoints, tmp_path: Path) -> None:
    pfx = pkcs12.serialize_key_and_certificates(
        b"scoregate",
        serialization.load_pem_private_key(KEY, None),  # type: ignore[arg-type]
        x509.load_pem_x509_certificate(CERTIFICATE),
        None,
        serialization.BestAvailableEncryption(b"pw"),
    )
    (tmp_path / "app.pfx").write_bytes(pfx)
    credential = {"private_key_pfx_path": str(tmp_path / "app.pfx"), "passphrase": "pw"}
    assert "access_token" in sign_in(served, credential)


def test_subject_name_and_issuer_need_no_registration(served: Endpoints) -> None:
    authority = certificate("authority")
    key, leaf = certificate("leaf", issuer=authority)
    credential = {"private_key": key.decode(), "public_certificate": leaf.decode()}
    assert sign_in(served, credential)["error_codes"] == [700027]
    SANDBOX.directory.trust_subject(TENANT.tenant_id, "leaf.example", authority[1])
    assert "access_token" in sign_in(served, credential)
    for other in (certificate("leaf"), certificate("other", issuer=authority)):
        credential = {"private_key": other[0].decode(), "public_certificate": other[1].decode()}
        assert sign_in(served, credential)["error_codes"] == [700027]


@pytest.mark.parametrize(
    ("key", "pem", "reason"),
    [
        (*certificate("unknown"), "not found"),
        (OLD_KEY, OLD_CERTIFICATE, "expired"),
        (NEW_KEY, NEW_CERTIFICATE, "not valid yet"),
        (OLD_KEY, CERTIFICATE, "verify the signature failed"),
    ],
)
def test_a_key_that_is_not_accepted(served: Endpoints, key: bytes, pem: bytes, reason: str) -> None:
    result = sign_in(served, {"private_key": key.decode(), "public_certificate": pem.decode()})
    assert (result["error"], result["error_codes"]) == ("invalid_client", [700027])
    assert reason in result["error_description"]


def test_a_sha_256_thumbprint_given_as_sha_1_finds_no_key(served: Endpoints) -> None:
    digest = x509.load_pem_x509_certificate(CERTIFICATE).fingerprint(hashes.SHA256()).hex()
    assert sign_in(served, {"private_key": KEY.decode(), "thumbprint": digest})["error_codes"] == [700027]


def test_a_clock_that_is_off(served: Endpoints) -> None:
    CLOCK.shift = datetime.timedelta(hours=1)
    try:
        result = sign_in(served, {"private_key": KEY.decode(), "thumbprint": THUMBPRINT})
    finally:
        CLOCK.shift = datetime.timedelta()
    assert (result["error"], result["error_codes"]) == ("invalid_client", [700024])


def test_another_tenant_does_not_know_the_application(served: Endpoints) -> None:
    result = sign_in(served, {"private_key": KEY.decode(), "thumbprint": THUMBPRINT}, tenant=OTHER.tenant_id)
    assert result["error_codes"] == [700016]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "https://login.microsoftonline.com/common/v2.0"}, 700023),
        ({"aud": f"https://attacker.example/{TENANT.tenant_id}/v2.0"}, 700023),
        ({"aud": f"http://login.microsoftonline.com/{TENANT.tenant_id}/v2.0"}, 700023),
        ({"aud": 5}, 700023),
        ({"iss": OTHER.client_id}, 700021),
        ({"sub": OTHER.client_id}, 700021),
        ({"exp": "soon"}, 700024),
        ({"exp": None}, 700024),
        ({"exp": math.nan}, 700024),
        ({"exp": 1, "nbf": 0}, 700024),
        ({"nbf": 4e9, "exp": 5e9}, 700024),
        ({"nbf": 1e20, "exp": 1e21}, 700024),
        ({"nbf": 10**400}, 700024),
    ],
)
def test_a_wrong_claim_is_refused(served: Endpoints, changes: dict[str, Any], code: int) -> None:
    answer = post(served, client_assertion=assertion(served, **changes))
    assert (answer.status_code, answer.json()["error_codes"]) == (401, [code])


@pytest.mark.parametrize("audience", ["https://login.microsoftonline.com/{}/oauth2/v2.0/token", "{}"])
def test_audiences_that_are_accepted(served: Endpoints, audience: str) -> None:
    text = audience.format(TENANT.tenant_id)
    sent = text if text.startswith("https") else f"{served.authority}/{text}"
    assert post(served, client_assertion=assertion(served, aud=sent, nbf=None, algorithm="RS256")).status_code == 401
    assert post(served, client_assertion=assertion(served, aud=[sent], algorithm="RS256")).status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "e30.W10.", "\u00e4.b.c", "." * 70_000])
def test_what_is_no_token_is_malformed(served: Endpoints, token: str) -> None:
    assert post(served, client_assertion=token).json()["error_codes"] == [50027]


def test_algorithms_without_a_key_are_refused(served: Endpoints) -> None:
    header, claims, _ = assertion(served).split(".")
    for algorithm in ("none", "HS256", "RS512"):
        fields = {**jwt.get_unverified_header(f"{header}.{claims}.eA"), "alg": algorithm}
        encoded = jwt.utils.base64url_encode(str(fields).replace("'", '"').encode()).decode()
        assert post(served, client_assertion=f"{encoded}.{claims}.").json()["error_codes"] == [700027]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x5c": []},
        {"x5c": [5]},
        {"x5c": ["x"]},
        {"x5c": [base64.b64encode(b"x").decode()]},
        {"x5c": CERTIFICATE.decode().splitlines()[1]},
        {"x5t": 5},
        {"x5t": "x"},
    ],
)
def test_headers_that_name_no_certificate(served: Endpoints, headers: dict[str, Any]) -> None:
    SANDBOX.directory.trust_subject(TENANT.tenant_id, "somebody", CERTIFICATE)
    answer = post(served, client_assertion=assertion(served, headers=headers))
    assert answer.json()["error_codes"] == [700027]


def test_a_name_alone_is_not_trusted(served: Endpoints) -> None:
    name = x509.load_pem_x509_certificate(elliptic_certificate())
    chain = base64.b64encode(name.public_bytes(serialization.Encoding.DER)).decode()
    SANDBOX.directory.trust_subject(TENANT.tenant_id, "elliptic", CERTIFICATE)
    answer = post(served, client_assertion=assertion(served, headers={"x5c": [chain]}))
    assert answer.json()["error_codes"] == [700027]


def test_the_assertions_type_is_needed(served: Endpoints) -> None:
    answer = post(served, client_assertion=assertion(served), client_assertion_type="other")
    assert answer.json()["error_codes"] == [900144]


def test_secrets_expire(served: Endpoints) -> None:
    now = datetime.datetime.now(datetime.UTC)
    SANDBOX.directory.add_secret(TENANT.tenant_id, "old", expires=now - DAY)
    SANDBOX.directory.add_secret(TENANT.tenant_id, "new", expires=now + DAY)
    assert sign_in(served, "old")["error_codes"] == [7000222]
    assert "access_token" in sign_in(served, "new")


def test_roles_and_lifetime_can_be_set(served: Endpoints) -> None:
    directory = SANDBOX.directory
    directory.grant_roles(TENANT.tenant_id, [])
    directory.token_lifetime = datetime.timedelta(seconds=120)
    try:
        result = sign_in(served, TENANT.client_secret)
    finally:
        directory.grant_roles(TENANT.tenant_id, TENANT.roles)
        directory.token_lifetime = datetime.timedelta(seconds=3599)
    claims = claims_of(SANDBOX, result["access_token"])
    assert (result["expires_in"], claims["exp"] - claims["iat"], claims["roles"]) == (120, 120, [])
    assert graph(served, result["access_token"]).status_code == 403


@pytest.mark.parametrize("pem", ["", "-----BEGIN CERTIFICATE-----", elliptic_certificate()])
def test_what_is_no_certificate_with_an_rsa_key_is_not_registered(pem: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        SANDBOX.directory.register_certificate(TENANT.tenant_id, pem)
