"""Each way in, through unmodified msal, against the emulated Entra; and what is said when it fails."""

import datetime
import html
import json
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from entra_client import OTHER, TENANT, Clock, certificate, claims_of, graph, live_sandbox

from checker.auth import METHODS, method, pick, provider
from checker.auth.checked import CheckedTokens
from checker.auth.claims import read_claims
from checker.auth.interface import Credentials
from checker.clouds import GLOBAL
from checker.errors import GraphError, SignInError, SnapshotError, UsageError
from checker.graph.failures import demanded_claims
from checker.sandbox.entra.oidc import AZURE_PIPELINES_ISSUER, GITHUB_ISSUER
from checker.sandbox.serving.serve import Endpoints, running
from checker.sources.live import LiveSource

CLOCK = Clock()
SANDBOX = live_sandbox(CLOCK)
DIRECTORY = SANDBOX.directory
GITHUB_SUBJECT = "repo:contoso/policies:ref:refs/heads/main"
GITLAB = "https://gitlab.example"
CONNECTION = "11111111-2222-3333-4444-555555555555"
GRAPH = "https://graph.microsoft.com"
SLEEP = time.sleep
USER = "secops@contoso.example"


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoints]:
    with running(SANDBOX) as endpoints:
        yield endpoints


@pytest.fixture(autouse=True)
def entra(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoints]:
    monkeypatch.setenv("SSL_CERT_FILE", str(served.ca_file))
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT", "IMDS_ENDPOINT", "CI"):
        monkeypatch.delenv(name, raising=False)
    # msal waits whole seconds between two questions.
    monkeypatch.setattr("time.sleep", lambda seconds: SLEEP(min(seconds, 0.02)))
    yield served
    CLOCK.shift = datetime.timedelta()
    application = DIRECTORY.application(TENANT.tenant_id)
    application.federated_credentials.clear()
    DIRECTORY.demand_claims(TENANT.tenant_id, None)


def credentials(served: Endpoints, **changes: Any) -> Credentials:
    given: dict[str, Any] = {
        "tenant": TENANT.tenant_id,
        "client_id": TENANT.client_id,
        "authority": served.authority,
        "resource": GRAPH,
        "say": lambda _: None,
    }
    return Credentials(**{**given, **changes})


def token(method: str, given: Credentials) -> str:
    made = provider(method, given).token()
    assert graph_takes(made)
    return made


def graph_takes(made: str) -> bool:
    endpoints = ENDPOINTS[0]
    return graph(endpoints, made).status_code == 200


ENDPOINTS: list[Endpoints] = []


@pytest.fixture(autouse=True)
def _endpoints(served: Endpoints) -> None:
    ENDPOINTS[:] = [served]


def refused(method: str, given: Credentials) -> str:
    with pytest.raises(SignInError) as caught:
        provider(method, given).token()
    assert caught.value.exit_code == 3
    assert caught.value.advice
    return str(caught.value)


KEY, CERTIFICATE = certificate()
EXPIRED_KEY, EXPIRED = certificate(start=-10, end=-2)


def encrypted(key: bytes, password: bytes) -> bytes:
    return load_pem_private_key(key, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password),
    )


def elliptic() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def pfx(password: bytes | None, key_pem: bytes = KEY, certificate_pem: bytes = CERTIFICATE) -> bytes:
    protection = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    key: Any = load_pem_private_key(key_pem, None)
    return pkcs12.serialize_key_and_certificates(
        b"scoregate", key, x509.load_pem_x509_certificate(certificate_pem), None, protection
    )


@pytest.mark.parametrize(
    ("name", "content", "variables"),
    [
        ("app.pem", KEY + CERTIFICATE, {}),
        ("app.pem", CERTIFICATE + KEY, {}),
        ("app.pem", encrypted(KEY, b"open") + CERTIFICATE, {"AZURE_CLIENT_CERTIFICATE_PASSWORD": "open"}),
        ("app.pfx", pfx(None), {}),
        ("app.pfx", pfx(b"open"), {"AZURE_CLIENT_CERTIFICATE_PASSWORD": "open"}),
        ("app.pfx", pfx(None), {"AZURE_CLIENT_SEND_CERTIFICATE_CHAIN": "1"}),
    ],
)
def test_a_certificate_signs_in(
    served: Endpoints, tmp_path: Path, name: str, content: bytes, variables: dict[str, str]
) -> None:
    DIRECTORY.register_certificate(TENANT.tenant_id, CERTIFICATE)
    path = tmp_path / name
    path.write_bytes(content)
    given = credentials(served, variables={"AZURE_CLIENT_CERTIFICATE_PATH": str(path), **variables})
    assert pick("auto", given) == "certificate"
    assert claims_of(SANDBOX, token("certificate", given))["appid"] == TENANT.client_id


