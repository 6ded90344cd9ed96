import datetime
import json
import math
import re
import uuid
from typing import Any

import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_client import NOW, tenant_of

from checker.sandbox.tenants import story
from checker.sandbox.tenants.catalogue import controls
from checker.sandbox.tenants.tenant import SandboxTenant, make_tenant

OLDER_MEMBERS = [
    "controlCategory",
    "controlName",
    "description",
    "score",
    "implementationStatus",
    "scoreInPercentage",
]


def scores_at(tenant: SandboxTenant, age: int) -> dict[str, dict[str, Any]]:
    return {score["controlName"].lower(): score for score in tenant.secure_scores[age]["controlScores"]}


def profiles_of(tenant: SandboxTenant) -> dict[str, dict[str, Any]]:
    return {profile["id"].lower(): profile for profile in tenant.control_profiles}


seeds = st.integers(min_value=0, max_value=10_000)


@given(seed=seeds, days=st.integers(min_value=1, max_value=95))
@settings(max_examples=examples(15), deadline=None)
def test_sums_are_microsofts_totals(seed: int, days: int) -> None:
    tenant = make_tenant(seed, NOW.date(), days=days)
    assert len(tenant.secure_scores) == days
    for day in tenant.secure_scores:
        assert day["currentScore"] == pytest.approx(
            math.fsum(score["score"] for score in day["controlScores"]), abs=0.005
        )
        for score in day["controlScores"]:
            assert 0 <= score["scoreInPercentage"] <= 100
            assert score["score"] == round(score["score"], 2)


@given(seed=seeds)
@settings(max_examples=examples(10), deadline=None)
def test_maximum_is_the_sum_of_the_scored_profiles_and_of_the_one_not_listed(seed: int) -> None:
    tenant = make_tenant(seed, NOW.date(), days=1)
    profiles, scores = profiles_of(tenant), scores_at(tenant, 0)
    listed = math.fsum(profiles[name]["maxScore"] for name in scores if name in profiles)
    hidden = scores[story.WITHOUT_PROFILE]
    assert [name for name in scores if name not in profiles] == [story.WITHOUT_PROFILE]
    assert tenant.secure_scores[0]["maxScore"] == listed + 5.0
    assert hidden["score"] == pytest.approx(5.0 * hidden["scoreInPercentage"] / 100, abs=0.005)


@given(seed=seeds)
@settings(max_examples=examples(10), deadline=None)
def test_percentage_comes_from_the_rounded_score(seed: int) -> None:
    tenant = make_tenant(seed, NOW.date(), days=1)
    profiles = profiles_of(tenant)
    for name, score in scores_at(tenant, 0).items():
        maximum = profiles.get(name, {"maxScore": 5.0})["maxScore"]
        expected = round(100 * score["score"] / maximum, 2) if maximum else 0.0
        assert score["scoreInPercentage"] == expected


@given(seed=seeds)
@settings(max_examples=examples(5), deadline=None)
def test_the_same_seed_and_day_give_the_same_bytes(seed: int) -> None:
    first, second = (make_tenant(seed, NOW.date(), days=5) for _ in range(2))
    assert first == second
    assert json.dumps(first.secure_scores) == json.dumps(second.secure_scores)


def test_moving_the_newest_day_keeps_the_catalogue_and_the_outcomes() -> None:
    moved = make_tenant(0, NOW.date() + datetime.timedelta(days=1))
    here = tenant_of()
    assert [profile["id"] for profile in moved.control_profiles] == [profile["id"] for profile in here.control_profiles]
    assert (moved.tenant_id, moved.client_id, moved.client_secret) == (
        here.tenant_id,
        here.client_id,
        here.client_secret,
    )
    assert [day["currentScore"] for day in moved.secure_scores] == [day["currentScore"] for day in here.secure_scores]
    assert moved.secure_scores[0]["id"].endswith("_2026-05-23")


def test_tenants_differ() -> None:
    tenants = [tenant_of(seed) for seed in range(5)]
    assert len({tenant.tenant_id for tenant in tenants}) == 5
    assert len({tenant.client_secret for tenant in tenants}) == 5
    assert len({tenant.secure_scores[0]["currentScore"] for tenant in tenants}) == 5
    assert uuid.UUID(tenants[0].tenant_id).version == 4


def test_a_tenant_has_at_least_one_day() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        make_tenant(0, NOW.date(), days=0)


def test_days_are_newest_first_without_a_gap() -> None:
    tenant = tenant_of()
    for age, day in enumerate(tenant.secure_scores):
        date = (NOW.date() - datetime.timedelta(days=age)).isoformat()
        assert day["createdDateTime"] == f"{date}T00:00:00Z"
        assert day["id"] == f"{tenant.tenant_id}_{date}"


