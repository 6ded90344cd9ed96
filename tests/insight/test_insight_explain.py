"""``scoregate explain`` and ``controls``."""

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import pytest
from builders import PORTAL, day, policies, profile, report, score, tenant, update
from command_line import NOW, Ended, here, says_one_thing
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import given, settings

from checker.catalogue.controls import known, known_controls
from checker.cli.schemas import build
from checker.clouds import CLOUDS, GLOBAL
from checker.errors import UsageError
from checker.insight.controls import SHOWN, SORTED, listed
from checker.insight.explain import Context, explain
from checker.requirements.terms.selector import Selector
from checker.tenant.tenant import Tenant
from checker.views.controls import FORMATS
from checker.views.controls import render as render_controls
from checker.views.explain import render

Capture = pytest.CaptureFixture[str]

HELD = tenant(
    day(
        [
            score("A", 2.0, last_synced="2026-05-20T00:00:00Z"),
            score("scid_1", 10.0, state="thirdParty"),
            score("Bare", 1.0),
        ]
    ),
    profiles=[
        profile(
            "A",
            title="The A",
            threats=["Account Breach"],
            updates=[
                update("Default"),
                update("ThirdParty", "2026-04-01T00:00:00Z", "first@contoso.example"),
                update("Ignored", "2026-05-01T00:00:00Z", "second@contoso.example"),
            ],
        ),
        profile("scid_1", category="Device"),
        profile("Unscored", category="Apps"),
    ],
)
POLICY = policies(
    "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p, owner: o@contoso.example}\n"
    "controls:\n"
    "- {id: one, control: A, rationale: Why not, references: [{framework: CIS, version: '5', id: '1.1'}]}\n"
    "- {id: all, select: {category: [Identity]}}\n"
    "- {id: nowhere, control: NoSuchThing}\n"
    "- {id: known, control: AdminMFAV2}\n"
    "score: [{id: overall, minimum: {percent: 50}}]\n"
    "states: [{id: shadow, undeclared: fail}]\n"
    "---\napiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: q}\ncontrols: [{id: one, control: A}]\n"
)
HERE = Context(cloud=GLOBAL, policies=POLICY, tenant=HELD, report=report(POLICY, HELD.snapshot))
OFFLINE = Context(cloud=GLOBAL, policies=POLICY)


def test_a_control_in_full() -> None:
    (found,) = explain("a", HERE).controls
    assert (found.control, found.title, found.source) == ("A", "The A", "tenant")
    assert (found.score, found.max_score, found.percent, found.points_left) == (2.0, 10.0, 20.0, 8.0)
    assert found.state is not None
    assert (found.state.state, found.state.portal_word, found.state.updated_by) == (
        "Ignored",
        "Risk accepted",
        "second@contoso.example",
    )
    assert [entry.state for entry in found.history] == ["Ignored", "ThirdParty", "Default"]
    assert [one.requirement for one in found.judged] == ["p/one", "p/all", "p/shadow", "q/one"]
    assert found.graph_url == "https://graph.microsoft.com/v1.0/security/secureScoreControlProfiles/A"
    assert found.graph_explorer_url == (
        "https://developer.microsoft.com/graph/graph-explorer?request=security/secureScoreControlProfiles/A"
        "&method=GET&version=v1.0&GraphUrl=https://graph.microsoft.com"
    )


def test_a_state_that_only_the_score_tells() -> None:
    (found,) = explain("scid_1", HERE).controls
    assert found.state is not None
    assert (found.state.state, found.state.updated_by) == ("thirdParty", None)


def test_a_score_without_a_profile_and_a_profile_without_a_score() -> None:
    (bare,) = explain("Bare", HERE).controls
    assert (bare.score, bare.history, bare.service) == (1.0, (), None)
    assert bare.graph_url.endswith("/security/secureScores?$top=1")
    (unscored,) = explain("Unscored", HERE).controls
    assert (unscored.score, unscored.points_left, unscored.state is not None) == (None, None, True)


def test_a_requirement_with_its_controls() -> None:
    found = explain("p/all", HERE)
    assert found.requirement is not None
    assert (found.requirement.sentence, found.requirement.owner) == (
        "each of the controls with category Identity must be at 100 % or more",
        "o@contoso.example",
    )
    assert [control.control for control in found.controls] == ["A", "scid_1", "Bare"]
    assert len(found.findings) == 3
    assert explain("overall", HERE).controls == ()
    assert explain("overall", HERE).graph_url.endswith("secureScores?$top=1")


def test_offline_the_policy_and_the_catalogue_speak() -> None:
    found = explain("known", OFFLINE)
    assert (found.tenant, found.findings) == (None, ())
    assert [(one.control, one.source, one.max_score) for one in found.controls] == [("AdminMFAV2", "catalogue", 10.0)]
    assert explain("nowhere", OFFLINE).controls == ()
    assert explain("adminmfav2", Context(cloud=CLOUDS["usgov"])).graph_url.startswith("https://graph.microsoft.us/")


def test_an_id_that_is_not_clear() -> None:
    with pytest.raises(UsageError, match="say p/one or q/one"):
        explain("one", HERE)
    with pytest.raises(UsageError, match=r"not a known requirement or control \(did you mean 'p/one'\?\)"):
        explain("p/onee", HERE)
    with pytest.raises(UsageError, match=r"not a known control \(did you mean 'AdminMFAV2'\?\)"):
        explain("AdminMFAV3", Context(cloud=GLOBAL))


