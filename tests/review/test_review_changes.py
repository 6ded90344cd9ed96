"""A corpus of changes: exactly the loosening ones are looser, and swapping the sides swaps looser and tighter."""

import json
from collections.abc import Sequence

import pytest
from builders import NOW, PORTAL
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import snapshots

from checker.evaluation.evaluate import evaluate
from checker.policy.load import load_sources
from checker.policy.model import PolicySet
from checker.policy.sources import PolicySource, PolicySources
from checker.report.outcome import Outcome, Severity
from checker.report.verdict import decide
from checker.requirements.direction import Direction
from checker.review.answer import Review, RevisionSide
from checker.review.approvals import Commit, Lines, Written
from checker.review.review import Judgements, ReviewSides, review
from checker.snapshot.model import Snapshot
from checker.tenant.tenant import Tenant
from checker.views.review_words import sentence

HEAD = "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\n"
LOOSER, TIGHTER, NEUTRAL, UNDECIDED = Direction.LOOSER, Direction.TIGHTER, Direction.NEUTRAL, Direction.UNDECIDED
OPPOSITE = {LOOSER: TIGHTER, TIGHTER: LOOSER, NEUTRAL: NEUTRAL, UNDECIDED: UNDECIDED}


def written(lines: Sequence[Lines]) -> Written:
    """Everything by somebody who approves of nothing."""
    del lines
    return Written((Commit("1" * 40, ("Author", "author@contoso.example")),))


def policies(*documents: str) -> PolicySet:
    text = "\n---\n".join(documents).encode()
    loaded = load_sources(PolicySources((PolicySource("p.yaml", text),)), alone=True, keep_layers=True)
    assert loaded.faults == ()
    return loaded.policies


def reviewed(base: PolicySet, head: PolicySet, data: Snapshot | None = None) -> Review:
    sides = ReviewSides(
        base=base, base_side=RevisionSide("main", "0" * 40), head=head, head_side=RevisionSide(None, None)
    )
    if data is None:
        return review(sides, None, NOW, written)
    reports = [evaluate(one, data, NOW, portal=PORTAL) for one in (base, head)]
    before, after = ((report, decide(report, Severity.INFO)) for report in reports)
    return review(sides, Judgements(Tenant(data, PORTAL), before, after), NOW, written)


def controls(*entries: str) -> str:
    return HEAD + "controls:\n" + "".join(f"  - {entry}\n" for entry in entries)


def score(entry: str) -> str:
    return f"{HEAD}score:\n  - {entry}\n"


X = "{id: x, control: A"
MANY = "{id: x, select: {service: [A]}"

