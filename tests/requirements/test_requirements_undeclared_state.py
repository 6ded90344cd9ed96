"""``states``: what the portal holds and the policies don't know of."""

import pytest
from builders import day, findings, lines, only, policies, profile, score, snapshot, update, warnings

from checker.policy.model import PolicySet
from checker.report.outcome import Outcome, Reason
from checker.snapshot.model import Snapshot

ACCEPTED = "accepted by admin@contoso.example"


def policy(states: str = "{id: known, undeclared: fail}", *, controls: str = "", waivers: str = "") -> PolicySet:
    lines = ["apiVersion: scoregate/v1", "kind: Policy", "metadata: {name: p}", f"states: [{states}]"]
    if controls:
        lines.append(f"controls: [{controls}]")
    if waivers:
        lines += ["---", "apiVersion: scoregate/v1", "kind: Waivers", f"waivers: [{waivers}]"]
    return policies("\n".join(lines) + "\n")


def waiver(requirement: str = "p/a", *, start: str = "2026-05-01", until: str = "2026-06-30", more: str = "") -> str:
    return f"{{requirement: {requirement}, from: {start}, until: {until}, reason: r, approvedBy: b{more}}}"


def tenant(state: str = "Ignored", *, deprecated: bool = False, scored: bool = True) -> Snapshot:
    held = profile("A", updates=[update(state, "2026-05-01T08:00:00Z", "admin@contoso.example")])
    if deprecated:
        held = type(held)(**{**{name: getattr(held, name) for name in held.__struct_fields__}, "deprecated": True})
    controls = [score("B")] + ([score("A", 0.0)] if scored else [])
    return snapshot(day(controls), profiles=[held, profile("B")])


SCORED = "{id: a, control: A, minimum: {points: 10}, enforcement: advisory}"


def of_states(policy_set: PolicySet, data: Snapshot) -> list[tuple[str, str]]:
    found = [finding for finding in findings(policy_set, data) if finding.requirement.id == "known"]
    return [(finding.outcome.value, finding.judgement.reason.value) for finding in found]


def test_a_state_that_nothing_declares_is_a_violation_with_who_and_when() -> None:
    outcome, reason, message = only(policy(), tenant())
    assert (outcome, reason) == ("fail", "undeclared-state")
    assert message == (
        "A is in the state Ignored by admin@contoso.example on 2026-05-01, which no policy declares and no waiver "
        "covers."
    )


def test_the_comment_is_shown() -> None:
    held = update("ThirdParty", "2026-05-01T08:00:00Z", "admin@contoso.example")
    commented = type(held)(state=held.state, comment="our\n own CASB")
    data = snapshot(day([score("A")]), profiles=[profile("A", updates=[commented])])
    assert "ThirdParty (our own CASB)" in only(policy(), data)[2]


def test_nothing_but_default_passes_once() -> None:
    data = snapshot(day([score("A")]), profiles=[profile("A")])
    assert only(policy(), data) == (
        "pass",
        "met",
        "Every state other than Default is declared by a policy or covered by a waiver.",
    )


def test_a_state_without_a_score_is_seen_too() -> None:
    assert of_states(policy(), tenant(scored=False)) == [("fail", "undeclared-state")]


def test_a_retired_control_without_a_score_is_left_out() -> None:
    assert of_states(policy(), tenant(scored=False, deprecated=True)) == [("pass", "met")]
    assert of_states(policy(), tenant(deprecated=True)) == [("fail", "undeclared-state")]


def test_a_state_of_defender_is_seen_in_the_score() -> None:
    data = snapshot(day([score("scid_1", state="thirdParty")]), profiles=[profile("scid_1")])
    assert only(policy(), data)[:2] == ("fail", "undeclared-state")


@pytest.mark.parametrize("state", ["Ignored", "ThirdParty", "Default"])
def test_a_profile_requirement_covers_its_control_whatever_it_asks_for(state: str) -> None:
    declaring = f"{{id: a, control: a, profile: {{state: {state}}}}}"
    assert of_states(policy(controls=declaring), tenant()) == [("pass", "met")]


def test_a_profile_requirement_that_is_not_for_this_tenant_covers_nothing() -> None:
    declaring = "{id: a, control: A, profile: {state: Ignored}, when: {enabledServices: [HasX]}}"
    assert of_states(policy(controls=declaring), tenant()) == [("fail", "undeclared-state")]


