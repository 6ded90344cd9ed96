"""What looks strict and is not: where ``lint`` says so, and where not. More is in tests/mistakes."""

import datetime
import json
from pathlib import Path

import pytest

from checker.policy.lint import lint
from checker.policy.lockfile import LockedControl
from checker.views.lint import LintResult, render

TODAY = datetime.date(2026, 5, 22)
TOP = Path(__file__).parents[2]
MISTAKES = TOP / "tests" / "mistakes"
HEAD = "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: NAME}\n"
BASE = """\
score:
  - {id: overall, minimum: {percent: 60}}
controls:
  - {id: mfa, control: AdminMFAV2, minimum: {percent: 90, allBut: 2}, accept: [ThirdParty], severity: low}
  - {id: other, control: OneAdmin, locked: true}
"""
WAIVED = "{from: 2026-05-01, until: 2026-12-31, reason: r, approvedBy: a, requirement: "
OLD_RULES = {"no-rationale", "waiver-ending", "waiver-expired"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, body: str) -> None:
    Path(f"{name}.yaml").write_text(HEAD.replace("NAME", name) + body, encoding="utf-8")


def said(*paths: str) -> list[str]:
    return [f"{one.rule} {one.place}: {one.path}: {one.message}" for one in lint(paths or ["."], [], TODAY).problems]


def rules(body: str, waivers: str = "") -> list[str]:
    write("own", body)
    entries = f"\nwaivers: [{waivers}]\n"
    Path("waivers.yaml").write_text(f"apiVersion: scoregate/v1\nkind: Waivers{entries}", encoding="utf-8")
    return [one.rule for one in lint(["."], [], TODAY).problems]