@pytest.mark.parametrize(
    ("content", "variables", "expected"),
    [
        (EXPIRED_KEY + EXPIRED, {}, "the certificate expired on"),
        (KEY, {}, "contains no certificate in PEM form"),
        (CERTIFICATE, {}, "contains no readable private key"),
        (encrypted(KEY, b"open") + CERTIFICATE, {}, "its password is wrong or missing"),
        (pfx(b"open"), {"AZURE_CLIENT_CERTIFICATE_PASSWORD": "shut"}, "perhaps its password is wrong or missing"),
        (b"rubbish", {}, "is neither PEM nor a PFX file"),
        (b"", {}, "is neither PEM nor a PFX file"),
        (elliptic() + CERTIFICATE, {}, "the private key is not RSA, the only kind that Entra accepts"),
        (KEY + certificate("other")[1], {}, "AADSTS700027"),
        (
            pkcs12.serialize_key_and_certificates(
                b"", None, x509.load_pem_x509_certificate(CERTIFICATE), None, serialization.NoEncryption()
            ),
            {},
            "lacks the certificate or its private key",
        ),
        (b"".join(certificate(start=5, end=9)), {}, "the certificate is not valid before"),
        (b"".join(certificate("other")), {}, "AADSTS700027"),
    ],
)
def test_a_certificate_that_does_not_sign_in_is_told_why(
    served: Endpoints, tmp_path: Path, content: bytes, variables: dict[str, str], expected: str
) -> None:
    path = tmp_path / "app.pem"
    path.write_bytes(content)
    message = refused(
        "certificate",
        credentials(served, variables={"AZURE_CLIENT_CERTIFICATE_PATH": str(path), **variables}),
    )
    assert expected in message
    assert "PRIVATE KEY" not in message
    assert "shut" not in message


def test_a_certificate_that_its_authority_vouches_for_signs_in_by_its_chain(served: Endpoints, tmp_path: Path) -> None:
    authority = certificate("authority")
    key, leaf = certificate("renewed", issuer=authority)
    DIRECTORY.trust_subject(TENANT.tenant_id, "renewed", authority[1])
    pem, bundle = tmp_path / "app.pem", tmp_path / "app.pfx"
    pem.write_bytes(key + leaf + authority[1])
    bundle.write_bytes(pfx(None, key, leaf))
    token("certificate", credentials(served, variables={"AZURE_CLIENT_CERTIFICATE_PATH": str(pem)}))
    variables = {"AZURE_CLIENT_CERTIFICATE_PATH": str(bundle)}
    assert "AADSTS700027" in refused("certificate", credentials(served, variables=variables))
    variables["AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"] = "true"
    token("certificate", credentials(served, variables=variables))


def test_a_certificate_file_that_is_not_there(served: Endpoints) -> None:
    given = credentials(served, variables={"AZURE_CLIENT_CERTIFICATE_PATH": "/nowhere/app.pem"})
    with pytest.raises(SignInError, match="cannot be read: no such file or directory"):
        provider("certificate", given).token()


def github(served: Endpoints) -> dict[str, str]:
    return {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{served.authority}/_oidc/github?x=1",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": SANDBOX.oidc.request_token,
    }


def azure_pipelines(served: Endpoints) -> dict[str, str]:
    return {
        "SYSTEM_OIDCREQUESTURI": f"{served.authority}/_oidc/azure-pipelines",
        "SYSTEM_ACCESSTOKEN": SANDBOX.oidc.request_token,
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": CONNECTION,
    }


PLATFORMS: list[tuple[str, str, Callable[[Endpoints], dict[str, str]]]] = [
    (GITHUB_ISSUER, GITHUB_SUBJECT, github),
    (AZURE_PIPELINES_ISSUER, f"sc://contoso/policies/{CONNECTION}", azure_pipelines),
    (GITLAB, "main", lambda _: {"SCOREGATE_OIDC_TOKEN": SANDBOX.oidc.token(issuer=GITLAB, subject="main")}),
]


