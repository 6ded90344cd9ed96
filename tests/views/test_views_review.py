"""A review as a pull request, code scanning and a program read it."""

import json

import jsonschema
import msgspec
import pytest
from command_line import ROOT
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import given, settings
from markdown_reader import tags

from checker.insight.warnings import DataWarning
from checker.presentation.screen import Screen
from checker.report.document import LocationDocument
from checker.report.outcome import Outcome
from checker.report.verdict import Decision
from checker.requirements.direction import Direction
from checker.review.answer import (
    EndingWaiver,
    FieldDifference,
    FileChange,
    PlannedState,
    RequirementChange,
    Review,
    ReviewedFinding,
    ReviewScore,
    RevisionSide,
    Verdicts,
    WaiverChange,
)
from checker.views.review import Reviewed, render
from checker.views.review_markdown import MARKER

SCHEMA = json.loads((ROOT / "schemas" / "review.schema.json").read_text("utf-8"))
TAGS = {"<code>", "</code>", "<br>"}
LONGEST_COMMENT = 65_536
ENDS = "until 2026-06-01, within 30 days, costs 2.5 points now"


def full_of(said: str, number: int = 1) -> Review:
    """A review that says ``said`` wherever a policy, a branch or a tenant can, ``number`` times."""
    place = LocationDocument(f"{said}.yaml", 2, 3)
    field = FieldDifference(
        field="severity",
        direction=Direction.LOOSER,
        before=said,
        after=said,
        before_location=msgspec.structs.replace(place, line=9),
        after_location=place,
        lines=(2, 4),
    )
    requirement = RequirementChange(
        requirement=f"p/{said}",
        change="changed",
        direction=Direction.LOOSER,
        fields=(field,),
        location=place,
        not_approved=said,
    )
    waiver = WaiverChange(
        requirement=said,
        control=said,
        tenant=said,
        change="added",
        direction=Direction.LOOSER,
        until="2026-06-01",
        ends_soon=True,
        points=2.5,
        location=place,
        approved_by=said,
    )
    setting = FileChange(
        name=f"scoregate.toml/{said}",
        change="removed",
        direction=Direction.UNDECIDED,
        before=said,
        after=None,
        location=place,
    )
    soon = EndingWaiver(requirement=said, control=said, tenant=said, until="2026-06-01", points=1.0, location=place)
    found = ReviewedFinding(
        requirement=said, control=said, before=Outcome.FAIL, after=None, fails_before=True, fails_after=False
    )
    return Review(
        base=RevisionSide(said, "0" * 40),
        head=RevisionSide(None, None),
        tenant=said,
        date="2026-05-22",
        requirements=(requirement, msgspec.structs.replace(requirement, direction=Direction.TIGHTER)) * number,
        waivers=(waiver,) * number,
        settings=(setting,) * number,
        lock=(msgspec.structs.replace(setting, name=f"scoregate.lock/{said}", direction=Direction.TIGHTER),) * number,
        ending=(soon,) * number,
        findings=(found,) * number,
        hidden=number,
        states=(PlannedState(control=said, requirement=said, before=None, after=said),) * number,
        score=ReviewScore(today=50.0, before=50.0, after=55.5),
        notes=(said,),
        verdict=Verdicts(Decision.FAIL, Decision.PASS),
        direction=Direction.LOOSER,
        unapproved=2 * number,
        warnings=(DataWarning("partial-data", said),),
    )


def shown(name: str, answer: Review) -> str:
    return render(name, Reviewed(answer, {}), Screen(columns=5000)).decode()


@settings(deadline=None, max_examples=examples(60))
@given(TEXTS)
def test_whatever_a_change_says_a_comment_holds_only_markup_of_ours(said: str) -> None:
    found = tags(shown("markdown", full_of(said)))
    ours = {one.strip() for one in found if one.startswith(("<!--", "<details>", "</details>"))}
    assert {one for one in found if one.strip() not in ours} <= TAGS
    assert all(one in (MARKER, "</details>") or one.startswith("<details><summary>") for one in ours)


@pytest.mark.parametrize("said", ["word", "[<&>]" * 200, "x" * 4000])
def test_a_comment_is_no_longer_than_github_takes_and_says_what_is_left_out(said: str) -> None:
    whole = full_of(said, 500)
    comment = shown("markdown", whole)
    assert len(comment) <= LONGEST_COMMENT
    assert comment.startswith(f"{MARKER}\n### 1500 of 2500 changes can make the gate looser")
    assert "more; the JSON answer has all" in comment


def test_what_loosens_stands_before_what_is_folded() -> None:
    comment = shown("markdown", full_of("word"))
    assert 0 < comment.index("**Looser (2)**") < comment.index("<details>")
    assert (
        "- p/word is changed: severity word -&#62; word; the approval does not count: word at `word.yaml:2:3`"
        in comment
    )
    assert "; the gate: fail -&#62; pass; merging brings 0 failures and hides 1 failure; the score: " in comment
    assert "50 % today, 55.5 % instead of 50 % once the plan is carried out" in comment


@settings(deadline=None, max_examples=examples(30))
@given(TEXTS)
def test_the_json_keeps_to_its_schema(said: str) -> None:
    jsonschema.validate(json.loads(shown("json", full_of(said))), SCHEMA)


def test_code_scanning_sees_each_change_on_its_line_by_its_direction() -> None:
    run = json.loads(shown("sarif", full_of("word")))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    results = [(one["ruleId"], one["level"], one["message"]["text"]) for one in run["results"]]
    assert results == [
        ("looser", "error", "p/word: severity word -> word; the approval does not count: word."),
        ("looser", "error", "p/word: severity word -> word; the approval does not count: word."),
        (
            "looser",
            "warning",
            f"the waiver of word (word, tenant word) is added: {ENDS}; approved by word.",
        ),
        ("undecided", "error", "scoregate.toml/word is removed: word -> none."),
        ("tighter", "note", "scoregate.lock/word is removed: word -> none."),
    ]
    assert [rules[one["ruleIndex"]] for one in run["results"]] == [one[0] for one in results]
    first = run["results"][0]["locations"][0]["physicalLocation"]
    assert first["artifactLocation"] == {"uri": "word.yaml", "uriBaseId": "SRCROOT"}
    assert (first["region"]["startLine"], first["region"]["endLine"]) == (2, 4)
