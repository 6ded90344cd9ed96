"""What has drifted since required controls were accepted, and what only the tenant did."""

from collections.abc import Sequence

import pytest
from builders import PORTAL, day, policy, profile, score, snapshot
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace
from strategies import snapshots

from checker.evaluation.catalogue_drift import LockComparison, compare_lock, required_controls
from checker.policy.lockfile import LockedControl
from checker.policy.model import PolicySet
from checker.secrecy.known import Secrets, begin_run, learn
from checker.snapshot.model import SecureScoreControlProfile, Snapshot
from checker.tenant.tenant import Tenant

ON_A = policy(controls="{id: x, control: a}")
EVERYTHING = policy(controls="{id: x, control: '*'}, {id: y, select: {category: [Identity, Apps, Device, Data]}}")


def locked(data: Snapshot, policies: PolicySet = ON_A) -> list[LockedControl]:
    return required_controls(policies, Tenant(data, PORTAL))


def compared(before: Sequence[LockedControl], data: Snapshot, policies: PolicySet = ON_A) -> LockComparison:
    return compare_lock(before, policies, Tenant(data, PORTAL))


def drifts(
    before: Sequence[LockedControl], data: Snapshot, policies: PolicySet = ON_A
) -> list[tuple[str, str, object]]:
    """Each drift with its kinds and its successor."""
    found = compared(before, data, policies)
    assert found.doubts == ()
    return [(one.control, "+".join(change.kind.value for change in one.changes), one.successor) for one in found.drifts]


def of(*profiles: SecureScoreControlProfile, scored: Sequence[str] | None = None) -> Snapshot:
    """A tenant with these profiles, all of which it scores where nothing else is said."""
    names = [one.id for one in profiles] if scored is None else scored
    return snapshot(day([score(name) for name in names]), profiles=profiles)


A = profile("a", 10.0, title="Title of a", category="Identity")
BEFORE = locked(of(A))


def test_a_lock_keeps_id_title_category_and_maximum() -> None:
    (kept,) = locked(of(A))
    assert kept == LockedControl(control="a", title="Title of a", control_category="Identity", max_score=10.0)


@pytest.mark.parametrize(
    ("now", "kinds", "message"),
    [
        (replace(A, max_score=5.0), "reweighted", "a has a maximum of 5 instead of 10 points"),
        (replace(A, max_score=None), "reweighted", "a has a maximum of 0 instead of 10 points"),
        (replace(A, control_category="Apps"), "moved", "a is in the category Apps instead of Identity"),
        (replace(A, title="Other"), "retitled", 'a is called "Other" instead of "Title of a"'),
        (replace(A, deprecated=True), "retired", "a was retired by Microsoft"),
        (
            replace(A, max_score=5.0, control_category="Apps"),
            "reweighted+moved",
            "a has a maximum of 5 instead of 10 points and is in the category Apps instead of Identity",
        ),
        (replace(A, title="  Title of a "), None, None),
        (replace(A, id="A"), None, None),
        (replace(A, implementation_cost="High", action_url="https://x.example"), None, None),
    ],
)
def test_a_change_of_the_profile_is_drift(
    now: SecureScoreControlProfile, kinds: str | None, message: str | None
) -> None:
    found = compared(BEFORE, of(now)).drifts
    assert drifts(BEFORE, of(now)) == ([("a", kinds, None)] if kinds else [])
    assert [one.message for one in found] == ([message] if message else [])


def test_what_the_tenant_lost_itself_is_no_drift() -> None:
    unscored = of(A, profile("other"), scored=["other"])
    assert drifts(BEFORE, unscored) == []
    earlier = snapshot(day([score("other")]), day([score("a")], back=1), profiles=[A, profile("other")])
    assert drifts(BEFORE, earlier) == []


@pytest.mark.parametrize("scored", [["a"], ["other"]])
def test_the_category_is_the_profile_s_whether_the_tenant_scores_the_control_or_not(scored: list[str]) -> None:
    apps = replace(A, control_category="Apps")
    assert drifts(locked(of(apps)), of(apps, profile("other"), scored=scored)) == []


