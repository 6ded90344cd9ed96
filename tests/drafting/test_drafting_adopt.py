"""adopted_policy: the tenant's present states as a policy that it keeps."""

import datetime
from collections.abc import Sequence

import msgspec
import pytest
from builders import NOW, TENANT, day, findings, policies, profile, score, snapshot, update
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plan_builders import proposed
from sandbox_client import NOW as SANDBOX_NOW
from strategies import snapshots

from checker.drafting.adopt import adopted_policy
from checker.policy.model import PolicySet
from checker.report.outcome import Outcome
from checker.snapshot.model import SecureScoreControlStateUpdate, Snapshot
from checker.sources.embedded import sandbox_source
from checker.tenant.tenant import Tenant

DECLARABLE = ("Ignored", "ThirdParty", "Reviewed", "AlternateMitigation")
SPOKEN = TEXTS | st.sampled_from(
    [
        "${ticket}",
        "${x}",
        "*",
        "a*b",
        "\ufeff",
        "\x85",
        "a\n  - id: injected",
        "'\"\\",
        "null",
        "~",
        "1.10",
        "# not a comment",
        ": {[",
        "---\nkind: Waivers",
        "\U0001f512\u200d\U0001f469",
        "\u2028\u2029\u00ad",
        "\x00\x01\x7f\x80\x9f",
        "x" * 5000,
        "\x85" * 5000,
    ]
)


def held(
    state: str | None, assigned_to: str | None = None, comment: str | None = None, by: str | None = "admin"
) -> SecureScoreControlStateUpdate:
    return SecureScoreControlStateUpdate(
        state=state,
        assigned_to=assigned_to,
        comment=comment,
        updated_by=by,
        updated_date_time="2026-05-01T08:00:00Z" if by is not None else None,
    )


def with_state(name: str, *updates: SecureScoreControlStateUpdate, title: str | None = None) -> Snapshot:
    one = profile(name, updates=updates, title=title)
    return snapshot(day([score(name, 4.0)]), profiles=[one, profile("other")])


def text_of(data: Snapshot) -> str:
    return adopted_policy(data, NOW)


def adopted(data: Snapshot) -> PolicySet:
    return policies(text_of(data))


def holds(data: Snapshot) -> None:
    """The policy loads, and its tenant is as it says: nothing fails, and nothing is to be done."""
    found = adopted(data)
    failed = [(one.judgement.control, one.outcome.value, one.message) for one in findings(found, data)]
    assert [one for one in failed if one[1] != Outcome.PASS.value] == []
    plan = proposed(found, data)
    assert (plan.changes, plan.manual) == ((), ())


def test_a_policy_is_written_as_a_person_would() -> None:
    data = with_state("MDA_Google_MFA", held("thirdparty", "x@contoso.example", 'our "CASB"'), title="Use MFA")
    assert text_of(data) == (
        "# The states that the portal showed on 2026-05-22. Review them before you rely on them.\n"
        "# After the review, a 'states' requirement keeps the portal and the policies in step:\n"
        "#   states: [{id: no-shadow-acceptance, undeclared: fail}]\n"
        "apiVersion: scoregate/v1\n"
        "kind: Policy\n"
        "metadata:\n"
        "  name: adopted\n"
        "  title: States adopted from the portal\n"
        "controls:\n"
        "  # Use MFA: thirdparty by admin on 2026-05-01T08:00:00\n"
        "  - id: mda-google-mfa\n"
        '    control: "MDA_Google_MFA"\n'
        "    profile:\n"
        "      state: ThirdParty\n"
        '      assignedTo: "x@contoso.example"\n'
        '      comment: "our \\"CASB\\""\n'
    )
    holds(data)


