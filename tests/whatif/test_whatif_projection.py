"""The answer as a whole: targets, the gate, and the command line."""

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import msgspec
import pytest
from builders import NOW, PORTAL, day, profile, score, tenant, unrated
from command_line import NOW as MOMENT
from command_line import Ended, here, policy, says_one_thing
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import given, settings
from plan_builders import change, plan

from checker.cli.schemas import build
from checker.errors import ScenarioError, UsageError
from checker.insight.effort import WEIGHTS
from checker.snapshot.model import ControlScore, SecureScoreControlProfile
from checker.tenant.tenant import Tenant
from checker.views.whatif import FORMATS, render
from checker.whatif.projection import Question, WhatIf, project
from checker.whatif.scenario import Adoption, Scenario
from checker.whatif.target import Choice, Target, parse_target

Capture = pytest.CaptureFixture[str]


def held() -> Tenant:
    return tenant(
        day(
            [score("A", 2.0), score("B"), score("C", 0.0, category="Apps"), score("E", 0.0, category="Apps")],
            maximum=40.0,
        ),
        profiles=[
            profile("A", user_impact="High", implementation_cost="Low"),
            profile("B"),
            profile("C", category="Apps", user_impact="Low", implementation_cost="Low"),
            profile("E", category="Apps"),
        ],
    )


def asked(target: str | None = None, **choice: object) -> WhatIf:
    question = Question(
        scenario=Scenario(),
        choice=Choice(weights=dict(WEIGHTS), **choice),  # type: ignore[arg-type]
        target=parse_target(target) if target is not None else None,
        front=True,
    )
    return project(held(), question, PORTAL, NOW)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("75", Target(category=None, percent=75.0, points=None)),
        ("75%", Target(category=None, percent=75.0, points=None)),
        ("400points", Target(category=None, percent=None, points=400.0)),
        (" 400.5 points ", Target(category=None, percent=None, points=400.5)),
        ("Identity=80", Target(category="Identity", percent=80.0, points=None)),
        ("Identity=80points", Target(category="Identity", percent=None, points=80.0)),
    ],
)
def test_targets(text: str, wanted: Target) -> None:
    assert parse_target(text) == wanted


@pytest.mark.parametrize("text", ["", "x", "=5", "-5", "1e3", "101", "75 parts", "inf", "nan", "9" * 40])
def test_what_is_no_target(text: str) -> None:
    with pytest.raises(UsageError, match="--target"):
        parse_target(text)


def test_the_cheapest_way_is_projected() -> None:
    found = asked("55")
    assert found.goal is not None
    assert (found.goal.points, found.goal.missing, found.reachable) == (22.0, 10.0, True)
    assert [step.control for step in found.adopted] == ["C"]
    assert (found.projected.current_score, found.effort) == (22.0, 2.0)


def test_a_target_that_cannot_be_reached_says_what_can() -> None:
    found = asked("100", exclude=["e*"])
    assert found.goal is not None
    assert (found.reachable, found.goal.most, found.goal.most_percent) == (False, 30.0, 75.0)
    assert found.projected == found.today
    assert b"not reachable; the maximum is 30 points (75 %)" in render("text", found)


def test_a_target_that_is_reached_needs_nothing() -> None:
    found = asked("10")
    assert (found.reachable, found.adopted, found.projected) == (True, (), found.today)
    assert b"already reached" in render("text", found)


def test_a_category_is_reached_by_its_own_controls() -> None:
    found = asked("apps=100")
    assert {step.control for step in found.adopted} == {"C", "E"}
    identity = asked("Identity=100")
    assert [step.control for step in identity.adopted] == ["A"]
    with pytest.raises(ScenarioError, match="no control of the category X"):
        asked("X=5")


@pytest.mark.parametrize(
    ("choice", "most"),
    [
        ({}, 40.0),
        ({"user_impact": "moderate"}, 32.0),
        ({"user_impact": "low"}, 22.0),
        ({"implementation_cost": "low"}, 30.0),
        ({"exclude": ["*"]}, 12.0),
    ],
)
def test_constraints_leave_controls_out(choice: dict[str, object], most: float) -> None:
    goal = asked("100", **choice).goal
    assert goal is not None
    assert goal.most == most