@pytest.mark.parametrize(("issuer", "subject", "variables"), PLATFORMS)
def test_a_platform_vouches_for_its_job(
    served: Endpoints, issuer: str, subject: str, variables: Callable[[Endpoints], dict[str, str]]
) -> None:
    given = credentials(served, variables=variables(served))
    assert pick("auto", given) == "federated"
    # Entra does not know the job yet.
    assert "AADSTS7002" in refused("federated", given)
    DIRECTORY.add_federated_credential(TENANT.tenant_id, issuer=issuer, subject=subject)
    token("federated", given)


def test_an_assertion_in_a_file_is_read_at_each_request(served: Endpoints, tmp_path: Path) -> None:
    path = tmp_path / "assertion"
    DIRECTORY.add_federated_credential(TENANT.tenant_id, issuer=GITLAB, subject="pod")
    path.write_text("no assertion", encoding="utf-8")
    given = credentials(served, variables={"AZURE_FEDERATED_TOKEN_FILE": str(path)})
    made = provider("federated", given)
    with pytest.raises(SignInError, match="contains no assertion"):
        made.token()
    path.write_text(SANDBOX.oidc.token(issuer=GITLAB, subject="pod") + "\n", encoding="utf-8")
    assert graph_takes(made.token())
    path.unlink()
    # The token is still good: no further assertion is needed.
    assert graph_takes(made.token())


@pytest.mark.parametrize(
    ("issuer", "subject", "audience", "code", "advice"),
    [
        ("https://elsewhere.example", "main", "api://AzureADTokenExchange", "700211", "https://learn.microsoft.com/"),
        (GITLAB, "branch", "api://AzureADTokenExchange", "700213", "https://learn.microsoft.com/"),
        (GITLAB, "main", "api://Other", "700212", "SCOREGATE_OIDC_AUDIENCE"),
    ],
)
def test_what_does_not_fit_the_federated_credential_is_named(
    served: Endpoints, issuer: str, subject: str, audience: str, code: str, advice: str
) -> None:
    DIRECTORY.add_federated_credential(TENANT.tenant_id, issuer=GITLAB, subject="main")
    assertion = SANDBOX.oidc.token(issuer=issuer, subject=subject, audience=audience)
    message = refused("federated", credentials(served, variables={"SCOREGATE_OIDC_TOKEN": assertion}))
    assert f"AADSTS{code}" in message
    assert advice in message
    assert assertion not in message


def test_the_audience_can_be_another(served: Endpoints) -> None:
    audience = "api://AzureADTokenExchangeUSGov"
    DIRECTORY.add_federated_credential(
        TENANT.tenant_id, issuer=GITHUB_ISSUER, subject=GITHUB_SUBJECT, audience=audience
    )
    variables = {**github(served), "SCOREGATE_OIDC_AUDIENCE": audience}
    token("federated", credentials(served, variables=variables))


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (lambda served: {**github(served), "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "wrong"}, "(status 401)"),
        (
            lambda served: {**github(served), "ACTIONS_ID_TOKEN_REQUEST_URL": f"{served.graph}/v1.0?x"},
            "gave no assertion",
        ),
        (lambda served: {**github(served), "ACTIONS_ID_TOKEN_REQUEST_URL": "https://127.0.0.1:1/"}, "not be reached"),
        (lambda served: {**azure_pipelines(served), "SYSTEM_ACCESSTOKEN": "wrong"}, "(status 401)"),
        (lambda _: {"SCOREGATE_OIDC_TOKEN": "rubbish"}, "contains no assertion"),
    ],
)
def test_a_platform_that_does_not_vouch_is_told_why(
    served: Endpoints, variables: Callable[[Endpoints], dict[str, str]], expected: str
) -> None:
    message = refused("federated", credentials(served, variables=variables(served)))
    assert expected in message
    assert SANDBOX.oidc.request_token not in message


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with running(SANDBOX, plain_http=True) as plain:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{plain.graph}/_identity/app-service")
        monkeypatch.setenv("IDENTITY_HEADER", DIRECTORY.identity_header)
        yield