def test_members_are_in_wire_order() -> None:
    tenant = tenant_of()
    assert list(tenant.secure_scores[0]) == [
        "id",
        "azureTenantId",
        "activeUserCount",
        "createdDateTime",
        "currentScore",
        "enabledServices",
        "licensedUserCount",
        "maxScore",
        "vendorInformation",
        "averageComparativeScores",
        "controlScores",
    ]
    scores = scores_at(tenant, 0)
    head = ["controlCategory", "controlName", "description", "score", "lastSynced", "implementationStatus"]
    assert list(scores["scid_2010"]) == [*head, "count", "total", "state", "scoreInPercentage"]
    assert list(scores["adminmfav2"]) == [*head, "count", "total", "scoreInPercentage"]
    assert list(scores["mdo_atpprotection"]) == [*head, "on", "scoreInPercentage"]
    assert list(scores["exo_mailboxaudit"]) == [*head, "scoreInPercentage"]


def test_older_days_are_poorer() -> None:
    for day in tenant_of().secure_scores[1:]:
        for score in day["controlScores"]:
            assert list(score) == OLDER_MEMBERS
            assert score["description"] is None
    assert scores_at(tenant_of(), 5)["scid_2010"]["implementationStatus"] == "/ exposed devices"


def test_extras_are_strings_and_state_is_defenders_alone() -> None:
    for name, score in scores_at(tenant_of(), 0).items():
        assert all(isinstance(score[extra], str) for extra in ("on", "count", "total", "state") if extra in score)
        assert ("state" in score) == name.startswith("scid_")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", score["lastSynced"])


def test_count_has_opposite_meanings() -> None:
    scores = scores_at(tenant_of(), 0)
    defender, mail = scores["scid_2012"], scores["mdo_safelinksforemail"]
    assert (defender["count"], defender["total"]) == ("1", "15")
    assert defender["scoreInPercentage"] == 93.3
    assert (mail["count"], mail["total"]) == ("43", "48")
    assert mail["scoreInPercentage"] > 89


def test_essentials_come_out_mixed() -> None:
    scores = scores_at(tenant_of(), 0)

    def of(name: str) -> tuple[float, str | None, str | None]:
        score = scores[name.lower()]
        return score["score"], score.get("count"), score.get("total")

    assert of("AdminMFAV2") == (5.0, "2", "4")
    assert of("MFARegistrationV2") == (3.6, "20", "50")
    assert of("BlockLegacyAuthentication") == (7.84, "49", "50")
    assert of("mdo_autoforwardingmode") == (1.0, "48", "48")
    assert of("mdo_blockmailforward") == (0.0, "0", "48")
    assert of("mip_search_auditlog") == (3.0, None, None)
    assert "signinriskpolicy" not in scores
    assert "userriskpolicy" not in scores
    assert {"signinriskpolicy", "userriskpolicy"} <= profiles_of(tenant_of()).keys()
    assert "HasAADP2" not in tenant_of().secure_scores[0]["enabledServices"]


def test_more_than_half_of_the_profiles_are_not_scored() -> None:
    tenant = tenant_of()
    scored = profiles_of(tenant).keys() & scores_at(tenant, 0).keys()
    assert len(tenant.secure_scores[0]["controlScores"]) == 120
    assert len(tenant.control_profiles) == 257
    assert len(scored) < len(tenant.control_profiles) / 2


def test_profiles_are_sorted_without_case() -> None:
    ids = [profile["id"] for profile in tenant_of().control_profiles]
    assert ids == sorted(ids, key=str.casefold)
    assert len({name.lower() for name in ids}) == len(ids)


def test_the_untidiness_of_live_tenants_is_there() -> None:
    tenant = tenant_of()
    profiles, scores = profiles_of(tenant), scores_at(tenant, 0)
    text = json.dumps([tenant.control_profiles, tenant.secure_scores[0]], ensure_ascii=False)
    for oddity in ("\u202f", "\u00a0", "\u2019", "\u201c", "&nbsp;", "&amp;", "\\r\\n", "\u200b", "\u1d0f"):
        assert oddity in text, repr(oddity)
    titles = [profile["title"] for profile in profiles.values()]
    assert any(title != title.strip() for title in titles)
    assert len(set(titles)) < len(titles)
    assert any(profile["userImpact"] is None for profile in profiles.values())
    impacts = {profile["userImpact"] for profile in profiles.values()}
    assert {"Unknown", "High", "low"} <= impacts
    assert "" in {profile["remediation"] for profile in profiles.values()}
    assert max(len(profile["remediation"]) for profile in profiles.values()) > 2500
    with_tenant = [p for p in profiles.values() if f"tid={tenant.tenant_id}" in p["actionUrl"]]
    assert 0.4 < len(with_tenant) / len(profiles) < 0.6
    assert scores[story.PREFIXED_CONTROL.lower()]["controlName"] == story.PREFIXED_CONTROL
    assert scores[story.WITHOUT_OBJECTS]["score"] == profiles[story.WITHOUT_OBJECTS]["maxScore"] == 0.0
    spelt_apart = [
        s["controlName"] for n, s in scores.items() if n in profiles and profiles[n]["id"] != s["controlName"]
    ]
    assert len(spelt_apart) == 2


