"""Version 1 of the token endpoint, which clients of the older library send to."""

from typing import Any

import httpx
import pytest
from sandbox_client import NOW, SCORES, ask, new_sandbox, tenant_of

TENANT = tenant_of()
SANDBOX = new_sandbox()
FORM = {
    "grant_type": "client_credentials",
    "client_id": TENANT.client_id,
    "client_secret": TENANT.client_secret,
    "resource": "https://graph.microsoft.com/",
}
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def post(path: str, form: dict[str, Any]) -> httpx.Response:
    return ask(SANDBOX, f"/{TENANT.tenant_id}/oauth2/{path}", method="POST", data=form, signed=False)


def reads_scores(token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    return ask(SANDBOX, f"{SCORES}?$top=1", headers=headers, signed=False).status_code == 200


def test_a_resource_takes_the_place_of_a_scope_and_numbers_are_text() -> None:
    response = post("token", FORM).json()
    begins = int(NOW.timestamp())
    token = response.pop("access_token")
    assert response == {
        "token_type": "Bearer",
        "expires_in": "3599",
        "ext_expires_in": "3599",
        "expires_on": str(begins + 3599),
        "not_before": str(begins),
        "resource": "https://graph.microsoft.com/",
    }
    assert reads_scores(token)


def test_a_user_can_use_it_too() -> None:
    scope = "https://graph.microsoft.com/SecurityEvents.Read.All offline_access"
    begun = post("v2.0/devicecode", {"client_id": TENANT.client_id, "scope": scope}).json()
    SANDBOX.directory.approve_device_code(begun["user_code"], "secops@contoso.example")
    form = {"grant_type": DEVICE, "client_id": TENANT.client_id, "code": begun["device_code"]}
    first = post("token", form).json()
    assert reads_scores(first["access_token"])
    refreshed = post(
        "token",
        {
            "grant_type": "refresh_token",
            "client_id": TENANT.client_id,
            "refresh_token": first["refresh_token"],
            "resource": "https://graph.microsoft.com",
        },
    ).json()
    assert reads_scores(refreshed["access_token"])
    assert {"id_token", "refresh_token"} <= set(refreshed)


@pytest.mark.parametrize(
    ("form", "error", "code"),
    [
        ({"resource": ""}, "invalid_request", 900144),
        ({"resource": "https://vault.azure.net"}, "invalid_resource", 500011),
        ({"client_secret": "wrong"}, "invalid_client", 7000215),
        ({"grant_type": ""}, "invalid_request", 900144),
    ],
)
def test_refusals_are_those_of_version_2(form: dict[str, str], error: str, code: int) -> None:
    body = post("token", {**FORM, **form}).json()
    assert (body["error"], body["error_codes"]) == (error, [code])


def test_the_sign_in_page_of_version_2_knows_no_resource() -> None:
    query = {"client_id": TENANT.client_id, "resource": "https://graph.microsoft.com"}
    answer = ask(SANDBOX, f"/{TENANT.tenant_id}/oauth2/v2.0/authorize", params=query, signed=False)
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [901002])