# (before, after, direction)
CORPUS = {
    "lower minimum": (f"{X}, minimum: {{percent: 80}}}}", f"{X}, minimum: {{percent: 79}}}}", LOOSER),
    "a minimum below the default": (f"{X}}}", f"{X}, minimum: {{percent: 99}}}}", LOOSER),
    "the default written out": (f"{X}}}", f"{X}, minimum: {{percent: 100}}}}", NEUTRAL),
    "lower points": (f"{X}, minimum: {{points: 8}}}}", f"{X}, minimum: {{points: 7}}}}", LOOSER),
    "another unit": (f"{X}, minimum: {{points: 8}}}}", f"{X}, minimum: {{percent: 80}}}}", UNDECIDED),
    "more left out": (f"{X}}}", f"{X}, minimum: {{allBut: 2}}}}", LOOSER),
    "lower severity": (f"{X}, severity: high}}", f"{X}, severity: medium}}", LOOSER),
    "advisory": (f"{X}}}", f"{X}, enforcement: advisory}}", LOOSER),
    "missing is an error": (f"{X}}}", f"{X}, onMissing: error}}", LOOSER),
    "missing is skipped": (f"{X}}}", f"{X}, onMissing: skip}}", LOOSER),
    "one more state accepted": (f"{X}}}", f"{X}, accept: [ThirdParty]}}", LOOSER),
    "another state accepted": (f"{X}, accept: [ThirdParty]}}", f"{X}, accept: [Reviewed]}}", UNDECIDED),
    "for one licence": (f"{X}}}", f"{X}, when: {{enabledServices: [A]}}}}", LOOSER),
    "for fewer licences": (
        f"{X}, when: {{enabledServices: [A, B]}}}}",
        f"{X}, when: {{enabledServices: [A]}}}}",
        LOOSER,
    ),
    "for another licence": (
        f"{X}, when: {{enabledServices: [A]}}}}",
        f"{X}, when: {{enabledServices: [B]}}}}",
        UNDECIDED,
    ),
    "a licence that no tenant has": (
        f"{X}, when: {{enabledServices: [HasAADP2]}}}}",
        f"{X}, when: {{enabledServices: [Has AADP2]}}}}",
        UNDECIDED,
    ),
    "a licence in another case": (
        f"{X}, when: {{enabledServices: [HasAADP2]}}}}",
        f"{X}, when: {{enabledServices: [hasaadp2]}}}}",
        NEUTRAL,
    ),
    "taken out": (f"{X}}}", f"{X}, disabled: {{reason: r}}}}", LOOSER),
    "no longer locked": (f"{X}, locked: true}}", f"{X}}}", LOOSER),
    "another control": (f"{X}}}", "{id: x, control: B}", UNDECIDED),
    "another kind": (f"{X}}}", "{id: x, anyOf: [A]}", UNDECIDED),
    "a state in place of a score": (f"{X}}}", f"{X}, profile: {{state: ThirdParty}}}}", UNDECIDED),
    "another way": ("{id: x, anyOf: [A, B]}", "{id: x, anyOf: [A, B, C]}", LOOSER),
    "a state alone in place of one that must be scored": (
        f"{X}, profile: {{state: Ignored}}, minimum: {{percent: 0}}}}",
        f"{X}, profile: {{state: Ignored}}}}",
        UNDECIDED,
    ),
    "fewer picked": (f"{MANY}}}", "{id: x, select: {service: [A], tier: [Core]}}", LOOSER),
    "more picked": (f"{MANY}}}", "{id: x, select: {service: [A, B]}}", TIGHTER),
    "others picked": (f"{MANY}}}", "{id: x, select: {service: [B]}}", UNDECIDED),
    "other ids picked": ("{id: x, select: {id: [A b]}}", "{id: x, select: {id: [Ab]}}", UNDECIDED),
    "the same service picked": ("{id: x, select: {service: [A b]}}", "{id: x, select: {service: [aB]}}", NEUTRAL),
    "another id left out": (f"{MANY}, exclude: [A b]}}", f"{MANY}, exclude: [Ab]}}", UNDECIDED),
    "an id that need not be scored any more": (
        "{id: x, select: {id: [A], service: [A]}}",
        f"{MANY}}}",
        UNDECIDED,
    ),
    "more left out of a selection": (f"{MANY}}}", f"{MANY}, exclude: [B]}}", LOOSER),
    "more may fail": (f"{MANY}}}", f"{MANY}, atMost: {{failing: 1}}}}", LOOSER),
    "a grace": (f"{MANY}}}", f"{MANY}, newControls: {{grace: 30d}}}}", LOOSER),
    "a longer grace": (
        f"{MANY}, newControls: {{grace: 7d}}}}",
        f"{MANY}, newControls: {{grace: 30d}}}}",
        LOOSER,
    ),
    "a list in place of a selector": (f"{MANY}}}", "{id: x, control: [A, B]}", UNDECIDED),
    "a title": (f"{X}}}", f"{X}, title: T}}", NEUTRAL),
    "a rationale": (f"{X}}}", f"{X}, rationale: R}}", NEUTRAL),
    "references": (f"{X}}}", f"{X}, references: [{{framework: F, id: '1'}}]}}", NEUTRAL),
    "an owner": (f"{X}}}", f"{X}, owner: us}}", NEUTRAL),
    "set without anybody looking": (
        f"{X}, profile: {{state: ThirdParty}}}}",
        f"{X}, profile: {{state: ThirdParty}}, remediate: auto}}",
        UNDECIDED,
    ),
    "a lower minimum and a higher severity": (
        f"{X}, minimum: {{percent: 80}}}}",
        f"{X}, minimum: {{percent: 70}}, severity: critical}}",
        LOOSER,
    ),
}
SCORES = {
    "lower total": ("{id: x, minimum: {percent: 60}}", "{id: x, minimum: {percent: 50}}", LOOSER),
    "older data": ("{id: x, freshness: {maximumAge: 3d}}", "{id: x, freshness: {maximumAge: 9d}}", LOOSER),
    "a larger loss": (
        "{id: x, coverage: {days: 7, maximumLoss: {points: 2}}}",
        "{id: x, coverage: {days: 7, maximumLoss: {points: 3}}}",
        LOOSER,
    ),
    "a larger drop": (
        "{id: x, trend: {days: 7, maximumDrop: {points: 2}}}",
        "{id: x, trend: {days: 7, maximumDrop: {points: 3}}}",
        LOOSER,
    ),
    "a larger gap": (
        "{id: x, compare: {basis: AllTenants, maximumBelow: {percentagePoints: 5}}}",
        "{id: x, compare: {basis: AllTenants, maximumBelow: {percentagePoints: 6}}}",
        LOOSER,
    ),
    "more may be declared": (
        "{id: x, declaredShare: {maximum: {percent: 5}}}",
        "{id: x, declaredShare: {maximum: {percent: 6}}}",
        LOOSER,
    ),
    "declared points no longer count": (
        "{id: x, minimum: {percent: 60}}",
        "{id: x, minimum: {percent: 60}, declared: exclude}",
        TIGHTER,
    ),
    "of one category": ("{id: x, minimum: {percent: 60}}", "{id: x, minimum: {percent: 60}, category: A}", UNDECIDED),
}
PAIRS = {
    **{name: (controls(before), controls(after), way) for name, (before, after, way) in CORPUS.items()},
    **{name: (score(before), score(after), way) for name, (before, after, way) in SCORES.items()},
    "a lower default": (
        HEAD + "defaults: {severity: high}\ncontrols: [{id: x, control: A}]",
        HEAD + "defaults: {severity: low}\ncontrols: [{id: x, control: A}]",
        LOOSER,
    ),
    "a parameter's lower default": (
        HEAD + "parameters: {m: {type: number, default: 60}}\nscore: [{id: x, minimum: {percent: '${m}'}}]",
        HEAD + "parameters: {m: {type: number, default: 50}}\nscore: [{id: x, minimum: {percent: '${m}'}}]",
        LOOSER,
    ),
    "the policy for one licence": (
        HEAD + "controls: [{id: x, control: A}]",
        HEAD + "when: {enabledServices: [A]}\ncontrols: [{id: x, control: A}]",
        LOOSER,
    ),
    "the policy for one licence, and its requirement for every tenant": (
        HEAD + "controls: [{id: x, control: A, when: {enabledServices: [A]}}]",
        HEAD + "when: {enabledServices: [B]}\ncontrols: [{id: x, control: A}]",
        UNDECIDED,
    ),
    "the policy for one licence, and its requirement for more": (
        HEAD + "controls: [{id: x, control: A, when: {enabledServices: [A]}}]",
        HEAD + "when: {enabledServices: [B]}\ncontrols: [{id: x, control: A, when: {enabledServices: [A, C]}}]",
        UNDECIDED,
    ),
    "a condition of the requirement in place of one of the policy": (
        HEAD + "when: {enabledServices: [A, B]}\ncontrols: [{id: x, control: A}]",
        HEAD + "controls: [{id: x, control: A, when: {enabledServices: [B, a]}}]",
        NEUTRAL,
    ),
    "longer waivers": (
        HEAD + "waivers: {maximumDays: 30}\ncontrols: [{id: x, control: A}]",
        HEAD + "waivers: {maximumDays: 90}\ncontrols: [{id: x, control: A}]",
        LOOSER,
    ),
    "a requirement gone": (controls(f"{X}}}", "{id: y, control: B}"), controls(f"{X}}}"), LOOSER),
    "another order": (
        controls(f"{X}}}", "{id: y, control: B}"),
        controls("{id: y, control: B}", f"{X}}}"),
        NEUTRAL,
    ),
}