@pytest.mark.parametrize(
    ("others", "kind", "successor"),
    [
        ([profile("aV2", title="New title")], "renamed", "aV2"),
        ([profile("entirely_else", title="title  OF a")], "renamed", "entirely_else"),
        # Of several with one title the nearest id.
        ([profile("zzz_x", title="Title of a"), profile("av3", title="Title of a")], "renamed", "av3"),
        ([profile("aV2", title="New title"), profile("zzz", title="Title of a")], "renamed", "zzz"),
        ([replace(profile("aV2"), deprecated=True), profile("zzz")], "gone", None),
        ([profile("zzz", title="Other")], "gone", None),
    ],
)
def test_a_lost_id_is_renamed_where_another_control_has_its_title_or_its_stem(
    others: list[SecureScoreControlProfile], kind: str, successor: str | None
) -> None:
    assert drifts(BEFORE, of(*others)) == [("a", kind, successor)]


@pytest.mark.parametrize(
    ("lost", "there", "successor"),
    [
        ("AdminMFA", "AdminMFAV2", "AdminMFAV2"),
        ("mdo_safelinksforemail", "mdo_safelinksforemails", "mdo_safelinksforemails"),
        # Numbers are alike and mean nothing.
        ("scid_2010", "scid_2011", None),
    ],
)
def test_the_nearest_id_is_suggested(lost: str, there: str, successor: str | None) -> None:
    policies = policy(controls=f"{{id: x, control: {lost}}}")
    (found,) = compared(locked(of(profile(lost)), policies), of(profile(there)), policies).drifts
    assert found.successor == successor


def test_a_control_that_is_locked_already_replaces_none() -> None:
    policies = policy(controls="{id: x, control: [AdminMFA, AdminMFAV2]}")
    both = locked(of(profile("AdminMFA"), profile("AdminMFAV2")), policies)
    assert drifts(both, of(profile("AdminMFAV2")), policies) == [("AdminMFA", "gone", None)]


def test_a_retired_control_has_a_successor_too_and_may_be_accepted() -> None:
    now = of(replace(A, deprecated=True), profile("b", title="Title of a"))
    assert drifts(BEFORE, now) == [("a", "retired", "b")]
    assert drifts(locked(now), now) == []
    assert drifts(locked(now), of(A)) == [("a", "retired", None)]


def test_a_required_control_that_nobody_accepted_is_drift() -> None:
    policies = policy(controls="{id: x, select: {category: [Identity]}}")
    before = locked(of(A), policies)
    assert drifts(before, of(A, profile("b")), policies) == [("b", "added", None)]
    assert drifts([], of(A), policies) == [("a", "added", None)]
    # The renamed control's own drift says it.
    assert drifts(before, of(profile("aV2")), policies) == [("a", "renamed", "aV2")]


def test_a_control_that_left_a_selection_is_looked_at_still() -> None:
    policies = policy(controls="{id: x, select: {category: [Identity]}}")
    moved = snapshot(day([score("a", category="Apps")]), profiles=[replace(A, control_category="Apps")])
    assert drifts(locked(of(A), policies), moved, policies) == [("a", "moved", None)]


def test_what_is_required_no_longer_is_no_drift() -> None:
    data = of(A, profile("b"))
    found = compared(locked(data, EVERYTHING), data, ON_A)
    assert (found.drifts, found.unrequired) == ((), ("b",))


def test_requirements_count_whatever_licences_the_tenant_has_and_disabled_ones_do_not() -> None:
    policies = policy(
        controls="{id: x, control: a, when: {enabledServices: [HasNothing]}}, "
        "{id: y, control: b, disabled: {reason: later}}"
    )
    assert [one.control for one in locked(of(A, profile("b")), policies)] == ["a"]


