"""propose: what policies want and the tenant lacks, as changes."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from builders import PORTAL, TENANT, day, findings, policies, profile, score, snapshot, unrated, update
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from plan_builders import MADE_AT, RUN, proposed
from strategies import snapshots

from checker.errors import PlanError
from checker.policy.model import PolicySet
from checker.remediation.drift import fields_to_send
from checker.remediation.plan import Change, Manual, Plan
from checker.remediation.plan_file import plan_bytes, read_plan
from checker.snapshot.model import SecureScoreControlProfile, SecureScoreControlStateUpdate, Snapshot

SET_AT = "2026-05-01T08:00:00Z"
ADMIN = "admin@contoso.example"


def policy(controls: str = "", *, states: str = "", waivers: str = "") -> PolicySet:
    lines = ["apiVersion: scoregate/v1", "kind: Policy", "metadata: {name: p}"]
    if controls:
        lines.append(f"controls: [{controls}]")
    if states:
        lines.append(f"states: [{states}]")
    if waivers:
        lines += ["---", "apiVersion: scoregate/v1", "kind: Waivers", f"waivers: [{waivers}]"]
    return policies("\n".join(lines) + "\n")


def wants(state: str, control: str = "A", *, id: str = "a", more: str = "", profile: str = "") -> str:  # noqa: A002
    return f"{{id: {id}, control: {control}, profile: {{state: {state}{profile}}}{more}}}"


def held(
    state: str | None, assigned_to: str | None = None, comment: str | None = None
) -> Sequence[SecureScoreControlStateUpdate]:
    by, at = (ADMIN, SET_AT) if state not in {None, "Default"} else (None, None)
    return [
        SecureScoreControlStateUpdate(
            state=state, assigned_to=assigned_to, comment=comment, updated_by=by, updated_date_time=at
        )
    ]


def tenant(
    state: str | None = "Default",
    assigned_to: str | None = None,
    comment: str | None = None,
    *,
    points: float = 4.0,
    name: str = "A",
) -> Snapshot:
    """A tenant with one control of ten points in a state."""
    one = profile(name, updates=held(state, assigned_to, comment), title="Use MFA")
    return snapshot(day([score(name, points)]), profiles=[one])


def retired(one: SecureScoreControlProfile) -> SecureScoreControlProfile:
    return msgspec.structs.replace(one, deprecated=True)


def only(plan: Plan) -> Change:
    (change,) = plan.changes
    assert not plan.manual
    return change


def by_hand(plan: Plan) -> Manual:
    (manual,) = plan.manual
    assert not plan.changes
    return manual


def controls(plan: Plan) -> list[str]:
    return [change.control for change in plan.changes] + [manual.control for manual in plan.manual]


def is_empty(plan: Plan) -> bool:
    return not plan.changes and not plan.manual and not plan.notes


# What the plan says of its origin


def test_the_plan_says_what_it_was_made_from() -> None:
    wanted, data = policy(wants("Ignored")), msgspec.structs.replace(tenant(), sha256="cd" * 32)
    plan = proposed(wanted, data)
    assert (plan.tenant, plan.cloud, plan.created_at, plan.run) == (TENANT, "global", MADE_AT, RUN)
    assert plan.source.policies_sha256 == wanted.sha256
    assert (plan.source.snapshot_date, plan.source.snapshot_sha256) == ("2026-05-22", "cd" * 32)


def test_a_tenant_without_a_score_is_planned_by_its_profiles() -> None:
    plan = proposed(policy(wants("Ignored")), snapshot(profiles=[profile("A")]))
    assert plan.source.snapshot_date is None
    assert (only(plan).control, only(plan).effect.kind) == ("A", "none")


# One change


@pytest.mark.parametrize(
    ("before", "wanted", "action", "effect", "points"),
    [
        ("Default", "ThirdParty", "declare", "earns", 6.0),
        ("Default", "Reviewed", "declare", "earns", 6.0),
        ("Default", "Ignored", "accept", "none", None),
        ("Ignored", "ThirdParty", "declare", "earns", 6.0),
        ("Ignored", "Reviewed", "declare", "earns", 6.0),
        ("Ignored", "Default", "reset", "none", None),
        ("ThirdParty", "Default", "reset", "loses", 10.0),
        ("ThirdParty", "Ignored", "accept", "loses", 10.0),
        ("ThirdParty", "Reviewed", "declare", "none", None),
        ("Reviewed", "Default", "reset", "loses", 10.0),
        ("Reviewed", "Ignored", "accept", "loses", 10.0),
        ("Reviewed", "ThirdParty", "declare", "none", None),
    ],
)
def test_a_state_that_differs_is_a_change_with_its_effect(
    before: str, wanted: str, action: str, effect: str, points: float | None
) -> None:
    change = only(proposed(policy(wants(wanted)), tenant(before, points=10.0 if effect == "loses" else 4.0)))
    assert (change.before.state, change.after.state) == (before, wanted)
    assert (change.action, change.effect.kind, change.effect.points) == (action, effect, points)


def test_a_declaration_that_is_not_counted_yet_loses_nothing() -> None:
    change = only(proposed(policy(wants("Default")), tenant("ThirdParty", points=4.0)))
    assert (change.action, change.effect.kind, change.effect.points) == ("reset", "none", None)


@pytest.mark.parametrize("state", ["Default", "Ignored", "ThirdParty", "Reviewed", "AlternateMitigation"])
@pytest.mark.parametrize("spelled", [str, str.lower, str.upper])
def test_a_state_that_is_as_wanted_is_no_change(state: str, spelled: type[str]) -> None:
    assert is_empty(proposed(policy(wants(state)), tenant(spelled(state))))


def test_a_change_is_told_in_full() -> None:
    wanted = wants("Reviewed", "a", profile=", assignedTo: b@contoso.example, comment: ours", more=", remediate: auto")
    change = only(proposed(policy(wanted), tenant("ignored", ADMIN, "too noisy")))
    assert (change.control, change.title, change.automatic) == ("A", "Use MFA", True)
    assert change.before.state == "Ignored", "as Graph's documentation spells it"
    assert (change.before.assigned_to, change.before.comment) == (ADMIN, "too noisy")
    assert (change.before.updated_by, change.before.updated_date_time) == (ADMIN, SET_AT)
    assert (change.after.assigned_to, change.after.comment) == ("b@contoso.example", "ours")
    assert (change.requirement, change.also_required_by, change.portal_url) == ("p/a", (), PORTAL)
    assert change.location is not None
    assert (change.location.file, change.location.line, change.location.column) == ("<stdin>", 4, 12)


def test_where_the_policy_gives_no_comment_it_names_policy_requirement_and_run() -> None:
    change = only(proposed(policy(wants("Ignored")), tenant()))
    assert change.after.comment == f"Set by scoregate: policy p, requirement a, run {RUN}"
    assert change.after.assigned_to is None
    assert not change.automatic


def test_an_empty_comment_is_taken_at_its_word() -> None:
    assert only(proposed(policy(wants("Ignored", profile=", comment: ''")), tenant())).after.comment == ""


def test_the_newest_entry_of_the_history_is_what_is_there_before() -> None:
    history = [
        update("Reviewed", "2026-05-02T08:00:00.5Z", "new@contoso.example"),
        update("Ignored", "2026-05-02T08:00:00Z", "old@contoso.example"),
        update("Default"),
    ]
    data = snapshot(day([score("A", 4.0)]), profiles=[profile("A", updates=history)])
    assert only(proposed(policy(wants("Default")), data)).before.updated_by == "new@contoso.example"


@pytest.mark.parametrize("updates", [[], [update(None)], [update("  ")]])
def test_a_profile_without_any_state_is_default(updates: list[SecureScoreControlStateUpdate]) -> None:
    data = snapshot(day([score("A", 4.0)]), profiles=[profile("A", updates=updates)])
    assert only(proposed(policy(wants("Ignored")), data)).before.state == "Default"
    assert is_empty(proposed(policy(wants("Default")), data))


@pytest.mark.parametrize(
    ("assigned_to", "comment", "wanted", "sent"),
    [
        (None, None, ", comment: c", {"comment": "c"}),
        (None, None, ", comment: ''", {}),
        (None, "", ", comment: ''", {}),
        (None, "c", ", comment: c", {}),
        (None, "c", ", comment: C", {"comment": "C"}),
        (None, "c", ", comment: ''", {"comment": ""}),
        ("x", "c", ", comment: c, assignedTo: x", {}),
        ("x", "c", ", comment: c, assignedTo: y", {"assignedTo": "y"}),
        ("x", "c", ", comment: c, assignedTo: ''", {"assignedTo": ""}),
        ("x", "c", ", comment: c", {}),
        (None, "c", ", comment: c, assignedTo: ''", {}),
        ("", "c", ", comment: c, assignedTo: ''", {}),
        (None, "c", ", comment: c, assignedTo: y", {"assignedTo": "y"}),
    ],
)
def test_only_what_differs_is_sent_and_null_is_the_empty_text(
    assigned_to: str | None, comment: str | None, wanted: str, sent: dict[str, str]
) -> None:
    change = only(proposed(policy(wants("Ignored", profile=wanted)), tenant("Reviewed", assigned_to, comment)))
    assert fields_to_send(change) == {"state": "Ignored", **sent}


def test_points_of_a_control_whose_maximum_nobody_knows_are_unknown() -> None:
    data = snapshot(day([unrated("A", 0.0)]), profiles=[profile("A", UNSET)])
    effect = only(proposed(policy(wants("ThirdParty")), data)).effect
    assert (effect.kind, effect.points) == ("earns", None)


def test_a_control_that_has_more_than_its_maximum_earns_nothing_and_loses_nothing() -> None:
    data = snapshot(day([score("A", 12.0)]), profiles=[profile("A", 10.0, state="Ignored")])
    plan = proposed(policy(wants("Default")), data)
    assert (only(plan).effect.kind, only(plan).effect.points) == ("none", None)


def test_a_control_beyond_the_maximum_that_its_percentage_tells_earns_what_nobody_knows() -> None:
    data = snapshot(day([score("A", 12.0, percent=120.0)]), profiles=[profile("A", UNSET)])
    effect = only(proposed(policy(wants("ThirdParty")), data)).effect
    assert (effect.kind, effect.points) == ("earns", None)


def test_a_control_without_a_score_changes_no_score() -> None:
    data = snapshot(day([score("B")]), profiles=[profile("A"), profile("B")])
    change = only(proposed(policy(wants("ThirdParty")), data))
    assert (change.control, change.effect.kind) == ("A", "none")


def test_full_points_without_a_profile_are_not_said_to_be_observed() -> None:
    plan = proposed(policy(wants("ThirdParty")), snapshot(day([score("A", 10.0)]), profiles=[profile("B")]))
    assert not any("observed in full" in note for note in plan.notes)
    assert any("could not be judged" in note for note in plan.notes)


def test_what_is_observed_in_full_is_noted_and_left_alone() -> None:
    plan = proposed(policy(wants("ThirdParty")), tenant(points=10.0))
    assert (plan.changes, plan.manual) == ((), ())
    assert plan.notes == ("p/a: A is observed in full, so nothing is declared",)


def test_an_accepted_risk_of_what_is_observed_in_full_is_reset() -> None:
    assert only(proposed(policy(wants("Default")), tenant("Ignored", points=10.0))).action == "reset"


# Waived, skipped, not for this tenant

WAIVER = "{requirement: p/a, from: 2026-05-01, until: 2026-06-30, reason: r, approvedBy: b}"


def test_what_is_waived_is_noted_and_left_alone() -> None:
    plan = proposed(policy(wants("Ignored"), waivers=WAIVER), tenant())
    assert (plan.changes, plan.manual) == ((), ())
    assert plan.notes == ("p/a: A is waived, so it stays as it is",)


def test_a_waiver_that_has_ended_leaves_the_change() -> None:
    ended = WAIVER.replace("2026-06-30", "2026-05-21")
    assert only(proposed(policy(wants("Ignored"), waivers=ended), tenant())).after.state == "Ignored"


def test_a_waiver_of_what_is_met_needs_no_note() -> None:
    assert is_empty(proposed(policy(wants("Ignored"), waivers=WAIVER), tenant("Ignored")))


@pytest.mark.parametrize("waived", ["p/a", "p/b"])
def test_a_waiver_of_one_requirement_leaves_the_change_of_another(waived: str) -> None:
    both = policy(f"{wants('Ignored')}, {wants('Ignored', id='b')}", waivers=WAIVER.replace("p/a", waived))
    plan = proposed(both, tenant())
    assert only(plan).requirement == ("p/b" if waived == "p/a" else "p/a")
    assert not any("stays as it is" in note for note in plan.notes)


@pytest.mark.parametrize("waived", ["p/a", "p/b"])
def test_a_waiver_of_one_requirement_leaves_to_a_person_what_another_wants(waived: str) -> None:
    entries = f"{wants('Ignored', 'scid_1')}, {wants('Ignored', 'scid_1', id='b')}"
    plan = proposed(policy(entries, waivers=WAIVER.replace("p/a", waived)), tenant(name="scid_1"))
    assert by_hand(plan).requirement == ("p/b" if waived == "p/a" else "p/a")
    assert not any("stays as it is" in note for note in plan.notes)


@pytest.mark.parametrize(
    "entry",
    [
        wants("Ignored", more=", when: {enabledServices: [HasX]}"),
        wants("Ignored", "C", more=", onMissing: skip"),
    ],
)
def test_what_is_skipped_is_nothing(entry: str) -> None:
    assert is_empty(proposed(policy(entry), tenant()))


def test_what_is_not_for_this_tenant_contradicts_nothing() -> None:
    other = wants("Reviewed", id="b", more=", when: {enabledServices: [HasX]}")
    assert only(proposed(policy(f"{wants('Ignored')}, {other}"), tenant())).after.state == "Ignored"


def test_requirements_on_scores_alone_are_no_matter_of_a_plan() -> None:
    assert is_empty(proposed(policy("{id: a, control: A}"), tenant()))


def test_a_state_as_wanted_is_no_change_though_the_minimum_is_missed() -> None:
    entry = wants("Ignored", more=", minimum: {percent: 90}")
    assert is_empty(proposed(policy(entry), tenant("Ignored")))
    assert only(proposed(policy(entry), tenant())).after.state == "Ignored"


# Several requirements


@pytest.mark.parametrize("state", ["Default", "Ignored", "Reviewed"])
def test_two_that_contradict_each_other_are_named_with_their_places(state: str) -> None:
    both = policy(f"{wants('Ignored')}, {wants('Reviewed', id='b')}")
    with pytest.raises(PlanError) as raised:
        proposed(both, tenant(state))
    assert raised.value.message == (
        "two requirements want different states of A: p/a (<stdin>:4:12) wants Ignored, p/b (<stdin>:4:60) wants "
        "Reviewed"
    )
    assert raised.value.advice


def test_requirements_of_two_policies_contradict_each_other() -> None:
    text = "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {{name: {}}}\ncontrols: [{}]\n"
    both = policies(text.format("p", wants("Ignored")) + "---\n" + text.format("q", wants("Default")))
    with pytest.raises(PlanError, match=r"p/a \(<stdin>:4:12\) wants Ignored, q/a \(<stdin>:9:12\) wants Default"):
        proposed(both, tenant("Ignored"))


@pytest.mark.parametrize(
    ("held_as", "one", "other"),
    [("AdminMFA", "adminmfa", "ADMINMFA"), ("11770.X", "X", "11770.x"), ("11770.X", "11770.X", "4.X")],
)
def test_ids_that_mean_one_control_are_one(held_as: str, one: str, other: str) -> None:
    data = tenant(name=held_as)
    with pytest.raises(PlanError, match="two requirements want different states"):
        proposed(policy(f"{wants('Ignored', one)}, {wants('Reviewed', other, id='b')}"), data)
    change = only(proposed(policy(f"{wants('Ignored', one)}, {wants('Ignored', other, id='b')}"), data))
    assert (change.control, change.requirement, change.also_required_by) == (held_as, "p/a", ("p/b",))


def test_ids_that_the_tenant_lacks_contradict_each_other_too() -> None:
    with pytest.raises(PlanError, match="different states of gone"):
        proposed(policy(f"{wants('Ignored', 'Gone')}, {wants('Reviewed', 'gone', id='b')}"), tenant())


def test_a_pattern_contradicts_the_entry_of_one_control() -> None:
    data = snapshot(day([score("A1", 4.0), score("A2", 4.0)]), profiles=[profile("A1"), profile("A2")])
    with pytest.raises(PlanError, match=r"different states of A2: p/a .* wants Ignored, p/b .* wants Reviewed"):
        proposed(policy(f"{wants('Ignored', 'A*')}, {wants('Reviewed', 'A2', id='b')}"), data)


def test_requirements_that_agree_are_one_change() -> None:
    three = [
        wants("Ignored", profile=", comment: first, assignedTo: x"),
        wants("Ignored", id="b", profile=", comment: second", more=", remediate: auto"),
        wants("Ignored", id="c"),
    ]
    change = only(proposed(policy(", ".join(three)), tenant()))
    # A job sets what the requirement says that leaves it to a job.
    assert (change.requirement, change.also_required_by) == ("p/b", ("p/a", "p/c"))
    assert (change.after.assigned_to, change.after.comment, change.automatic) == (None, "second", True)
    assert change.location is not None
    assert change.location.column > 12


def test_one_requirement_is_named_once_of_a_control() -> None:
    twice = "{id: a, select: {id: [A, a, B]}, profile: {state: Ignored}}"
    data = snapshot(
        day([score("B", 4.0)]), day([score("A"), score("B")], back=1), profiles=[profile("A"), profile("B")]
    )
    changes = proposed(policy(f"{twice}, {wants('Ignored', id='b')}"), data).changes
    assert {one.control: (one.requirement, *one.also_required_by) for one in changes} == {
        "A": ("p/a", "p/b"),
        "B": ("p/a",),
    }


def test_a_difference_for_a_person_that_two_requirements_want_is_told_once() -> None:
    data = snapshot(day([score("scid_1", 4.0)]), profiles=[profile("scid_1")])
    both = policy(f"{wants('Ignored', 'scid_1')}, {wants('Ignored', 'SCID_1', id='b')}")
    assert by_hand(proposed(both, data)).requirement == "p/a"


# For a person


@pytest.mark.parametrize("name", ["scid_2010", "SCID_2010"])
def test_controls_of_defender_are_for_a_person(name: str) -> None:
    plan = proposed(policy(wants("Ignored", name)), tenant(name=name))
    manual = by_hand(plan)
    assert (manual.control, manual.title, manual.present, manual.wanted) == (name, "Use MFA", "Default", "Ignored")
    assert (manual.reason, manual.requirement) == ("not-through-graph", "p/a")
    assert manual.portal_url == PORTAL


def test_a_state_that_only_the_score_tells_is_for_a_person() -> None:
    data = snapshot(day([score("A", 4.0, state="thirdParty")]), profiles=[profile("A")])
    manual = by_hand(proposed(policy(wants("Default")), data))
    assert (manual.present, manual.reason) == ("thirdParty", "not-through-graph")
    assert is_empty(proposed(policy(wants("ThirdParty")), data))


def test_a_retired_control_is_for_a_person() -> None:
    data = snapshot(day([score("A", 4.0)]), profiles=[retired(profile("A"))])
    assert by_hand(proposed(policy(wants("Ignored")), data)).reason == "retired"


@pytest.mark.parametrize("state", ["AlternateMitigation", "somethingNew"])
@pytest.mark.parametrize("wanted", ["Default", "Reviewed"])
def test_a_state_that_cannot_be_written_back_is_for_a_person(state: str, wanted: str) -> None:
    manual = by_hand(proposed(policy(wants(wanted)), tenant(state)))
    assert (manual.reason, manual.present) == ("not-restorable", state)
    assert state in manual.message


def test_a_state_that_graph_does_not_take_is_for_a_person() -> None:
    manual = by_hand(proposed(policy(wants("AlternateMitigation")), tenant("Reviewed")))
    assert (manual.reason, manual.wanted) == ("not-settable", "AlternateMitigation")
    assert "AlternateMitigation" in manual.message


def test_an_id_that_the_tenant_lacks_is_for_a_person() -> None:
    manual = by_hand(proposed(policy(wants("Ignored", "Gone")), tenant()))
    assert (manual.control, manual.title, manual.present) == ("Gone", None, None)
    assert (manual.reason, manual.portal_url) == ("unknown-control", PORTAL)


def test_a_score_without_a_profile_is_for_a_person() -> None:
    manual = by_hand(proposed(policy(wants("Ignored")), snapshot(day([score("A", 4.0)]), profiles=[profile("B")])))
    assert (manual.control, manual.present, manual.reason) == ("A", "Default", "unknown-control")


def test_of_a_profile_that_an_incomplete_answer_lacks_it_is_not_said_that_there_is_none() -> None:
    data = snapshot(day([score("A", 4.0)]), profiles=[profile("B")], partial=["controlProfiles"])
    plan = proposed(policy(wants("Ignored")), data)
    assert not plan.changes
    assert "no profile with this id" not in plan_bytes(plan).decode()


# Which controls are meant


def three(*states: str) -> Snapshot:
    names = ["A1", "A2", "B"]
    profiles = [profile(name, updates=held(state)) for name, state in zip(names, states, strict=True)]
    return snapshot(day([score(name, 4.0) for name in names]), profiles=profiles)


def changed(controls: str, data: Snapshot) -> list[tuple[str, str]]:
    return [(change.control, change.after.state) for change in proposed(policy(controls), data).changes]


def test_a_pattern_means_each_control_that_fits() -> None:
    assert changed(wants("Ignored", "A*"), three("Default", "Default", "Default")) == [
        ("A1", "Ignored"),
        ("A2", "Ignored"),
    ]
    assert changed(wants("Ignored", "A*"), three("Ignored", "Reviewed", "Default")) == [("A2", "Ignored")]


def test_a_list_means_the_first_that_is_scored() -> None:
    data = three("Default", "Default", "Default")
    assert changed(wants("Ignored", "[gone, A2, B]"), data) == [("A2", "Ignored")]


def test_a_list_of_which_none_is_known_is_for_a_person_once() -> None:
    manual = by_hand(proposed(policy(wants("Ignored", "[gone, lost]")), three("Default", "Default", "Default")))
    assert (manual.control, manual.reason) == ("gone", "unknown-control")


def test_a_selector_means_each_control_that_it_picks() -> None:
    entry = "{id: a, select: {id: ['*']}, exclude: [A1], profile: {state: Reviewed}, remediate: auto}"
    assert changed(entry, three("Default", "Default", "Reviewed")) == [("A2", "Reviewed")]


def test_an_id_in_a_selector_that_nobody_knows_is_for_a_person() -> None:
    entry = "{id: a, select: {id: [B, Gone]}, profile: {state: Default}}"
    assert by_hand(proposed(policy(entry), three("Default", "Default", "Default"))).control == "Gone"


def test_of_several_ways_the_nearest_is_taken_and_none_where_one_is_met() -> None:
    entry = "{id: a, anyOf: [A1, A2], profile: {state: Reviewed}}"
    assert changed(entry, three("Default", "Default", "Default")) == [("A1", "Reviewed")]
    assert changed(entry, three("Default", "Reviewed", "Default")) == []


# The states that no policy knows of

UNDECLARED = "{id: s, undeclared: fail}"


def test_a_state_that_no_policy_knows_of_is_reset() -> None:
    change = only(proposed(policy(states=UNDECLARED), tenant("Reviewed", ADMIN, "c")))
    assert (change.control, change.action, change.after.state, change.automatic) == ("A", "reset", "Default", False)
    assert (change.requirement, change.before.comment, change.after.assigned_to) == ("p/s", "c", None)
    assert change.after.comment == f"Set by scoregate: policy p, requirement s, run {RUN}"


def test_resets_can_be_left_to_a_job() -> None:
    entry = "{id: s, undeclared: fail, remediate: auto}"
    assert only(proposed(policy(states=entry), tenant("Ignored"))).automatic


def test_what_a_requirement_declares_is_not_reset() -> None:
    both = policy(wants("Ignored"), states=UNDECLARED)
    assert is_empty(proposed(both, tenant("Ignored")))
    assert only(proposed(both, tenant("Reviewed"))).after.state == "Ignored"


def test_a_state_that_nobody_can_write_back_is_reset_by_a_person() -> None:
    assert by_hand(proposed(policy(states=UNDECLARED), tenant("AlternateMitigation"))).reason == "not-restorable"


@pytest.mark.parametrize("undeclared", ["fail", "skip"])
def test_a_risk_whose_waiver_has_ended_is_reset(undeclared: str) -> None:
    ended = WAIVER.replace("2026-06-30", "2026-05-21")
    scored = "{id: a, control: A, minimum: {points: 10}}"
    wanted = policy(scored, states=f"{{id: s, undeclared: {undeclared}}}", waivers=ended)
    assert (
        only(proposed(wanted, tenant("Ignored"))).requirement,
        only(proposed(wanted, tenant("Ignored"))).action,
    ) == (
        "p/s",
        "reset",
    )


def test_a_risk_that_a_waiver_covers_stays() -> None:
    scored = "{id: a, control: A, minimum: {points: 10}}"
    assert is_empty(proposed(policy(scored, states=UNDECLARED, waivers=WAIVER), tenant("Ignored")))


def test_a_profile_without_a_score_is_not_taken_for_a_namesake_that_is_scored() -> None:
    # Two instances of one app connector, of which one is not scored yet.
    scored, unscored = "11770.MDA_Google_MFA", "11771.MDA_Google_MFA"
    profiles = [profile(scored, state="Ignored"), profile(unscored, updates=held("Reviewed"))]
    data = snapshot(day([score(scored, 4.0)]), profiles=profiles)
    wanted = policy(wants("Ignored", scored), states=UNDECLARED)
    assert [finding.judgement.control for finding in findings(wanted, data) if finding.fails] == [unscored]
    change = only(proposed(wanted, data))
    assert (change.control, change.before.state, change.after.state) == (unscored, "Reviewed", "Default")


# Whatever the tenant looks like


def test_two_scores_of_one_profile_are_one_change() -> None:
    data = snapshot(day([score("1.X", 4.0), score("2.X", 4.0)]), profiles=[profile("X")])
    assert only(proposed(policy(wants("Ignored", "'*.X'")), data)).control == "X"
    with pytest.raises(PlanError, match="two requirements want different states"):
        proposed(policy(f"{wants('Ignored', '1.X')}, {wants('Reviewed', '2.X', id='b')}"), data)


POLICIES = [
    policy(wants("Ignored", "'*'"), states=UNDECLARED),
    policy("{id: a, select: {id: ['*']}, profile: {state: ThirdParty, comment: c, assignedTo: x}}"),
    policy(states=UNDECLARED),
    policy("{id: a, anyOf: [AdminMFAV2, OneAdmin, unused_a], profile: {state: Reviewed}, minimum: {percent: 50}}"),
    policy(f"{wants('Default', 'scid_2010')}, {wants('Default', 'adminmfav2', id='b')}", states=UNDECLARED),
]


@given(data=snapshots(), wanted=st.sampled_from(POLICIES))
@settings(deadline=None, max_examples=examples(100))
def test_every_plan_is_read_back_and_names_each_control_once(
    data: Snapshot, wanted: PolicySet, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plan = proposed(wanted, data)
    path: Path = tmp_path_factory.getbasetemp() / "plan.json"
    path.write_bytes(plan_bytes(plan))
    assert read_plan(str(path)) == plan
    named = [control.casefold() for control in controls(plan)]
    assert len(named) == len(set(named))
    assert all(change.before.state != change.after.state for change in plan.changes)


@given(data=snapshots())
@settings(deadline=None, max_examples=examples(100))
def test_every_undeclared_state_is_either_reset_or_left_to_a_person(data: Snapshot) -> None:
    wanted = policy(states=UNDECLARED)
    plan = proposed(wanted, data)
    undeclared = {finding.judgement.control for finding in findings(wanted, data) if finding.fails}
    assert set(controls(plan)) == undeclared


def test_what_a_waiver_of_one_control_covers_is_not_planned() -> None:
    held = [profile("FooA", state="Ignored"), profile("FooB", state="Ignored")]
    data = snapshot(day([score("FooA", 1.0), score("FooB", 1.0)]), profiles=held)
    wanted = policies(
        "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\n"
        "controls: [{id: a, control: 'Foo*', profile: {state: Default}}]\n---\n"
        "apiVersion: scoregate/v1\nkind: Waivers\nwaivers: [{requirement: p/a, control: FooA, from: 2026-05-01, "
        "until: 2026-06-30, reason: r, approvedBy: b}]\n"
    )
    whole = proposed(wanted, data)
    assert [one.control for one in whole.changes] == ["FooB"]
    assert whole.notes == ("p/a: FooA is waived, so it stays as it is",)