# What lets less through and still may hide a failure.
UNDECIDED_BACK = {
    "missing is an error": "a failure may be waived, tolerated or too mild to count; an error may not",
    "another way": "the one that is gone may be the only one that is scored and fails",
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_direction_of_a_change_and_of_its_reverse(name: str) -> None:
    before, after, direction = PAIRS[name]
    there = reviewed(policies(before), policies(after))
    assert there.direction is direction
    assert there.unapproved == int(direction.may_loosen)
    back = reviewed(policies(after), policies(before)).direction
    if name in UNDECIDED_BACK:
        assert back is UNDECIDED
        return
    mixed = name in {
        "a lower minimum and a higher severity",
        "set without anybody looking",
        "an id that need not be scored any more",
    }
    assert back is OPPOSITE[direction] or mixed, back


def test_the_corpus_has_a_change_for_each_way_of_loosening() -> None:
    assert len(PAIRS) >= 40


def test_a_renamed_requirement_is_removed_and_added() -> None:
    answer = reviewed(policies(controls(f"{X}}}")), policies(controls("{id: z, control: A}")))
    assert [(one.requirement, one.change, one.direction) for one in answer.requirements] == [
        ("p/z", "added", TIGHTER),
        ("p/x", "removed", LOOSER),
    ]


WAIVER = "{requirement: p/x, from: 2026-05-01, until: 2026-06-30, reason: some reason, approvedBy: me%s}"

PRODUCTION, SUBSIDIARY = ", tenantLabel: production", ", tenantLabel: subsidiary"


def waived(*entries: str, approvals: str = "") -> PolicySet:
    listed = "".join(f"  - {entry}\n" for entry in entries)
    waivers = f"waivers:\n{listed}" if entries else "waivers: []\n"
    return policies(controls(f"{X}}}"), f"apiVersion: scoregate/v1\nkind: Waivers\n{waivers}{approvals}")


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        ([], [WAIVER % ""], LOOSER),
        ([WAIVER % ""], [(WAIVER % "").replace("06-30", "07-30")], LOOSER),
        ([WAIVER % ""], [(WAIVER % "").replace("05-01", "04-01")], LOOSER),
        ([WAIVER % ", floor: {percent: 50}"], [WAIVER % ", floor: {percent: 40}"], LOOSER),
        ([WAIVER % ", floor: {percent: 50}"], [WAIVER % ""], LOOSER),
        ([WAIVER % ""], [(WAIVER % "").replace("some reason", "another reason")], NEUTRAL),
        ([WAIVER % ""], [WAIVER % ""], NEUTRAL),
        ([WAIVER % PRODUCTION], [WAIVER % ""], LOOSER),
        ([WAIVER % SUBSIDIARY], [WAIVER % PRODUCTION], UNDECIDED),
        ([WAIVER % PRODUCTION], [WAIVER % PRODUCTION.replace("prod", "Prod")], UNDECIDED),
        ([WAIVER % PRODUCTION], [WAIVER % PRODUCTION], NEUTRAL),
        ([WAIVER % PRODUCTION], [WAIVER % PRODUCTION, WAIVER % SUBSIDIARY], LOOSER),
        ([WAIVER % PRODUCTION, WAIVER % SUBSIDIARY], [WAIVER % SUBSIDIARY, WAIVER % PRODUCTION], NEUTRAL),
        (
            [WAIVER % PRODUCTION, WAIVER % SUBSIDIARY],
            [(WAIVER % SUBSIDIARY).replace("06-30", "07-30"), WAIVER % PRODUCTION],
            LOOSER,
        ),
        ([WAIVER % f"{PRODUCTION}, floor: {{percent: 50}}"], [WAIVER % PRODUCTION], LOOSER),
    ],
)
def test_the_direction_of_a_change_of_waivers(before: list[str], after: list[str], direction: Direction) -> None:
    assert reviewed(waived(*before), waived(*after)).direction is direction
    assert reviewed(waived(*after), waived(*before)).direction is OPPOSITE[direction]


