"""One control: minimum, allBut, accept, profile, lists, globs, anyOf."""

import pytest
from builders import day, findings, line, only, policy, profile, score, snapshot, unrated, update, warnings

from checker.report.finding import Affected, Declaration, Quantity
from checker.report.outcome import Unit
from checker.snapshot.model import ControlScore, SecureScoreControlProfile, Snapshot

WHO = "by admin@contoso.example on 2026-05-01"


def one(entry: ControlScore, joined: SecureScoreControlProfile | None = None) -> Snapshot:
    return snapshot(day([entry]), profiles=[joined] if joined is not None else [])


@pytest.mark.parametrize(
    ("terms", "entry", "joined", "expected"),
    [
        ("", score("a"), profile("a"), ("pass", "met", "a is at 100 % (10 of 10 points); 100 % is required.")),
        (
            "",
            score("a", 9.99),
            profile("a"),
            ("fail", "below-minimum", "a is at 99.9 % (9.99 of 10 points) and must be at 100 %."),
        ),
        (
            "minimum: {percent: 80}",
            score("a", 7.996),
            profile("a"),
            ("fail", "below-minimum", "a is at 79.96 % (8 of 10 points) and must be at 80 %."),
        ),
        (
            "minimum: {percent: 80}",
            score("a", 7.99999),
            profile("a"),
            ("fail", "below-minimum", "a is at 79.9999 % (8 of 10 points) and must be at 80 %."),
        ),
        (
            "minimum: {percent: 80}",
            score("a", 8 - 5e-11),
            profile("a"),
            ("pass", "met", "a is at 80 % (8 of 10 points); 80 % is required."),
        ),
        (
            "minimum: {percent: 0}",
            score("a", 0),
            profile("a"),
            ("pass", "met", "a is at 0 % (0 of 10 points); 0 % is required."),
        ),
        (
            "minimum: {points: 5}",
            score("a", 5),
            profile("a"),
            ("pass", "met", "a is at 50 % (5 of 10 points); 5 points is required."),
        ),
        (
            "minimum: {points: 1}",
            score("a", 0.5),
            profile("a"),
            ("fail", "below-minimum", "a is at 5 % (0.5 of 10 points) and must be at 1 point."),
        ),
        (
            "minimum: {points: 5}",
            unrated("a", 4.999999),
            None,
            ("fail", "below-minimum", "a is at 4.999999 points and must be at 5 points."),
        ),
        (
            "",
            score("a", 2, percent=93.33),
            None,
            ("fail", "below-minimum", "a is at 93.33 % (2 of 2.14 points) and must be at 100 %."),
        ),
        (
            "",
            unrated("a", 2),
            None,
            (
                "error",
                "partial-data",
                (
                    "a has no control profile in the data, so it may be declared; fetch the data again, or judge it "
                    "with --assume-default-states."
                ),
            ),
        ),
        (
            "",
            score("a", 0, percent=0),
            profile("a", 0.0),
            ("skipped", "not-applicable", "a has a maximum of zero points, so a percentage of it is not applicable."),
        ),
        (
            "",
            score("a", 5),
            profile("a", None),
            (
                "skipped",
                "not-applicable",
                "a has no maximum: maxScore of its profile is null, so a percentage of it is not applicable.",
            ),
        ),
        (
            "minimum: {points: 5}",
            score("a", 5),
            profile("a", None),
            ("pass", "met", "a is at 5 points; 5 points is required."),
        ),
        (
            "",
            score("a", 0),
            profile("a", state="Ignored"),
            (
                "fail",
                "below-minimum",
                f"a is at 0 % (0 of 10 points) and must be at 100 %; its risk was accepted in the portal {WHO}.",
            ),
        ),
        (
            "minimum: {percent: 50}",
            score("a", 6),
            profile("a", state="ignored"),
            ("pass", "met", "a is at 60 % (6 of 10 points); 50 % is required."),
        ),
    ],
)
def test_a_score_is_judged_by_its_minimum(
    terms: str, entry: ControlScore, joined: SecureScoreControlProfile | None, expected: tuple[str, str, str]
) -> None:
    assert only(policy(controls=f"{{id: x, control: A, {terms}}}"), one(entry, joined)) == expected


