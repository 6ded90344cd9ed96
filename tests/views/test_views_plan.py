"""A plan as a person, a pull request and a program read it."""

import html
import json
import re

import jsonschema
import msgspec
import pytest
from command_line import ROOT
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import example, given, settings
from markdown_reader import CODE, kinds, tags
from plan_builders import PLANS, change, manual, plan, recorded

from checker.presentation.screen import Screen
from checker.remediation.plan import Change, Effect, NewState, Plan, PlanSource, RecordedState
from checker.remediation.plan_file import plan_bytes
from checker.report.document import LocationDocument
from checker.views.formats import FORMATS
from checker.views.plan import CAVEAT, effect, render, summary

SCHEMA = json.loads((ROOT / "schemas" / "plan.schema.json").read_text("utf-8"))
UNFIT_FOR_LOGS = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
TAGS = {"<code>", "</code>", "<br>"}


# So wide that whatever is said leaves each line a line.
WIDE = Screen(columns=5000)


def text(whole: Plan) -> str:
    return render("text", whole, WIDE).decode()


def markdown(whole: Plan) -> str:
    return render("markdown", whole).decode()


def full_of(said: str) -> Plan:
    """A plan that says ``said`` wherever a tenant, a policy or a file name can say something."""
    held = RecordedState(state="Ignored", assigned_to=said, comment=said, updated_by=said, updated_date_time=said)
    one = change(
        said,
        title=said,
        before=held,
        after=NewState(state="Reviewed", assigned_to=f"{said}x", comment=f"{said}x"),
        requirement=said,
        also_required_by=(said, said),
        location=LocationDocument(said, 4, 5),
        portal_url=said,
    )
    other = manual(said, title=f"{said}x", present=said, wanted=said, requirement=said, message=said, portal_url=said)
    source = PlanSource(policies_sha256=said, snapshot_date=said, snapshot_sha256=said)
    return plan(one, manual=[other], tenant=said, cloud=said, run=said, notes=(said,), source=source)


def rows(one: Change) -> dict[str, str]:
    """What the text says of a change, by label."""
    found = [line for line in text(plan(one)).splitlines() if line.startswith("      ")]
    return {line[6:18].strip(): line[18:] for line in found}


@pytest.mark.parametrize("whole", [plan(), plan(change()), plan(manual=[manual()])])
def test_the_first_line_says_that_the_configuration_stays(whole: Plan) -> None:
    assert text(whole).splitlines()[0] == CAVEAT
    assert "not its configuration" in CAVEAT
    assert markdown(whole).splitlines()[0] == f"> {CAVEAT}"


def test_json_is_the_plan_file() -> None:
    whole = full_of("x")
    assert render("json", whole) == plan_bytes(whole)
    assert set(FORMATS) == {"text", "json", "markdown"}


def test_the_text_says_for_whom_and_from_which_day() -> None:
    assert "Plan for the tenant t (global), from the data of 2026-05-22\n" in text(plan(tenant="t"))
    assert "Plan for the tenant unknown (global)\n" in text(plan(tenant="", source=PlanSource()))


@pytest.mark.parametrize(
    ("whole", "last"),
    [
        (plan(), "Nothing to do: every state is as declared."),
        (plan(change()), "Plan: 1 change."),
        (plan(change("A"), change("B")), "Plan: 2 changes."),
        (plan(change(), manual=[manual()]), "Plan: 1 change, 1 to do by hand."),
        (plan(manual=[manual(), manual("scid_2")]), "Plan: 0 changes, 2 to do by hand."),
    ],
)
def test_the_last_line_counts(whole: Plan, last: str) -> None:
    assert text(whole).splitlines()[-1] == last
    assert markdown(whole).splitlines()[2] == f"### Secure Score plan: {summary(whole)}"
    assert (last in markdown(whole)) == last.startswith("Nothing")


