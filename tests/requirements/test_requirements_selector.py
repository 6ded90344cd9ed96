import pytest
from builders import day, findings, line, lines, only, policy, profile, score, snapshot, warnings

from checker.errors import PolicyError
from checker.requirements.terms.pattern import is_pattern, matcher

PROFILES = [
    profile("AdminMFAV2", tier="Core", threats=["Account breach", "Password Cracking"], user_impact="Low"),
    profile("11770.MDA_Google", service="MDA_Google", tier="Defense In Depth", implementation_cost="moderate"),
    profile("mdo_zap", service="MDO", tier="Advanced", threats=["Malware"], user_impact="High"),
    profile("mdo_unscored", service="MDO"),
]
CONTROLS = [
    score("AdminMFAV2"),
    score("11770.MDA_Google", category="Apps"),
    score("mdo_zap", 0, category="Apps"),
    score("no_profile", category="Data"),
]
OTHER = profile("no_profile", service="none", tier="none", threats=[], user_impact="none", implementation_cost="none")
DATA = snapshot(day(CONTROLS), profiles=[*PROFILES, OTHER])


@pytest.mark.parametrize(
    ("select", "exclude", "picked"),
    [
        ("id: [AdminMFAV2]", "", ["AdminMFAV2"]),
        ("id: [adminmfav2, MDO_ZAP]", "", ["AdminMFAV2", "mdo_zap"]),
        ("id: [MDA_Google]", "", ["11770.MDA_Google"]),
        ("id: [99.MDA_Google]", "", ["11770.MDA_Google"]),
        ("id: ['mda_*']", "", ["11770.MDA_Google"]),
        ("id: ['11770.*']", "", ["11770.MDA_Google"]),
        ("id: ['*o*']", "", ["11770.MDA_Google", "mdo_zap", "no_profile"]),
        ("category: [identity]", "", ["AdminMFAV2"]),
        ("category: ['A pps', Data]", "", ["11770.MDA_Google", "mdo_zap", "no_profile"]),
        ("service: [azuread, ' MDO ']", "", ["AdminMFAV2", "mdo_zap"]),
        ("tier: [defense in depth]", "", ["11770.MDA_Google"]),
        ("tier: [DefenseInDepth, Core]", "", ["AdminMFAV2", "11770.MDA_Google"]),
        ("threats: [Account Breach]", "", ["AdminMFAV2"]),
        ("threats: [passwordcracking, malware]", "", ["AdminMFAV2", "mdo_zap"]),
        ("userImpact: [low, high]", "", ["AdminMFAV2", "mdo_zap"]),
        ("implementationCost: [Moderate]", "", ["11770.MDA_Google"]),
        ("category: [Apps], service: [MDO]", "", ["mdo_zap"]),
        ("category: [Apps, Identity]", "[ADMINMFAV2]", ["11770.MDA_Google", "mdo_zap"]),
        ("category: [Apps]", "['*.MDA_*']", ["mdo_zap"]),
        ("category: [Apps]", "[MDA_Google]", ["mdo_zap"]),
        ("category: [Apps]", "['mda_*']", ["mdo_zap"]),
        ("category: [Apps]", "[99.MDA_Google]", ["mdo_zap"]),
        ("id: [AdminMFAV2, mdo_zap]", "[mdo_zap]", ["AdminMFAV2"]),
    ],
)
def test_keys_are_all_of_and_lists_any_of_without_case_and_blanks(select: str, exclude: str, picked: list[str]) -> None:
    terms = f", exclude: {exclude}" if exclude else ""
    found = findings(policy(controls=f"{{id: x, select: {{{select}}}{terms}}}"), DATA)
    assert [finding.judgement.control for finding in found] == picked


def test_a_selector_without_keys_is_refused() -> None:
    with pytest.raises(PolicyError, match="expected"):
        policy(controls="{id: x, select: {}}")


@pytest.mark.parametrize(("on_missing", "outcome"), [("fail", "fail"), ("skip", "skipped"), ("error", "error")])
def test_a_selector_that_picks_nothing_is_judged_by_on_missing(on_missing: str, outcome: str) -> None:
    rules = policy(controls=f"{{id: x, select: {{category: [Identity], service: [MDO]}}, onMissing: {on_missing}}}")
    assert only(rules, DATA) == (
        outcome,
        "not-scored",
        (
            "The tenant scores none of the controls with category Identity and service MDO; 1 that fit have a profile "
            "but no score."
        ),
    )
    excluded = policy(
        controls=f"{{id: x, select: {{category: [Identity], service: [MDO]}}, exclude: ['*'], onMissing: {on_missing}}}"
    )
    assert only(excluded, DATA)[2] == "The tenant scores none of the controls with category Identity and service MDO."