@pytest.mark.parametrize(
    ("percent", "total", "expected"),
    [
        (
            98.0,
            "50",
            ("pass", "met", "a is at 98 % (9.8 of 10 points): 1 of 50 users or devices are left out, and 2 may be."),
        ),
        (
            96.0,
            50,
            ("pass", "met", "a is at 96 % (9.6 of 10 points): 2 of 50 users or devices are left out, and 2 may be."),
        ),
        (
            93.33,
            "30",
            ("pass", "met", "a is at 93.3 % (9.33 of 10 points): 2 of 30 users or devices are left out, and 2 may be."),
        ),
        (
            94.0,
            "50",
            (
                "fail",
                "below-minimum",
                (
                    "a is at 94 % (9.4 of 10 points) and must be at 100 %: 3 of 50 users or devices are left out, "
                    "and at most 2 may be."
                ),
            ),
        ),
        (
            50.0,
            "4",
            (
                "fail",
                "below-minimum",
                (
                    "a is at 50 % (5 of 10 points) and must be at 100 %: 2 of 4 users or devices are left out, and "
                    "at most 2 may be."
                ),
            ),
        ),
        (
            60.0,
            "5",
            ("pass", "met", "a is at 60 % (6 of 10 points): 2 of 5 users or devices are left out, and 2 may be."),
        ),
        *(
            (
                50.0,
                total,
                (
                    "fail",
                    "count-unknown",
                    (
                        "a is at 50 % (5 of 10 points) and must be at 100 %; allBut 2 has no effect, since the tenant "
                        "reports no total for it."
                    ),
                ),
            )
            for total in (None, "", "0", "many", "nan", True)
        ),
    ],
)
def test_all_but_lets_few_be_left_out_and_never_half(
    percent: float, total: object, expected: tuple[str, str, str]
) -> None:
    entry = score("a", round(percent / 10, 2), percent=percent, total=total)
    found = only(policy(controls="{id: x, control: a, minimum: {percent: 100, allBut: 2}}"), one(entry, profile("a")))
    expected_text = expected[2].replace("93.3 %", "93.3 %")
    assert found == (*expected[:2], expected_text)


def test_all_but_has_nothing_to_say_where_the_minimum_is_met() -> None:
    found = only(policy(controls="{id: x, control: a, minimum: {allBut: 2}}"), one(score("a"), profile("a")))
    assert found == ("pass", "met", "a is at 100 % (10 of 10 points); 100 % is required.")


def test_left_out_is_counted_from_graphs_percentage_and_else_from_ours() -> None:
    requirement = policy(controls="{id: x, control: a}")
    for entry in (score("a", 5, percent=70.0, total="10"), ControlScore("a", 7.0, None, "Identity", "10")):
        (found,) = findings(requirement, one(entry, profile("a")))
        assert found.judgement.affected == Affected(3, 10)
    (found,) = findings(requirement, one(ControlScore("a", 7.0, None, "Identity", "10")))
    assert found.judgement.affected is None


@pytest.mark.parametrize("state", ["ThirdParty", "thirdparty", "Reviewed", "AlternateMitigation", "neverHeardOf"])
def test_a_declared_state_fails_whatever_the_points(state: str) -> None:
    (found,) = findings(policy(controls="{id: x, control: a}"), one(score("a"), profile("a", state=state)))
    assert line(found) == (
        "fail",
        "declared-not-observed",
        f"a is declared {state} {WHO}, which nobody observed and the policy does not accept.",
    )
    assert found.judgement.measured == Quantity(state, Unit.STATE)
    assert found.subject.declared_by == Declaration(state, "admin@contoso.example", "2026-05-01T08:00:00Z")
    assert found.judgement.points == 10.0


@pytest.mark.parametrize(
    ("accept", "state", "passes"),
    [
        ("[ThirdParty]", "thirdParty", True),
        ("[Reviewed, AlternateMitigation]", "alternatemitigation", True),
        ("[Reviewed]", "AlternateMitigation", False),
        ("[ThirdParty, Reviewed, AlternateMitigation]", "neverHeardOf", False),
    ],
)
def test_accept_takes_a_declared_state_whatever_the_points(accept: str, state: str, passes: bool) -> None:
    data = one(score("a", 0), profile("a", updates=[update(state)]))
    found = only(policy(controls=f"{{id: x, control: a, accept: {accept}}}"), data)
    assert found == (
        ("pass", "declaration-accepted", f"a is declared {state}, which the policy accepts.")
        if passes
        else (
            "fail",
            "declared-not-observed",
            f"a is declared {state}, which nobody observed and the policy does not accept.",
        )
    )