@pytest.mark.parametrize("terms", ["", "waivers: {maximumDays: 90}\n"])
def test_a_waiver_that_was_too_long_to_count_is_looser_once_it_is_shorter(terms: str) -> None:
    policy = f"{HEAD}{terms}controls: [{X}}}]"
    long, short = (WAIVER % "").replace("2026-05-01", "2025-05-01"), (WAIVER % "")
    sides = (policies(policy, f"apiVersion: scoregate/v1\nkind: Waivers\nwaivers: [{one}]") for one in (long, short))
    base, head = sides
    assert reviewed(base, head).direction is LOOSER


def test_a_waiver_that_is_there_twice_is_added_once() -> None:
    changes = reviewed(waived(WAIVER % ""), waived(WAIVER % "", WAIVER % "")).waivers
    assert [(one.change, one.direction) for one in changes] == [("added", LOOSER)]


UNDECLARED = f"{HEAD}states: [{{id: u, undeclared: skip}}]\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "controls: [{id: x, control: A, profile: {state: Ignored}, enforcement: advisory}]"),
        (
            "controls: [{id: x, control: A, profile: {state: Ignored}, when: {enabledServices: [A]}}]",
            "controls: [{id: x, control: A, profile: {state: Ignored}}]",
        ),
    ],
)
def test_a_state_that_is_declared_is_no_undeclared_one(before: str, after: str) -> None:
    assert reviewed(policies(UNDECLARED + before), policies(UNDECLARED + after)).unapproved == 1


