from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from entra_client import TENANT, claims_of, graph, live_sandbox, msal, requests

from checker.sandbox.serving.serve import Endpoints, running

SANDBOX = live_sandbox()
ASSIGNED = SANDBOX.directory.add_managed_identity(TENANT.tenant_id, name="pipeline", roles=["SecurityEvents.Read.All"])
SYSTEM = next(iter(SANDBOX.directory.managed_identities.values()))
RESOURCE = "https://graph.microsoft.com"
VARIABLES = (
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IDENTITY_SERVER_THUMBPRINT",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
)


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoints]:
    with running(SANDBOX, plain_http=True) as endpoints:
        yield endpoints


@pytest.fixture(params=["imds", "app service"])
def _source(request: pytest.FixtureRequest, served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    if request.param == "imds":
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", served.graph)
    else:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{served.graph}/_identity/app-service")
        monkeypatch.setenv("IDENTITY_HEADER", SANDBOX.directory.identity_header)


def acquire(identity: Any, resource: str = RESOURCE) -> dict[str, Any]:
    with requests.Session() as session:
        session.trust_env = False
        client = msal.ManagedIdentityClient(identity, http_client=session)
        result: dict[str, Any] = client.acquire_token_for_client(resource=resource)
        return result


@pytest.mark.usefixtures("_source")
@pytest.mark.parametrize(
    ("identity", "found"),
    [
        (msal.SystemAssignedManagedIdentity(), SYSTEM),
        (msal.UserAssignedManagedIdentity(client_id=ASSIGNED.client_id), ASSIGNED),
        (msal.UserAssignedManagedIdentity(object_id=ASSIGNED.object_id.upper()), ASSIGNED),
        (msal.UserAssignedManagedIdentity(resource_id=ASSIGNED.resource_id), ASSIGNED),
    ],
)
def test_msal_gets_a_token_of_an_identity(served: Endpoints, identity: Any, found: Any) -> None:
    token = acquire(identity)["access_token"]
    claims = claims_of(SANDBOX, token)
    assert (claims["appid"], claims["oid"], claims["roles"]) == (found.client_id, found.object_id, list(found.roles))
    assert graph(served, token).status_code == 200


@pytest.mark.usefixtures("_source")
def test_httpx_serves_msal_too() -> None:
    with httpx.Client(trust_env=False) as client:
        app = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=client)
        assert "access_token" in app.acquire_token_for_client(resource=RESOURCE)


@pytest.mark.usefixtures("_source")
def test_msal_reports_an_unknown_identity_and_resource() -> None:
    result = acquire(msal.UserAssignedManagedIdentity(client_id="00000000-0000-0000-0000-000000000000"))
    assert "Identity not found" in result["error_description"]
    result = acquire(msal.SystemAssignedManagedIdentity(), "https://vault.azure.net")
    assert "AADSTS500011" in result["error_description"]


def test_azure_arc_hands_out_a_secret_in_a_file(
    served: Endpoints, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{served.graph}/_identity/arc")
    monkeypatch.setenv("IMDS_ENDPOINT", served.graph)
    monkeypatch.setattr(SANDBOX.directory, "arc_folder", str(tmp_path))
    # The agent's own folder, which msal insists on, needs an administrator to write to.
    monkeypatch.setattr(
        "msal.managed_identity._supported_arc_platforms_and_their_prefixes",
        dict.fromkeys(("linux", "darwin", "win32"), str(tmp_path)),
    )
    assert graph(served, acquire(msal.SystemAssignedManagedIdentity())["access_token"]).status_code == 200
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://graph.microsoft.com", {}, 400),
        ("/metadata/identity/oauth2/token?resource=https://graph.microsoft.com", {"Metadata": "true"}, 400),
        ("/metadata/identity/oauth2/token?api-version=2018-02-01", {"Metadata": "true"}, 400),
        ("/_identity/app-service?api-version=2019-08-01&resource=https://graph.microsoft.com", {}, 401),
        ("/_identity/app-service?resource=x", {"X-IDENTITY-HEADER": "sandbox-identity-header"}, 400),
        ("/_identity/arc?api-version=2020-06-01&resource=https://graph.microsoft.com", {"Metadata": "true"}, 404),
    ],
)
def test_a_request_that_is_not_as_it_should_be(
    served: Endpoints, path: str, headers: dict[str, str], status: int
) -> None:
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"{served.graph}{path}", headers=headers).status_code == status


def test_azure_arc_wants_its_header_and_its_secret(
    served: Endpoints, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(SANDBOX.directory, "arc_folder", str(tmp_path))
    url = f"{served.graph}/_identity/arc?api-version=2020-06-01&resource=https://graph.microsoft.com"
    with httpx.Client(trust_env=False) as client:
        assert client.get(url).status_code == 400
        guessed = client.get(url, headers={"Metadata": "true", "Authorization": "Basic guessed"})
        assert guessed.status_code == 401
        secret = Path(guessed.headers["www-authenticate"].removeprefix("Basic realm=")).read_text()
        headers = {"Metadata": "true", "Authorization": f"Basic {secret}"}
        assigned = f"{url}&msi_res_id={ASSIGNED.resource_id}"
        answer = client.get(assigned, headers=headers).json()
        assert (answer["msi_res_id"], answer["object_id"]) == (ASSIGNED.resource_id, ASSIGNED.object_id)
        assert client.get(assigned, headers=headers).status_code == 401