def test_accept_changes_nothing_for_an_observed_or_ignored_control() -> None:
    requirement = policy(controls="{id: x, control: a, accept: [ThirdParty]}")
    assert only(requirement, one(score("a", 0), profile("a")))[:2] == ("fail", "below-minimum")
    assert only(requirement, one(score("a", 0), profile("a", state="Ignored")))[:2] == ("fail", "below-minimum")


def test_a_defenders_control_tells_its_state_in_the_score() -> None:
    assert only(policy(controls="{id: x, control: scid_1}"), one(score("scid_1", state="thirdParty"))) == (
        "fail",
        "declared-not-observed",
        "scid_1 is declared thirdParty, which nobody observed and the policy does not accept.",
    )


@pytest.mark.parametrize(
    ("terms", "entry", "joined", "expected"),
    [
        (
            "profile: {state: ThirdParty}",
            score("a", 0),
            profile("a", state="thirdParty"),
            ("pass", "met", "a is in the state ThirdParty, as declared."),
        ),
        (
            "profile: {state: ThirdParty, assignedTo: x, comment: y}",
            score("a", 0),
            profile("a"),
            ("fail", "state-differs", "a is in the state Default and must be in the state ThirdParty."),
        ),
        (
            "profile: {state: ThirdParty}",
            score("a"),
            profile("a", state="Reviewed"),
            ("fail", "state-differs", f"a is in the state Reviewed {WHO} and must be in the state ThirdParty."),
        ),
        (
            "profile: {state: Default}",
            score("a"),
            profile("a", state="Reviewed"),
            ("fail", "state-differs", f"a is in the state Reviewed {WHO} and must be in the state Default."),
        ),
        (
            "profile: {state: Default}",
            score("a", 0),
            profile("a", updates=[]),
            ("pass", "met", "a is in the state Default, as declared."),
        ),
        (
            "profile: {state: ThirdParty}",
            score("a"),
            profile("a"),
            (
                "pass",
                "declaration-unneeded",
                "a is observed in full, so there is nothing to declare; remove the entry x.",
            ),
        ),
        (
            "profile: {state: Ignored}",
            score("a", 0),
            profile("a", state="Ignored"),
            ("pass", "met", "a is in the state Ignored, as declared."),
        ),
        (
            "minimum: {percent: 50}, profile: {state: ThirdParty}",
            score("a", 0),
            profile("a", state="ThirdParty"),
            ("pass", "declaration-accepted", f"a is declared ThirdParty {WHO}, which the policy accepts."),
        ),
        (
            "minimum: {percent: 50}, profile: {state: ThirdParty}",
            score("a", 6),
            profile("a"),
            ("fail", "state-differs", "a is in the state Default and must be in the state ThirdParty."),
        ),
        (
            "minimum: {percent: 50}, profile: {state: Default}",
            score("a", 4),
            profile("a"),
            ("fail", "below-minimum", "a is at 40 % (4 of 10 points) and must be at 50 %."),
        ),
        (
            "minimum: {percent: 50}, profile: {state: Ignored}",
            score("a", 6),
            profile("a", state="Ignored"),
            ("pass", "met", "a is at 60 % (6 of 10 points); 50 % is required."),
        ),
    ],
)
def test_a_profile_entry_judges_the_state_and_a_written_minimum_too(
    terms: str, entry: ControlScore, joined: SecureScoreControlProfile | None, expected: tuple[str, str, str]
) -> None:
    assert only(policy(controls=f"{{id: x, control: a, {terms}}}"), one(entry, joined)) == expected


@pytest.mark.parametrize("minimum", ["", "minimum: {percent: 50}, "])
def test_a_declaration_that_is_not_needed_is_a_warning(minimum: str) -> None:
    requirement = policy(controls=f"{{id: x, control: a, {minimum}profile: {{state: Reviewed}}}}")
    assert warnings(requirement, one(score("a"), profile("a"))) == [
        (
            "declaration-unneeded",
            "p/x: a is observed in full, so there is nothing to declare; remove the entry x.",
        )
    ]


def test_a_minimum_in_points_that_is_missed_fails_beside_an_unneeded_declaration() -> None:
    requirement = policy(controls="{id: x, control: a, minimum: {points: 11}, profile: {state: Reviewed}}")
    assert only(requirement, one(score("a"), profile("a")))[:2] == ("fail", "below-minimum")