def test_a_state_that_a_waiver_of_any_name_covers_is_no_undeclared_one() -> None:
    waiver = f"apiVersion: scoregate/v1\nkind: Waivers\nwaivers: [{WAIVER % ''}]".replace("p/x", "'*'")
    head = UNDECLARED + "controls: [{id: x, control: A}]"
    assert reviewed(policies(UNDECLARED, waiver), policies(head, waiver)).unapproved == 1


def test_where_states_must_be_declared_the_end_of_a_waiver_is_not_hidden() -> None:
    ended = (WAIVER % "").replace("2026-05-01", "2026-01-01").replace("06-30", "02-28")
    waivers = "apiVersion: scoregate/v1\nkind: Waivers\nwaivers: [%s]"
    policy = f"{UNDECLARED}controls: [{X}}}]"
    assert reviewed(policies(policy, waivers % ended), policies(policy, waivers % "")).unapproved == 1
    assert reviewed(waived(ended), waived()).unapproved == 0


def test_a_requirement_that_sets_a_state_without_anybody_looking_is_not_only_tighter() -> None:
    new = "{id: y, control: B, profile: {state: ThirdParty}, remediate: auto}"
    assert reviewed(policies(controls(f"{X}}}")), policies(controls(f"{X}}}", new))).direction is UNDECIDED


def test_the_end_of_a_waiver_is_not_hidden_by_a_label_either() -> None:
    ended = (WAIVER % "%s").replace("2026-05-01", "2026-01-01").replace("06-30", "02-28")
    waivers = f"apiVersion: scoregate/v1\nkind: Waivers\nwaivers: [{ended}]"
    policy = f"{UNDECLARED}controls: [{X}}}]"
    assert reviewed(policies(policy, waivers % ""), policies(policy, waivers % PRODUCTION)).direction is UNDECIDED
    assert reviewed(waived(ended % ""), waived(ended % PRODUCTION)).direction is TIGHTER


def test_a_longer_term_is_not_made_up_for_by_a_label() -> None:
    longer = (WAIVER % PRODUCTION).replace("06-30", "07-30")
    assert reviewed(waived(WAIVER % ""), waived(longer)).direction is LOOSER