def test_accepting_a_declared_score_does_not_declare_the_state() -> None:
    accepting = "{id: a, control: A, accept: [ThirdParty]}"
    assert of_states(policy(controls=accepting), tenant("ThirdParty")) == [("fail", "undeclared-state")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (waiver(), ("pass", "met")),
        (waiver(more=", control: A"), ("pass", "met")),
        (waiver(more=", control: B"), ("fail", "undeclared-state")),
        (waiver("p/other", more=", control: '*'"), ("fail", "undeclared-state")),
        (waiver(start="2026-05-30"), ("fail", "undeclared-state")),
        (waiver(start="2025-05-01", until="2026-06-30"), ("fail", "undeclared-state")),
        (waiver(start="2026-04-01", until="2026-05-21"), ("fail", "waiver-ended")),
        (waiver("p/known", more=", control: A"), ("waived", "undeclared-state")),
        (waiver("p/known", start="2026-04-01", until="2026-05-21"), ("fail", "waiver-ended")),
    ],
)
def test_a_waiver_covers_while_it_is_in_force(text: str, expected: tuple[str, str]) -> None:
    assert of_states(policy(controls=SCORED, waivers=text), tenant()) == [expected]


def test_an_ended_waiver_is_named_and_needs_no_warning_of_its_own() -> None:
    ended = policy(controls=SCORED, waivers=waiver(start="2026-04-01", until="2026-05-21"))
    message = lines(ended, tenant())[1][2]
    assert message.startswith("A is still in the state Ignored by admin@contoso.example on 2026-05-01, and the waiver ")
    assert "ended on 2026-05-21" in message
    assert "waiver-expired" not in [code for code, _ in warnings(ended, tenant())]


def test_skip_looks_at_ended_waivers_alone() -> None:
    states = "{id: known, undeclared: skip}"
    assert of_states(policy(states), tenant()) == [("pass", "met")]
    ended = waiver(start="2026-04-01", until="2026-05-21")
    assert of_states(policy(states, controls=SCORED, waivers=ended), tenant()) == [("fail", "waiver-ended")]
    assert of_states(policy(states, controls=SCORED, waivers=ended), tenant("ThirdParty")) == [("pass", "met")]


def test_excluded_controls_are_not_looked_at() -> None:
    assert of_states(policy("{id: known, undeclared: fail, exclude: ['a*']}"), tenant()) == [("pass", "met")]


def test_missing_profiles_are_no_pass() -> None:
    without = snapshot(day([score("A")]), profiles=[])
    assert of_states(policy(), without) == [("error", "partial-data")]
    partial = snapshot(day([score("B")]), profiles=[profile("B")], partial=["controlProfiles"])
    assert of_states(policy(), partial) == [("error", "partial-data")]


def test_the_reset_is_what_it_wants() -> None:
    (finding,) = findings(policy("{id: known, undeclared: fail, remediate: auto}"), tenant())
    (declared,) = finding.judgement.declares
    assert (declared.control, declared.state, declared.automatic) == ("A", "Default", True)


def test_two_policies_are_taken_together() -> None:
    both = policies(
        "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\nstates: [{id: known, undeclared: fail}]\n---\n"
        "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: q}\n"
        "controls: [{id: a, control: A, profile: {state: Ignored}}]\n"
    )
    assert of_states(both, tenant()) == [("pass", "met")]
    assert [finding.requirement.name for finding in findings(both, tenant())] == ["p/known", "q/a"]


def test_a_profile_entry_declares_its_controls_whether_met_or_not() -> None:
    wanted = policies(
        "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\ncontrols:\n"
        "- {id: met, control: A, profile: {state: Ignored, assignedTo: x, comment: c}}\n"
        "- {id: differs, control: B, profile: {state: Reviewed}, remediate: auto}\n"
        "- {id: unknown, control: C, profile: {state: Reviewed}}\n"
        "- {id: all, control: '*', profile: {state: Default}}\n"
        "- {id: none, control: A}\n"
    )
    found = {finding.requirement.id: finding.judgement for finding in findings(wanted, tenant())}
    declared = {
        name: [(one.control, one.state, one.assigned_to, one.comment, one.automatic) for one in judgement.declares]
        for name, judgement in found.items()
    }
    assert declared == {
        "met": [("A", "Ignored", "x", "c", False)],
        "differs": [("B", "Reviewed", None, None, True)],
        "unknown": [("C", "Reviewed", None, None, False)],
        "all": [("B", "Default", None, None, False), ("A", "Default", None, None, False)],
        "none": [],
    }
    assert found["differs"].outcome is Outcome.PASS
    assert found["differs"].reason is Reason.DECLARATION_UNNEEDED


