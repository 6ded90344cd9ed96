import datetime
import random

import msgspec
import pytest
from builders import NOW, TENANT, day, findings, lines, policy, profile, report, score, snapshot, update, warnings
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import NAMES, parts, snapshots

from checker.report.document import document
from checker.report.outcome import Outcome, Reason
from checker.report.report import Provenance, ScoreSummary
from checker.report.verdict import decide
from checker.snapshot.model import SecureScore, SecureScoreControlProfile, Snapshot

WHOLE = policy(
    score="{id: overall, minimum: {percent: 60}}, {id: observed, minimum: {points: 20}, declared: exclude}, "
    "{id: identity, category: Identity, minimum: {percent: 70}}, {id: apps, category: Apps, "
    "minimum: {points: 3}, onMissing: skip}, "
    "{id: part, select: {id: ['*a*']}, minimum: {percent: 50}}, {id: peers, compare: {basis: "
    "AllTenants, maximumBelow: {percentagePoints: 5}}}, "
    "{id: coverage, coverage: {days: 7, maximumLoss: {points: 2}}}, {id: fresh, freshness: {maximumAge: 3d}}, "
    "{id: claims, declaredShare: {maximum: {percent: 10}}}",
    controls="{id: admins, control: AdminMFAV2, accept: [ThirdParty]}, {id: spare, control: [nothing, "
    "OneAdmin], minimum: {percent: 90, allBut: 2}}, "
    "{id: google, control: mda_google_mfa, onMissing: skip}, {id: mail, anyOf: [mdo_zapmalware, "
    "spo_legacy_auth], onMissing: error}, "
    "{id: some, select: {id: ['*_*']}, exclude: [scid_2010], minimum: {percent: 40}, atMost: {failing: 1}}, "
    "{id: written, select: {id: [aad_sspr, unused_a, slip]}}, {id: state, control: unused_b, "
    "profile: {state: Default}}, "
    "{id: licensed, control: OneAdmin, when: {enabledServices: [HasAADP2]}}, {id: pattern, control: "
    "'scid_*', minimum: {points: 1}}",
)
WAIVED = msgspec.structs.replace(
    WHOLE,
    waivers=policy(
        controls="{id: x, control: a}",
        waivers="{requirement: '*', from: 2026-05-01, until: 2026-07-01, reason: r, approvedBy: b, floor: "
        "{percent: 20}}, "
        "{requirement: 'p/some', from: 2026-01-01, until: 2026-02-01, reason: r, approvedBy: b}",
    ).waivers,
)
# What only scores and states can move, each monotone in the score of an observed control.
RISING = policy(
    score="{id: overall, minimum: {percent: 60}}, {id: observed, minimum: {points: 20}, declared: exclude}, "
    "{id: identity, category: Identity, minimum: {percent: 70}}, {id: part, select: {id: ['*a*']}, "
    "minimum: {percent: 50}}, "
    "{id: claims, declaredShare: {maximum: {percent: 10}}}",
    controls="{id: each, select: {id: ['*']}, minimum: {percent: 80}}, {id: but, select: {id: ['*']}, "
    "minimum: {allBut: 2}}, "
    "{id: any, anyOf: [AdminMFAV2, OneAdmin]}, {id: state, select: {id: ['*']}, profile: {state: Default}}, "
    "{id: both, select: {id: ['*']}, minimum: {points: 3}, profile: {state: Reviewed}}",
)

fast = settings(deadline=None, max_examples=examples(50))


@fast
@given(snapshots())
def test_the_same_input_gives_an_equal_report(data: Snapshot) -> None:
    first, second = report(WAIVED, data), report(WAIVED, data)
    assert first == second
    assert msgspec.json.encode(document(first, decide(first))) == msgspec.json.encode(document(second, decide(second)))


@fast
@given(parts(), st.randoms(use_true_random=False))
def test_the_order_in_a_file_does_not_matter(
    data: tuple[list[SecureScore], list[SecureScoreControlProfile]], shuffler: random.Random
) -> None:
    days, profiles = data
    mixed = []
    for entry in days:
        controls = list(entry.control_scores or [])
        shuffler.shuffle(controls)
        mixed.append(msgspec.structs.replace(entry, control_scores=controls))
    shuffler.shuffle(mixed)
    mixed_profiles = shuffler.sample(profiles, len(profiles))

    def outcomes(seen: Snapshot) -> list[tuple[str, str, str, str]]:
        return sorted(
            (found.requirement.name, found.judgement.control or "", found.outcome.value, found.judgement.reason.value)
            for found in findings(WHOLE, seen)
            if found.requirement.id != "mail"  # of two that fail alike the first speaks
        )

    assert outcomes(snapshot(*days, profiles=profiles)) == outcomes(snapshot(*mixed, profiles=mixed_profiles))


@fast
@given(parts(), st.sampled_from(NAMES), st.integers(1, 1000))
def test_a_higher_score_turns_no_pass_into_a_failure(
    data: tuple[list[SecureScore], list[SecureScoreControlProfile]], name: str, by: int
) -> None:
    days, profiles = data
    maxima = {entry.id: entry.max_score or 0.0 for entry in profiles}
    declared = {
        found.judgement.control
        for found in findings(policy(controls="{id: x, select: {id: ['*']}}"), snapshot(*days, profiles=profiles))
        if found.judgement.reason is Reason.DECLARED_NOT_OBSERVED
    }
    if name not in maxima or name in declared:
        return
    raised = [
        score(
            entry.control_name,
            min(maxima[name], (entry.score or 0.0) + by / 100),
            maxima[name],
            category=entry.control_category,
            total=entry.total,
            state=entry.state,
        )
        if entry.control_name == name
        else entry
        for entry in days[0].control_scores or []
    ]
    newest = msgspec.structs.replace(
        days[0], control_scores=raised, current_score=sum(each.score or 0.0 for each in raised)
    )
    before = {
        (found.requirement.id, found.judgement.control): found
        for found in findings(RISING, snapshot(*days, profiles=profiles))
    }
    for found in findings(RISING, snapshot(newest, *days[1:], profiles=profiles)):
        earlier = before.get((found.requirement.id, found.judgement.control))
        if earlier is not None and earlier.outcome is Outcome.PASS:
            assert found.outcome is Outcome.PASS


