"""What of a plan may be applied here and now."""

import datetime
from typing import Any

import pytest
from builders import NOW, OTHER_TENANT, TENANT
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_builders import MADE_AT, change, manual, plan

from checker.errors import PlanError
from checker.remediation.guards import check_age, check_number, check_target, keep_automatic, select_changes
from checker.remediation.plan import Plan

DAY = datetime.timedelta(hours=24)
SECOND = datetime.timedelta(seconds=1)
FIVE_MINUTES = datetime.timedelta(minutes=5)
SEVERAL = plan(change("AdminMFAV2"), change("11770.MDA_Google_MFA"), change("mdo_zap"), manual=[manual()], notes=("n",))


def controls(found: Plan) -> list[str]:
    return [one.control for one in found.changes]


# For whom


@pytest.mark.parametrize("tenant", [TENANT, OTHER_TENANT.replace("2", "1"), ""])
def test_a_plan_is_for_its_tenant_or_for_one_that_cannot_be_told(tenant: str) -> None:
    check_target(plan(), tenant=tenant, cloud="global")


def test_a_tenants_id_has_no_case() -> None:
    check_target(plan(tenant="abcDEF"), tenant="ABCdef", cloud="global")


@pytest.mark.parametrize(
    ("of", "here"), [(TENANT, OTHER_TENANT), ("", TENANT), ("", ""), (TENANT, f"{TENANT} "), (TENANT, TENANT[:-1])]
)
def test_a_plan_of_another_tenant_is_refused(of: str, here: str) -> None:
    with pytest.raises(PlanError, match="the plan is for the tenant") as raised:
        check_target(plan(tenant=of), tenant=here, cloud="global")
    assert (of or "(none)") in raised.value.message
    assert (here or "(none)") in raised.value.message
    assert raised.value.advice


@pytest.mark.parametrize("cloud", ["usGovernmentL4", "", "Global"])
def test_a_plan_of_another_cloud_is_refused(cloud: str) -> None:
    with pytest.raises(PlanError, match="the plan is for the cloud global"):
        check_target(plan(), tenant=TENANT, cloud=cloud)


# How old


@pytest.mark.parametrize("age", [datetime.timedelta(), DAY, DAY - SECOND, -FIVE_MINUTES])
def test_a_plan_young_enough_is_taken(age: datetime.timedelta) -> None:
    check_age(plan(), NOW + age, DAY)


@pytest.mark.parametrize(
    ("age", "longest", "said"),
    [
        (DAY + SECOND, DAY, "hours old; at most 24 are allowed"),
        (datetime.timedelta(days=3), DAY, "72 hours old; at most 24 are allowed"),
        (SECOND, datetime.timedelta(), "hours old; at most 0 are allowed"),
        (-FIVE_MINUTES - SECOND, DAY, f"made on {MADE_AT}, which is in the future"),
        (-DAY * 365, DAY, "in the future"),
    ],
)
def test_a_plan_too_old_or_of_the_future_is_refused(
    age: datetime.timedelta, longest: datetime.timedelta, said: str
) -> None:
    with pytest.raises(PlanError, match=said):
        check_age(plan(), NOW + age, longest)


def test_a_plan_a_little_too_old_is_not_said_to_be_as_old_as_it_may_be() -> None:
    with pytest.raises(PlanError) as raised:
        check_age(plan(), NOW + DAY + SECOND, DAY)
    assert "24 hours old; at most 24 are allowed" not in raised.value.message


@pytest.mark.parametrize(
    "spelled", ["2026-05-22T11:00:00+02:00", "2026-05-22T09:00:00.000001Z", "2026-05-22T09:00:00+00:00"]
)
def test_the_moment_may_have_any_zone(spelled: str) -> None:
    check_age(plan(created_at=spelled), NOW, SECOND)


@pytest.mark.parametrize(
    "spelled", ["", "yesterday", "2026-05-22T09:00:00", "2026-05-22", "2026-13-01T00:00:00Z", "\0"]
)
def test_what_is_no_moment_is_refused(spelled: str) -> None:
    with pytest.raises(PlanError, match="createdAt is not a date and time"):
        check_age(plan(created_at=spelled), NOW, DAY)