def test_a_state_alone_is_judged_without_a_score_unless_it_was_scored_before() -> None:
    requirement = policy(controls="{id: x, control: A, profile: {state: ThirdParty}}")
    joined = profile("a", state="ThirdParty")
    assert only(requirement, snapshot(day([]), profiles=[joined])) == (
        "pass",
        "met",
        "a is in the state ThirdParty, as declared.",
    )
    assert only(requirement, snapshot(day([]), day([score("a")], back=1), profiles=[joined]))[:2] == (
        "fail",
        "no-longer-scored",
    )
    with_minimum = policy(controls="{id: x, control: a, minimum: {percent: 1}, profile: {state: ThirdParty}}")
    assert only(with_minimum, snapshot(day([]), profiles=[joined]))[:2] == ("fail", "not-scored")


@pytest.mark.parametrize(
    ("control", "judged"),
    [
        ("a", "a"),
        ("A", "a"),
        ("mda_x", "11770.MDA_X"),
        ("[new, a, b]", "a"),
        ("[b, a]", "b"),
        ("[unscored, b]", "b"),
        ("'b*'", "b"),
        ("'*da_x'", "11770.MDA_X"),
        ("'mda_*'", "11770.MDA_X"),
        ("'11770.*'", "11770.MDA_X"),
    ],
)
@pytest.mark.parametrize("terms", ["", ", profile: {state: Ignored}"])
def test_a_control_is_named_by_id_by_list_or_by_pattern(control: str, judged: str, terms: str) -> None:
    data = snapshot(day([score("a", 0), score("b", 0), score("11770.MDA_X", 0)]), profiles=[profile("unscored")])
    (found,) = findings(policy(controls=f"{{id: x, control: {control}{terms}}}"), data)
    assert found.judgement.control == judged


def test_a_pattern_that_means_several_controls_is_judged_by_the_worst() -> None:
    data = snapshot(day([score("a1"), score("a2", 0), unrated("a3", 1)]))
    assert only(policy(controls="{id: x, control: 'a*'}"), data)[2].startswith(
        "a3 is at 10 % (1 of 10 points) and must be at 100 %; failing too: a2 is at 0 %"
    )
    assert only(policy(controls="{id: x, control: ['b*', 'a*']}"), data)[0] == "fail"
    unknown = snapshot(day([score("a1"), unrated("a3", 1)]), profiles=[profile("a1")])
    assert only(policy(controls="{id: x, control: 'a*', minimum: {percent: 0}}"), unknown)[0] == "error"


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([score("a", 0), score("b")], ("pass", "met", "b is at 100 % (10 of 10 points); 100 % is required.")),
        ([score("B")], ("pass", "met", "B is at 100 % (10 of 10 points); 100 % is required.")),
        (
            [score("a", 2), score("b", 4)],
            (
                "fail",
                "below-minimum",
                "b is at 40 % (4 of 10 points) and must be at 100 %; failing too: a is at 20 % (2 of 10 points).",
            ),
        ),
        (
            [score("a", 2)],
            ("fail", "below-minimum", "a is at 20 % (2 of 10 points) and must be at 100 %; not scored: b."),
        ),
        (
            [score("c")],
            ("fail", "unknown-control", "a is not a control that this tenant reports; check the spelling."),
        ),
    ],
)
def test_any_of_holds_when_one_does(entries: list[ControlScore], expected: tuple[str, str, str]) -> None:
    assert only(policy(controls="{id: x, anyOf: [a, b]}"), snapshot(day(entries))) == expected


def test_any_of_names_every_alternative_that_fails_and_how_it_stands() -> None:
    names = [f"n{number}" for number in range(9)]
    found = only(
        policy(controls=f"{{id: x, anyOf: [{', '.join(names)}]}}"), snapshot(day([score(one, 4) for one in names]))
    )
    # They are equal, so the first of the policy speaks.
    assert found[2].startswith("n0 is at 40 %")
    assert [one for one in names[1:] if f"{one} is at 40 % (4 of 10 points)" not in found[2]] == []


def test_the_nearest_alternative_is_the_one_that_lacks_the_fewest_points_in_all() -> None:
    data = snapshot(day([score("mdo_a", 9), score("mdo_b", 1), score("other", 8)]))
    rules = policy(controls="{id: x, anyOf: ['mdo_*', other, mdo_a]}")
    # 'mdo_*' lacks ten points; that mdo_a fails is said once, though two alternatives mean it.
    assert only(rules, data)[2] == (
        "mdo_a is at 90 % (9 of 10 points) and must be at 100 %; failing too: mdo_b is at 10 % (1 of 10 points), "
        "other is at 80 % (8 of 10 points)."
    )
    without = policy(controls="{id: x, anyOf: ['mdo_*', other]}")
    assert only(without, data)[2] == (
        "other is at 80 % (8 of 10 points) and must be at 100 %; failing too: mdo_a is at 90 % (9 of 10 points), "
        "mdo_b is at 10 % (1 of 10 points)."
    )