@pytest.mark.parametrize(
    "declaring",
    [
        "{id: a, anyOf: [B, A], profile: {state: Ignored}}",
        "{id: a, anyOf: [X, B, A], profile: {state: Ignored}, minimum: {percent: 100}}",
        "{id: a, control: [B, A], profile: {state: Ignored}}",
        "{id: a, control: 'a*', profile: {state: Ignored}}",
        "{id: a, select: {id: [A]}, profile: {state: Ignored}}",
        "{id: a, control: A, profile: {state: Ignored}, when: {enabledServices: [HasX]}}",
    ],
)
@pytest.mark.parametrize("services", [None, ["HasX"]])
def test_what_a_requirement_names_is_declared_whatever_comes_of_it(declaring: str, services: list[str] | None) -> None:
    held = tenant()
    newest = day([score("A", 0.0), score("B")], services=services)
    data = snapshot(newest, profiles=held.profiles)
    assert of_states(policy(controls=declaring), data) == [("pass", "met")]


def test_a_selection_declares_only_what_it_picks() -> None:
    declaring = "{id: a, select: {id: ['*']}, exclude: [A], profile: {state: Ignored}}"
    assert of_states(policy(controls=declaring), tenant()) == [("fail", "undeclared-state")]


def test_a_waiver_below_its_floor_covers_nothing() -> None:
    floor = ", floor: {points: 5}"
    assert of_states(policy(controls=SCORED, waivers=waiver(more=floor)), tenant()) == [("fail", "undeclared-state")]


def test_a_waiver_that_is_too_long_for_its_policy_covers_nothing() -> None:
    short = policies(
        "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\nwaivers: {maximumDays: 30}\n"
        f"states: [{{id: known, undeclared: fail}}]\ncontrols: [{SCORED}]\n---\n"
        f"apiVersion: scoregate/v1\nkind: Waivers\nwaivers: [{waiver()}]\n"
    )
    assert of_states(short, tenant()) == [("fail", "undeclared-state")]


def test_an_ended_waiver_that_no_finding_names_keeps_its_warning() -> None:
    ended = waiver(start="2026-04-01", until="2026-05-21", more=", control: A")
    states = policy(
        "{id: known, undeclared: skip}", controls="{id: a, control: A, accept: [ThirdParty]}", waivers=ended
    )
    assert "waiver-expired" in [code for code, _ in warnings(states, tenant("ThirdParty"))]


def pair(*, state: str = "Ignored") -> Snapshot:
    held = [update("Default"), update(state, "2026-05-01T08:00:00Z", "admin@contoso.example")]
    names = ("FooA", "FooB")
    return snapshot(day([score(name, 0.0) for name in names]), profiles=[profile(name, updates=held) for name in names])


def test_a_waiver_of_a_pattern_covers_every_control_that_it_means() -> None:
    pattern = "{id: a, control: 'Foo*', minimum: {percent: 90}}"
    assert of_states(policy(controls=pattern, waivers=waiver()), pair()) == [("pass", "met")]
    one = waiver(more=", control: FooA")
    assert of_states(policy(controls=pattern, waivers=one), pair()) == [("fail", "undeclared-state")]


def test_a_floor_is_held_to_what_each_control_measures() -> None:
    days = [day([score("mdo_a", 8, 10), score("mdo_b", 2, 10)])]
    profiles = [profile(name, 10, updates=[update("Ignored", "2026-05-01T00:00:00Z")]) for name in ("mdo_a", "mdo_b")]
    waived = waiver(more=", floor: {percent: 50}")
    held = policy(controls="{id: a, control: mdo_*}", waivers=waived)
    found = [one.judgement.control for one in findings(held, snapshot(*days, profiles=profiles)) if one.fails]
    assert found == ["mdo_a", "mdo_b"]


def test_a_waiver_of_one_control_does_not_waive_a_pattern() -> None:
    pattern = policy(
        controls="{id: a, control: 'Foo*', profile: {state: Default}}", waivers=waiver(more=", control: FooA")
    )
    found = {finding.requirement.id: finding for finding in findings(pattern, pair())}["a"]
    assert found.outcome is Outcome.FAIL
    assert found.waived_controls == ("FooA",)
    assert found.message.endswith("A waiver covers only FooA.")
    both = policy(
        controls="{id: a, control: 'Foo*', profile: {state: Default}}", waivers=waiver(more=", control: 'Foo*'")
    )
    assert {one.requirement.id: one.outcome for one in findings(both, pair())}["a"] is Outcome.WAIVED


def test_scores_that_share_a_profile_share_its_declaration() -> None:
    held = profile("Foo", updates=[update("Ignored", "2026-05-01T08:00:00Z")])
    data = snapshot(day([score("Foo", 0.0), score("11770.Foo", 0.0)]), profiles=[held])
    declaring = "{id: a, control: Foo, profile: {state: Ignored}}"
    assert of_states(policy(controls=declaring), data) == [("pass", "met")]


def test_the_profile_of_another_connector_does_not_tell_the_state_of_a_control() -> None:
    data = snapshot(day([score("22.Foo", 0.0)]), profiles=[profile("11770.Foo")])
    assert of_states(policy(controls="{id: a, control: nowhere}"), data)[-1] == ("error", "partial-data")
