from typing import Any

import httpx
import pytest
from entra_client import certificate
from sandbox_client import SCORES, ask, bearer, new_sandbox, tenant_of

from checker.sandbox.app import Sandbox
from checker.sandbox.entra.tokens import SECURITY_READER

TENANT = tenant_of()
READ = "https://graph.microsoft.com/SecurityEvents.Read.All"
PEM = certificate()[1].decode()


def change(sandbox: Sandbox, path: str = "applications", **sent: Any) -> httpx.Response:
    body = {"tenant": TENANT.tenant_id, **sent} if path == "applications" else sent
    return ask(sandbox, f"/_sandbox/{path}", method="POST", signed=False, json=body)


def test_an_application_is_changed_over_http() -> None:
    sandbox = new_sandbox()
    answer = change(
        sandbox,
        certificates=[PEM],
        secrets=[{"value": "old", "expires": "2026-01-01T00:00:00Z"}, {"value": "new"}],
        federatedCredentials=[{"issuer": "https://gitlab.example", "subject": "s"}],
        trustedSubjects=[{"subject": "scoregate", "authority": PEM}],
        users=[{"name": "Reader@contoso.example", "directoryRoles": [SECURITY_READER], "mfaRequired": True}],
        roles=[],
        delegatedScopes=["SecurityEvents.Read.All"],
        publicClient=False,
        browserUser="reader@contoso.example",
        demandedClaims={"access_token": {"nbf": {"value": "1"}}},
        managedIdentities=[{"name": "pipeline", "roles": ["SecurityEvents.Read.All"]}, {}],
    )
    assert answer.status_code == 204, answer.text
    application = sandbox.directory.application(TENANT.tenant_id.upper())
    assert [secret.value for secret in application.secrets] == [TENANT.client_secret, "old", "new"]
    assert (len(application.certificates), len(application.trusted_subjects)) == (1, 1)
    assert application.federated_credentials[0].audience == "api://AzureADTokenExchange"
    assert application.user("READER@contoso.example").mfa_required
    assert (application.roles, application.public_client) == ((), False)
    assert application.browser_user == "reader@contoso.example"
    assert len(sandbox.directory.managed_identities) == 2
    assert "insufficient_claims" in ask(sandbox, SCORES).headers["www-authenticate"]
    assert change(sandbox, demandedClaims=None).status_code == 204
    assert ask(sandbox, SCORES).status_code == 403


@pytest.mark.parametrize(
    "sent",
    [
        {"tenant": "nobody"},
        {"tenant": 5},
        {"unknown": 1},
        {"certificates": ["x"]},
        {"certificates": PEM},
        {"secrets": [{"value": "x", "expires": "2026-01-01T00:00:00"}]},
        {"secrets": [{"value": "x", "expires": "soon"}]},
        {"secrets": [{}]},
        {"users": [5]},
        {"federatedCredentials": [{"issuer": "x", "subject": "y", "audience": 5}]},
        {"browserUser": "nobody"},
        {"demandedClaims": []},
        {"roles": [5]},
    ],
)
def test_what_is_not_understood_is_refused(sent: dict[str, Any]) -> None:
    answer = change(new_sandbox(), **sent)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


@pytest.mark.parametrize("body", [b"", b"[]", b"[" * 100_000, b"\xff"])
@pytest.mark.parametrize("path", ["applications", "device"])
def test_what_is_no_object_is_refused(path: str, body: bytes) -> None:
    answer = ask(new_sandbox(), f"/_sandbox/{path}", method="POST", signed=False, content=body)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


def test_a_device_is_approved_or_declined_over_http() -> None:
    sandbox = new_sandbox()
    base = f"/{TENANT.tenant_id}/oauth2/v2.0"
    form = {"client_id": TENANT.client_id, "scope": f"{READ} openid offline_access"}

    def begin() -> dict[str, Any]:
        begun: dict[str, Any] = ask(sandbox, f"{base}/devicecode", method="POST", signed=False, data=form).json()
        return begun

    def poll(device_code: str) -> dict[str, Any]:
        sent = {**form, "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": device_code}
        answer: dict[str, Any] = ask(sandbox, f"{base}/token", method="POST", signed=False, data=sent).json()
        return answer

    begun = begin()
    assert (begun["interval"], begun["expires_in"]) == (5, 900)
    assert poll(begun["device_code"])["error"] == "authorization_pending"
    sent = {"userCode": begun["user_code"], "user": "secops@contoso.example", "mfa": True}
    assert change(sandbox, "device", **sent).status_code == 204
    answer = poll(begun["device_code"])
    assert answer["scope"] == f"openid {READ} https://graph.microsoft.com/SecurityEvents.ReadWrite.All"
    assert {"refresh_token", "id_token"} <= answer.keys()
    assert "client_info" not in answer
    declined = begin()
    assert change(sandbox, "device", userCode=declined["user_code"], decline=True).status_code == 204
    assert poll(declined["device_code"])["error"] == "authorization_declined"
    for wrong in ({"userCode": "x", "user": "y"}, {"userCode": begin()["user_code"], "user": "nobody"}, {}):
        assert change(sandbox, "device", **wrong).status_code == 400


def test_a_minted_token_has_the_roles_that_were_granted() -> None:
    sandbox = new_sandbox()
    sandbox.directory.grant_roles(TENANT.tenant_id, [])
    assert ask(sandbox, SCORES, signed=False, headers=bearer(sandbox)).status_code == 403
    assert sandbox.mint_token("11111111-1111-1111-1111-111111111111")


def test_a_user_who_is_gone_gets_no_token() -> None:
    sandbox = new_sandbox()
    base = f"/{TENANT.tenant_id}/oauth2/v2.0"
    form = {"client_id": TENANT.client_id, "scope": READ}
    begun = ask(sandbox, f"{base}/devicecode", method="POST", signed=False, data=form).json()
    sandbox.directory.approve_device_code(begun["user_code"], "secops@contoso.example")
    sandbox.directory.application(TENANT.tenant_id).users.clear()
    sent = {**form, "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": begun["device_code"]}
    answer = ask(sandbox, f"{base}/token", method="POST", signed=False, data=sent).json()
    assert answer["error_codes"] == [50034]