def test_what_a_label_was_and_is_can_be_read() -> None:
    (change,) = reviewed(waived(WAIVER % PRODUCTION), waived(WAIVER % SUBSIDIARY)).waivers
    assert (change.tenant_label_before, change.tenant_label) == ("production", "subsidiary")
    assert sentence(change) == (
        "the waiver of p/x (tenant label subsidiary) is changed: tenant label production -> subsidiary, "
        "until 2026-06-30"
    )
    (change,) = reviewed(waived(WAIVER % PRODUCTION), waived(WAIVER % "")).waivers
    assert sentence(change) == "the waiver of p/x is changed: tenant label production -> none, until 2026-06-30"


def test_a_waiver_that_is_widened_is_looser() -> None:
    narrow, wide = WAIVER % ", control: A", WAIVER % ""
    assert reviewed(waived(narrow), waived(wide)).unapproved == 1


def test_an_approval_counts_only_in_the_base() -> None:
    approval = "approvals: [{requirement: p/x, change: looser, reason: agreed on, approvedBy: ciso}]\n"
    base, head = waived(), waived(WAIVER % "", approvals=approval)
    assert reviewed(base, head).unapproved == 1
    assert reviewed(base, head).notes == ("an approval is added, which counts once it is merged: p/x by ciso",)
    answer = reviewed(waived(approvals=approval), head)
    assert (answer.unapproved, answer.waivers[0].approved_by) == (0, "ciso")


ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "severity": st.sampled_from(["critical", "medium", "info"]),
        "enforcement": st.sampled_from(["mandatory", "advisory"]),
        "minimum": st.sampled_from([{"percent": 50}, {"percent": 90}, {"points": 3}, {"percent": 50, "allBut": 1}]),
        "accept": st.sampled_from([[], ["ThirdParty"], ["ThirdParty", "Reviewed"]]),
        "onMissing": st.sampled_from(["fail", "skip", "error"]),
        "when": st.sampled_from(
            [{"enabledServices": names} for names in (["HasAADP2"], ["Has AADP2"], ["HasAADP2", "HasMDOP1"])]
        ),
        "disabled": st.just({"reason": "r"}),
        "profile": st.sampled_from([{"state": "ThirdParty"}, {"state": "Default"}]),
    },
)
KINDS = st.sampled_from(
    [
        {"control": "AdminMFAV2"},
        {"control": "mdo_*"},
        {"anyOf": ["AdminMFAV2", "OneAdmin"]},
        {"anyOf": ["AdminMFAV2"]},
        {"select": {"category": ["Identity"]}},
        {"select": {"category": ["Identity", "Apps"]}},
        {"select": {"category": ["Identity"]}, "exclude": ["OneAdmin"]},
        {"select": {"category": ["Identity"]}, "atMost": {"failing": 1}},
        {"select": {"id": ["OneAdmin", "nowhere"], "category": ["Identity"]}},
        {"select": {"id": ["One Admin"]}},
        {"select": {"id": ["OneAdmin"]}},
    ]
)


def one_entry(kind: dict[str, object], fields: dict[str, object]) -> PolicySet:
    return policies(f"{HEAD}controls: {json.dumps([{'id': 'x', **kind, **fields}])}")


@settings(deadline=None, max_examples=examples(200))
@given(KINDS, ENTRIES, KINDS, ENTRIES, snapshots())
def test_where_nothing_is_looser_no_failure_passes(
    kind: dict[str, object],
    fields: dict[str, object],
    other: dict[str, object],
    changed: dict[str, object],
    data: Snapshot,
) -> None:
    answer = reviewed(one_entry(kind, fields), one_entry(other, changed), data)
    if answer.direction.may_loosen:
        return
    assert not any(
        one.before is Outcome.FAIL and one.after in {Outcome.PASS, Outcome.SKIPPED} for one in answer.findings
    )
    # That a selector picks nothing is a finding of its own, which is gone once a wider one picks something.
    assert not any(one.fails_before and one.after is not None and not one.fails_after for one in answer.findings)
