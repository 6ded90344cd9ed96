import base64
import datetime
import html
import json
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
from entra_client import (
    READ,
    SCOPE,
    TENANT,
    Clock,
    claims_of,
    confidential,
    graph,
    live_sandbox,
    public,
    session_for,
)

from checker.sandbox.entra.tokens import SECURITY_READER
from checker.sandbox.serving.serve import Endpoints, running

CLOCK = Clock()
SANDBOX = live_sandbox(CLOCK)
USER = "secops@contoso.example"
READER = "reader@contoso.example"


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoints]:
    SANDBOX.directory.add_user(TENANT.tenant_id, READER, directory_roles=[SECURITY_READER], mfa_required=True)
    with running(SANDBOX) as endpoints:
        yield endpoints


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    SANDBOX.directory.consent(TENANT.tenant_id, ["SecurityEvents.Read.All", "SecurityEvents.ReadWrite.All"])
    SANDBOX.directory.application(TENANT.tenant_id).public_client = True
    SANDBOX.directory.short_scopes = False
    SANDBOX.directory.sign_in_browser(TENANT.tenant_id, USER)
    SANDBOX.directory.demand_claims(TENANT.tenant_id, None)
    CLOCK.shift = datetime.timedelta()


def sign_in(app: Any, user: str = USER, *, mfa: bool = False, scope: str = READ) -> dict[str, Any]:
    flow = app.initiate_device_flow([scope])
    SANDBOX.directory.approve_device_code(flow["user_code"], user, mfa=mfa)
    result: dict[str, Any] = app.acquire_token_by_device_flow(flow)
    return result


def browse(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    """Be the browser that msal opens: fetch the page, and send its form as the script in it would."""

    def visit(uri: str, browser_name: str | None = None) -> bool:  # noqa: ARG001 - msal's own signature
        threading.Thread(target=submit, args=(uri,)).start()
        return True

    def submit(uri: str) -> None:
        with httpx.Client(verify=False, trust_env=False) as client:
            answer = client.get(httpx.URL(uri).copy_merge_params(changes))
            if answer.has_redirect_location:
                client.get(answer.headers["location"])
                return
            page = answer.text
            action = re.search(r'action="([^"]*)"', page)
            fields = re.findall(r'name="(\w+)" value="([^"]*)"', page)
            assert action is not None
            client.post(html.unescape(action[1]), data={name: html.unescape(value) for name, value in fields})

    monkeypatch.setattr("msal.oauth2cli.authcode._browse", visit)


def test_msal_polls_until_the_user_approves(served: Endpoints) -> None:
    app = public(served)
    flow = app.initiate_device_flow([READ])
    assert flow["user_code"] in flow["message"]
    before = len(SANDBOX.requests)

    def approve() -> None:
        while len(SANDBOX.requests) < before + 2:
            time.sleep(0.01)
        SANDBOX.directory.approve_device_code(flow["user_code"].lower(), USER)

    user = threading.Thread(target=approve)
    user.start()
    result = app.acquire_token_by_device_flow(flow)
    user.join()
    claims = claims_of(SANDBOX, result["access_token"])
    assert (claims["upn"], claims["scp"]) == (USER, "SecurityEvents.Read.All SecurityEvents.ReadWrite.All")
    assert "idtyp" not in claims
    assert result["id_token_claims"]["preferred_username"] == USER
    assert graph(served, result["access_token"]).status_code == 200
    [account] = app.get_accounts()
    assert (account["username"], account["realm"]) == (USER, TENANT.tenant_id)
    assert account["home_account_id"] == f"{claims['oid']}.{TENANT.tenant_id}"
    assert app.acquire_token_by_device_flow(flow)["error"] == "bad_verification_code"


def test_msal_reports_a_user_who_declines(served: Endpoints) -> None:
    flow = public(served).initiate_device_flow([READ])
    SANDBOX.directory.decline_device_code(flow["user_code"])
    assert public(served).acquire_token_by_device_flow(flow)["error"] == "authorization_declined"


def test_msal_reports_a_code_that_has_expired(served: Endpoints) -> None:
    flow = public(served).initiate_device_flow([READ])
    SANDBOX.directory.expire_device_code(flow["user_code"])
    result = public(served).acquire_token_by_device_flow(flow)
    assert (result["error"], result["error_codes"]) == ("expired_token", [70020])


def test_who_asks_too_soon_shall_slow_down(served: Endpoints) -> None:
    SANDBOX.directory.device_code_interval = 3600
    try:
        flow = public(served).initiate_device_flow([READ])
    finally:
        SANDBOX.directory.device_code_interval = 0
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "client_id": TENANT.client_id,
        "device_code": flow["device_code"],
    }
    with session_for(served) as session:
        url = f"{served.authority}/{TENANT.tenant_id}/oauth2/v2.0/token"
        assert [session.post(url, data=form).json()["error"] for _ in range(2)] == [
            "authorization_pending",
            "slow_down",
        ]