@pytest.mark.parametrize(
    "path",
    ["pack:essentials", "examples/first-policy", "examples/composed-policy", "checker/cli/templates/baseline.yaml"],
)
def test_nothing_that_ships_looks_stricter_than_it_is(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    assert {one.rule for one in lint([path], [], TODAY).problems} <= OLD_RULES


@pytest.mark.parametrize("mistake", sorted(path.name for path in MISTAKES.glob("looks-strict-*")))
def test_each_rule_has_its_description(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MISTAKES / mistake)
    linted = lint(["."], [], TODAY)
    (run,) = json.loads(render("sarif", LintResult(linted, {})))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [linted.problems[0].rule]


@pytest.mark.parametrize(
    "override",
    [
        "minimum: {percent: 95, allBut: 1}",
        "minimum: {percent: 90}",
        "severity: high, rationale: Why.",
        "accept: []",
        "title: Ours",
        "locked: true",
        # Neither is tighter for all tenants.
        "control: OneAdmin",
        "minimum: {points: 5}",
        # A report names what is disabled, with its reason.
        "disabled: {reason: Not ours}",
    ],
)
def test_an_override_that_does_not_lower_is_left_alone(override: str) -> None:
    write("base", BASE)
    assert rules(f"extends: [base.yaml]\ncontrols:\n  - {{id: mfa, {override}}}\n") == []


@pytest.mark.parametrize(
    ("override", "field", "column"),
    [
        ("minimum: {percent: 90, allBut: 3}", "minimum", 24),
        ("severity: info", "severity", 25),
        ("accept: [ThirdParty, Reviewed]", "accept", 23),
        ("onMissing: skip", "onMissing", 26),
    ],
)
def test_an_override_that_lowers(override: str, field: str, column: int) -> None:
    write("base", BASE)
    write("own", f"extends: [base.yaml]\ncontrols:\n  - {{id: mfa, {override}}}\n")
    text = f"{field} requires less than base.yaml:7:5, which this overrides"
    assert said() == [f"override-loosens own.yaml:6:{column}: mfa.{field}: {text}"]


def test_what_the_origin_asks_for_counts_whatever_stands_in_between() -> None:
    write("base", BASE)
    write("between", "extends: [base.yaml]\ncontrols: [{id: mfa, minimum: {percent: 50}}]\n")
    write("own", "extends: [between.yaml]\ncontrols: [{id: mfa, minimum: {percent: 70}}]\n")
    assert [one.partition(": ")[0] for one in said()] == ["override-loosens own.yaml:5:31"]
    write("own", "extends: [between.yaml]\ncontrols: [{id: mfa, minimum: {percent: 95}}]\n")
    assert said() == []
    # A policy that extends it only is told too, where it is written.
    write("own", "extends: [between.yaml]\n")
    assert [one.partition(": ")[0] for one in said()] == ["override-loosens between.yaml:5:31"]


def test_a_default_that_lowers_what_bases_leave_open_is_told_of_once() -> None:
    write("base", BASE.replace(", locked: true", ""))
    write("own", "extends: [base.yaml]\ndefaults: {severity: low}\n")
    text = "requires less than base.yaml:5:5 and 1 other without it"
    assert said() == [f"override-loosens own.yaml:5:22: defaults.severity: {text}"]
    write("own", "extends: [base.yaml]\ndefaults: {severity: high}\n")
    assert {one.split()[0] for one in said()} == {"no-rationale"}


def test_what_loosens_a_lock_is_a_fault_and_no_warning_beside_it() -> None:
    write("base", BASE)
    found = rules("extends: [base.yaml]\ncontrols:\n  - {id: other, minimum: {percent: 50}}\n")
    assert found == ["invalid-document"]


def test_a_policy_with_one_mandatory_requirement_can_fail() -> None:
    advisory = "controls:\n  - {id: a, control: AdminMFAV2, enforcement: advisory}\n"
    assert rules(advisory) == ["nothing-mandatory"]
    assert rules(f"{advisory}  - {{id: b, control: OneAdmin}}\n") == []
    assert rules(f"{advisory}  - {{id: b, control: OneAdmin, disabled: {{reason: Later}}}}\n") == ["nothing-mandatory"]
    # What seems to be missing may be in the part with faults.
    assert rules(f"{advisory}  - {{id: b, controll: OneAdmin}}\n") == ["invalid-document"] * 2


@pytest.mark.parametrize(
    ("alternatives", "expected"),
    [
        ("AdminMFAV2, OneAdmin", []),
        ("AdminMFAV2, 'mdo_*'", []),
        ("AdminMFAV2, AdminMFAV3", ["unknown-control"]),
        ("AdminMFAV2, sunflower_9", ["unknown-alternative"]),
        ("AdminMFAV2, 'sunflower_*'", ["unknown-alternative"]),
        # Nothing passes for it: the requirement is judged as missing, and a run says so.
        ("sunflower_9, sunflower_8", []),
    ],
)
def test_an_alternative_that_nobody_would_miss(alternatives: str, expected: list[str]) -> None:
    assert rules(f"controls: [{{id: a, anyOf: [{alternatives}]}}]\n") == expected


def test_an_alternative_that_the_lock_knows_as_retired() -> None:
    write("own", "controls: [{id: a, anyOf: [OneAdmin, AdminMFAV2, MDA_x]}, {id: b, control: OneAdmin}]\n")
    lock = [LockedControl(control=name, retired=name != "OneAdmin") for name in ("OneAdmin", "adminmfav2", "MDA_x")]
    linted = lint(["own.yaml"], [], TODAY, seen=lock)
    assert [(one.rule, one.path, one.message.partition(";")[0]) for one in linted.problems] == [
        ("retired-alternative", "a", "AdminMFAV2 is retired according to the lock"),
        ("retired-alternative", "a", "MDA_x is retired according to the lock"),
    ]
    assert b"retired-alternative" in render("sarif", LintResult(linted, {}))
    # What neither knows has one warning, as everywhere with --strict.
    assert [one.rule for one in lint(["own.yaml"], [], TODAY, seen=[]).problems] == ["unknown-control"]


def test_a_list_of_successors_is_no_list_of_alternatives() -> None:
    assert rules("controls: [{id: a, control: [AdminMFAV2, sunflower_9]}]\n") == []


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("{id: ['mdo_*'], category: [Apps]}", []),
        ("{id: ['mdo_*'], category: [Identity]}", ["picks-nothing"]),
        ("{id: ['mdo_*'], category: [Identity, Apps]}", []),
        ("{id: ['mdo_*'], service: [MDO], tier: [Core, Advanced, Defense in Depth]}", []),
        ("{id: [AdminMFAV2], service: [SPO]}", ["picks-nothing"]),
        # The catalogue doesn't know threats of single controls.
        ("{id: ['mdo_*'], threats: [Spoofing]}", []),
        ("{category: [Identity], service: [AzureAD]}", []),
        # Told of as an unknown word.
        ("{id: ['mdo_*'], category: [Identiti]}", ["unknown-word"]),
    ],
)
def test_keys_of_a_selector_that_fit_no_control_together(selector: str, expected: list[str]) -> None:
    assert rules(f"controls: [{{id: a, select: {selector}}}]\n") == expected


@pytest.mark.parametrize(
    ("waiver", "expected"),
    [
        ("'*'}", ["waiver-of-everything"]),
        ("'own/*'}", ["waiver-of-everything"]),
        ("'*', control: '*'}", ["waiver-of-everything"]),
        ("'*', tenant: 00000000-0000-0000-0000-000000000001}", ["waiver-of-everything"]),
        ("'*', tenantLabel: production}", ["waiver-of-everything"]),
        ("'*', control: 'mdo_*'}", []),
        ("'*', floor: {percent: 50}}", []),
        ("own/a}", []),
        ("'own/a*'}", []),
    ],
)
def test_a_waiver_of_everything(waiver: str, expected: list[str]) -> None:
    policy = "controls: [{id: a, control: 'mdo_*'}, {id: b, control: OneAdmin}]\n"
    assert rules(policy, WAIVED + waiver) == expected


def test_a_waiver_that_covers_nothing_does_not_cover_everything() -> None:
    policy = "controls: [{id: a, control: AdminMFAV2}, {id: b, control: OneAdmin}]\n"
    assert rules(policy, (WAIVED + "'*'}").replace("2026-12-31", "2026-05-20")) == ["waiver-expired"]
    assert rules(policy, (WAIVED + "'*'}").replace("2026-12-31", "2027-12-31")) == ["waiver-too-long"]
    # Of one requirement it is no more than its name says.
    assert rules("controls: [{id: a, control: AdminMFAV2}]\n", WAIVED + "'*'}") == []
