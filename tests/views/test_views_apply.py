"""What came of a plan, as a person, a pull request and a program read it."""

import json
import re

import jsonschema
import pytest
from command_line import ROOT
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_reader import CODE, kinds, tags

from checker.presentation.screen import Screen
from checker.remediation.journal import RESULTS, Applied, ChangeResult, Result
from checker.views.apply import ApplyDocument, document, render, result_line, summary
from checker.views.formats import FORMATS

SCHEMA = json.loads((ROOT / "schemas" / "apply.schema.json").read_text("utf-8"))
UNFIT_FOR_LOGS = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"


def result(of: Result = "applied", control: str = "A", message: str = "set from Default to Ignored") -> ChangeResult:
    return ChangeResult(
        control=control, result=of, message=message, before="Default", after="Ignored", requirement="p/a"
    )


def answer(*results: ChangeResult, manual: int = 0, journal: str | None = "journal.jsonl") -> ApplyDocument:
    return document("tenant", Applied(results), manual=manual, journal=journal)


def text(found: ApplyDocument) -> str:
    return render("text", found).decode()


def markdown(found: ApplyDocument) -> str:
    return render("markdown", found).decode()


def test_each_result_is_counted() -> None:
    found = answer(*(result(of) for of in RESULTS), result("stale"), manual=3)
    assert (found.applied, found.already_in_place, found.stale, found.failed, found.manual) == (1, 1, 2, 1, 3)
    assert found.uncertain == 1
    assert summary(found) == (
        "6 changes: 1 applied, 1 already in place, 2 stale, 1 uncertain, 1 failed, 3 to do by hand."
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (answer(), "0 changes: 0 applied, 0 stale, 0 failed."),
        (answer(result()), "1 change: 1 applied, 0 stale, 0 failed."),
        (answer(result("failed")), "1 change: 0 applied, 0 stale, 1 failed."),
        (answer(result("alreadyInPlace")), "1 change: 0 applied, 1 already in place, 0 stale, 0 failed."),
        (answer(manual=1), "0 changes: 0 applied, 0 stale, 0 failed, 1 to do by hand."),
    ],
)
def test_the_summary_leaves_out_what_is_nothing_and_no_trouble(found: ApplyDocument, said: str) -> None:
    assert summary(found) == said
    assert said in text(found)
    assert markdown(found).splitlines()[0] == f"### Secure Score states: {said}"


def test_the_text_names_each_change_and_the_journal() -> None:
    found = answer(result(), result("alreadyInPlace", "B", "is Ignored already"), result("failed", "C", "no"))
    assert text(found) == (
        "  ✓ applied           A  set from Default to Ignored\n"
        "  = already in place  B  is Ignored already\n"
        "  ✗ failed            C  no\n"
        "\n"
        "3 changes: 1 applied, 1 already in place, 0 stale, 1 failed.\n"
        "Journal: journal.jsonl\n"
    )
    assert text(found).splitlines()[0].strip() == result_line(result())


def test_where_nothing_was_to_be_done_there_is_no_journal() -> None:
    found = answer(journal=None)
    assert text(found) == "0 changes: 0 applied, 0 stale, 0 failed.\n"
    assert "Journal" not in markdown(found)
    assert json.loads(render("json", found))["journal"] is None


def test_markdown_names_each_change_and_the_journal() -> None:
    assert markdown(answer(result("stale", "A_b", "was changed"))).splitlines()[1:] == [
        "",
        "|         | control | result      |",
        "| ------- | ------- | ----------- |",
        "| ! stale | `A_b`   | was changed |",
        "",
        "Journal: `journal.jsonl`",
    ]


def test_json_says_all_by_its_schema() -> None:
    found = json.loads(render("json", answer(*(result(of, f"c{of}") for of in RESULTS), manual=2)))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert (found["apiVersion"], found["kind"], found["tenant"]) == ("scoregate/v1", "Apply", "tenant")
    assert [found[name] for name in ("applied", "alreadyInPlace", "stale", "uncertain", "failed", "manual")] == [
        1,
        1,
        1,
        1,
        1,
        2,
    ]
    assert found["changes"][0] == {
        "control": "capplied",
        "result": "applied",
        "message": "set from Default to Ignored",
        "before": "Default",
        "after": "Ignored",
        "requirement": "p/a",
    }
    for name in found:
        less = {other: value for other, value in found.items() if other != name}
        assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(less)


# So wide that whatever is said leaves each line a line.
WIDE = Screen(columns=5000)


def full_of(said: str, of: Result = "failed") -> ApplyDocument:
    """An answer that says ``said`` wherever a tenant, a service or a file name can say something."""
    one = ChangeResult(control=said, result=of, message=said, before=said, after=said, requirement=said)
    return document(said, Applied((one,)), manual=1, journal=said)


@given(TEXTS, st.sampled_from(RESULTS))
@example("| `b` <c> [d](e) \\ *g* ::error::x ##[group]", "stale")
@settings(deadline=None, max_examples=examples(80))
def test_whatever_is_said_every_format_stays_whole(said: str, of: Result) -> None:
    shown = {name: render(name, full_of(said, of), WIDE).decode() for name in FORMATS}
    plain = {name: render(name, full_of("plain", of), WIDE).decode() for name in FORMATS}
    for name, data in shown.items():
        assert not re.search(UNFIT_FOR_LOGS, data)
        assert not re.search(r"##\w*\[", data)
        assert data.count("\n") == plain[name].count("\n")
    assert not any(word.startswith("::") for word in shown["text"].split())
    assert kinds(shown["markdown"]) <= kinds(plain["markdown"]) | CODE | {"text_special"}
    assert tags(shown["markdown"]) <= {"<code>", "</code>", "<br>"}
    found = json.loads(shown["json"])
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert (found["tenant"], found["journal"], found["changes"][0]["message"]) == (said, said, said)


@given(st.lists(st.sampled_from(RESULTS), max_size=6))
@settings(deadline=None, max_examples=examples(50))
def test_the_counts_add_up_and_a_run_is_complete_where_nothing_is_missing(of: list[Result]) -> None:
    applied = Applied(tuple(result(one) for one in of))
    found = document("tenant", applied, manual=0, journal=None)
    assert found.applied + found.already_in_place + found.stale + found.uncertain + found.failed == len(of)
    assert found.is_complete == (found.stale + found.uncertain + found.failed == 0)