@pytest.mark.parametrize("on_missing", ["fail", "skip", "error"])
def test_controls_without_a_profile_may_belong_to_a_selection(on_missing: str) -> None:
    rules = policy(controls=f"{{id: x, select: {{service: [MDO]}}, onMissing: {on_missing}}}")
    assert only(rules, snapshot(day(CONTROLS), profiles=[], partial=["controlProfiles"])) == (
        "error",
        "partial-data",
        (
            "Whether AdminMFAV2, 11770.MDA_Google, mdo_zap, no_profile belong to the selection is unknown, since "
            "profiles or members of them are missing; fetch the data again."
        ),
    )


@pytest.mark.parametrize("on_missing", ["fail", "skip", "error"])
def test_ids_that_a_selector_writes_out_may_be_lost_or_unknown_but_not_silently(on_missing: str) -> None:
    data = snapshot(day(CONTROLS), day([score("lost")], back=1), profiles=[*PROFILES, OTHER])
    rules = policy(
        controls=f"{{id: x, select: {{id: [AdminMFAV2, lost, mdo_sap, mdo_unscored]}}, onMissing: {on_missing}}}"
    )
    outcome = {"fail": "fail", "skip": "skipped", "error": "error"}[on_missing]
    assert [(finding.judgement.control, *line(finding)[:2]) for finding in findings(rules, data)] == [
        ("AdminMFAV2", "pass", "met"),
        ("lost", "fail", "no-longer-scored"),
        ("mdo_sap", outcome, "unknown-control"),
    ]
    assert warnings(rules, data) == [
        ("unknown-control", "p/x: mdo_sap is not a control that this tenant reports (did you mean mdo_zap?).")
    ]


def test_a_written_out_id_without_a_score_is_no_finding_whatever_profiles_are_missing() -> None:
    data = snapshot(day(CONTROLS), profiles=PROFILES, partial=["controlProfiles"])
    rules = policy(controls="{id: x, select: {id: [AdminMFAV2, mdo_unscored]}}")
    assert [found[:2] for found in lines(rules, data)] == [("pass", "met")]


def test_an_excluded_id_is_not_missed() -> None:
    data = snapshot(day(CONTROLS), day([score("lost")], back=1))
    rules = policy(controls="{id: x, select: {id: [AdminMFAV2, lost, slip]}, exclude: [LOST, slip]}")
    assert [found[:2] for found in lines(rules, data)] == [("pass", "met")]


@pytest.mark.parametrize(
    ("limit", "enforcements", "tail"),
    [
        (0, ["mandatory"] * 3, ""),
        (1, ["mandatory"] * 3, ""),
        (2, ["mandatory", "advisory", "advisory"], " Tolerated: 2 of at most 2."),
        (3, ["mandatory", "advisory", "advisory"], " Tolerated: 2 of at most 3."),
    ],
)
def test_at_most_makes_failures_advisory_while_no_more_fail(limit: int, enforcements: list[str], tail: str) -> None:
    data = snapshot(day([score("a"), score("b", 0), score("c", 0)]))
    found = findings(policy(controls=f"{{id: x, select: {{id: ['*']}}, atMost: {{failing: {limit}}}}}"), data)
    assert [finding.enforcement.value for finding in found] == enforcements
    assert [finding.outcome.value for finding in found] == ["pass", "fail", "fail"]
    assert found[1].message == f"b is at 0 % (0 of 10 points) and must be at 100 %.{tail}"


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("a", "A", True),
        ("a", "ab", False),
        ("a*", "a", True),
        ("*", "", True),
        ("a*c", "abc", True),
        ("ab*bc", "abc", False),
        ("a*b*c", "a-c-b-c", True),
        ("a*b*c", "a-c-c", False),
        ("*b*", "abc", True),
        ("**", "x", True),
        ("a.c", "abc", False),
    ],
)
def test_a_star_stands_for_any_characters(pattern: str, name: str, fits: bool) -> None:
    assert matcher([pattern])(name) is fits
    assert matcher(["other", pattern])(name) is fits
    assert is_pattern(pattern) is ("*" in pattern)


def test_many_stars_take_no_time() -> None:
    assert matcher(["*a" * 200 + "b"])("a" * 20_000) is False


def test_an_exclusion_of_one_connector_leaves_out_no_other_of_the_same_app() -> None:
    both = snapshot(day([score("11770.MDA_X"), score("22.MDA_X")]))
    rules = policy(controls="{id: x, select: {id: ['*.MDA_X']}, exclude: [11770.MDA_X]}")
    assert [finding.judgement.control for finding in findings(rules, both)] == ["22.MDA_X"]