@pytest.mark.parametrize(
    ("of", "sentence"),
    [
        (Effect(kind="earns", points=6.0), "earns 6 points at the next recalculation, a day or two later"),
        (Effect(kind="earns", points=1.0), "earns 1 point at the next recalculation, a day or two later"),
        (Effect(kind="earns", points=0.0), "earns 0 points at the next recalculation, a day or two later"),
        (Effect(kind="earns"), "earns points at the next recalculation, a day or two later"),
        (Effect(kind="loses", points=2.5), "loses up to 2.5 points at the next recalculation: what is observed counts"),
        (Effect(kind="loses"), "loses points at the next recalculation: what is observed counts"),
        (Effect(kind="none"), "stays as it is"),
    ],
)
def test_what_the_score_will_do_is_a_sentence(of: Effect, sentence: str) -> None:
    assert effect(of).startswith(sentence)
    assert rows(change(effect=of))["score"].startswith(sentence)


@pytest.mark.parametrize(
    ("action", "mark", "colour"),
    [("declare", "+", "32"), ("accept", "~", "33"), ("reset", "-", "36"), ("restore", "<", "36")],
)
def test_each_kind_of_change_has_its_mark(action: str, mark: str, colour: str) -> None:
    one = plan(change("A", action=action))
    assert f"\n  {mark} A  Title of A\n" in text(one)
    assert f"\n  \x1b[{colour}m{mark} A\x1b[0m  Title of A\n" in render("text", one, Screen(colour=True)).decode()
    assert markdown(one).splitlines()[-1].startswith(f"| `{mark}`  | `A`<br>Title of A |")


def test_a_change_shows_the_portals_words_and_the_present_values() -> None:
    one = change(
        before=RecordedState(state="Ignored", assigned_to="x", comment="c", updated_by="y", updated_date_time="2026"),
        after=NewState(state="ThirdParty", assigned_to="", comment=""),
        also_required_by=("p/b", "q/c"),
    )
    assert rows(one) == {
        "state": "Ignored (Risk accepted) -> ThirdParty (Resolved through third party)",
        "assigned to": '"x" -> (none)',
        "comment": '"c" -> (none)',
        "last set": "by y on 2026",
        "required by": "p/a (policy.yaml:4:5), also by p/b, q/c",
        "score": "stays as it is",
    }


def test_an_unchanged_comment_is_left_out_and_an_unchanged_assignee_shown() -> None:
    one = change(before=recorded("Default", "x", "c"), after=NewState(state="Ignored", comment="c"), location=None)
    assert rows(one) == {
        "state": "Default (To address) -> Ignored (Risk accepted)",
        "assigned to": '"x" (stays)',
        "required by": "p/a",
        "score": "stays as it is",
    }


@pytest.mark.parametrize(
    ("by", "at", "expected"),
    [("x", None, "by x"), (None, "2026", "on 2026"), ("", "", None), (None, None, None)],
)
def test_the_last_setter_is_shown_as_far_as_it_is_known(by: str | None, at: str | None, expected: str | None) -> None:
    held = RecordedState(state="Default", updated_by=by, updated_date_time=at)
    assert rows(change(before=held)).get("last set") == expected


def test_what_is_to_do_by_hand_has_the_portals_link() -> None:
    whole = plan(manual=[manual("scid_1", title="Use MFA", portal_url="https://portal.example/x")])
    assert text(whole).splitlines()[4:] == [
        "To do by hand, since Graph cannot do it:",
        "  ! scid_1  Use MFA",
        "      state       Default (To address) -> Ignored (Risk accepted)",
        "      why         Graph cannot set it",
        "      required by p/m",
        "      see         https://portal.example/x",
        "",
        "Plan: 0 changes, 1 to do by hand.",
    ]
    unknown = text(plan(manual=[manual("Gone", present=None, title="Gone")]))
    assert "  ! Gone\n" in unknown
    assert "no such control -> Ignored" in unknown


