"""Scores follow states: at once or some days later, and only those of the controls whose state was set."""

from typing import Any

import pytest
from sandbox_client import SCORES, VENDOR, ask, bearer, new_sandbox, patch, tenant_of

from checker.sandbox.app import Sandbox
from checker.sandbox.tenants import story

# Observed at nothing; and declared by the story.
NOTHING, DECLARED = "mdo_blockmailforward", "McasFirewallLogUpload"
RESPELT_IN_PART, RESPELT = story.SCORE_SPELLINGS


def days(sandbox: Sandbox, seed: int = 0) -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = ask(sandbox, SCORES, headers=bearer(sandbox, seed)).json()["value"]
    return value


def control(day: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (score for score in day["controlScores"] if score["controlName"].lower() == name.lower())
    return dict(found)


def others(day: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [score for score in day["controlScores"] if score["controlName"].lower() != name.lower()]


def set_state(sandbox: Sandbox, name: str, state: str, seed: int = 0) -> None:
    answer = patch(sandbox, name, {"state": state, "vendorInformation": VENDOR}, **bearer(sandbox, seed))
    assert answer.status_code == 204, answer.text


def maximum(name: str) -> float:
    (profile,) = (profile for profile in tenant_of().control_profiles if profile["id"] == name)
    return float(profile["maxScore"])


@pytest.mark.parametrize("state", ["ThirdParty", "Reviewed"])
@pytest.mark.parametrize(
    ("name", "seed"),
    [
        (NOTHING, 0),
        ("AdminMFAV2", 0),
        (RESPELT_IN_PART, 0),
        (RESPELT, 0),
        (story.PREFIXED_CONTROL, 1),
        # Declared by the story, and earning nothing until it is declared again.
        ("mip_purviewlabelconsent", 0),
    ],
)
def test_a_declared_control_earns_its_points(name: str, state: str, seed: int) -> None:
    sandbox = new_sandbox(seed)
    before = tenant_of(seed).secure_scores[0]
    missing = maximum(name) - control(before, name)["score"]
    assert missing > 0
    set_state(sandbox, name, state, seed)
    after = days(sandbox, seed)[0]
    assert control(after, name) == {**control(before, name), "score": maximum(name), "scoreInPercentage": 100.0}
    assert after["currentScore"] == round(before["currentScore"] + missing, 2)
    assert after["maxScore"] == before["maxScore"]
    assert others(after, name) == others(before, name)


def test_older_days_stay_as_they_were() -> None:
    sandbox = new_sandbox()
    set_state(sandbox, NOTHING, "ThirdParty")
    assert days(sandbox)[1:] == tenant_of().secure_scores[1:]


@pytest.mark.parametrize("state", ["Default", "Ignored"])
@pytest.mark.parametrize("name", [NOTHING, "AdminMFAV2", RESPELT_IN_PART])
def test_a_reset_leaves_what_is_observed(name: str, state: str) -> None:
    sandbox = new_sandbox()
    set_state(sandbox, name, "Reviewed")
    set_state(sandbox, name, state)
    assert days(sandbox) == tenant_of().secure_scores


@pytest.mark.parametrize("state", ["Default", "Ignored"])
@pytest.mark.parametrize("name", [DECLARED, "dlp_datalossprevention", "CustomerLockBoxEnabled"])
def test_what_the_story_declared_falls_back_to_what_is_observed(name: str, state: str) -> None:
    sandbox = new_sandbox()
    before = tenant_of().secure_scores[0]
    assert control(before, name)["score"] == maximum(name)
    set_state(sandbox, name, state)
    after = days(sandbox)[0]
    assert (control(after, name)["score"], control(after, name)["scoreInPercentage"]) == (0.0, 0.0)
    assert after["currentScore"] == round(before["currentScore"] - maximum(name), 2)
    assert tenant_of().observed[name.lower()] == 0.0


def test_what_is_observed_are_the_scores_of_all_that_nobody_declared() -> None:
    for seed in range(3):
        tenant = tenant_of(seed)
        scored = {score["controlName"].lower(): score["score"] for score in tenant.secure_scores[0]["controlScores"]}
        assert tenant.observed.keys() == scored.keys()
        declared = {name for name, points in scored.items() if points != tenant.observed[name]}
        told = {declaration.control.lower() for declaration in story.DECLARATIONS if declaration.earns}
        # What is declared in Defender's portal may be in order all the same.
        assert declared - story.DEFENDER_STATES.keys() == told


def test_setting_a_state_twice_counts_once() -> None:
    sandbox = new_sandbox()
    for state in ("ThirdParty", "ThirdParty", "Reviewed"):
        set_state(sandbox, NOTHING, state)
    before, after = tenant_of().secure_scores[0], days(sandbox)[0]
    assert after["currentScore"] == round(before["currentScore"] + maximum(NOTHING), 2)


def test_several_controls_add_up() -> None:
    sandbox = new_sandbox()
    set_state(sandbox, NOTHING, "ThirdParty")
    set_state(sandbox, DECLARED, "Default")
    set_state(sandbox, RESPELT, "Reviewed")
    before, after = tenant_of().secure_scores[0], days(sandbox)[0]
    gained = maximum(NOTHING) - maximum(DECLARED) + maximum(RESPELT)
    assert after["currentScore"] == round(before["currentScore"] + gained, 2)


@pytest.mark.parametrize("name", [DECLARED, "CustomerLockBoxEnabled", "mip_purviewlabelconsent", NOTHING])
def test_an_assignee_alone_changes_no_score(name: str) -> None:
    sandbox = new_sandbox()
    body = {"assignedTo": "b@contoso.example", "vendorInformation": VENDOR}
    assert patch(sandbox, name, body).status_code == 204
    assert days(sandbox) == tenant_of().secure_scores


def test_what_is_refused_or_not_scored_changes_no_score() -> None:
    sandbox = new_sandbox()
    body = {"state": "Reviewed", "vendorInformation": VENDOR}
    assert [patch(sandbox, name, body).status_code for name in ("nothing", "scid_2080", "IntegratedApps")] == [
        404,
        400,
        400,
    ]
    set_state(sandbox, "SigninRiskPolicy", "Reviewed")
    assert days(sandbox) == tenant_of().secure_scores


def test_scores_of_tenants_are_apart() -> None:
    sandbox = new_sandbox(0, 1)
    set_state(sandbox, NOTHING, "ThirdParty")
    assert days(sandbox, 1) == tenant_of(1).secure_scores
    set_state(sandbox, NOTHING, "Ignored", 1)
    assert control(days(sandbox)[0], NOTHING)["score"] == maximum(NOTHING)


def test_a_lag_of_two_days() -> None:
    sandbox = new_sandbox(score_lag_days=2)
    set_state(sandbox, NOTHING, "ThirdParty")
    scores = []
    for _ in range(3):
        scores.append(control(days(sandbox)[0], NOTHING)["score"])
        sandbox.advance(1)
    assert scores == [0.0, 0.0, maximum(NOTHING)]
    assert [control(day, NOTHING)["score"] for day in days(sandbox)[:4]] == [maximum(NOTHING)] * 2 + [0.0] * 2


def test_each_change_shows_after_its_own_lag() -> None:
    sandbox = new_sandbox(score_lag_days=1)
    for state in ("ThirdParty", "Ignored", "Reviewed"):
        set_state(sandbox, NOTHING, state)
        sandbox.advance(1)
    shown = [control(day, NOTHING)["score"] for day in days(sandbox)[:5]]
    assert shown == [maximum(NOTHING), 0.0, maximum(NOTHING), 0.0, 0.0]


def test_what_was_set_before_a_clock_went_back_stays_and_no_older_day_changes() -> None:
    sandbox = new_sandbox()
    sandbox.advance(2)
    assert len(days(sandbox)) == 90
    sandbox.advance(-2)
    set_state(sandbox, NOTHING, "ThirdParty")
    assert [control(day, NOTHING)["score"] for day in days(sandbox)[:2]] == [maximum(NOTHING), 0.0]


def test_a_lag_is_not_negative() -> None:
    with pytest.raises(ValueError, match="before it is made"):
        new_sandbox(score_lag_days=-1)