@fast
@given(snapshots())
def test_every_finding_has_one_outcome_and_one_sentence_after_another(data: Snapshot) -> None:
    judged = report(WAIVED, data)
    counts = judged.counts()
    assert sum(counts.values()) == len(judged.findings)
    assert list(counts) == ["pass", "fail", "waived", "skipped", "error"]
    for found in judged.findings:
        assert found.message.endswith(".")
        assert not found.message.endswith(("..", "?.", " ."))
        assert "\n" not in found.message
        assert isinstance(found.outcome, Outcome)
    assert {found.requirement.id for found in judged.findings} == {
        entry.summary.id for entry in WHOLE.policies[0].requirements
    }


@fast
@given(snapshots())
def test_waiving_turns_failures_into_waived_and_nothing_else(data: Snapshot) -> None:
    for plain, waived in zip(findings(WHOLE, data), findings(WAIVED, data), strict=True):
        if plain.outcome is Outcome.FAIL:
            assert waived.outcome in {Outcome.FAIL, Outcome.WAIVED}
            assert waived.waiver is not None
        else:
            assert (waived.outcome, waived.message, waived.waiver) == (plain.outcome, plain.message, None)
        assert waived.judgement == plain.judgement


def test_the_report_says_what_was_judged() -> None:
    data = snapshot(
        day([score("a", 6), score("b", 4, 4)], maximum=20),
        day([], back=1),
        profiles=[profile("a"), profile("b", 4, state="Reviewed")],
    )
    data = msgspec.structs.replace(data, sha256="0" * 64)
    zone = datetime.timezone(datetime.timedelta(hours=2))
    found = report(policy(controls="{id: x, control: a}"), data, datetime.datetime(2026, 5, 25, 1, 30, tzinfo=zone))
    assert found.tenant == TENANT
    assert found.evaluated_at == datetime.datetime(2026, 5, 24, 23, 30, tzinfo=datetime.UTC)
    assert found.age_days == 2
    assert found.snapshot == Provenance(datetime.date(2026, 5, 22), "0" * 64)
    assert found.score == ScoreSummary(10.0, 20.0, 50.0, 4.0)
    assert found.policies == ("p",)


def test_without_a_score_the_report_says_so() -> None:
    found = report(policy(controls="{id: x, control: a}"), snapshot())
    assert (found.age_days, found.score, found.snapshot) == (None, None, Provenance(None, None))
    assert [(warning.code, warning.message) for warning in found.warnings] == [
        ("no-score", "The tenant has no Secure Score yet.")
    ]


@pytest.mark.parametrize(("maximum", "percent"), [(None, None), (0.0, None), (40.0, 25.0)])
def test_the_summary_has_no_percentage_of_nothing(maximum: float | None, percent: float | None) -> None:
    summary = report(policy(controls="{id: x, control: a}"), snapshot(day([score("a")], maximum=maximum))).score
    assert summary == ScoreSummary(10.0, maximum, percent, 0.0)


def test_odd_data_is_a_warning() -> None:
    rules = policy(controls="{id: x, control: a}")
    data = snapshot(day([score("a"), score("a")], current=99), profiles=[], partial=["secureScores", "controlProfiles"])
    assert warnings(rules, data, NOW - datetime.timedelta(days=1)) == [
        ("duplicate-control", "test.json scores a control twice on 2026-05-22, with equal values."),
        ("partial-data", "Graph's answer was incomplete: controlProfiles."),
        ("partial-data", "Graph's answer was incomplete: secureScores."),
        (
            "partial-data",
            "Graph's answer was incomplete, so the day 2026-05-22 may lack controls; fetch the data again.",
        ),
        (
            "inconsistent",
            (
                "The control scores of 2026-05-22 do not add up to its currentScore, so its sums can't be trusted; "
                "fetch again when Microsoft has finished the day."
            ),
        ),
        ("partial-data", "The data contains no control profiles: titles, maxima and states are unknown."),
        ("data-from-the-future", "The newest day lies 1 day after the day of the run; is the clock right?"),
    ]


def test_findings_stand_in_the_order_of_the_policy_and_of_graph() -> None:
    data = snapshot(day([score("b"), score("a")]), profiles=[profile("a"), profile("b")])
    rules = policy(
        score="{id: z, freshness: {maximumAge: 3d}}", controls="{id: y, select: {id: ['*']}}, {id: x, control: a}"
    )
    assert [(found.requirement.name, found.judgement.control) for found in findings(rules, data)] == [
        ("p/z", None),
        ("p/y", "b"),
        ("p/y", "a"),
        ("p/x", "a"),
    ]


def test_a_control_whose_name_begins_like_a_sentence_keeps_its_spelling() -> None:
    assert lines(policy(controls="{id: x, control: the_control}"), snapshot(day([score("the_control")])))[0][2] == (
        "the_control is at 100 % (10 of 10 points); 100 % is required."
    )


def test_an_administrators_name_may_end_with_a_full_stop() -> None:
    joined = profile("a", updates=[update("Ignored", by="X Ltd.")])
    found = lines(policy(controls="{id: x, control: a}"), snapshot(day([score("a", 0)]), profiles=[joined]))[0][2]
    assert found.endswith("its risk was accepted in the portal by X Ltd.")
