"""`$select`, `$orderby`, `/$count`, and the forms of a path."""

from typing import Any
from urllib.parse import quote

import pytest
from sandbox_client import PROFILES, SCORES, ask, new_sandbox, tenant_of, walk

from checker.sandbox.faults.kinds import Status

SANDBOX = new_sandbox()
CONTEXT = "https://graph.test/v1.0/$metadata#security"


def values(path: str, **query: str) -> list[dict[str, Any]]:
    answer = ask(SANDBOX, path, params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["value"]
    return items


def test_select_leaves_out_what_was_not_asked_for() -> None:
    answer = ask(SANDBOX, f"{SCORES}?$select=currentScore,ID&$top=2").json()
    assert answer["@odata.context"] == f"{CONTEXT}/secureScores(currentScore,id)"
    days = tenant_of().secure_scores
    assert answer["value"] == [{"id": day["id"], "currentScore": day["currentScore"]} for day in days[:2]]
    following = ask(SANDBOX, answer["@odata.nextLink"]).json()
    assert following["@odata.context"] == answer["@odata.context"]
    assert [list(day) for day in following["value"]] == [["id", "currentScore"]] * 2


def test_select_trims_what_an_object_holds() -> None:
    (day,) = values(
        SCORES, **{"$select": "vendorInformation/vendor,controlScores/score,controlScores/controlName", "$top": "1"}
    )
    assert day["vendorInformation"] == {"vendor": "Microsoft"}
    assert {tuple(entry) for entry in day["controlScores"]} <= {("controlName", "score")}
    assert len(day["controlScores"]) == len(tenant_of().secure_scores[0]["controlScores"])


def test_select_applies_to_one_item_and_a_star_to_nothing() -> None:
    profile = tenant_of().control_profiles[3]
    answer = ask(SANDBOX, f"{PROFILES}/{profile['id']}?$select=title").json()
    assert answer == {
        "@odata.context": f"{CONTEXT}/secureScoreControlProfiles(title)/$entity",
        "title": profile["title"],
    }
    assert values(SCORES, **{"$select": "*", "$top": "1"}) == tenant_of().secure_scores[:1]
    refused = ask(SANDBOX, f"{PROFILES}/{profile['id']}?$select=controlName").json()["error"]
    assert refused["message"] == (
        "Parsing OData Select and Expand failed: Could not find a property named 'controlName' on type "
        "'microsoft.graph.secureScoreControlProfile'."
    )


@pytest.mark.parametrize(
    ("order", "key", "reverse"),
    [
        ("createdDateTime desc", lambda day: day["createdDateTime"], True),
        ("CREATEDDATETIME", lambda day: day["createdDateTime"], False),
        ("maxScore asc, currentScore desc", lambda day: (day["maxScore"], -day["currentScore"]), False),
    ],
)
def test_days_come_in_the_order_that_was_asked_for(order: str, key: Any, *, reverse: bool) -> None:
    ordered = sorted(tenant_of().secure_scores, key=key, reverse=reverse)
    assert [day["id"] for day in values(SCORES, **{"$orderby": order})] == [day["id"] for day in ordered]


def test_an_order_holds_over_all_pages() -> None:
    pages = walk(new_sandbox(page_size=40), f"{PROFILES}?$orderby=vendorInformation/provider,rank desc&$select=rank,id")
    ranks = [(profile["rank"], profile["id"]) for page in pages for profile in page["value"]]
    assert len(ranks) == len(tenant_of().control_profiles)
    # Those of the same rank stay in the service's order.
    assert [rank for rank, _ in ranks] == sorted((rank for rank, _ in ranks), reverse=True)
    top = [profile["id"] for profile in tenant_of().control_profiles if profile["rank"] == ranks[0][0]]
    assert [name for rank, name in ranks if rank == ranks[0][0]] == top


def test_a_count_is_a_plain_number() -> None:
    answer = ask(SANDBOX, f"{SCORES}/$count")
    assert (answer.text, answer.headers["content-type"]) == ("90", "text/plain; charset=utf-8")
    filtered = {"$filter": "service eq 'MDATP'", "$top": "1"}
    wanted = [profile for profile in tenant_of().control_profiles if profile["service"] == "MDATP"]
    assert ask(SANDBOX, f"{PROFILES}/$count", params=filtered).text == str(len(wanted))
    assert ask(SANDBOX, f"{SCORES}/$count", signed=False).status_code == 401
    assert ask(SANDBOX, f"{SCORES}/$count?$filter=x").json()["error"]["code"] == "BadRequest"


def test_case_and_a_slash_at_the_end_do_not_matter() -> None:
    wanted = ask(SANDBOX, f"{SCORES}?$top=1").json()["value"]
    for path in (f"{SCORES}/", "/V1.0/Security/SECURESCORES", "/v1.0/security/securescores/"):
        answer = ask(SANDBOX, f"{path}?$top=1")
        assert (answer.status_code, answer.json()["value"]) == (200, wanted)
        assert answer.json()["@odata.context"] == f"{CONTEXT}/secureScores"
    assert ask(SANDBOX, f"{SCORES}/$COUNT/").text == "90"


@pytest.mark.parametrize("form", ["/{}", "('{}')", "/{}/", "('{}')/"])
def test_a_key_has_two_forms(form: str) -> None:
    for collection, item in ((SCORES, tenant_of().secure_scores[1]), (PROFILES, tenant_of().control_profiles[0])):
        answer = ask(SANDBOX, f"{collection}{form.format(quote(item['id']))}")
        assert (answer.status_code, answer.json()["id"]) == (200, item["id"])
    body = {"state": "Ignored", "vendorInformation": {"provider": "SecureScore", "vendor": "Microsoft"}}
    path = f"{PROFILES}{form.format('mdo_blockmailforward')}"
    assert ask(new_sandbox(), path, method="PATCH", json=body).status_code == 204


@pytest.mark.parametrize(
    ("path", "segment"),
    [
        ("/v1.0", ""),
        ("/v1.0/users", "users"),
        ("/v1.0/security", "security"),
        ("/v1.0/security/alerts", "alerts"),
        ("/v1.0/security/secureScores('x", "secureScores('x"),
        (f"{SCORES}/x/y", "y"),
        (f"{SCORES}('x')/$count", "$count"),
    ],
)
def test_an_unknown_path_names_its_segment(path: str, segment: str) -> None:
    answer = ask(SANDBOX, path)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == f"Resource not found for the segment '{segment}'."


def test_a_fault_meets_every_form_of_its_path() -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(f"{PROFILES}/AdminMFAV2", Status(503), times=2)
    assert ask(sandbox, "/v1.0/Security/secureScoreControlProfiles('AdminMFAV2')").status_code == 503
    assert ask(sandbox, f"{PROFILES}/AdminMFAV2/").status_code == 503
