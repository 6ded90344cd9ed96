"""Controls that the newest day does not score, and licences."""

import msgspec
import pytest
from builders import day, findings, line, lines, only, policy, profile, score, snapshot, warnings

from checker.policy.model import PolicySet
from checker.snapshot.model import Snapshot

EARLIER = "was scored until 2026-05-21 and no longer is: a licence, product or connector may have been switched off."
NO_SCORE = "The tenant has no Secure Score yet: Microsoft publishes the first one within some days."
OUTCOMES = [("fail", "fail"), ("skip", "skipped"), ("error", "error")]


def requirement(on_missing: str, control: str = "a") -> str:
    return f"{{id: x, control: {control}, onMissing: {on_missing}}}"


@pytest.mark.parametrize(("on_missing", "outcome"), OUTCOMES)
def test_on_missing_judges_a_control_without_a_score(on_missing: str, outcome: str) -> None:
    found = only(policy(controls=requirement(on_missing)), snapshot(day([score("z")]), profiles=[profile("A")]))
    assert found == (
        outcome,
        "not-scored",
        (
            "a has a profile but no score on 2026-05-22: the tenant has no such product, connector or device, or it "
            "was not measured yet."
        ),
    )


@pytest.mark.parametrize(("on_missing", "outcome"), OUTCOMES)
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AdminMFAV1", "AdminMFAV1 is not a control that this tenant reports (did you mean AdminMFAV2?)."),
        ("quite_else", "quite_else is not a control that this tenant reports; check the spelling."),
        ("'quite*'", "no control that this tenant reports matches quite*."),
    ],
)
def test_an_unknown_control_is_judged_by_on_missing_and_always_warned_of(
    on_missing: str, outcome: str, name: str, expected: str
) -> None:
    rules = policy(controls=requirement(on_missing, name))
    data = snapshot(day([score("z")]), profiles=[profile("z"), profile("AdminMFAV2")])
    assert only(rules, data) == (
        outcome,
        "unknown-control",
        expected[0].upper() + expected[1:] if name[0] == "'" else expected,
    )
    assert warnings(rules, data) == [("unknown-control", f"p/x: {expected}")]


@pytest.mark.parametrize("on_missing", ["fail", "skip", "error"])
@pytest.mark.parametrize("control", ["a", "[b, A]", "'a*'"])
def test_a_control_that_was_scored_before_fails_whatever_on_missing_says(on_missing: str, control: str) -> None:
    data = snapshot(day([score("z")]), day([score("a")], back=1), day([score("a")], back=2), profiles=[profile("b")])
    name = {"a": "a", "[b, A]": "A", "'a*'": "a*"}[control]
    assert only(policy(controls=requirement(on_missing, control)), data) == (
        "fail",
        "no-longer-scored",
        f"{name} {EARLIER}",
    )


def test_a_null_score_is_neither_zero_nor_absent() -> None:
    data = snapshot(day([score("a", None)]), day([score("a")], back=1))
    for on_missing in ("fail", "skip", "error"):
        assert only(policy(controls=requirement(on_missing)), data) == (
            "error",
            "partial-data",
            "a has no readable member 'score', so its points are unknown; fetch the data again.",
        )


@pytest.mark.parametrize(("on_missing", "outcome"), OUTCOMES)
def test_without_all_profiles_a_missing_control_is_not_scored_whatever_its_profile(
    on_missing: str, outcome: str
) -> None:
    data = snapshot(day([score("z")]), partial=["controlProfiles"])
    assert only(policy(controls=requirement(on_missing)), data) == (
        outcome,
        "not-scored",
        "a has no score on 2026-05-22; whether it has a profile is unknown, since profiles are missing from the data.",
    )


@pytest.mark.parametrize("on_missing", ["fail", "skip", "error"])
def test_a_control_that_the_day_may_leave_out_cannot_be_judged(on_missing: str) -> None:
    rules = policy(controls=requirement(on_missing))
    older = day([score("a")], back=1)
    for newest in (day([score("z")], current=12.0), day([], current=12.0)):
        assert only(rules, snapshot(newest, older))[:2] == ("error", "inconsistent")
    bare = msgspec.structs.replace(day([]), control_scores=None)
    assert only(rules, snapshot(bare, older))[:2] == ("error", "partial-data")
    assert only(rules, snapshot(day([score("z")]), partial=["secureScores"]))[:2] == ("error", "partial-data")