def test_a_large_selection_is_cut_and_counted() -> None:
    many = [f"C{number}" for number in range(30)]
    of = tenant(day([score(name, 1.0) for name in many]), profiles=[profile(name) for name in many])
    found = explain("p/all", Context(cloud=GLOBAL, policies=POLICY, tenant=of, report=report(POLICY, of.snapshot)))
    assert (len(found.controls), found.more_controls) == (20, 10)
    assert "And 10 more controls" in render("text", found).decode()
    assert "And 10 more controls." in render("markdown", found).decode()


def test_the_catalogue_is_well_formed() -> None:
    controls = known_controls().values()
    assert len(controls) > 400
    assert all(control.title and control.id == control.id.strip() for control in controls)
    assert all(control.max_score is None or control.max_score > 0 for control in controls)
    assert known("11770.MDA_Google_EnableTwoFactorAuth") == known("mda_google_enabletwofactorauth")


@given(TEXTS)
@settings(deadline=None, max_examples=examples(60))
def test_what_others_wrote_is_made_harmless(text: str) -> None:
    held = update("Ignored", "2026-05-01T00:00:00Z", text)
    odd = profile("A", title=text, service=text, threats=[text], updates=[type(held)(state=text, comment=text), held])
    of = Tenant(tenant(day([score("A", category=text)]), profiles=[odd]).snapshot, PORTAL)
    explanation = explain("A", Context(cloud=GLOBAL, tenant=of))
    lists = listed(of, select=None, show="all", sort="id", most=None)
    for shown in (
        render("text", explanation),
        render("markdown", explanation),
        render_controls("text", lists),
        render_controls("markdown", lists),
    ):
        assert "\x1b" not in shown.decode()
        assert "\u202e" not in shown.decode()
    assert "<script" not in render("markdown", explanation).decode()
    (_, row) = csv.reader(io.StringIO(render_controls("csv", lists).decode(), newline=""))
    assert not row[1].startswith(("=", "+", "-", "@", "\t"))


# controls


def names(**how: object) -> list[str]:
    options = {"select": None, "show": "all", "sort": "id", "most": None, **how}
    return [row.control for row in listed(HELD, **options).controls]  # type: ignore[arg-type]


def test_every_control_is_listed_once_with_where_it_is_reported() -> None:
    found = listed(HELD, select=None, show="all", sort="id", most=None)
    assert [(row.control, row.has_score, row.has_profile) for row in found.controls] == [
        ("A", True, True),
        ("Bare", True, False),
        ("scid_1", True, True),
        ("Unscored", False, True),
    ]
    assert found.total == 4


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("all", ["A", "Bare", "scid_1", "Unscored"]),
        ("scored", ["A", "Bare", "scid_1"]),
        ("unscored", ["Unscored"]),
        ("open", ["A", "Bare"]),
        ("declared", ["scid_1"]),
        ("ignored", ["A"]),
        ("without-profile", ["Bare"]),
        ("retired", []),
    ],
)
def test_which_are_shown(show: str, expected: list[str]) -> None:
    assert names(show=show) == expected
    assert set(SHOWN) == {"all", "scored", "unscored", "open", "declared", "ignored", "without-profile", "retired"}


def test_the_order() -> None:
    assert names(sort="points") == ["scid_1", "A", "Bare", "Unscored"]
    assert names(sort="left")[0] == "A"
    assert names(sort="left")[-1] == "Bare"  # without a profile it may be declared, so what is left is unknown
    assert names(sort="percent")[-1] == "Unscored"
    assert names(sort="category") == ["Unscored", "A", "Bare", "scid_1"]
    assert all(set(names(sort=order)) == set(names()) for order in SORTED)


def test_a_selector_reaches_profiles_without_a_score_too() -> None:
    assert names(select=Selector(category=["apps"])) == ["Unscored"]
    assert names(select=Selector(id=["a*"])) == ["A"]


def run(capture: Capture, *arguments: str) -> Ended:
    return here(capture, *arguments, "--sandbox", "--now", NOW)


@pytest.mark.parametrize(
    "arguments", [("explain", "AdminMFAV2", "-p", "pack:essentials"), ("controls", "--service", "MDO")]
)
def test_json_keeps_to_its_schema(arguments: tuple[str, ...], capfd: Capture) -> None:
    ended = run(capfd, *arguments, "-o", "json")
    assert ended.code == 0, ended.err
    jsonschema.Draft202012Validator(build(arguments[0])).validate(json.loads(ended.out))


def test_every_format_of_a_list(capfd: Capture, tmp_path: Path) -> None:
    del tmp_path
    shown = {name: run(capfd, "controls", "--show", "open", "-o", name).out.decode() for name in FORMATS}
    number = len(json.loads(shown["json"])["controls"])
    assert len(list(csv.reader(io.StringIO(shown["csv"])))) == number + 1
    assert shown["text"].partition("\nWarnings")[0].count("\n") == number + 3
    assert len(re.findall(r"^\| `", shown["markdown"], re.MULTILINE)) == number


def test_nobody_needs_a_tenant_to_explain(capfd: Capture) -> None:
    ended = here(capfd, "explain", "AdminMFAV2")
    assert ended.code == 0
    assert "elsewhere it has 10 points" in ended.out.decode()
    wrong = here(capfd, "explain", "nothing-like-it")
    assert wrong.code == 2
    assert says_one_thing(wrong.err)


def test_moments_with_fractions_are_in_order() -> None:
    updates = [update("Ignored", "2026-05-01T10:00:00Z", "a"), update("Reviewed", "2026-05-01T10:00:00.5Z", "b")]
    of = tenant(day([score("A")]), profiles=[profile("A", updates=updates)])
    (found,) = explain("A", Context(cloud=GLOBAL, tenant=of)).controls
    assert [(entry.state, entry.updated_by) for entry in found.history] == [("Reviewed", "b"), ("Ignored", "a")]
    assert found.state == found.history[0]