def test_the_instances_of_a_connector_are_one_control() -> None:
    policies = policy(controls="{id: x, control: '*MDA_X'}")
    before = locked(of(profile("11770.MDA_X"), profile("22.MDA_X")), policies)
    assert [one.control for one in before] == ["MDA_X"]
    assert drifts(before, of(profile("33.MDA_X")), policies) == []
    assert drifts(before, of(profile("33.MDA_X", 3.0)), policies) == [("MDA_X", "reweighted", None)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (snapshot(day([score("a")]), profiles=[]), "control profiles are missing from the data"),
        (snapshot(day([score("a")]), profiles=[A], partial=["controlProfiles"]), "control profiles are missing"),
        (of(replace(A, max_score=UNSET)), "the data lacks the profile, title, category or maximum of 1 required"),
        (of(replace(A, max_score=-1.0)), "the data lacks the profile, title, category or maximum of 1 required"),
        (of(replace(A, title=None)), "the data lacks the profile, title, category or maximum of 1 required"),
        (of(profile("b"), scored=["a"]), "the data lacks the profile, title, category or maximum of 1 required"),
    ],
)
def test_data_that_leaves_it_open_is_never_silent(data: Snapshot, said: str) -> None:
    found = compared(BEFORE, data)
    assert found.drifts == ()
    assert len(found.doubts) == 1
    assert found.doubts[0].startswith(said)


@pytest.mark.parametrize("profiles", [[], [profile("other")]])
def test_a_score_alone_says_nothing_of_what_was_accepted(profiles: list[SecureScoreControlProfile]) -> None:
    found = compared(BEFORE, snapshot(day([score("a", category="Apps")]), profiles=profiles))
    assert found.drifts == ()
    assert found.doubts != ()


def test_a_day_that_may_lack_controls_leaves_a_selection_open() -> None:
    select = policy(controls="{id: x, select: {category: [Identity]}}")
    data = snapshot(day([score("a")], current=17.0), profiles=[A])
    assert compared(locked(of(A), select), data, select).doubts != ()
    assert compared(BEFORE, data).doubts == ()


def test_what_is_certain_is_said_beside_what_is_open() -> None:
    cut = snapshot(day([score("a")]), profiles=[replace(A, max_score=5.0)], partial=["controlProfiles"])
    found = compared(BEFORE, cut)
    assert [one.control for one in found.drifts] == ["a"]
    assert len(found.doubts) == 1


def test_no_part_of_a_secret_is_left_where_a_text_is_cut() -> None:
    secret = "canary-7f3a-8Q~vK2.mZ-x_7bR4"
    with begin_run(Secrets()):
        learn(secret)
        (found,) = compared(BEFORE, of(replace(A, title=f"{'x ' * 55}{secret}"))).drifts
    assert found.changes[0].kind.value == "retitled"
    assert "canary" not in found.message


def test_long_texts_of_a_checkout_are_cut() -> None:
    (found,) = compared([replace(BEFORE[0], title="x" * 10_000)], of(A)).drifts
    assert len(found.message) < 400


@given(data=snapshots())
def test_nothing_drifts_from_a_lock_of_the_same_tenant(data: Snapshot) -> None:
    found = compared(locked(data, EVERYTHING), data, EVERYTHING)
    assert (found.drifts, found.unrequired) == ((), ())


@given(data=snapshots(), by=st.sampled_from([-0.5, 1.0, 3.0]), pick=st.data())
def test_a_change_of_any_maximum_is_seen(data: Snapshot, by: float, pick: st.DataObject) -> None:
    before = locked(data, EVERYTHING)
    required = {one.control.casefold() for one in before}
    mine = [one for one in data.profiles if one.id.rpartition(".")[2].casefold() in required]
    if not mine:
        return
    changed = pick.draw(st.sampled_from(mine))
    assert isinstance(changed.max_score, float)
    heavier = replace(changed, max_score=changed.max_score + by)
    now = replace(data, profiles=tuple(heavier if one is changed else one for one in data.profiles))
    found = compared(before, now, EVERYTHING).drifts
    assert [(one.control, one.changes[0].kind.value) for one in found] == [
        (changed.id.rpartition(".")[2], "reweighted")
    ]
