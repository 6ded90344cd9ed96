from typing import Any

import pytest
from sandbox_client import NOW, PROFILES, SCORES, VENDOR, ask, bearer, new_sandbox, patch, tenant_of

from checker.sandbox.graph.updates import current_update

JSON = {"Content-Type": "application/json; charset=utf-8"}


def updates_of(sandbox: Any, control: str) -> list[dict[str, Any]]:
    updates: list[dict[str, Any]] = ask(sandbox, f"{PROFILES}/{control}").json()["controlStateUpdates"]
    return updates


def test_an_update_is_appended() -> None:
    sandbox = new_sandbox()
    body = {
        "state": "thirdparty",
        "assignedTo": "netops@contoso.example",
        "comment": "SEC-118",
        "vendorInformation": VENDOR,
    }
    answer = patch(sandbox, "mdo_blockmailforward", body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert updates_of(sandbox, "mdo_blockmailforward") == [
        {"assignedTo": None, "comment": None, "state": "Default", "updatedBy": None, "updatedDateTime": None},
        {
            "assignedTo": "netops@contoso.example",
            "comment": "SEC-118",
            "state": "ThirdParty",
            "updatedBy": tenant_of().client_id,
            "updatedDateTime": "2026-05-22T09:00:00.628799Z",
        },
    ]


def test_members_that_are_not_sent_keep_their_value() -> None:
    sandbox = new_sandbox()
    patch(sandbox, "AdminMFAV2", {"state": "Ignored", "comment": "first", "vendorInformation": VENDOR})
    patch(sandbox, "AdminMFAV2", {"assignedTo": "a@contoso.example", "vendorInformation": VENDOR})
    patch(sandbox, "AdminMFAV2", {"comment": None, "vendorInformation": VENDOR})
    history = [(u["state"], u["comment"], u["assignedTo"]) for u in updates_of(sandbox, "AdminMFAV2")]
    assert history[1:] == [
        ("Ignored", "first", None),
        ("Ignored", "first", "a@contoso.example"),
        ("Ignored", None, "a@contoso.example"),
    ]


def test_the_whole_profile_comes_back_when_preferred() -> None:
    sandbox = new_sandbox()
    body = {"state": "Reviewed", "vendorInformation": VENDOR}
    answer = patch(sandbox, "AdminMFAV2", body, Prefer="return=representation")
    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == "return=representation"
    assert answer.json()["@odata.context"].endswith("#security/secureScoreControlProfiles/$entity")
    assert answer.json()["controlStateUpdates"][-1]["state"] == "Reviewed"


def test_a_change_stays_in_its_sandbox_and_tenant() -> None:
    sandbox = new_sandbox(0, 1)
    patch(sandbox, "AdminMFAV2", {"state": "Reviewed", "vendorInformation": VENDOR})
    theirs = ask(sandbox, f"{PROFILES}/AdminMFAV2", headers=bearer(sandbox, 1)).json()
    assert len(theirs["controlStateUpdates"]) == 1
    assert len(updates_of(new_sandbox(), "AdminMFAV2")) == 1
    listed = ask(sandbox, f"{PROFILES}?$filter=id eq 'AdminMFAV2'").json()["value"]
    assert len(listed[0]["controlStateUpdates"]) == 2
    assert ask(sandbox, SCORES).json()["value"][1:] == tenant_of().secure_scores[1:]
    assert ask(sandbox, SCORES, headers=bearer(sandbox, 1)).json()["value"] == tenant_of(1).secure_scores
    assert ask(new_sandbox(), SCORES).json()["value"] == tenant_of().secure_scores


@pytest.mark.parametrize(
    "body",
    [
        {"state": "Reviewed"},
        {"state": "Reviewed", "vendorInformation": None},
        {"state": "Reviewed", "vendorInformation": {"provider": "SecureScore"}},
        {"state": "Reviewed", "vendorInformation": {"provider": "Other", "vendor": "Microsoft"}},
        {"state": "Planned", "vendorInformation": VENDOR},
        {"state": "AlternateMitigation", "vendorInformation": VENDOR},
        {"state": None, "vendorInformation": VENDOR},
        {"comment": 5, "vendorInformation": VENDOR},
        {"assignedTo": ["x"], "vendorInformation": VENDOR},
        [],
        "text",
        5,
    ],
)
def test_what_is_not_an_update_is_refused_with_an_empty_code(body: Any) -> None:
    sandbox = new_sandbox()
    answer = patch(sandbox, "AdminMFAV2", body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == ""
    assert answer.json()["error"]["message"] == "Http request failed with statusCode=BadRequest"
    assert len(updates_of(sandbox, "AdminMFAV2")) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 200_000])