def test_a_confidential_application_shows_its_credential(served: Endpoints) -> None:
    SANDBOX.directory.application(TENANT.tenant_id).public_client = False
    assert public(served).initiate_device_flow([READ])["error_codes"] == [7000218]


def test_an_unknown_resource_and_a_mix_are_refused(served: Endpoints) -> None:
    app = public(served)
    assert app.initiate_device_flow(["https://vault.azure.net/x"])["error_codes"] == [500011]
    assert app.initiate_device_flow([READ, "https://graph.microsoft.us/x"])["error_codes"] == [28000]


def test_a_second_factor_may_be_required(served: Endpoints) -> None:
    app = public(served)
    result = sign_in(app, READER)
    assert (result["error"], result["suberror"], result["error_codes"]) == ("invalid_grant", "basic_action", [50076])
    claims = claims_of(SANDBOX, sign_in(app, READER, mfa=True)["access_token"])
    assert (claims["wids"], claims["amr"]) == ([SECURITY_READER], ["pwd", "mfa"])


@pytest.mark.parametrize("consented", [[], ["SecurityEvents.ReadWrite.All"]])
def test_consent_may_be_missing(served: Endpoints, consented: list[str]) -> None:
    SANDBOX.directory.consent(TENANT.tenant_id, consented)
    result = sign_in(public(served))
    assert (result["error"], result["error_codes"]) == ("invalid_grant", [65001])


def test_msal_renews_silently_until_it_is_revoked(served: Endpoints) -> None:
    app = public(served)
    first = sign_in(app)
    [account] = app.get_accounts()
    before = len(SANDBOX.requests)
    assert app.acquire_token_silent([READ], account)["access_token"] == first["access_token"]
    assert len(SANDBOX.requests) == before
    renewed = app.acquire_token_silent_with_error([READ], account, force_refresh=True)
    assert renewed["access_token"] != first["access_token"]
    SANDBOX.directory.revoke_refresh_tokens(TENANT.tenant_id, USER)
    refused = app.acquire_token_silent_with_error([READ], account, force_refresh=True)
    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [50173])
    assert public(served).acquire_token_by_refresh_token("x", [READ])["error_codes"] == [9002313]


@pytest.mark.parametrize(("scope", "short", "hits"), [(READ, True, False), ("SecurityEvents.Read.All", False, True)])
def test_the_form_of_the_scopes_decides_whether_the_cache_hits(
    served: Endpoints, scope: str, short: bool, hits: bool
) -> None:
    SANDBOX.directory.short_scopes = short
    app = public(served)
    sign_in(app, scope=scope)
    before = len(SANDBOX.requests)
    assert "access_token" in app.acquire_token_silent([scope], app.get_accounts()[0])
    assert (len(SANDBOX.requests) == before) is hits


def test_msal_signs_in_in_a_browser(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    browse(monkeypatch)
    result = public(served).acquire_token_interactive([SCOPE], timeout=20)
    assert graph(served, result["access_token"]).status_code == 200
    assert SCOPE in result["scope"]
    keys = f"{served.authority}/{TENANT.tenant_id}/discovery/v2.0/keys"
    with session_for(served) as session:
        [key] = session.get(keys).json()["keys"]
    claims = jwt.decode(result["id_token"], jwt.PyJWK(key).key, algorithms=["RS256"], audience=TENANT.client_id)
    assert claims["iss"] == f"{served.authority}/{TENANT.tenant_id}/v2.0"


def test_the_browser_shows_who_is_signed_in(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    SANDBOX.directory.sign_in_browser(TENANT.tenant_id, READER, mfa=True)
    browse(monkeypatch)
    result = public(served).acquire_token_interactive([READ], timeout=20)
    assert result["id_token_claims"]["preferred_username"] == READER
    result = public(served).acquire_token_interactive([READ], login_hint=USER, timeout=20)
    assert result["id_token_claims"]["preferred_username"] == USER


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scope": "SecurityEvents.Other"}, 65001),
        ({"response_type": "token"}, 700054),
        ({"login_hint": "nobody@contoso.example"}, 50034),
        ({"code_challenge_method": "plain"}, 501491),
        ({"code_challenge": "x" * 43}, 501481),
    ],
)
def test_msal_reports_what_goes_wrong_in_the_browser(
    served: Endpoints, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], code: int
) -> None:
    browse(monkeypatch, **changes)
    result = public(served).acquire_token_interactive([READ], timeout=20)
    assert result["error_description"].startswith(f"AADSTS{code}: ")


