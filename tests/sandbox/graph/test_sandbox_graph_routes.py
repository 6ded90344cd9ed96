import datetime
import email.utils
import json
import uuid
from typing import Any

import httpx
import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_client import NOW, PROFILES, SCORES, ask, bearer, new_sandbox, tenant_of, walk

from checker.sandbox.app import Sandbox
from checker.sandbox.entra.tokens import LIFETIME, SECURITY_ADMINISTRATOR, SECURITY_READER

SANDBOX = new_sandbox(0, 1)
CONTEXT = "https://graph.test/v1.0/$metadata#security"


def test_all_days_come_in_one_answer() -> None:
    answer = ask(SANDBOX, SCORES).json()
    assert list(answer) == ["@odata.context", "value"]
    assert answer["@odata.context"] == f"{CONTEXT}/secureScores"
    assert answer["value"] == tenant_of().secure_scores


def test_one_day_has_a_next_link_with_unescaped_dollars() -> None:
    answer = ask(SANDBOX, f"{SCORES}?$top=1").json()
    link = answer["@odata.nextLink"]
    head, _, token = link.rpartition("$skiptoken=")
    assert head == f"https://graph.test{SCORES}?$top=1&"
    assert str(uuid.UUID(token)) == token
    assert list(answer) == ["@odata.context", "@odata.nextLink", "value"]
    assert ask(SANDBOX, link).json()["value"] == tenant_of().secure_scores[1:2]


def test_profiles_come_in_pages() -> None:
    pages = walk(SANDBOX, PROFILES)
    assert [len(page["value"]) for page in pages] == [200, 57]
    assert pages[0]["@odata.nextLink"].startswith(f"https://graph.test{PROFILES}?$skiptoken=")
    assert [item for page in pages for item in page["value"]] == tenant_of().control_profiles


@pytest.mark.parametrize(("query", "sizes"), [("$top=999", [100, 100, 57]), ("$top=150&$skip=200", [57])])
def test_the_page_size_is_the_servers(query: str, sizes: list[int]) -> None:
    pages = walk(new_sandbox(page_size=100), f"{PROFILES}?{query}")
    assert [len(page["value"]) for page in pages] == sizes


@given(
    top=st.none() | st.integers(20, 300),
    skip=st.integers(0, 300),
    collection=st.sampled_from([SCORES, PROFILES]),
)
@settings(max_examples=examples(15), deadline=None)
def test_pages_cover_every_item_once(top: int | None, skip: int, collection: str) -> None:
    query = f"?$skip={skip}&$count=true" + (f"&$top={top}" if top else "")
    items = tenant_of().secure_scores if collection == SCORES else tenant_of().control_profiles
    pages = walk(SANDBOX, collection + query)
    assert {page["@odata.count"] for page in pages} == {len(items)}
    assert [item["id"] for page in pages for item in page["value"]] == [item["id"] for item in items[skip:]]


def test_a_filter_picks() -> None:
    answer = ask(SANDBOX, PROFILES, params={"$filter": "service eq 'MDATP' and (id eq 'scid_2016' or id eq 'x')"})
    assert [profile["id"] for profile in answer.json()["value"]] == ["scid_2016"]
    wide = " or ".join(f"id eq 'scid_{number}'" for number in range(2000, 2017))
    answer = ask(SANDBOX, PROFILES, params={"$filter": wide, "$count": "true"})
    assert (answer.status_code, answer.json()["value"], answer.json()["@odata.count"]) == (200, [], 0)


@pytest.mark.parametrize("query", ["$orderby=x", "$select=x", "$expand=x", "$top=0", "$filter=x", "$skiptoken=made-up"])
def test_bad_options_get_graphs_error(query: str) -> None:
    answer = ask(SANDBOX, f"{PROFILES}?{query}", headers={"client-request-id": "mine"})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert list(error) == ["code", "message", "innerError"]
    assert error["innerError"] == {
        "date": "2026-05-22T09:00:00",
        "request-id": answer.headers["request-id"],
        "client-request-id": "mine",
    }


def test_a_skiptoken_of_another_tenant_leads_nowhere() -> None:
    link = ask(SANDBOX, f"{SCORES}?$top=1").json()["@odata.nextLink"]
    assert ask(SANDBOX, link, headers=bearer(SANDBOX, 1)).status_code == 400


def test_tenants_are_apart() -> None:
    mine = ask(SANDBOX, f"{SCORES}?$top=1").json()["value"][0]
    theirs = ask(SANDBOX, f"{SCORES}?$top=1", headers=bearer(SANDBOX, 1)).json()["value"][0]
    assert mine["azureTenantId"] == tenant_of(0).tenant_id
    assert theirs["azureTenantId"] == tenant_of(1).tenant_id
    assert ask(SANDBOX, f"{SCORES}/{theirs['id']}").status_code == 404


def test_single_items() -> None:
    day = tenant_of().secure_scores[3]
    answer = ask(SANDBOX, f"{SCORES}/{day['id']}").json()
    assert answer == {"@odata.context": f"{CONTEXT}/secureScores/$entity", **day}
    profile = tenant_of().control_profiles[0]
    assert profile["id"].startswith("11770.")
    answer = ask(SANDBOX, f"{PROFILES}/{profile['id']}").json()
    assert answer == {"@odata.context": f"{CONTEXT}/secureScoreControlProfiles/$entity", **profile}
    missing = ask(SANDBOX, f"{PROFILES}/nothing")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "ResourceNotFound")


