"""Typos, and more tolerance than there are controls: what would switch a requirement off without a word."""

import pytest
from builders import TENANT, day, only, policy, profile, report, score, snapshot, warnings

from checker.snapshot.model import Snapshot

SKIPPED = "{id: x, %s, onMissing: skip}"


@pytest.fixture
def data() -> Snapshot:
    return snapshot(
        day([score("AdminMFAV2"), score("mdo_zap", category="Apps")], services=["HasAADP1", "HasNew"]),
        day([score("AdminMFAV2"), score("gone", category="Retired")], back=1, services=["HasOld"]),
        profiles=[
            profile("AdminMFAV2", threats=["Account Breach"], user_impact="low"),
            profile("mdo_zap", category="Apps", service="MDO"),
            profile("new_one", service="NewService"),
        ],
    )


@pytest.mark.parametrize(
    ("entry", "code", "message"),
    [
        ("select: {service: [AzureADD]}", "unknown-word", "AzureADD is not a known service (did you mean AzureAD?)"),
        ("select: {category: [Idenity]}", "unknown-word", "Idenity is not a known category (did you mean Identity?)"),
        ("select: {tier: [Cor]}", "unknown-word", "Cor is not a known tier (did you mean Core?)"),
        (
            "select: {threats: [acount breach]}",
            "unknown-word",
            "acount breach is not a known threat (did you mean Account Breach?)",
        ),
        ("select: {userImpact: [hihg]}", "unknown-word", "hihg is not a known user impact (did you mean High?)"),
        ("select: {implementationCost: [zzz]}", "unknown-word", "zzz is not a known implementation cost"),
        (
            "select: {service: [NewServise]}",
            "unknown-word",
            "NewServise is not a known service (did you mean NewService?)",
        ),
        (
            "control: AdminMFAV1",
            "unknown-control",
            "AdminMFAV1 is not a control that this tenant reports (did you mean AdminMFAV2?)",
        ),
        # The tenant has no such id, the catalogue does.
        (
            "control: mdo_safelinksforemial",
            "unknown-control",
            "mdo_safelinksforemial is not a control that this tenant reports (did you mean mdo_safelinksforemail?)",
        ),
        (
            "control: scid_99999",
            "unknown-control",
            "scid_99999 is not a control that this tenant reports; check the spelling",
        ),
        ("control: 'sunflower*'", "unknown-control", "no control that this tenant reports matches sunflower*"),
    ],
)
def test_a_word_that_nobody_knows_warns_though_the_requirement_is_skipped(
    data: Snapshot, entry: str, code: str, message: str
) -> None:
    rules = policy(controls=SKIPPED % entry)
    assert warnings(rules, data) == [(code, f"p/x: {message}.")]
    outcome, reason, text = only(rules, data)
    assert (outcome, reason) == ("skipped", code)
    assert message[1:] in text


@pytest.mark.parametrize(
    "entry",
    [
        "select: {service: [MDATP]}",
        "select: {service: [newservice]}",
        "select: {category: [retired]}",
        "select: {threats: [accountbreach, Phishing or Whaling]}",
        "select: {tier: [Defense In Depth]}",
        "control: gone",
        "control: new_one",
        "control: 22.mdo_zap",
        "control: 22.mdo_safelinksforemail",
        "control: 'mdo_safe*'",
        "control: AdminMFAV2, when: {enabledServices: [hasnew]}",
        "control: AdminMFAV2, when: {enabledServices: [HasOld]}",
        "control: AdminMFAV2, when: {enabledServices: [HasAADP2]}",
        "select: {category: [Identity]}, exclude: [mdo_safelinksforemail]",
    ],
)
def test_a_word_of_the_tenant_or_of_the_catalogue_does_not_warn(data: Snapshot, entry: str) -> None:
    assert warnings(policy(controls=SKIPPED % entry), data) == []


@pytest.mark.parametrize(
    ("control", "message"),
    [
        (
            "mdo_safelinksforemail",
            "mdo_safelinksforemail is not scored in this tenant, which has no profile of it either.",
        ),
        (
            "[sunflower_9, mdo_zapmalware]",
            "mdo_zapmalware is not scored in this tenant, which has no profile of it either.",
        ),
        ("'mdo_safe*'", "No control that matches mdo_safe* is scored in this tenant."),
    ],
)
def test_a_control_of_the_catalogue_is_not_scored_here(data: Snapshot, control: str, message: str) -> None:
    assert only(policy(controls=SKIPPED % f"control: {control}"), data) == ("skipped", "not-scored", message)


def test_a_selector_that_a_licence_empties_is_told_apart_from_a_typo(data: Snapshot) -> None:
    text = "The tenant scores none of the controls with service %s."
    assert only(policy(controls=SKIPPED % "select: {service: [MDATP]}"), data) == (
        "skipped",
        "not-scored",
        text % "MDATP",
    )
    mixed = only(policy(controls=SKIPPED % "select: {service: [MDATP, AzureADD]}"), data)
    assert mixed == ("skipped", "not-scored", text % "MDATP or AzureADD")


@pytest.mark.parametrize("where", ["entry", "policy"])
def test_a_licence_that_nobody_knows_is_no_missing_licence(data: Snapshot, where: str) -> None:
    terms = "when: {enabledServices: [AADP2]}"
    said = "AADP2 is not a known licence (did you mean HasAADP2?)"
    if where == "entry":
        rules = policy(controls=f"{{id: x, control: AdminMFAV2, {terms}}}")
        assert warnings(rules, data) == [("unknown-word", f"p/x: {said}.")]
    else:
        rules = policy(head=terms, controls="{id: x, control: AdminMFAV2}")
        assert warnings(rules, data) == [
            ("policy-skipped", f"p: {said}, so this is not judged."),
            ("unknown-word", f"p: {said}."),
        ]
    assert only(rules, data) == ("skipped", "not-licensed", f"{said}, so this is not judged.")