@pytest.mark.usefixtures("identity")
def test_a_managed_identity_signs_in(served: Endpoints) -> None:
    variables = {"IDENTITY_ENDPOINT": "set", "IDENTITY_HEADER": "set"}
    given = credentials(served, client_id=None, variables=variables)
    assert pick("auto", given) == "managed-identity"
    token("managed-identity", given)
    assigned = DIRECTORY.add_managed_identity(TENANT.tenant_id, name="job", roles=["SecurityEvents.Read.All"])
    made = token("managed-identity", credentials(served, client_id=assigned.client_id, variables=variables))
    assert claims_of(SANDBOX, made)["appid"] == assigned.client_id


@pytest.mark.usefixtures("identity")
def test_a_managed_identity_answers_a_claims_challenge_with_a_fresh_token(served: Endpoints) -> None:
    made = provider("managed-identity", credentials(served, client_id=None))
    first = made.token()
    assert made.token() == first
    fresh = made.token('{"access_token": {"nbf": {"essential": true, "value": "1"}}}')
    assert fresh != first
    assert made.token() == fresh
    assert graph_takes(fresh)


@pytest.mark.parametrize(
    ("names", "offered"),
    [
        ("IDENTITY_ENDPOINT IDENTITY_HEADER", True),
        ("IDENTITY_ENDPOINT IMDS_ENDPOINT", True),
        ("MSI_ENDPOINT MSI_SECRET", True),
        # With these alone msal asks the endpoint of virtual machines, which auto never does.
        ("IDENTITY_ENDPOINT", False),
        ("IDENTITY_HEADER", False),
        ("MSI_ENDPOINT", False),
        ("IMDS_ENDPOINT", False),
    ],
)
def test_auto_takes_a_managed_identity_only_where_the_environment_names_it(
    served: Endpoints, names: str, offered: bool
) -> None:
    variables = {**dict.fromkeys(names.split(), "set")}
    assert method("managed-identity").offered(credentials(served, variables=variables)) is offered


@pytest.mark.usefixtures("identity")
def test_an_identity_that_is_not_assigned_is_told(served: Endpoints) -> None:
    message = refused("managed-identity", credentials(served, client_id="00000000-0000-0000-0000-00000000dead"))
    assert "managed identity" in message
    assert "AZURE_CLIENT_ID" in message


def approving(user: str, *, mfa: bool = False) -> tuple[Callable[[str], None], list[str]]:
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        code = next((word for word in text.split() if word.isalnum() and word.isupper() and len(word) >= 8), None)
        if code is not None:
            threading.Thread(target=DIRECTORY.approve_device_code, args=(code, user), kwargs={"mfa": mfa}).start()

    return say, said


def test_a_person_signs_in_by_device_code_and_stays_signed_in(served: Endpoints) -> None:
    say, said = approving(USER)
    given = credentials(served, interactive=True, say=say)
    assert pick("auto", given) == "device-code"
    made = provider("device-code", given)
    first = made.token()
    assert graph_takes(first)
    claims = read_claims(first)
    assert claims is not None
    assert (claims.is_delegated, claims.missing(write=False)) == (True, [])
    assert made.token() == first
    assert len([text for text in said if "code" in text]) == 1


@pytest.mark.parametrize("method", ["device-code", "browser"])
def test_nobody_is_waited_for_where_nobody_is(served: Endpoints, method: str) -> None:
    with pytest.raises(UsageError, match="needs a person at a terminal and is refused in CI"):
        provider(method, credentials(served))
    assert pick("auto", credentials(served, variables={"AZURE_CLIENT_SECRET": "x"})) == "client-secret"


def test_a_second_factor_and_consent_are_named(served: Endpoints) -> None:
    DIRECTORY.add_user(TENANT.tenant_id, "mfa@contoso.example", mfa_required=True)
    say, _ = approving("mfa@contoso.example")
    assert "AADSTS50076" in refused("device-code", credentials(served, interactive=True, say=say))


AZ = """#!/bin/sh
{body}
"""