def test_any_of_one_control_says_nothing_of_others() -> None:
    assert only(policy(controls="{id: x, anyOf: [a]}"), snapshot(day([score("a", 4)])))[2] == (
        "a is at 40 % (4 of 10 points) and must be at 100 %."
    )


def test_any_of_skips_when_all_it_can_judge_is_not_applicable() -> None:
    data = snapshot(day([score("a", 0)]), profiles=[profile("a", 0.0)])
    assert only(policy(controls="{id: x, anyOf: [a, b]}"), data)[:2] == ("skipped", "not-applicable")


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("control: a", "a must be at 100 % or more"),
        ("control: [a, b], minimum: {points: 1}", "a or else b must be at 1 point or more"),
        ("control: a, minimum: {percent: 90, allBut: 2}", "a must be at 90 % or more, all but 2"),
        ("control: a, profile: {state: Reviewed}", "a must be in the state Reviewed"),
        ("anyOf: [a, b]", "one of a, b must be at 100 % or more"),
        (
            "select: {id: [a], tier: [Core, Advanced]}",
            "each of the controls with id a and tier Core or Advanced must be at 100 % or more",
        ),
        (
            (
                "select: {threats: [x], userImpact: [Low], implementationCost: [Low], service: [EXO], category: "
                "[Data]}, atMost: {failing: 2}"
            ),
            (
                "each of the controls with category Data and service EXO and threat x and user impact Low and "
                "implementation cost "
                "Low must be at 100 % or more, and at most 2 may fail"
            ),
        ),
    ],
)
def test_each_kind_says_what_it_asks_for(entry: str, sentence: str) -> None:
    summary = policy(controls=f"{{id: x, {entry}}}").policies[0].requirements[0].summary
    assert summary.sentence == sentence
    assert summary.title == sentence[0].upper() + sentence[1:]


def test_a_judgement_carries_what_a_person_needs() -> None:
    entry = score("a", 4, total="50", last_synced="2026-05-20T07:00:00Z", category="Apps")
    joined = profile("a", title=" Title ", action_url="https://portal.example/x")
    (found,) = findings(policy(controls="{id: x, control: a, minimum: {percent: 90}}"), one(entry, joined))
    judgement = found.judgement
    assert (found.subject.title, found.subject.category) == ("Title", "Apps")
    assert judgement.measured == Quantity(40.0, Unit.PERCENT)
    assert judgement.required == Quantity(90.0, Unit.PERCENT)
    assert judgement.affected == Affected(30, 50)
    assert judgement.points == 5.0
    assert found.subject.last_synced == "2026-05-20T07:00:00Z"
    assert found.subject.declared_by is None
    assert found.subject.portal_url == "https://portal.example/x"


def test_the_profile_of_another_connector_says_nothing_of_a_control() -> None:
    data = snapshot(day([score("22.MDA_X")]), profiles=[profile("11770.MDA_X")])
    assert only(policy(controls="{id: x, control: MDA_X}"), data)[:2] == ("error", "partial-data")


@pytest.mark.parametrize("on_missing", ["fail", "skip", "error"])
def test_an_alternative_that_the_day_leaves_out_may_be_the_one_that_counts(on_missing: str) -> None:
    data = snapshot(day([score("a", 0)], current=50), profiles=[profile("a", None), profile("b")])
    rules = policy(controls=f"{{id: x, anyOf: [a, b], onMissing: {on_missing}}}")
    assert only(rules, data)[:2] == ("error", "inconsistent")


@pytest.mark.parametrize("which", ["control: MDA_X", "anyOf: [MDA_X]"])
@pytest.mark.parametrize(("points", "expected"), [(10.0, ("error", "inconsistent")), (0.0, ("fail", "below-minimum"))])
def test_another_connector_that_the_day_leaves_out_may_be_the_worse(
    which: str, points: float, expected: tuple[str, str]
) -> None:
    data = snapshot(day([score("22.MDA_X", points)], current=50))
    assert only(policy(controls=f"{{id: x, {which}}}"), data)[:2] == expected
    assert only(policy(controls=f"{{id: x, {which.replace('MDA_X', '22.MDA_X')}}}"), data)[0] != "error"