def test_a_percentage_of_nothing_is_refused() -> None:
    bare = tenant(day([unrated("A", 1.0)], maximum=None))
    question = Question(
        scenario=Scenario(),
        choice=Choice(weights=dict(WEIGHTS)),
        target=Target(category=None, percent=5.0, points=None),
    )
    with pytest.raises(ScenarioError, match="give the target in points"):
        project(bare, question, PORTAL, NOW)


def test_the_front_begins_with_today_and_ends_with_everything() -> None:
    found = asked()
    assert [(one.effort, one.current_score) for one in found.front] == [
        (0.0, 12.0),
        (2.0, 22.0),
        (6.0, 32.0),
        (10.0, 40.0),
    ]


def run(capture: Capture, *arguments: str) -> Ended:
    return here(capture, "whatif", "--sandbox", "--now", MOMENT, *arguments)


def test_every_format(tmp_path: Path, capfd: Capture) -> None:
    path = policy(tmp_path, "controls: [{id: admins, control: AdminMFAV2}]")
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(
        "apiVersion: scoregate/v1\nkind: Scenario\ntitle: MFA\nadopt:\n  - AdminMFAV2\n"
        "  - {control: PWAgePolicyNew, percent: 50}\ndrop: [mdo_safelinksforemail]\n"
    )
    arguments = ("-p", str(path), "--file", str(scenario), "--target", "70", "--alternatives", "2", "--front")
    shown = {name: run(capfd, *arguments, "-o", name) for name in FORMATS}
    assert {ended.code for ended in shown.values()} == {0}, shown
    found = json.loads(shown["json"].out)
    jsonschema.Draft202012Validator(build("whatif")).validate(found)
    assert found["findings"] == [
        {"requirement": "small/admins", "control": "AdminMFAV2", "before": "fail", "after": "pass"}
    ]
    assert (found["today"]["verdict"], found["projected"]["verdict"]) == ("fail", "pass")
    assert found["projected"]["percent"] >= 70
    assert len(found["goal"]["alternatives"]) == 2
    assert found["today"]["currentScore"] + sum(step["points"] for step in found["adopted"]) == pytest.approx(
        found["projected"]["currentScore"]
    )
    assert "small/admins  AdminMFAV2: fail -> pass" in shown["text"].out.decode()
    assert "| small/admins" in shown["markdown"].out.decode()
    assert ET.fromstring(shown["svg"].out).tag.endswith("svg")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to simulate"),
        (("--adopt", "nope"), "this tenant reports no control"),
        (("--adopt", "AdminMFA"), "(did you mean 'AdminMFAV2'?)"),
        (("--adopt", "A=101"), "--adopt expects"),
        (("--adopt", "A=nan"), "--adopt expects"),
        (("--adopt", "=5"), "--adopt expects"),
        (("--target", "x"), "--target expects"),
        (("--target", "Nope=5"), "no control of the category"),
        (("--weights", "low=0", "--front"), "--weights takes numbers from 0.01"),
        (("--plan", "missing.json"), "missing.json"),
        (("--file", "missing.yaml"), "missing.yaml"),
    ],
)
def test_mistakes_of_the_caller(arguments: tuple[str, ...], said: str, capfd: Capture) -> None:
    ended = run(capfd, *arguments)
    assert ended.code == 2
    assert said in ended.err
    assert says_one_thing(ended.err)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: Scenario\n", "apiVersion"),
        (
            "apiVersion: scoregate/v1\nkind: Scenario\nadpot: [A]\n",
            ":3:1: adpot: unknown key 'adpot' (did you mean 'adopt'?)",
        ),
        ("apiVersion: scoregate/v1\nkind: Scenario\nadopt: [{control: A, percent: 101}]\n", ":3:"),
        ("apiVersion: scoregate/v1\nkind: Scenario\n---\nkind: Scenario\n", "expected one document"),
        ("apiVersion: scoregate/v1\nkind: Policy\n", "kind"),
        ("[", "is not valid YAML"),
    ],
)
def test_a_scenario_file_is_told_what_is_wrong(text: str, said: str, tmp_path: Path, capfd: Capture) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(text)
    ended = run(capfd, "--file", str(path))
    assert ended.code == 2
    assert said in ended.err


