"""Scores follow states: at once or some days later; and the sandbox's days go on."""

import datetime
import json
from typing import Any

import httpx
import pytest
from sandbox_client import NOW, PROFILES, SCORES, VENDOR, ask, new_sandbox, patch, tenant_of

from checker.sandbox.app import Sandbox
from checker.sandbox.faults import DroppedConnection, LateAnswer, Status
from checker.sandbox.serve import running

# Observed at nothing; observed in part and spelt otherwise in the scores; and declared by the story.
NOTHING, RESPELT, DECLARED = "mdo_blockmailforward", "mdo_safelinksforOfficeApps", "McasFirewallLogUpload"


def days(sandbox: Sandbox) -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = ask(sandbox, SCORES).json()["value"]
    return value


def control(day: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (score for score in day["controlScores"] if score["controlName"].lower() == name.lower())
    return dict(found)


def set_state(sandbox: Sandbox, name: str, state: str) -> None:
    answer = patch(sandbox, name, {"state": state, "vendorInformation": VENDOR})
    assert answer.status_code == 204, answer.text


def maximum(name: str) -> float:
    (profile,) = (profile for profile in tenant_of().control_profiles if profile["id"] == name)
    return float(profile["maxScore"])


def incomplete() -> list[str]:
    newest = tenant_of().secure_scores[0]
    scored = {score["controlName"].lower(): score["score"] for score in newest["controlScores"]}
    return [
        profile["id"]
        for profile in tenant_of().control_profiles
        if not profile["id"].startswith("scid_")
        and len(profile["controlStateUpdates"]) == 1
        and profile["id"].lower() in scored
        and scored[profile["id"].lower()] < profile["maxScore"]
    ]


@pytest.mark.parametrize("state", ["ThirdParty", "Reviewed"])
@pytest.mark.parametrize("name", incomplete()[:6])
def test_a_declared_control_earns_its_points(name: str, state: str) -> None:
    sandbox = new_sandbox()
    before = days(sandbox)[0]
    set_state(sandbox, name, state)
    after = days(sandbox)[0]
    assert control(after, name)["score"] == maximum(name)
    assert control(after, name)["scoreInPercentage"] == 100.0
    gained = maximum(name) - control(before, name)["score"]
    assert after["currentScore"] == pytest.approx(before["currentScore"] + gained, abs=1e-6)
    assert after["maxScore"] == before["maxScore"]
    others = [score for score in before["controlScores"] if score["controlName"].lower() != name.lower()]
    assert [score for score in after["controlScores"] if score["controlName"].lower() != name.lower()] == others


def test_older_days_stay_as_they_were() -> None:
    sandbox = new_sandbox()
    set_state(sandbox, NOTHING, "ThirdParty")
    assert days(sandbox)[1:] == tenant_of().secure_scores[1:]


@pytest.mark.parametrize("state", ["Default", "Ignored"])
def test_a_reset_leaves_what_is_observed(state: str) -> None:
    sandbox = new_sandbox()
    name = incomplete()[0]
    observed = control(days(sandbox)[0], name)
    set_state(sandbox, name, "Reviewed")
    set_state(sandbox, name, state)
    assert control(days(sandbox)[0], name) == observed
    assert days(sandbox)[0]["currentScore"] == tenant_of().secure_scores[0]["currentScore"]


def test_what_the_story_declared_falls_back_to_what_is_observed() -> None:
    sandbox = new_sandbox()
    assert control(days(sandbox)[0], DECLARED)["score"] == maximum(DECLARED)
    set_state(sandbox, DECLARED, "Default")
    assert control(days(sandbox)[0], DECLARED)["score"] == tenant_of().observed[DECLARED.lower()] == 0.0


def test_an_assignee_alone_changes_no_score() -> None:
    sandbox = new_sandbox()
    patch(sandbox, DECLARED, {"assignedTo": "b@contoso.example", "vendorInformation": VENDOR})
    assert days(sandbox) == tenant_of().secure_scores


def test_a_lag_of_two_days() -> None:
    sandbox = new_sandbox(score_lag_days=2)
    set_state(sandbox, NOTHING, "ThirdParty")
    scores = []
    for _ in range(3):
        scores.append(control(days(sandbox)[0], NOTHING)["score"])
        sandbox.advance(1)
    assert scores == [0.0, 0.0, maximum(NOTHING)]
    assert [control(day, NOTHING)["score"] for day in days(sandbox)[:4]] == [maximum(NOTHING)] * 2 + [0.0] * 2


def test_days_go_on_and_old_ones_are_dropped() -> None:
    sandbox = new_sandbox()
    before = tenant_of().secure_scores
    sandbox.advance(3)
    after = days(sandbox)
    assert len(after) == len(before)
    assert [day["createdDateTime"] for day in after[:4]] == [
        f"{(NOW + datetime.timedelta(days=3 - back)).date()}T00:00:00Z" for back in range(4)
    ]
    assert after[0]["id"].endswith(after[0]["createdDateTime"][:10])
    assert [score["score"] for score in after[0]["controlScores"]] == [
        score["score"] for score in before[0]["controlScores"]
    ]
    newest, older = after[0]["controlScores"][0], after[3]["controlScores"][0]
    assert newest["description"]
    assert "lastSynced" in newest
    assert older["description"] is None
    assert set(older) == set(before[1]["controlScores"][0])
    assert after[4:] == before[1:-3]


def test_days_never_go_back() -> None:
    sandbox = new_sandbox()
    sandbox.advance(2)
    later = days(sandbox)
    sandbox.advance(-2)
    assert days(sandbox) == later


def test_a_profile_that_vanishes() -> None:
    sandbox = new_sandbox()
    sandbox.remove_profile(tenant_of().tenant_id, NOTHING)
    assert ask(sandbox, f"{PROFILES}/{NOTHING}").status_code == 404
    assert patch(sandbox, NOTHING, {"state": "Ignored", "vendorInformation": VENDOR}).status_code == 404
    assert control(days(sandbox)[0], NOTHING)["score"] == 0.0


def test_the_clock_and_profiles_over_http() -> None:
    sandbox = new_sandbox()
    with running(sandbox, plain_http=True) as served, httpx.Client(base_url=served.graph, trust_env=False) as client:
        assert client.post("/_sandbox/clock", json={"days": 2}).status_code == 204
        assert sandbox.now() == NOW + datetime.timedelta(days=2)
        for body in (b"", b"[]", b"{}", b'{"days": true}', b'{"days": -1}', b'{"days": 99999}', b'{"days": "1"}'):
            assert client.post("/_sandbox/clock", content=body).status_code == 400, body
        place = f"/_sandbox/profiles/{tenant_of().tenant_id}"
        assert client.delete(f"{place}/{NOTHING}").status_code == 204
        assert client.delete(f"{place}/{NOTHING}").status_code == 404
        assert client.delete(f"/_sandbox/profiles/nobody/{RESPELT}").status_code == 404


@pytest.mark.parametrize(
    ("fault", "acted", "status"),
    [(DroppedConnection(), True, 200), (LateAnswer(0.3), True, 200), (Status(503), False, 503)],
    ids=["dropped", "late", "refused"],
)
def test_what_a_fault_lets_the_service_do(fault: Any, status: int, *, acted: bool) -> None:
    sandbox = new_sandbox()
    path = f"{PROFILES}/{NOTHING}"
    sandbox.faults.add(path, fault, method="PATCH")
    headers = {
        "Authorization": f"Bearer {sandbox.mint_token(tenant_of().tenant_id)}",
        "Prefer": "return=representation",
    }
    body = {"state": "Ignored", "vendorInformation": VENDOR}
    with running(sandbox, plain_http=True) as served, httpx.Client(base_url=served.graph, trust_env=False) as client:
        try:
            answered = client.patch(path, json=body, headers=headers, timeout=0.2).status_code
        except httpx.TransportError:
            answered = None
    assert answered == (None if acted else status)
    entry = sandbox.requests[0]
    assert (entry.method, entry.acted, entry.body) == ("PATCH", acted, body)
    updates = json.loads(ask(sandbox, path).content)["controlStateUpdates"]
    assert len(updates) == (2 if acted else 1)