def test_declared_states_say_who_when_and_why() -> None:
    tenant = tenant_of()
    profiles, scores = profiles_of(tenant), scores_at(tenant, 0)
    untouched = profiles["adminmfav2"]["controlStateUpdates"]
    assert untouched == [
        {"assignedTo": None, "comment": None, "state": "Default", "updatedBy": None, "updatedDateTime": None}
    ]
    latest = {name: profile["controlStateUpdates"][-1] for name, profile in profiles.items()}
    third_party = latest["mcasfirewalllogupload"]
    assert third_party["state"] == "ThirdParty"
    assert third_party["assignedTo"] == "netops@contoso.example"
    assert third_party["updatedDateTime"] == "2026-05-12T09:14:07.628799Z"
    for name, state, percent in (
        ("mcasfirewalllogupload", "ThirdParty", 100.0),
        ("dlp_datalossprevention", "Reviewed", 100.0),
        ("customerlockboxenabled", "AlternateMitigation", 100.0),
        ("mdo_spam_notifications_only_for_admins", "Ignored", 0.0),
    ):
        assert (latest[name]["state"], scores[name]["scoreInPercentage"]) == (state, percent)
    assert scores["scid_6090"]["state"] == "thirdParty"
    assert scores["scid_6090"]["score"] == 10.0
    assert latest["scid_6090"]["state"] == "Default"


def change(name: str, age: int) -> tuple[float | None, float | None]:
    """Give a control's score on the day before an age, and on its day."""
    before, after = (scores_at(tenant_of(), when).get(name.lower(), {}).get("score") for when in (age + 1, age))
    return before, after


def test_the_history_has_its_events() -> None:
    days = tenant_of().secure_scores
    assert change("AdminMFAV2", story.REGRESSION_AGE) == (10.0, 5.0)
    assert change("McasFirewallLogUpload", 8) == (0.0, 1.0)
    assert change("mdo_bulkspamaction", story.REWEIGHTED_AGE) == (5.0, 3.0)
    assert change(story.RETIRED_CONTROL, story.RETIRED_AGE - 1) == (5.0, None)
    assert profiles_of(tenant_of())[story.RETIRED_CONTROL]["deprecated"] is True
    for name in story.APPEARED_CONTROLS:
        assert change(name, story.APPEARED_AGE)[0] is None
        assert change(name, story.APPEARED_AGE)[1] is not None
    assert story.LICENSED_SERVICE not in days[story.LICENSED_AGE + 1]["enabledServices"]
    assert story.LICENSED_SERVICE in days[story.LICENSED_AGE]["enabledServices"]
    arrived = {n for n in scores_at(tenant_of(), 30) if n not in scores_at(tenant_of(), 31)}
    assert arrived == {name.lower() for name in story.LICENSED_CONTROLS}
    categories = [scores_at(tenant_of(), age)[story.MOVED_CONTROL]["controlCategory"] for age in (51, 50)]
    assert categories == ["Apps", "Identity"]
    week = [days[age]["currentScore"] - days[age + 1]["currentScore"] for age in range(7)]
    assert [round(points, 2) for points in week if points] == [-5.0]
    assert days[0]["currentScore"] > days[-1]["currentScore"] + 50


def test_averages_are_a_percentage_and_points() -> None:
    everybody, seats = tenant_of().secure_scores[0]["averageComparativeScores"]
    assert (everybody["basis"], seats["basis"]) == ("AllTenants", "TotalSeats")
    assert (seats["SeatSizeRangeLowerValue"], seats["SeatSizeRangeUpperValue"]) == ("1", "100")
    assert "SeatSizeRangeLowerValue" not in everybody
    assert 40 < everybody["averageScore"] < 60
    assert everybody["appsScore"] < everybody["appsScoreMax"]


def test_the_catalogue_names_each_control_once() -> None:
    ids = [control.id.lower() for control in controls()]
    assert len(set(ids)) == len(ids)
    assert all(control.category in {"Identity", "Apps", "Device", "Data"} for control in controls())