def test_markdown_names_each_change_and_what_is_to_do_by_hand() -> None:
    after = NewState(state="ThirdParty", assigned_to="x", comment="by our gateway")
    found = markdown(plan(change("A", after=after), manual=[manual("B", present=None)], notes=("left alone",)))
    assert (
        "| `+`  | `A`<br>Title of A | Default (To address) → **ThirdParty "
        '(Resolved through third party)**<br>assigned to (none) → "x" | '
        '(none) → "by our gateway" | '
        "`p/a` | "
        "stays as it is |\n"
    ) in found
    assert "- `B` no such control → Ignored: Graph cannot set it (required by `p/m`)\n" in found
    assert found.endswith("\n*left alone*\n")


def test_markdown_gives_the_portals_link_of_what_is_for_a_person() -> None:
    whole = plan(manual=[manual(portal_url="https://portal.example/only-here")])
    assert "; [portal](https://portal.example/only-here))" in markdown(whole)


def test_markdown_shows_what_is_removed() -> None:
    one = change(
        before=recorded("Ignored", "teams@contoso.example", "needed by trainers"),
        after=NewState(state="Reviewed", assigned_to="", comment=""),
    )
    found = html.unescape(markdown(plan(one)))
    assert "teams@contoso.example" in found
    assert "needed by trainers" in found


@given(TEXTS.filter(bool))
@example("::error::x ##[group]")
@settings(deadline=None, max_examples=examples(80))
def test_whatever_is_said_the_text_is_as_many_plain_lines(said: str) -> None:
    found = text(full_of(said))
    assert not re.search(UNFIT_FOR_LOGS, found)
    assert not re.search(r"##\w*\[", found)
    lines = found.split("\n")
    assert len(lines) == text(full_of("plain")).count("\n") + 1
    assert not any(word.startswith("::") for line in lines for word in line.split())
    assert all(line.isprintable() for line in lines)


@given(TEXTS.filter(bool))
@settings(deadline=None, max_examples=examples(50))
def test_colours_are_all_that_a_terminal_gets_beside_the_text(said: str) -> None:
    coloured = msgspec.structs.replace(WIDE, colour=True)
    found = render("text", full_of(said), coloured).decode()
    assert re.sub(r"\x1b\[[0-9;]*m", "", found) == text(full_of(said))
    assert found.count("\x1b") == render("text", full_of("plain"), coloured).decode().count("\x1b")


@given(TEXTS.filter(bool))
@example("| a | `b` <c> [d](e) @f #1 \\ *g* _h_ ~i~ &amp; <!-- --> ![x](y)")
@settings(deadline=None, max_examples=examples(80))
def test_whatever_is_said_the_markdown_holds_no_markup_of_others(said: str) -> None:
    found = markdown(full_of(said))
    plain = markdown(full_of("plain"))
    assert not re.search(UNFIT_FOR_LOGS, found)
    assert found.count("\n") == plain.count("\n")
    assert kinds(found) <= kinds(plain) | CODE | {"text_special"}
    assert tags(found) <= TAGS


@given(PLANS)
@settings(deadline=None, max_examples=examples(60))
def test_every_plan_is_shown_in_every_format(whole: Plan) -> None:
    shown = {name: render(name, whole, WIDE).decode() for name in FORMATS}
    assert not any(re.search(UNFIT_FOR_LOGS, data) for data in shown.values())
    assert all(data.endswith("\n") and not data.endswith("\n\n") for data in shown.values())
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(shown["json"]))
    assert shown["text"].count("\n      state       ") == len(whole.changes) + len(whole.manual)


@given(TEXTS)
@settings(deadline=None, max_examples=examples(80))
def test_json_gives_the_text_back_and_is_harmless_in_a_log(said: str) -> None:
    data = render("json", full_of(said)).decode()
    found = json.loads(data)
    assert (found["tenant"], found["notes"]) == (said, [said])
    (one,) = found["changes"]
    assert (one["control"], one["title"], one["before"]["comment"]) == (said, said, said)
    assert not re.search(UNFIT_FOR_LOGS, data)
    assert not re.search(r"##\w*\[", data)