@pytest.mark.filterwarnings("ignore:response_mode:UserWarning")
def test_a_code_is_redeemed_once_and_in_time(served: Endpoints) -> None:
    app = confidential(served, TENANT.client_secret)

    def visit() -> tuple[dict[str, Any], dict[str, str]]:
        flow = app.initiate_auth_code_flow([READ], redirect_uri="http://localhost:5000/back?x=1")
        with httpx.Client(verify=False, trust_env=False) as client:
            location = client.get(flow["auth_uri"]).headers["location"]
        sent = dict(httpx.URL(location).params)
        assert sent.pop("x") == "1"
        return flow, sent

    flow, sent = visit()
    assert "access_token" in app.acquire_token_by_auth_code_flow(dict(flow), sent)
    assert app.acquire_token_by_auth_code_flow(dict(flow), sent)["error_codes"] == [54005]
    flow, sent = visit()
    moved = {**flow, "redirect_uri": "http://localhost:5001"}
    assert app.acquire_token_by_auth_code_flow(moved, sent)["error_codes"] == [500112]
    CLOCK.shift = datetime.timedelta(minutes=10)
    assert app.acquire_token_by_auth_code_flow(dict(flow), sent)["error_codes"] == [70008]
    assert app.acquire_token_by_auth_code_flow(dict(flow), {**sent, "code": "x"})["error_codes"] == [9002313]


@pytest.mark.parametrize(
    ("redirect_uri", "client_id", "code"),
    [
        ("https://attacker.example", TENANT.client_id, 50011),
        ("http://localhost:80@attacker.example", TENANT.client_id, 50011),
        ("http://localhost", "x", 700016),
        ("", TENANT.client_id, 900144),
    ],
)
def test_nothing_is_sent_to_an_unknown_address(served: Endpoints, redirect_uri: str, client_id: str, code: int) -> None:
    with session_for(served) as session:
        answer = session.get(
            f"{served.authority}/{TENANT.tenant_id}/oauth2/v2.0/authorize",
            params={"redirect_uri": redirect_uri, "client_id": client_id, "response_type": "code", "scope": READ},
            allow_redirects=False,
        )
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [code])


def challenge_of(answer: httpx.Response) -> str:
    header = answer.headers["www-authenticate"]
    assert 'error="insufficient_claims"' in header
    found = re.search(r'claims="([^"]+)"', header)
    assert found is not None
    return base64.b64decode(found[1]).decode()


@pytest.mark.parametrize("credential", [True, False])
def test_a_claims_challenge_is_met(served: Endpoints, credential: bool) -> None:
    capabilities: dict[str, Any] = {"client_capabilities": ["CP1"]}
    demanded = {"access_token": {"nbf": {"essential": True, "value": "1604106651"}}}
    if credential:
        app = confidential(served, TENANT.client_secret, **capabilities)
        token = app.acquire_token_for_client([SCOPE])["access_token"]
    else:
        app = public(served, **capabilities)
        token = sign_in(app)["access_token"]
    assert claims_of(SANDBOX, token)["xms_cc"] == ["CP1"]
    SANDBOX.directory.demand_claims(TENANT.tenant_id, json.dumps(demanded))
    refused = graph(served, token)
    assert refused.status_code == 401
    claims = challenge_of(refused)
    assert json.loads(claims) == demanded
    if credential:
        renewed = app.acquire_token_for_client([SCOPE], claims_challenge=claims)
    else:
        renewed = app.acquire_token_silent([READ], app.get_accounts()[0], claims_challenge=claims)
    assert graph(served, renewed["access_token"]).status_code == 200
    assert graph(served, token).status_code == 401


def test_claims_that_are_no_object_are_refused(served: Endpoints) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": TENANT.client_id,
        "client_secret": TENANT.client_secret,
        "scope": SCOPE,
        "claims": "[]",
    }
    with session_for(served) as session:
        answer = session.post(f"{served.authority}/{TENANT.tenant_id}/oauth2/v2.0/token", data=form)
    assert answer.json()["error_codes"] == [9000014]
    with pytest.raises(ValueError, match="JSON object"):
        SANDBOX.directory.demand_claims(TENANT.tenant_id, "[]")


def test_instance_discovery_leads_here(served: Endpoints) -> None:
    with session_for(served) as session:
        base = f"{served.authority}/common/discovery/instance"
        found = session.get(base, params={"authorization_endpoint": f"{served.authority}/{TENANT.tenant_id}/x"})
        configuration = session.get(found.json()["tenant_discovery_endpoint"]).json()
    assert configuration["device_authorization_endpoint"].startswith(served.authority)