def test_the_first_reason_that_fits_counts() -> None:
    rules = policy(controls=requirement("fail"))
    older, known = day([score("a")], back=1), [profile("a")]

    def reason(data: Snapshot) -> str:
        return only(rules, data)[1]

    newest = day([score("z")])
    assert reason(snapshot(newest, older, profiles=known, partial=["controlProfiles"])) == "no-longer-scored"
    assert reason(snapshot(newest, profiles=known, partial=["secureScores"])) == "partial-data"
    assert reason(snapshot(newest, profiles=known)) == "not-scored"
    assert reason(snapshot(newest)) == "unknown-control"


@pytest.mark.parametrize(("on_missing", "outcome"), [("fail", "error"), ("error", "error"), ("skip", "skipped")])
@pytest.mark.parametrize("entry", ["control: a", "anyOf: [a]", "select: {id: [a]}", "select: {category: [Data]}"])
def test_a_tenant_without_a_score_cannot_be_judged(on_missing: str, outcome: str, entry: str) -> None:
    rules = policy(controls=f"{{id: x, {entry}, onMissing: {on_missing}}}")
    assert only(rules, snapshot(profiles=[profile("a")])) == (outcome, "not-available", NO_SCORE)


@pytest.mark.parametrize(
    "entry",
    [
        "minimum: {percent: 1}",
        "minimum: {percent: 1}, category: Data",
        "compare: {basis: AllTenants, maximumBelow: {percentagePoints: 5}}",
        "coverage: {days: 7, maximumLoss: {points: 1}}",
        "freshness: {maximumAge: 3d}",
        "declaredShare: {maximum: {percent: 10}}",
    ],
)
def test_no_score_entry_can_be_judged_without_a_score(entry: str) -> None:
    rules = policy(score=f"{{id: x, {entry}}}")
    assert only(rules, snapshot()) == ("error", "not-available", NO_SCORE)
    assert warnings(rules, snapshot()) == [("no-score", "The tenant has no Secure Score yet.")]


@pytest.mark.parametrize(
    ("services", "judged"),
    [(["HasAADP2"], True), (["hasaadp2", "Other"], True), (["HasAADP1"], False), ([], False)],
)
def test_when_judges_licensed_tenants_only(services: list[str], judged: bool) -> None:
    data = snapshot(day([score("a")], services=services), profiles=[profile("a")])
    terms = "when: {enabledServices: [HasAADP2, HasAATP]}"
    skipped = ("skipped", "not-licensed", "The tenant has no HasAADP2 or HasAATP, so this is not judged.")
    for_entry = policy(controls=f"{{id: x, control: a, {terms}}}, {{id: y, control: a}}")
    assert lines(for_entry, data)[0] == (
        ("pass", "met", "a is at 100 % (10 of 10 points); 100 % is required.") if judged else skipped
    )
    assert warnings(for_entry, data) == []
    for_policy = policy(head=terms, controls="{id: x, control: a}, {id: y, control: a}")
    found = lines(for_policy, data)
    assert [outcome for outcome, _, _ in found] == (["pass", "pass"] if judged else ["skipped", "skipped"])
    if not judged:
        assert found == [skipped, skipped]
        assert warnings(for_policy, data) == [
            ("policy-skipped", "p: the tenant has no HasAADP2 or HasAATP, so this is not judged.")
        ]


def test_a_missing_control_has_its_profiles_title_and_link() -> None:
    joined = profile("A", title="Title", category="Data", action_url="https://portal.example/x")
    (found,) = findings(policy(controls="{id: x, control: a}"), snapshot(day([score("z")]), profiles=[joined]))
    assert (found.judgement.control, found.subject.title, found.subject.category) == ("A", "Title", "Data")
    assert found.subject.portal_url == "https://portal.example/x"
    assert line(found)[1] == "not-scored"


