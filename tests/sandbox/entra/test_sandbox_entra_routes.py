import base64
from typing import Any

import httpx
import pytest
from sandbox_client import SCORES, ask, new_sandbox, tenant_of

TENANT = tenant_of()
SANDBOX = new_sandbox(public_url="https://graph.example")
FORM = {
    "grant_type": "client_credentials",
    "client_id": TENANT.client_id,
    "client_secret": TENANT.client_secret,
    "scope": "https://graph.microsoft.com/.default",
}


def sign_in(form: dict[str, str | None], *, tenant: str = TENANT.tenant_id, **headers: str) -> httpx.Response:
    data = {name: value for name, value in {**FORM, **form}.items() if value is not None}
    return ask(SANDBOX, f"/{tenant}/oauth2/v2.0/token", method="POST", signed=False, data=data, headers=headers)


@pytest.mark.parametrize(
    "scope",
    [
        "https://graph.microsoft.com/.default",
        "https://graph.microsoft.us/.default",
        "https://graph.example/.default",
        "https://127.0.0.1:8443/.default",
        "http://localhost:8080/.default",
    ],
)
def test_an_application_gets_a_token(scope: str) -> None:
    answer = sign_in({"scope": scope})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3599)
    assert answer.headers["cache-control"].startswith("no-store")
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert ask(SANDBOX, f"{SCORES}?$top=1", signed=False, headers=headers).status_code == 200


def test_the_secret_may_come_as_basic_authentication() -> None:
    encoded = base64.b64encode(f"{TENANT.client_id}:{TENANT.client_secret}".encode()).decode()
    form: dict[str, str | None] = {"client_id": None, "client_secret": None}
    assert sign_in(form, Authorization=f"Basic {encoded}").status_code == 200
    assert sign_in(form, Authorization="Basic !").status_code == 400


def test_the_tenant_may_be_written_in_capitals() -> None:
    assert sign_in({}, tenant=TENANT.tenant_id.upper()).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": "w\u00f6"}, 401, "invalid_client", 7000215),
        ({"client_secret": None}, 401, "invalid_client", 7000218),
        ({"client_id": "00000000-0000-0000-0000-000000000000"}, 400, "unauthorized_client", 700016),
        ({"client_id": None}, 400, "invalid_request", 900144),
        ({"grant_type": None}, 400, "invalid_request", 900144),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"scope": None}, 400, "invalid_request", 90014),
        ({"scope": ""}, 400, "invalid_request", 90014),
        ({"scope": "https://graph.microsoft.com/SecurityEvents.Read.All"}, 400, "invalid_scope", 1002012),
        ({"scope": "https://vault.azure.net/.default"}, 400, "invalid_resource", 500011),
        ({"scope": "https://127.0.0.1.attacker.example/.default"}, 400, "invalid_resource", 500011),
    ],
)
def test_refusals_have_entras_form(form: dict[str, Any], status: int, error: str, code: int) -> None:
    answer = sign_in(form, **{"client-request-id": "mine"})
    assert answer.status_code == status
    body = answer.json()
    assert (body["error"], body["error_codes"]) == (error, [code])
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert body["timestamp"] == "2026-05-22 09:00:00Z"
    assert body["correlation_id"] == "mine"
    assert body["trace_id"] == answer.headers["x-ms-request-id"]


def test_an_unknown_tenant_is_refused() -> None:
    answer = sign_in({}, tenant="nobody.example")
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [90002])
    assert "AADSTS90002: Tenant 'nobody.example' not found. Check to make sure" in answer.json()["error_description"]
    answer = ask(SANDBOX, "/nobody/v2.0/.well-known/openid-configuration", signed=False)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_tenant")


@pytest.mark.parametrize("body", [b"", b"\xff", b"&".join(b"a=b" for _ in range(100))])
def test_what_is_not_a_form_is_refused(body: bytes) -> None:
    answer = ask(SANDBOX, f"/{TENANT.tenant_id}/oauth2/v2.0/token", method="POST", signed=False, content=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("version", ["", "/v2.0"])
def test_the_configuration_names_the_endpoints(version: str) -> None:
    path = f"/{TENANT.tenant_id}{version}/.well-known/openid-configuration"
    configuration = ask(SANDBOX, path, signed=False).json()
    base = f"https://graph.test/{TENANT.tenant_id}"
    assert configuration["issuer"] == f"{base}/v2.0"
    assert configuration["token_endpoint"] == f"{base}/oauth2/v2.0/token"
    assert "client_credentials" in configuration["grant_types_supported"]


def test_instance_discovery_answers_for_any_authority() -> None:
    endpoint = f"https://login.example/{TENANT.tenant_id}/oauth2/v2.0/authorize"
    answer = ask(
        SANDBOX, "/common/discovery/instance", signed=False, params={"authorization_endpoint": endpoint}
    ).json()
    assert answer["tenant_discovery_endpoint"] == (
        f"https://graph.test/{TENANT.tenant_id}/v2.0/.well-known/openid-configuration"
    )
    bare = ask(SANDBOX, "/common/discovery/instance", signed=False).json()
    assert "/common/v2.0/" in bare["tenant_discovery_endpoint"]


def test_unknown_paths_get_entras_error() -> None:
    answer = ask(SANDBOX, "/nothing/here", signed=False)
    assert (answer.status_code, answer.json()["error"]) == (404, "invalid_request")
