"""What to do next: points for effort, and nothing that nobody can earn."""

import csv
import io
import json

import jsonschema
import msgspec
import pytest
from builders import SUM, TENANT, day, profile, score, snapshot, tenant, unrated
from command_line import NOW, here
from command_line import policy as written

from checker.cli.schemas import build
from checker.insight.effort import WEIGHTS
from checker.insight.guide import Action, Guide, guide
from checker.requirements.terms.selector import Selector
from checker.snapshot.model import SecureScoreControlProfile
from checker.tenant.control import Control
from checker.tenant.states import UNTOUCHED
from checker.tenant.tenant import Tenant
from checker.views.guide import FORMATS, render

Capture = pytest.CaptureFixture[str]
HOSTILE = "=cmd|'/c calc'!A1 \x1b[31m|<b>##[error]\u202e"


def ranked(profile_of: SecureScoreControlProfile, rank: object) -> SecureScoreControlProfile:
    return msgspec.structs.replace(profile_of, rank=rank)


def known(*, most: int = 10, select: Selector | None = None, required: dict[str, list[str]] | None = None) -> Guide:
    profiles = [
        profile("cheap", implementation_cost="Low", user_impact="low"),
        profile("dear", implementation_cost="High", user_impact="High"),
        ranked(profile("unknown-b", service="MDO"), 3),
        ranked(profile("unknown-a"), 9),
        profile("full"),
        profile("claimed", state="ThirdParty"),
        profile("accepted", state="Ignored", implementation_cost="Medium", user_impact="?"),
    ]
    controls = [
        score("cheap", 8.0),
        score("dear", 0.0),
        score("unknown-b", 4.0),
        score("unknown-a", 4.0),
        score("full"),
        score("claimed", 0.0),
        score("accepted", 9.5),
        score("without-maximum", 0.0),
    ]
    of = tenant(day(controls, maximum=80), profiles=profiles)
    return guide(of, select=select, required=required or {}, most=most)


def names(found: Guide) -> list[str]:
    return [action.control for action in found.actions]


def test_the_most_points_for_the_least_effort_come_first() -> None:
    found = known()
    assert names(found) == ["dear", "unknown-b", "unknown-a", "cheap", "accepted"]
    by_name = {action.control: action for action in found.actions}
    assert [(one.points, one.effort) for one in (by_name["dear"], by_name["cheap"], by_name["unknown-a"])] == [
        (10.0, 6.0),
        (2.0, 2.0),
        (6.0, 4.0),
    ]
    assert (found.controls_left, found.points_left) == (5, 24.5)
    assert names(known(most=2)) == ["dear", "unknown-b"]


def test_unknown_weighs_as_moderate_and_says_so() -> None:
    accepted = next(action for action in known().actions if action.control == "accepted")
    assert (accepted.implementation_cost, accepted.user_impact, accepted.effort) == ("moderate", "unknown", 4.0)
    words = ("Low", "medium", " HIGH ", "Unknown", None, "")
    held = [Control("a", None, profile("a", implementation_cost=word, user_impact=word), UNTOUCHED) for word in words]
    assert [control.user_impact for control in held] == [control.implementation_cost for control in held]
    assert [control.user_impact for control in held] == [
        "low",
        "moderate",
        "high",
        "unknown",
        "unknown",
        "unknown",
    ]


def test_selected() -> None:
    assert names(known(select=Selector(service=["mdo"]))) == ["unknown-b"]


def test_weights_change_the_order() -> None:
    controls = [score("a", 0.0), score("b", 4.0)]
    profiles = [profile("a", user_impact="High"), profile("b", user_impact="Low")]
    of = tenant(day(controls), profiles=profiles)
    assert names(guide(of, select=None, required={}, most=9)) == ["a", "b"]
    weights = {**WEIGHTS, "high": 20.0}
    assert names(guide(of, select=None, required={}, most=9, weights=weights)) == ["b", "a"]


def test_what_policies_require() -> None:
    found = known(required={"cheap": ["p/a", "p/b", "p/a"]})
    assert next(one for one in found.actions if one.control == "cheap").required_by == ("p/a", "p/b")


def test_of_a_tenant_without_a_score_nobody_knows_what_is_left() -> None:
    found = guide(Tenant(snapshot(), ""), select=None, required={}, most=5)
    assert found.actions == ()
    assert render("text", found).startswith(b"What is left to earn is unknown.\n")


def test_nothing_is_left_only_where_everything_is_known() -> None:
    whole = guide(tenant(day([score("A")], maximum=SUM)), select=None, required={}, most=5)
    assert render("text", whole) == b"Nothing is left to earn.\n"
    unknown = guide(tenant(day([unrated("A", 5.0)]), profiles=[]), select=None, required={}, most=5)
    assert unknown.unknown == ("A",)
    text = render("text", unknown).decode()
    assert text.startswith("What is left to earn is unknown.\n\nWhat is left in A is unknown.\n")
    assert "Warnings (1)" in text


@pytest.mark.parametrize("name", FORMATS)
def test_what_tenants_say_is_harmless(name: str) -> None:
    hostile = msgspec.structs.replace(profile(HOSTILE, title=HOSTILE, service=HOSTILE), remediation=f"<p>{HOSTILE}</p>")
    of = tenant(day([score(HOSTILE, 0.0, category=HOSTILE)]), profiles=[hostile])
    text = render(name, guide(of, select=None, required={HOSTILE.casefold(): [HOSTILE]}, most=5)).decode()
    assert not set(text) & set("\x1b\u202e")
    assert "##[error]" not in text
    if name == "csv":
        rows = list(csv.reader(io.StringIO(text)))
        assert not [cell for cell in rows[1] if cell.startswith(("=", "@"))]
        assert len(rows) == 2


def test_the_command(capfd: Capture, tmp_path: str) -> None:
    from pathlib import Path

    path = written(Path(tmp_path), "controls: [{id: casb, control: PWAgePolicyNew}]")
    ended = here(capfd, "guide", "--sandbox", "--now", NOW, "-p", path, "-o", "json", "--top", "400")
    document = json.loads(ended.out)
    jsonschema.Draft202012Validator(build("guide")).validate(document)
    assert [action["control"] for action in document["actions"] if action["requiredBy"]] == ["PWAgePolicyNew"]
    assert all(action["remediation"] for action in document["actions"] if action["control"] != "scid_6101")
    assert TENANT not in ended.out.decode()
    narrowed = here(capfd, "guide", "--sandbox", "--now", NOW, "--category", "identity", "-o", "json", "--top", "400")
    assert {action["controlCategory"] for action in json.loads(narrowed.out)["actions"]} == {"Identity"}
    for name in FORMATS:
        assert here(capfd, "guide", "--sandbox", "--now", NOW, "-o", name, "--weights", "high=9").code == 0


@pytest.mark.parametrize("weights", ["low", "low=x", "low=0", "low=-1", "huge=2", "low=nan", "low=inf"])
def test_weights_that_are_none(capfd: Capture, weights: str) -> None:
    ended = here(capfd, "guide", "--sandbox", "--now", NOW, "--weights", weights)
    assert ended.code == 2
    assert "--weights takes numbers from 0.01" in ended.err


def test_an_action_is_a_value() -> None:
    assert Action.__struct_config__.frozen