def test_beta_serves_the_same_and_takes_options_without_dollar() -> None:
    answer = ask(SANDBOX, "/beta/security/secureScores?top=1").json()
    assert answer["@odata.context"] == "https://graph.test/beta/$metadata#security/secureScores"
    assert answer["@odata.nextLink"].startswith("https://graph.test/beta/security/secureScores?$top=1&$skiptoken=")
    assert answer["value"] == tenant_of().secure_scores[:1]


def test_links_begin_with_the_public_url() -> None:
    sandbox = new_sandbox(public_url="https://graph.example:8443/")
    answer = ask(sandbox, f"{SCORES}?$top=1").json()
    assert answer["@odata.nextLink"].startswith("https://graph.example:8443/v1.0/security/secureScores?$top=1&")


def test_headers_are_graphs() -> None:
    headers = ask(SANDBOX, SCORES, headers={"client-request-id": "mine"}).headers
    assert headers["content-type"] == (
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    )
    assert headers["odata-version"] == "4.0"
    assert headers["client-request-id"] == "mine"
    assert json.loads(headers["x-ms-ags-diagnostic"])["ServerInfo"]["DataCenter"]
    assert email.utils.parsedate_to_datetime(headers["date"]) == NOW.replace(microsecond=0)
    plain = ask(SANDBOX, SCORES).headers
    assert plain["client-request-id"] == plain["request-id"]


def test_doubles_have_a_fraction_on_the_wire() -> None:
    text = ask(SANDBOX, f"{SCORES}?$top=1").text
    assert '"maxScore":638.0,' in text
    assert '"scoreInPercentage":100.0' in text
    assert '"licensedUserCount":0,' in text


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "Access token is empty."),
        ({"Authorization": "Basic eDp5"}, "Access token is empty."),
        ({"Authorization": "Bearer x"}, "CompactToken parsing failed with error code: 80049217"),
        ({"Authorization": "Bearer a.b.c"}, "Access token validation failure. Invalid signature."),
        (bearer(new_sandbox()), "Access token validation failure. Invalid signature."),
    ],
)
def test_without_an_accepted_token(headers: dict[str, str], message: str) -> None:
    answer = ask(SANDBOX, SCORES, signed=False, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert answer.json()["error"]["message"] == message
    assert answer.headers["www-authenticate"].startswith('Bearer realm="", authorization_uri="https://')


def test_an_expired_token_is_not_accepted() -> None:
    clock = [NOW]
    sandbox = Sandbox([tenant_of()], now=lambda: clock[0])
    headers = bearer(sandbox)
    assert ask(sandbox, SCORES, headers=headers).status_code == 200
    clock[0] += LIFETIME + datetime.timedelta(seconds=1)
    answer = ask(sandbox, SCORES, signed=False, headers=headers)
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        401,
        "Lifetime validation failed, the token is expired.",
    )


def test_a_token_of_a_tenant_that_is_not_there() -> None:
    token = SANDBOX.mint_token("11111111-1111-4111-8111-111111111111", roles=["SecurityEvents.Read.All"])
    assert ask(SANDBOX, SCORES, headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize(
    ("roles", "reads", "writes"),
    [
        (["SecurityEvents.Read.All"], 200, 403),
        (["SecurityEvents.ReadWrite.All"], 200, 204),
        (["Directory.Read.All"], 403, 403),
        ([], 403, 403),
    ],
)
def test_applications_need_a_permission(roles: list[str], reads: int, writes: int) -> None:
    sandbox = new_sandbox()
    assert permitted(sandbox, sandbox.mint_token(tenant_of().tenant_id, roles=roles)) == (reads, writes)


@pytest.mark.parametrize(
    ("scope", "role", "reads", "writes"),
    [
        ("SecurityEvents.Read.All", SECURITY_READER, 200, 403),
        ("SecurityEvents.ReadWrite.All", SECURITY_READER, 200, 403),
        ("SecurityEvents.ReadWrite.All", SECURITY_ADMINISTRATOR, 200, 204),
        ("SecurityEvents.Read.All", SECURITY_ADMINISTRATOR, 200, 403),
        ("SecurityEvents.ReadWrite.All", str(uuid.UUID(int=0)), 403, 403),
        ("User.Read", SECURITY_ADMINISTRATOR, 403, 403),
    ],
)
def test_users_need_a_scope_and_a_directory_role(scope: str, role: str, reads: int, writes: int) -> None:
    sandbox = new_sandbox()
    token = sandbox.mint_user_token(tenant_of().tenant_id, scopes=[scope], directory_roles=[role])
    assert permitted(sandbox, token) == (reads, writes)


def permitted(sandbox: Sandbox, token: str) -> tuple[int, int]:
    headers = {"Authorization": f"Bearer {token}"}
    body: dict[str, Any] = {"vendorInformation": {"provider": "SecureScore", "vendor": "Microsoft"}}
    read = ask(sandbox, SCORES, headers=headers)
    written = ask(sandbox, f"{PROFILES}/AdminMFAV2", method="PATCH", json=body, headers=headers)
    for answer in (read, written):
        if answer.status_code == 403:
            assert "does not have valid roles" in answer.json()["error"]["message"]
    return read.status_code, written.status_code


def test_unknown_paths_and_methods_get_graphs_error() -> None:
    unknown = ask(SANDBOX, "/v1.0/security/nothing")
    assert unknown.status_code == 400
    assert unknown.json()["error"]["message"] == "Resource not found for the segment 'nothing'."
    refused = ask(SANDBOX, SCORES, method="DELETE")
    assert (refused.status_code, refused.json()["error"]["code"]) == (405, "Request_BadRequest")
    answer: httpx.Response = ask(SANDBOX, f"{SCORES}/x", method="PATCH", json={})
    assert answer.status_code == 405