def test_each_word_is_named_once_with_the_requirements_that_use_it(data: Snapshot) -> None:
    entries = ", ".join(f"{{id: x{number}, control: AdminMFAV1}}" for number in range(5))
    said = "AdminMFAV1 is not a control that this tenant reports (did you mean AdminMFAV2?)."
    assert warnings(policy(controls=entries), data) == [("unknown-control", f"p/x0, p/x1, p/x2 and 2 more: {said}")]


def test_without_the_data_that_shows_new_controls_only_likely_typos_warn() -> None:
    rules = policy(controls="{id: x, control: sunflower_9}, {id: y, control: AdminMFAV1}")
    for data in (snapshot(), snapshot(day([score("AdminMFAV2")]), profiles=[], partial=["controlProfiles"])):
        found = [warning for warning in warnings(rules, data) if warning[0] == "unknown-control"]
        assert [message.partition(" is ")[0] for _, message in found] == ["p/y: AdminMFAV1"]


@pytest.mark.parametrize(
    ("failing", "more", "warns"),
    [
        (1, "", False),
        (2, "", True),
        (3, "", True),
        (3, ", enforcement: advisory", False),
        (3, ", when: {enabledServices: [HasAATP]}", False),
    ],
)
def test_more_tolerance_than_controls_warns(failing: int, more: str, warns: bool) -> None:
    data = snapshot(day([score("a", 0), score("b", 0), score("c", 0, category="Apps")]))
    rules = policy(controls=f"{{id: x, select: {{category: [Identity]}}, atMost: {{failing: {failing}}}{more}}}")
    said = ("tolerates-all", f"p/x: at most {failing} may fail and 2 were picked, so no failure counts.")
    assert warnings(rules, data) == ([said] if warns else [])


@pytest.mark.parametrize(
    "entry", ["coverage: {days: %d, maximumLoss: {points: 0}}", "trend: {days: %d, maximumDrop: {points: 0}}"]
)
@pytest.mark.parametrize(("days", "warned"), [(7, False), (89, False), (90, True), (3650, True)])
def test_more_days_than_graph_keeps_warn_where_no_store_holds_them(entry: str, days: int, warned: bool) -> None:
    rules = policy(score=f"{{id: x, {entry % days}}}")
    why = (
        f"; it looks back {days} days but Graph keeps 90, so it is judged only with a store that has more"
        if warned
        else ""
    )
    text = f"he data has no day {days} to {days + 3} days back whose control scores add up{why}."
    assert only(rules, snapshot(day([score("a")]))) == ("skipped", "not-enough-history", f"T{text}")
    assert warnings(rules, snapshot(day([score("a")]))) == ([("not-enough-history", f"p/x: t{text}")] if warned else [])
    stored = snapshot(day([score("a")]), day([score("a")], back=days))
    assert (only(rules, stored)[0], warnings(rules, stored)) == ("pass", [])


@pytest.mark.parametrize(
    ("requirement", "control", "said"),
    [
        ("p/xx", "", "covers nothing: no requirement is named p/xx (did you mean 'p/x'?)."),
        ("q/*", "", "covers nothing: no requirement is named q/*."),
        ("p/x", "AdminMFA", "covers nothing: p/x is not about AdminMFA (did you mean 'AdminMFAV2'?)."),
        (
            "p/all",
            "AdminMFAV1",
            "covers nothing: AdminMFAV1 is not a control that this tenant reports (did you mean AdminMFAV2?).",
        ),
        (
            "p/all",
            "sunflower_9",
            "covers nothing: sunflower_9 is not a control that this tenant reports; check the spelling.",
        ),
        (
            "p/overall",
            "AdminMFAV2",
            "covers nothing: p/overall is not about single controls, so a waiver of AdminMFAV2 does not cover it.",
        ),
        ("p/x", "", "covers no failure; remove it."),
        ("p/x", "adminmfav2", "covers no failure; remove it."),
        ("p/all", "gone", "covers no failure; remove it."),
        ("p/all", "mdo_zapmalware", "covers no failure; remove it."),
    ],
)
def test_a_waiver_of_nothing_is_told_apart_from_one_that_is_not_needed(
    data: Snapshot, requirement: str, control: str, said: str
) -> None:
    narrowed = f", control: {control}" if control else ""
    term = "from: 2026-05-01, until: 2026-12-31, reason: r, approvedBy: a"
    rules = policy(
        score="{id: overall, minimum: {points: 1}}",
        controls="{id: x, control: AdminMFAV2}, {id: all, select: {category: [Identity, Apps]}}",
        waivers=f"{{requirement: '{requirement}', {term}{narrowed}}}",
    )
    code = "waiver-unused" if said.endswith("remove it.") else "waiver-of-nothing"
    ((found, message),) = warnings(rules, data)
    assert (found, message.endswith(said)) == (code, True), message


@pytest.mark.parametrize(
    ("tenant", "start", "codes"),
    [
        (TENANT, "2026-06-01", ["waiver-of-nothing"]),
        ("00000000-0000-0000-0000-000000000009", "2026-05-01", []),
    ],
)
def test_a_typo_in_a_waiver_is_named_before_it_begins_and_only_to_its_own_tenant(
    data: Snapshot, tenant: str, start: str, codes: list[str]
) -> None:
    waiver = f"{{requirement: p/y, tenant: {tenant}, from: {start}, until: 2026-12-31, reason: r, approvedBy: a}}"
    rules = policy(controls="{id: x, control: AdminMFAV2}", waivers=waiver)
    assert [warning.code for warning in report(rules, data).warnings] == codes