def test_the_day_is_the_utc_day() -> None:
    east = datetime.datetime(2026, 5, 23, 1, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    assert "showed on 2026-05-22." in adopted_policy(with_state("A", held("Ignored")), east)


@pytest.mark.parametrize("state", DECLARABLE)
@pytest.mark.parametrize("spelled", [str, str.lower, str.upper])
def test_every_state_that_a_policy_can_declare_is_kept(state: str, spelled: type[str]) -> None:
    data = with_state("A", held(spelled(state)))
    assert f"state: {state}\n" in text_of(data)
    holds(data)


@pytest.mark.parametrize("nothing", [None, ""])
def test_nobody_and_nothing_are_left_out(nothing: str | None) -> None:
    text = text_of(with_state("A", held("Ignored", nothing, nothing, None)))
    assert "(Graph does not say who set it)" in text
    assert "assignedTo" not in text
    assert "comment:" not in text


def test_a_state_that_only_the_score_tells_has_no_comment_of_the_profile() -> None:
    one = profile("scid_1", updates=[held("Default", "x", "old comment", None)])
    data = snapshot(day([score("scid_1", 4.0, state="thirdParty")]), profiles=[one])
    assert "old comment" not in text_of(data)
    assert "state: ThirdParty" in text_of(data)
    holds(data)


def test_a_state_without_a_score_is_kept_too() -> None:
    data = snapshot(day([score("B")]), profiles=[profile("A", state="Ignored"), profile("B")])
    assert 'control: "A"' in text_of(data)
    holds(data)


def test_a_state_of_a_control_that_is_not_scored_any_more_is_a_comment() -> None:
    profiles = [profile("A", state="Ignored"), profile("B")]
    data = snapshot(day([score("B")]), day([score("A"), score("B")], back=1), profiles=profiles)
    assert "# No longer scored, so a requirement on it would fail: A." in text_of(data)
    holds(data)


def test_a_state_that_no_policy_can_declare_is_a_comment() -> None:
    data = with_state("A", held("somethingNew"))
    assert "# A policy cannot declare the state somethingNew of A." in text_of(data)
    assert "control:" not in text_of(data)


def test_beside_others_it_stops_nothing() -> None:
    profiles = [profile("A", state="somethingNew"), profile("B", state="Ignored")]
    data = snapshot(day([score("A"), score("B")]), profiles=profiles)
    assert [one.judgement.control for one in findings(adopted(data), data)] == ["B"]
    holds(data)


def test_with_no_state_but_one_that_no_policy_can_declare_the_policy_passes() -> None:
    holds(with_state("A", held("somethingNew")))


def test_with_no_states_at_all_the_policy_passes() -> None:
    data = with_state("A", held("Default"))
    assert "undeclared: fail" in text_of(data)
    holds(data)


def test_a_comment_longer_than_a_policy_takes_is_cut() -> None:
    data = with_state("A", held("Ignored", "\U0001f512" * 321, "\x85" * 4001))
    (entry,) = adopted(data).policies[0].requirements
    assert entry.summary.id == "a"
    found = findings(adopted(data), data)[0].judgement.declares[0]
    assert (found.assigned_to, found.comment) == ("\U0001f512" * 320, "\x85" * 4000)


@pytest.mark.parametrize("text", ["${%s}", "${%s}tail"])
@pytest.mark.parametrize(("member", "most"), [("comment", 4000), ("assigned_to", 320)])
def test_what_looks_like_a_parameter_once_it_is_cut_stops_nothing(text: str, member: str, most: int) -> None:
    said = text.replace("%s", "x" * (most - 3))
    assert len(said) >= most
    holds(with_state("A", msgspec.structs.replace(held("Ignored"), **{member: said})))


def test_who_says_something_in_several_lines_says_it_in_one() -> None:
    hostile = "a\n  - id: injected\r\u0085\u2028# b"
    one = held("Ignored", hostile, hostile, hostile)
    data = with_state("A", msgspec.structs.replace(one, updated_date_time=hostile), title=hostile)
    assert len(text_of(data).splitlines()) == len(text_of(with_state("A", held("Ignored", "x", "x"))).splitlines())
    assert [entry.summary.id for entry in adopted(data).policies[0].requirements] == ["a"]


def test_ids_that_are_alike_are_told_apart() -> None:
    names = ["A_1", "a.1", "A 1", "\u6f22", "\u5b57", "x" * 95 + "1", "x" * 95 + "2"]
    data = snapshot(
        day([score(name, 4.0) for name in names]), profiles=[profile(name, state="Reviewed") for name in names]
    )
    ids = [entry.summary.id for entry in adopted(data).policies[0].requirements]
    assert ids == ["a-1", "a-1-2", "a-1-3", "control", "control-2", "x" * 90, "x" * 90 + "-2"]
    holds(data)


@pytest.mark.parametrize("days", [1, 2])
def test_a_state_without_a_score_is_not_taken_for_a_namesake_that_is_scored(days: int) -> None:
    scored, unscored = "11770.MDA_Google_MFA", "11771.MDA_Google_MFA"
    past = [day([score(scored, 4.0)], back=back) for back in range(days)]
    data = snapshot(*past, profiles=[profile(scored), profile(unscored, state="Ignored")])
    assert f'control: "{unscored}"' in text_of(data)
    holds(data)


@given(SPOKEN, SPOKEN, SPOKEN, st.sampled_from(DECLARABLE))
@example("${ticket}", "", "title", "Ignored")
@example("", "${who}", "title", "Ignored")
@settings(deadline=None, max_examples=examples(150))
def test_whatever_is_said_of_a_state_comes_back_and_says_nothing_else(
    comment: str, assigned_to: str, title: str, state: str
) -> None:
    data = with_state("A", held(state, assigned_to, comment, title), title=title)
    found = adopted(data)
    (finding,) = findings(found, data)
    (declared,) = finding.judgement.declares
    assert declared.state == state
    cut = [(comment, 4000), (assigned_to, 320)]
    said = [text[:most] + (" " if text.startswith("${") and text.endswith("}") else "") for text, most in cut]
    assert [declared.comment or "", declared.assigned_to or ""] == said
    assert (len(found.waivers), [one.name for one in found.policies]) == (0, ["adopted"])
    holds(data)


NAMED = st.lists(
    st.tuples(SPOKEN.map(lambda text: text[:200] or "x"), st.sampled_from(["Default", "somethingNew", *DECLARABLE])),
    min_size=1,
    max_size=4,
    unique_by=lambda named: named[0].casefold(),
)


@given(NAMED)
@example([("*", "Ignored"), ("b", "Default")])
@example([("${x}", "Ignored")])
@example([("NULL", "Ignored")])
@example([("A", "Ignored"), ("1.A", "ThirdParty"), ("2.A", "Default"), ("1.2", "Reviewed")])
@settings(deadline=None, max_examples=examples(100))
def test_whatever_controls_are_called_their_states_are_kept(named: Sequence[tuple[str, str]]) -> None:
    # One with a state that a policy can declare, so that there is a requirement.
    profiles = [profile("kept", state="Ignored"), *(profile(name, state=state) for name, state in named)]
    once = list({one.id: one for one in profiles}.values())
    holds(snapshot(day([score(one.id, 4.0) for one in once]), profiles=once))


@given(snapshots())
@settings(deadline=None, max_examples=examples(100))
def test_every_tenant_is_as_its_own_policy_says(data: Snapshot) -> None:
    # Of a scored control without a profile nobody knows the state.
    scored = {one.control_name for day in data.days for one in day.controls} - {one.id for one in data.profiles}
    more = (profile("one_more"), *(profile(name) for name in sorted(scored)))
    known = msgspec.structs.replace(data, profiles=(*data.profiles, *more))
    told = Tenant(known, "").with_state()
    undeclarable = [one.id for one in told if one.state.name.casefold() not in map(str.casefold, DECLARABLE)]
    assert text_of(known).count("# A policy cannot declare") == len(undeclarable)
    holds(known)


@pytest.mark.parametrize("seed", range(3))
def test_the_sandboxs_tenant_is_as_its_own_policy_says(seed: int) -> None:
    data = sandbox_source(SANDBOX_NOW, seed).read(8).snapshot
    assert data.tenant != TENANT
    assert len(adopted(data).policies[0].requirements) > 3
    holds(data)


def test_a_state_that_somebody_sets_later_fails_it() -> None:
    data = with_state("A", held("Ignored"))
    changed = msgspec.structs.replace(
        data,
        profiles=tuple(
            msgspec.structs.replace(one, control_state_updates=[update("Reviewed", "2026-05-02T08:00:00Z")])
            for one in data.profiles
        ),
    )
    assert [one.outcome for one in findings(adopted(data), changed)] == [Outcome.FAIL]