def az(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script = folder / "az"
    script.write_text(AZ.format(body=body), encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_azure_cli_gives_its_token(served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    minted = SANDBOX.mint_token(TENANT.tenant_id)
    az(
        tmp_path,
        f'echo "$@" >> {tmp_path}/asked; echo \'{{"accessToken": "{minted}", "expires_on": 9999999999}}\'',
        monkeypatch,
    )
    given = credentials(served)
    assert pick("auto", given) == "azure-cli"
    made = provider("azure-cli", given)
    assert made.token() == minted == made.token()
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked == [f"account get-access-token --resource {GRAPH} --output json --tenant {TENANT.tenant_id}"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("echo 'ERROR: Please run az login' >&2; exit 1", "gave no token: ERROR: Please run az login"),
        ("echo rubbish", "answered without a token"),
    ],
)
def test_azure_cli_that_gives_none(
    served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, expected: str
) -> None:
    az(tmp_path, body, monkeypatch)
    assert expected in refused("azure-cli", credentials(served))


def test_a_ready_token_is_taken_as_it_is(served: Endpoints) -> None:
    minted = SANDBOX.mint_token(TENANT.tenant_id)
    given = credentials(served, variables={"SCOREGATE_ACCESS_TOKEN": minted, "AZURE_CLIENT_SECRET": "x"})
    assert pick("auto", given) == "ready-token"
    assert token("ready-token", given) == minted
    with pytest.raises(SignInError, match="can't be renewed"):
        provider("ready-token", given).token("{}")


def test_the_order_of_auto_is_the_documented_one() -> None:
    assert list(METHODS) == [
        "ready-token",
        "client-secret",
        "certificate",
        "federated",
        "managed-identity",
        "device-code",
        "browser",
        "azure-cli",
    ]


def test_where_nothing_is_offered_that_is_said(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match="no sign-in method is configured"):
        pick("auto", credentials(served))


def test_a_token_for_another_tenant_or_cloud_is_refused() -> None:
    class Gives:
        def __init__(self, made: str) -> None:
            self.made = made

        def token(self, claims: str | None = None) -> str:
            del claims
            return self.made

    other = CheckedTokens(Gives(SANDBOX.mint_token(OTHER.tenant_id)), tenant=TENANT.tenant_id, resource=GRAPH)
    with pytest.raises(SignInError, match=f"the token is for the tenant {OTHER.tenant_id}"):
        other.token()
    mine = SANDBOX.mint_token(TENANT.tenant_id)
    with pytest.raises(SignInError, match="a token of one cloud is not valid in another"):
        CheckedTokens(Gives(mine), tenant=None, resource="https://graph.microsoft.us").token()
    assert CheckedTokens(Gives(mine), tenant=TENANT.tenant_id.upper(), resource=GRAPH).token() == mine
    assert CheckedTokens(Gives("opaque"), tenant=TENANT.tenant_id, resource=GRAPH).token() == "opaque"


def test_a_claims_challenge_is_answered_with_one_fresh_token(served: Endpoints) -> None:
    demand = '{"access_token": {"nbf": {"essential": true, "value": "1"}}}'
    made = provider("client-secret", credentials(served, variables={"AZURE_CLIENT_SECRET": TENANT.client_secret}))
    before = made.token()
    DIRECTORY.demand_claims(TENANT.tenant_id, demand)
    answer: httpx.Response = graph(served, before)
    assert answer.status_code == 401
    claims = demanded_claims(answer)
    assert claims is not None
    assert json.loads(claims) == json.loads(demand)
    after = made.token(claims)
    assert after != before
    assert graph_takes(after)


def live(served: Endpoints, given: Credentials) -> LiveSource:
    return LiveSource(
        GLOBAL,
        httpx.URL(served.graph),
        provider("client-secret", given),
        now=datetime.datetime.now(datetime.UTC),
        deadline=30,
    )


def secret(served: Endpoints, **changes: Any) -> Credentials:
    return credentials(served, variables={"AZURE_CLIENT_SECRET": TENANT.client_secret}, **changes)


def test_a_fetch_goes_on_behind_a_claims_challenge(served: Endpoints) -> None:
    DIRECTORY.demand_claims(TENANT.tenant_id, '{"access_token": {"nbf": {"essential": true, "value": "1"}}}')
    assert len(live(served, secret(served)).read(2).snapshot.days) == 2


def test_a_challenge_that_no_token_meets_is_an_error(served: Endpoints) -> None:
    class Stubborn:
        def __init__(self) -> None:
            self.asked: list[str | None] = []

        def token(self, claims: str | None = None) -> str:
            self.asked.append(claims)
            return SANDBOX.mint_token(TENANT.tenant_id)

    stubborn = Stubborn()
    DIRECTORY.demand_claims(TENANT.tenant_id, '{"access_token": {"nbf": {"essential": true, "value": "2"}}}')
    source = LiveSource(GLOBAL, httpx.URL(served.graph), stubborn, now=datetime.datetime.now(datetime.UTC), deadline=30)
    with pytest.raises(GraphError, match="Graph answered 401"):
        source.read(1)
    assert any(claims is not None for claims in stubborn.asked)


def test_a_token_near_its_end_is_renewed(served: Endpoints) -> None:
    DIRECTORY.token_lifetime = datetime.timedelta(seconds=200)
    try:
        made = provider("client-secret", secret(served))
        first = made.token()
        CLOCK.shift = datetime.timedelta(seconds=1)
        assert made.token() != first
    finally:
        DIRECTORY.token_lifetime = datetime.timedelta(hours=1)


def test_a_person_signs_in_in_a_browser(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    def submit(uri: str) -> None:
        with httpx.Client(verify=False, trust_env=False) as client:
            answer = client.get(uri)
            if answer.has_redirect_location:
                client.get(answer.headers["location"])
                return
            action = re.search(r'action="([^"]*)"', answer.text)
            assert action is not None
            fields = re.findall(r'name="(\w+)" value="([^"]*)"', answer.text)
            client.post(html.unescape(action[1]), data={name: html.unescape(value) for name, value in fields})

    def visit(uri: str, browser_name: str | None = None) -> bool:
        del browser_name
        threading.Thread(target=submit, args=(uri,)).start()
        return True

    # The one thing that is replaced: which program opens the page.
    monkeypatch.setattr("msal.oauth2cli.authcode._browse", visit)
    DIRECTORY.sign_in_browser(TENANT.tenant_id, USER)
    claims = read_claims(token("browser", credentials(served, interactive=True)))
    assert claims is not None
    assert "SecurityEvents.Read.All" in claims.permissions


def test_consent_that_is_missing_is_named(served: Endpoints) -> None:
    before = list(DIRECTORY.application(TENANT.tenant_id).delegated_scopes)
    DIRECTORY.consent(TENANT.tenant_id, [])
    say, _ = approving(USER)
    try:
        message = refused("device-code", credentials(served, interactive=True, say=say))
        assert "AADSTS65001" in message
        assert "administrator" in message
    finally:
        DIRECTORY.consent(TENANT.tenant_id, before)


def test_a_clock_that_is_behind_is_named(served: Endpoints, tmp_path: Path) -> None:
    DIRECTORY.register_certificate(TENANT.tenant_id, CERTIFICATE)
    path = tmp_path / "app.pem"
    path.write_bytes(KEY + CERTIFICATE)
    CLOCK.shift = datetime.timedelta(hours=2)
    message = refused("certificate", credentials(served, variables={"AZURE_CLIENT_CERTIFICATE_PATH": str(path)}))
    assert "AADSTS700024" in message
    assert "clock" in message


def test_a_person_whose_token_cannot_be_kept_is_told(
    served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unencrypted(_: str) -> None:
        raise ImportError("no keyring")

    monkeypatch.setattr("msal_extensions.build_encrypted_persistence", unencrypted)
    say, said = approving(USER)
    made = provider("device-code", credentials(served, interactive=True, say=say, cache=str(tmp_path / "cache")))
    assert graph_takes(made.token())
    assert "The sign-in is kept in memory only: this machine offers no encryption for it." in said
    assert list(tmp_path.rglob("*.bin")) == []


def test_data_of_another_tenant_than_the_tokens_is_refused(served: Endpoints) -> None:
    class Tokens:
        def __init__(self) -> None:
            self.asked = 0
            self.ours = 10**6

        def token(self, claims: str | None = None) -> str:
            del claims
            self.asked += 1
            return SANDBOX.mint_token((TENANT if self.asked <= self.ours else OTHER).tenant_id)

    tokens = Tokens()
    source = LiveSource(GLOBAL, httpx.URL(served.graph), tokens, now=datetime.datetime.now(datetime.UTC), deadline=30)
    source.document(1)
    # The last time that the token is asked for is when the data is held against it.
    tokens.ours, tokens.asked = tokens.asked - 1, 0
    with pytest.raises(SnapshotError, match=f"has data of the tenant {TENANT.tenant_id}, but the token is for"):
        source.document(1)