@given(
    st.text(max_size=12)
    | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})", fullmatch=True)
    | st.sampled_from(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59"])
)
@settings(deadline=None, max_examples=examples(100))
def test_any_moment_is_taken_or_refused(spelled: str) -> None:
    try:
        check_age(plan(created_at=spelled), NOW, DAY)
    except PlanError:
        return
    age = NOW - datetime.datetime.fromisoformat(spelled)
    assert -FIVE_MINUTES <= age <= DAY


# How many


@pytest.mark.parametrize(("number", "most"), [(0, 0), (0, 25), (1, 1), (25, 25)])
def test_a_plan_small_enough_is_taken(number: int, most: int) -> None:
    check_number(plan(*(change(f"c{index}") for index in range(number))), most)


@pytest.mark.parametrize(("number", "most", "said"), [(26, 25, "26 changes, and at most 25"), (1, 0, "1 change, and")])
def test_a_plan_too_large_is_refused(number: int, most: int, said: str) -> None:
    with pytest.raises(PlanError, match=f"the plan has {said}") as raised:
        check_number(plan(*(change(f"c{index}") for index in range(number))), most)
    assert "--max-changes" in raised.value.advice


def test_what_is_for_a_person_does_not_count() -> None:
    check_number(plan(change(), manual=[manual(), manual("scid_2")]), 1)


# Which


@pytest.mark.parametrize(
    ("only", "kept"),
    [
        ([], ["AdminMFAV2", "11770.MDA_Google_MFA", "mdo_zap"]),
        (["adminmfav2"], ["AdminMFAV2"]),
        (["mdo_*", "ADMIN*"], ["AdminMFAV2", "mdo_zap"]),
        (["MDA_Google_MFA"], ["11770.MDA_Google_MFA"]),
        (["11770.*"], ["11770.MDA_Google_MFA"]),
        (["*"], ["AdminMFAV2", "11770.MDA_Google_MFA", "mdo_zap"]),
        (["mdo_zap", "mdo_zap"], ["mdo_zap"]),
    ],
)
def test_a_plan_is_narrowed_to_what_is_named(only: list[str], kept: list[str]) -> None:
    found = select_changes(SEVERAL, only)
    assert controls(found) == kept
    assert (found.manual, found.notes, found.tenant, found.created_at) == (SEVERAL.manual, ("n",), TENANT, MADE_AT)


@pytest.mark.parametrize("name", ["AdminMFA", "scid_1", "x*", "", "mdo_zap "])
def test_a_name_that_fits_no_change_is_a_mistake(name: str) -> None:
    with pytest.raises(PlanError, match="matches no change of the plan") as raised:
        select_changes(SEVERAL, ["mdo_zap", name])
    assert f"--only {name} " in raised.value.message


# Without anybody looking


def test_only_resets_that_are_left_to_a_job_are_made_unattended() -> None:
    whole = plan(
        change("asked", "Default"),
        change("reset", "Default", automatic=True),
        *(change(state, state, automatic=True) for state in ("ThirdParty", "Reviewed", "Ignored")),
        change("asked-too", "Ignored"),
        manual=[manual()],
        notes=("first",),
    )
    found = keep_automatic(whole, declarations=False)
    assert (controls(found), found.manual) == (["reset"], ())
    assert found.notes == (
        "first",
        *(
            f"{state} is not set to {state}: this needs --allow-declarations"
            for state in ("ThirdParty", "Reviewed", "Ignored")
        ),
    )
    allowed = keep_automatic(whole, declarations=True)
    assert controls(allowed) == ["reset", "ThirdParty", "Reviewed", "Ignored"]
    assert (allowed.notes, allowed.manual) == (("first",), ())


@given(
    st.lists(
        st.builds(change, wanted=st.sampled_from(["Default", "Ignored", "Reviewed"]), automatic=st.booleans()),
        max_size=4,
    ),
    st.booleans(),
)
@settings(deadline=None, max_examples=examples(50))
def test_nothing_but_what_is_left_to_a_job_is_ever_made_unattended(changes: list[Any], declarations: bool) -> None:
    found = keep_automatic(plan(*changes), declarations=declarations)
    assert all(one.automatic for one in found.changes)
    assert declarations or all(one.after.state == "Default" for one in found.changes)
    assert len(found.changes) + len(found.notes) == sum(one.automatic for one in changes)