def test_numbers_for_names_stay_as_they_are_written(tmp_path: Path, capfd: Capture) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("apiVersion: scoregate/v1\nkind: Scenario\ndrop: [1.10]\n")
    assert "reports no control 1.10" in run(capfd, "--file", str(path)).err


@given(TEXTS)
@settings(deadline=None, max_examples=examples(60))
def test_what_others_wrote_is_made_harmless(text: str) -> None:
    odd = tenant(
        day([score("A", 2.0, category=text)], maximum=40.0), profiles=[profile("A", title=text, category=text)]
    )
    question = Question(scenario=Scenario(adopt=[Adoption("A")]), choice=Choice(weights=dict(WEIGHTS)), front=True)
    found = project(odd, question, PORTAL, NOW)
    for name in ("text", "markdown"):
        shown = render(name, found).decode()
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "<script" not in render("markdown", found).decode()
    ET.fromstring(render("svg", found))


def of(*controls: ControlScore, profiles: Sequence[SecureScoreControlProfile], maximum: float = 40.0) -> Tenant:
    return tenant(day(list(controls), maximum=maximum), profiles=profiles)


def answered(held: Tenant, target: str | None = None, **scenario: object) -> WhatIf:
    question = Question(
        scenario=Scenario(**scenario),  # type: ignore[arg-type]
        choice=Choice(weights=dict(WEIGHTS)),
        target=parse_target(target) if target is not None else None,
    )
    return project(held, question, PORTAL, NOW)


def test_what_a_scenario_settles_the_target_leaves_alone() -> None:
    dropped = answered(held(), "32points", drop=["c"])
    assert (dropped.reachable, dropped.goal is not None and dropped.goal.most) == (False, 30.0)
    partly = answered(held(), "16points", adopt=[Adoption("A", 60.0)])
    assert [step.control for step in partly.adopted] == ["A"]


def test_an_id_that_looks_like_a_pattern_is_a_control_of_its_own() -> None:
    odd = of(score("bar*", 1.0), score("barx", 5.0), profiles=[profile("bar*"), profile("barx")])
    assert [step.control for step in answered(odd, "15points").adopted] == ["bar*"]


def test_controls_whose_maximum_nobody_tells_are_named() -> None:
    unknown = of(score("A", 1.0), unrated("B", 0.0), unrated("C", 0.0, category="Apps"), profiles=[profile("A")])
    found = answered(unknown, "40points")
    assert "left out, since the points that they can still earn are unknown: B, C" in found.notes[0]


def test_in_full_is_never_less_than_now_and_a_negative_maximum_is_none() -> None:
    over = of(score("A", 8.0), profiles=[profile("A", 5.0)])
    assert answered(over, adopt=[Adoption("A")]).adopted[0].points == 0.0
    with pytest.raises(ScenarioError, match="unknown"):
        answered(of(score("A", 1.0), profiles=[profile("A", -5.0)]), adopt=[Adoption("A")])


def test_a_plan_sets_every_score_that_shares_a_profile() -> None:
    shared = of(score("1.MDA_x", 0.0), score("2.MDA_x", 0.0), profiles=[profile("MDA_x")])
    found = answered(shared, plan=plan(change("MDA_x")))
    assert [(step.control, step.after) for step in found.adopted] == [("1.MDA_x", 10.0), ("2.MDA_x", 10.0)]


def test_retired_controls_are_not_proposed() -> None:
    retired = msgspec.structs.replace(profile("A"), deprecated=True)
    found = answered(of(score("A", 1.0), profiles=[retired]), "10points")
    assert found.reachable is False


def test_points_beyond_measure_are_refused() -> None:
    huge = of(score("A", 0.0), score("B", 0.0), profiles=[profile("A", 2e16), profile("B", 2e16)], maximum=4e16)
    with pytest.raises(ScenarioError, match="cannot be compared exactly"):
        answered(huge, "50")


@pytest.mark.parametrize("text", ["low=1e-7", "low=1.0001", "high=1001", "low=0.009"])
def test_weights_that_are_too_fine_or_too_far_apart(text: str, capfd: Capture) -> None:
    ended = run(capfd, "--front", "--weights", text)
    assert ended.code == 2
    assert "--weights takes numbers from 0.01 to 1000" in ended.err
