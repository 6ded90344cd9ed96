"""Which changes make a requirement looser: each field's own answer, and what several changes are together."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.documents.decode import convert
from checker.requirements import CONTROL_KINDS, SCORE_KINDS, STATE_KINDS, load_kind
from checker.requirements.direction import Direction, together
from checker.requirements.entry import Entry

KINDS = {**SCORE_KINDS, **CONTROL_KINDS, **STATE_KINDS}
LOOSER, TIGHTER, NEUTRAL, UNDECIDED = Direction.LOOSER, Direction.TIGHTER, Direction.NEUTRAL, Direction.UNDECIDED


def entry(key: str, **fields: Any) -> Entry:
    return convert({"id": "x", **fields}, load_kind(KINDS[key]), lambda _: None)


def directions(key: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Direction]:
    changes = entry(key, **before).changes_to(entry(key, **after))
    return {change.field: change.direction for change in changes}


@pytest.mark.parametrize("place", KINDS.values(), ids=list(KINDS))
def test_each_field_of_each_kind_says_what_a_change_of_it_does(place: str) -> None:
    kind = load_kind(place)
    assert set(kind.directions) == set(kind.__struct_fields__)


MFA = {"control": "A"}


@pytest.mark.parametrize(
    ("key", "before", "after", "field", "direction"),
    [
        ("control", MFA, {**MFA, "severity": "low"}, "severity", LOOSER),
        ("control", MFA, {**MFA, "severity": "high"}, "severity", TIGHTER),
        ("control", MFA, {**MFA, "enforcement": "advisory"}, "enforcement", LOOSER),
        ("control", MFA, {**MFA, "title": "T"}, "title", NEUTRAL),
        ("control", MFA, {**MFA, "when": {"enabledServices": ["A"]}}, "when", LOOSER),
        ("control", {**MFA, "when": {"enabledServices": ["A"]}}, MFA, "when", TIGHTER),
        (
            "control",
            {**MFA, "when": {"enabledServices": ["A"]}},
            {**MFA, "when": {"enabledServices": ["a", "B"]}},
            "when",
            TIGHTER,
        ),
        (
            "control",
            {**MFA, "when": {"enabledServices": ["A"]}},
            {**MFA, "when": {"enabledServices": ["B"]}},
            "when",
            UNDECIDED,
        ),
        ("control", MFA, {**MFA, "disabled": {"reason": "r"}}, "disabled", LOOSER),
        ("control", MFA, {**MFA, "locked": True}, "locked", TIGHTER),
        ("control", MFA, {**MFA, "minimum": {"percent": 99.9}}, "minimum", LOOSER),
        ("control", MFA, {**MFA, "minimum": {"percent": 100}}, "minimum", NEUTRAL),
        ("control", MFA, {**MFA, "minimum": {"points": 9}}, "minimum", UNDECIDED),
        ("control", MFA, {**MFA, "minimum": {"allBut": 1}}, "minimum", LOOSER),
        (
            "control",
            {**MFA, "minimum": {"percent": 80}},
            {**MFA, "minimum": {"percent": 90, "allBut": 1}},
            "minimum",
            LOOSER,
        ),
        ("control", {**MFA, "minimum": {"allBut": 2}}, {**MFA, "minimum": {"allBut": 1}}, "minimum", TIGHTER),
        ("control", MFA, {**MFA, "accept": ["ThirdParty"]}, "accept", LOOSER),
        ("control", {**MFA, "accept": ["ThirdParty"]}, {**MFA, "accept": ["Reviewed"]}, "accept", UNDECIDED),
        ("control", MFA, {**MFA, "onMissing": "error"}, "onMissing", LOOSER),
        ("control", {**MFA, "onMissing": "skip"}, {**MFA, "onMissing": "error"}, "onMissing", TIGHTER),
        ("control", MFA, {**MFA, "profile": {"state": "ThirdParty"}}, "profile", UNDECIDED),
        (
            "control",
            {**MFA, "profile": {"state": "ThirdParty"}},
            {**MFA, "profile": {"state": "ThirdParty", "comment": "c"}},
            "profile",
            NEUTRAL,
        ),
        ("control", MFA, {"control": "B"}, "control", UNDECIDED),
        ("anyOf", {"anyOf": ["A", "B"]}, {"anyOf": ["A", "B", "C"]}, "anyOf", LOOSER),
        ("anyOf", {"anyOf": ["A", "B"]}, {"anyOf": ["A"]}, "anyOf", UNDECIDED),
        ("select", {"select": {"service": ["A"]}}, {"select": {"service": ["A", "B"]}}, "select", TIGHTER),
        ("select", {"select": {"service": ["A"]}}, {"select": {"service": ["A"], "tier": ["Core"]}}, "select", LOOSER),
        ("select", {"select": {"service": ["A"]}}, {"select": {"tier": ["Core"]}}, "select", LOOSER),
        ("select", {"select": {"service": ["A"]}}, {"select": {"service": ["B"]}}, "select", UNDECIDED),
        (
            "select",
            {"select": {"service": ["A"]}},
            {"select": {"service": ["A"]}, "exclude": ["x"]},
            "exclude",
            LOOSER,
        ),
        (
            "select",
            {"select": {"service": ["A"]}},
            {"select": {"service": ["A"]}, "atMost": {"failing": 1}},
            "atMost",
            LOOSER,
        ),
        ("minimum", {"minimum": {"percent": 60}}, {"minimum": {"percent": 59}}, "minimum", LOOSER),
        ("minimum", {"minimum": {"percent": 60}}, {"minimum": {"points": 60}}, "minimum", UNDECIDED),
        (
            "minimum",
            {"minimum": {"percent": 60}},
            {"minimum": {"percent": 60}, "declared": "exclude"},
            "declared",
            TIGHTER,
        ),
        (
            "minimum",
            {"minimum": {"percent": 60}},
            {"minimum": {"percent": 60}, "category": "Identity"},
            "category",
            UNDECIDED,
        ),
        ("freshness", {"freshness": {"maximumAge": "3d"}}, {"freshness": {"maximumAge": "30d"}}, "freshness", LOOSER),
        (
            "coverage",
            {"coverage": {"days": 7, "maximumLoss": {"points": 2}}},
            {"coverage": {"days": 7, "maximumLoss": {"points": 3}}},
            "coverage",
            LOOSER,
        ),
        (
            "coverage",
            {"coverage": {"days": 7, "maximumLoss": {"points": 2}}},
            {"coverage": {"days": 9, "maximumLoss": {"points": 1}}},
            "coverage",
            UNDECIDED,
        ),
        (
            "trend",
            {"trend": {"days": 7, "maximumDrop": {"points": 2}}},
            {"trend": {"days": 7, "maximumDrop": {"points": 2}, "attributedTo": "all"}},
            "trend",
            TIGHTER,
        ),
        (
            "compare",
            {"compare": {"basis": "AllTenants", "maximumBelow": {"percentagePoints": 5}}},
            {"compare": {"basis": "AllTenants", "maximumBelow": {"percentagePoints": 4}}},
            "compare",
            TIGHTER,
        ),
        (
            "declaredShare",
            {"declaredShare": {"maximum": {"percent": 10}}},
            {"declaredShare": {"maximum": {"percent": 11}}},
            "declaredShare",
            LOOSER,
        ),
        ("undeclared", {"undeclared": "fail"}, {"undeclared": "skip"}, "undeclared", LOOSER),
        ("undeclared", {"undeclared": "fail"}, {"undeclared": "fail", "remediate": "auto"}, "remediate", UNDECIDED),
    ],
)
def test_the_direction_of_one_change(
    key: str, before: dict[str, Any], after: dict[str, Any], field: str, direction: Direction
) -> None:
    assert directions(key, before, after) == {field: direction}


def test_another_kind_is_undecided_and_equal_entries_have_no_changes() -> None:
    control, several = entry("control", control="A"), entry("anyOf", anyOf=["A"])
    assert [change.direction for change in control.changes_to(several)] == [UNDECIDED]
    assert control.changes_to(entry("control", control="A")) == []


@given(st.lists(st.sampled_from(Direction)))
def test_one_change_that_loosens_is_not_made_up_for(found: list[Direction]) -> None:
    whole = together(found)
    assert whole.may_loosen == any(one.may_loosen for one in found)
    assert (whole is NEUTRAL) == (set(found) <= {NEUTRAL})


@pytest.mark.parametrize(("before", "after"), [(b, a) for b in (40, 60, 80) for a in (40, 60, 80) if b != a])
def test_a_change_and_its_reverse_go_opposite_ways(before: int, after: int) -> None:
    there = directions("minimum", {"minimum": {"percent": before}}, {"minimum": {"percent": after}})
    back = directions("minimum", {"minimum": {"percent": after}}, {"minimum": {"percent": before}})
    assert {there["minimum"], back["minimum"]} == {LOOSER, TIGHTER}