def test_when_graph_does_not_tell_the_licences_nothing_is_taken_for_unlicensed() -> None:
    data = snapshot(day([score("a")], services=None), profiles=[profile("a")])
    unknown = (
        "error",
        "not-available",
        "Graph does not report the tenant's services, so whether this applies is unknown.",
    )
    terms = "when: {enabledServices: [HasAADP2]}"
    assert only(policy(controls=f"{{id: x, control: a, {terms}}}"), data) == unknown
    assert only(policy(head=terms, controls="{id: x, control: a}"), data) == unknown


@pytest.mark.parametrize("select", ["id: ['a*']", "category: [Identity]", "service: [AzureAD]"])
def test_a_selection_that_lost_all_its_controls_fails_whatever_on_missing_says(select: str) -> None:
    profiles = [profile("a1"), profile("z", category="Apps", service="EXO")]
    data = snapshot(
        day([score("z", category="Apps")]), day([score("a1"), score("z", category="Apps")], back=1), profiles=profiles
    )
    outcome, reason, message = only(policy(controls=f"{{id: x, select: {{{select}}}, onMissing: skip}}"), data)
    assert (outcome, reason) == ("fail", "no-longer-scored")
    assert "is scored any more, and some were until 2026-05-21: a licence, product or connector" in message
    excluded = policy(controls=f"{{id: x, select: {{{select}}}, exclude: [a1], onMissing: skip}}")
    assert only(excluded, data)[:2] == ("skipped", "not-scored")


def test_of_several_ways_one_may_be_in_what_an_incomplete_answer_lacks() -> None:
    rules = policy(controls="{id: x, anyOf: [a, b]}")
    days = [day([score("a", 0.0)])]
    whole, partial = (
        snapshot(*days, profiles=[profile("a"), profile("b")], partial=names) for names in ((), ("secureScores",))
    )
    assert only(rules, whole)[:2] == ("fail", "below-minimum")
    assert only(rules, partial)[:2] == ("error", "partial-data")


def test_a_control_whose_profile_an_incomplete_answer_lacks_may_be_declared() -> None:
    data = snapshot(day([score("a")]), profiles=[profile("b")], partial=["controlProfiles"])
    assert only(policy(controls="{id: x, control: a}"), data) == (
        "error",
        "partial-data",
        (
            "a has no control profile in the data, so it may be declared; fetch the data again, or judge it with "
            "--assume-default-states."
        ),
    )


def test_a_pattern_finds_profiles_without_a_score_when_only_their_state_is_asked_for() -> None:
    data = snapshot(day([score("z")]), profiles=[profile("a1", state="ThirdParty"), profile("a2")])
    rules = policy(controls="{id: x, control: 'a*', profile: {state: ThirdParty}}")
    assert only(rules, data)[:2] == ("fail", "state-differs")


@pytest.mark.parametrize(
    "rules",
    [
        policy(controls="{id: x, select: {service: [AzureAD]}}"),
        policy(score="{id: x, select: {service: [AzureAD]}, minimum: {percent: 50}}"),
        policy(score="{id: x, minimum: {percent: 50}, declared: exclude}"),
        policy(score="{id: x, declaredShare: {maximum: {percent: 10}}}"),
    ],
    ids=["selector", "score of a selector", "observed score", "declared share"],
)
def test_profiles_that_an_incomplete_answer_lacks_taint_what_depends_on_them(rules: PolicySet) -> None:
    days = [day([score("a"), score("b"), score("c", 1.0)], maximum=30.0)]
    whole = snapshot(*days, profiles=[profile("a"), profile("b", service="EXO"), profile("c", service="EXO")])
    assert only(rules, whole)[0] == "pass"
    lacking = snapshot(*days, profiles=[profile("a")], partial=["controlProfiles"])
    assert ("error", "partial-data") in [found[:2] for found in lines(rules, lacking)]


def test_without_any_profile_nobody_knows_what_was_declared() -> None:
    data = snapshot(day([score("a")], maximum=10.0), profiles=[])
    assert only(policy(score="{id: x, declaredShare: {maximum: {percent: 10}}}"), data)[:2] == ("error", "partial-data")