def test_what_is_not_json_is_refused(body: bytes) -> None:
    answer = ask(new_sandbox(), f"{PROFILES}/AdminMFAV2", method="PATCH", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    "body", [b'{"comment":"\\ud800","vendorInformation":%s}', b'{"comment":"\\u0000","vendorInformation":%s}']
)
def test_odd_characters_do_no_harm(body: bytes) -> None:
    sandbox = new_sandbox()
    content = body % b'{"provider":"SecureScore","vendor":"Microsoft"}'
    assert ask(sandbox, f"{PROFILES}/AdminMFAV2", method="PATCH", content=content, headers=JSON).status_code == 204
    assert ask(sandbox, f"{PROFILES}/AdminMFAV2").status_code == 200


def test_unknown_controls_and_those_of_defender_are_refused() -> None:
    body = {"state": "Reviewed", "vendorInformation": VENDOR}
    assert patch(new_sandbox(), "nothing", body).status_code == 404
    assert patch(new_sandbox(), "scid_2080", body).status_code == 400


def test_a_completed_control_cannot_be_declared() -> None:
    sandbox = new_sandbox()
    for state in ("ThirdParty", "Ignored", "Reviewed"):
        assert patch(sandbox, "IntegratedApps", {"state": state, "vendorInformation": VENDOR}).status_code == 400
    assert patch(sandbox, "IntegratedApps", {"comment": "done", "vendorInformation": VENDOR}).status_code == 204
    # Its score names it with other capitals.
    spelt = {"state": "Reviewed", "vendorInformation": VENDOR}
    scores = {s["controlName"]: s for s in tenant_of().secure_scores[0]["controlScores"]}
    full = scores["MDO_SafeLinksForOfficeApps"]["scoreInPercentage"] == 100.0
    assert patch(sandbox, "mdo_safelinksforOfficeApps", spelt).status_code == (400 if full else 204)


def test_a_declared_control_with_full_points_can_go_back() -> None:
    sandbox = new_sandbox()
    body = {"state": "default", "vendorInformation": VENDOR}
    assert patch(sandbox, "McasFirewallLogUpload", body).status_code == 204
    assert updates_of(sandbox, "McasFirewallLogUpload")[-1]["state"] == "Default"


def test_the_newest_entry_counts_and_null_is_oldest() -> None:
    def entry(state: str, moment: str | None) -> dict[str, Any]:
        return {"state": state, "updatedDateTime": moment}

    entries = [entry("Reviewed", NOW.isoformat()), entry("Ignored", NOW.isoformat()), entry("Default", None)]
    assert current_update({"controlStateUpdates": entries})["state"] == "Ignored"
    assert current_update({"controlStateUpdates": []}) == {}


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("text/plain", 415), ("application/jsonx", 415), ("multipart/form-data", 415), ("", 400)],
)
def test_what_is_not_declared_as_json_is_refused(content_type: str, status: int) -> None:
    sandbox = new_sandbox()
    content = b'{"comment":"c","vendorInformation":{"provider":"SecureScore","vendor":"Microsoft"}}'
    path = f"{PROFILES}/AdminMFAV2"
    answer = ask(sandbox, path, method="PATCH", content=content, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, "BadRequest")
    assert "Content-Type header" in answer.json()["error"]["message"]
    assert len(updates_of(sandbox, "AdminMFAV2")) == 1
