import datetime
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from entra_client import TENANT, Clock, confidential, graph, live_sandbox, requests, session_for, sign_in

from checker.sandbox.entra.jose import SigningKey
from checker.sandbox.entra.oidc import AZURE_PIPELINES_ISSUER, GITHUB_ISSUER
from checker.sandbox.serving.serve import Endpoints, running

CLOCK = Clock()
SANDBOX = live_sandbox(CLOCK)
GITLAB = "https://gitlab.example"
SUBJECT = "project_path:contoso/policies:ref_type:branch:ref:main"
CONNECTION = "11111111-2222-3333-4444-555555555555"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoints]:
    with running(SANDBOX) as endpoints:
        yield endpoints


@pytest.fixture(autouse=True)
def _credentials() -> Iterator[None]:
    directory = SANDBOX.directory
    directory.add_federated_credential(TENANT.tenant_id, issuer=GITLAB, subject=SUBJECT)
    directory.add_federated_credential(
        TENANT.tenant_id, issuer=GITHUB_ISSUER, subject="repo:contoso/policies:ref:refs/heads/main"
    )
    directory.add_federated_credential(
        TENANT.tenant_id, issuer=AZURE_PIPELINES_ISSUER, subject=f"sc://contoso/policies/{CONNECTION}"
    )
    yield
    directory.application(TENANT.tenant_id).federated_credentials.clear()
    CLOCK.shift = datetime.timedelta()


def exchange(served: Endpoints, token: str) -> dict[str, Any]:
    return sign_in(served, {"client_assertion": lambda: token})


def test_msal_exchanges_gitlabs_token(served: Endpoints) -> None:
    result = exchange(served, SANDBOX.oidc.token(issuer=GITLAB, subject=SUBJECT))
    assert graph(served, result["access_token"]).status_code == 200


def test_msal_exchanges_githubs_token(served: Endpoints) -> None:
    def fetch() -> str:
        with session_for(served) as session:
            answer = session.get(
                f"{served.authority}/_oidc/github?x=1&audience=api://AzureADTokenExchange",
                headers={"Authorization": f"Bearer {SANDBOX.oidc.request_token}"},
            )
        token: str = answer.json()["value"]
        return token

    app = confidential(served, {"client_assertion": fetch})
    assert "access_token" in app.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    SANDBOX.oidc.github_subject = "repo:contoso/policies:pull_request"
    try:
        assert exchange(served, fetch())["error_codes"] == [700213]
    finally:
        SANDBOX.oidc.github_subject = "repo:contoso/policies:ref:refs/heads/main"


def test_msal_exchanges_the_token_of_azure_pipelines(served: Endpoints) -> None:
    answer = requests.post(
        f"{served.authority}/_oidc/azure-pipelines?api-version=7.1&serviceConnectionId={CONNECTION}",
        headers={"Authorization": f"Bearer {SANDBOX.oidc.request_token}", "X-TFS-FedAuthRedirect": "Suppress"},
        verify=str(served.ca_file),
    )
    assert "access_token" in exchange(served, answer.json()["oidcToken"])


@pytest.mark.parametrize(
    ("method", "path", "authorized", "status"),
    [
        ("GET", "/_oidc/github", False, 401),
        ("GET", "/_oidc/github", True, 200),
        ("POST", "/_oidc/azure-pipelines?api-version=7.1&serviceConnectionId=x", False, 401),
        ("POST", "/_oidc/azure-pipelines?serviceConnectionId=x", True, 400),
        ("POST", "/_oidc/azure-pipelines?api-version=7.1", True, 400),
    ],
)
def test_a_pipelines_endpoint_checks_its_request(
    served: Endpoints, method: str, path: str, authorized: bool, status: int
) -> None:
    headers = {"Authorization": f"Bearer {SANDBOX.oidc.request_token}"} if authorized else {}
    with httpx.Client(verify=False, trust_env=False) as client:
        assert client.request(method, f"{served.authority}{path}", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": "https://gitlab.example/"}, 700211),
        ({"subject": f"{SUBJECT}x"}, 700213),
        ({"subject": SUBJECT.upper()}, 7002138),
        ({"audience": "https://contoso.example"}, 700212),
        ({"lifetime": -HOUR}, 700024),
    ],
)
def test_what_does_not_fit_the_credential(served: Endpoints, changes: dict[str, Any], code: int) -> None:
    token = SANDBOX.oidc.token(**{"issuer": GITLAB, "subject": SUBJECT, **changes})
    result = exchange(served, token)
    assert (result["error"], result["error_codes"]) == ("invalid_client", [code])


def test_no_credential_at_all(served: Endpoints) -> None:
    SANDBOX.directory.application(TENANT.tenant_id).federated_credentials.clear()
    result = exchange(served, SANDBOX.oidc.token(issuer=GITLAB, subject=SUBJECT))
    assert (result["error"], result["error_codes"]) == ("invalid_request", [70021])


def test_a_token_that_is_not_valid_yet(served: Endpoints) -> None:
    CLOCK.shift = HOUR
    token = SANDBOX.oidc.token(issuer=GITLAB, subject=SUBJECT)
    CLOCK.shift = datetime.timedelta()
    assert exchange(served, token)["error_codes"] == [700024]


def test_only_the_issuers_own_signature_counts(served: Endpoints) -> None:
    claims = {"iss": GITLAB, "sub": SUBJECT, "aud": "api://AzureADTokenExchange", "exp": CLOCK().timestamp() + 60}
    SANDBOX.oidc.token(issuer=GITLAB, subject=SUBJECT)
    stranger = SigningKey()
    assert exchange(served, stranger.sign(claims))["error_codes"] == [700027]
    genuine = SANDBOX.oidc.key(GITLAB)
    assert genuine is not None
    stranger.identifier = genuine.identifier
    result = exchange(served, stranger.sign(claims))
    assert (result["error_codes"], "verify the signature" in result["error_description"]) == ([700027], True)


def test_an_issuer_that_cannot_be_reached(served: Endpoints) -> None:
    issuer = "https://nobody.example"
    SANDBOX.directory.add_federated_credential(TENANT.tenant_id, issuer=issuer, subject=SUBJECT)
    token = SigningKey().sign({"iss": issuer, "sub": SUBJECT, "aud": "api://AzureADTokenExchange"})
    assert exchange(served, token)["error_codes"] == [50166]
