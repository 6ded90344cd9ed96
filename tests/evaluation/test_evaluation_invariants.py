"""What no policy and no data may break, tried on any of them."""

import copy

from builders import policy, report
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import TENANT_LABELS, UNITS, Entry, control_entries, in_flow_style, sections, snapshots, waivers

from checker.policy.model import PolicySet
from checker.report.finding import Finding
from checker.report.outcome import Enforcement, Outcome
from checker.snapshot.model import Snapshot

fast = settings(deadline=None, max_examples=examples(60))
Sections = dict[str, list[Entry]]
label_sets = st.frozensets(st.sampled_from(TENANT_LABELS))


def policy_of(rules: Sections, *waived: Entry) -> PolicySet:
    return policy(
        score=in_flow_style(rules["score"]),
        controls=in_flow_style(rules["controls"]),
        waivers=in_flow_style(list(waived)),
    )


def by_key(policies: PolicySet, data: Snapshot, labels: frozenset[str] = frozenset()) -> dict[str, Finding]:
    found = report(policies, data, labels=labels).findings
    keyed = {finding.key: finding for finding in found}
    assert len(keyed) == len(found), "a key names one finding"
    return keyed


@fast
@given(snapshots(), sections(), st.lists(waivers(), min_size=1, max_size=3), label_sets)
def test_a_waiver_turns_failures_into_waived_and_nothing_else(
    data: Snapshot, rules: Sections, waived: list[Entry], labels: frozenset[str]
) -> None:
    plain, after = by_key(policy_of(rules), data, labels), by_key(policy_of(rules, *waived), data, labels)
    assert plain.keys() == after.keys()
    for key, then in plain.items():
        now = after[key]
        assert now.judgement == then.judgement
        if then.outcome is not Outcome.FAIL:
            assert now == then
        elif now.outcome is Outcome.FAIL:
            # Fewer failures that count can bring the rest within atMost; never the other way round.
            assert now.enforcement in {then.enforcement, Enforcement.ADVISORY}
        else:
            assert now.outcome is Outcome.WAIVED


@fast
@given(snapshots(), sections(), st.lists(waivers(), min_size=1, max_size=3), label_sets)
def test_a_waiver_of_a_label_that_the_tenant_lacks_is_as_good_as_none(
    data: Snapshot, rules: Sections, waived: list[Entry], labels: frozenset[str]
) -> None:
    rest = [one for one in waived if "tenantLabel" not in one or one["tenantLabel"] in labels]
    all_of_them, fewer = (by_key(policy_of(rules, *some), data, labels) for some in (waived, rest))
    assert {key: one.outcome for key, one in all_of_them.items()} == {key: one.outcome for key, one in fewer.items()}


def raised(rules: Sections, by: int) -> Sections:
    """The same requirements with higher minimums, as far as there is room."""
    higher = copy.deepcopy(rules)
    for entry in (entry for entries in higher.values() for entry in entries):
        minimum = entry["minimum"]
        for unit, most in UNITS.items():
            if unit in minimum:
                minimum[unit] = min(minimum[unit] + by, max(most, minimum[unit]))
    return higher


@fast
@given(snapshots(), sections(), st.integers(1, 100))
def test_a_higher_minimum_turns_no_failure_into_a_pass(data: Snapshot, rules: Sections, by: int) -> None:
    before, after = by_key(policy_of(rules), data), by_key(policy_of(raised(rules, by)), data)
    assert before.keys() == after.keys()
    for key, then in before.items():
        if then.outcome is Outcome.FAIL:
            assert after[key].outcome is Outcome.FAIL
        if after[key].outcome is Outcome.PASS:
            assert then.outcome is Outcome.PASS


@fast
@given(snapshots(), sections(), control_entries(), st.lists(waivers(), max_size=2))
def test_a_further_requirement_changes_no_other_finding(
    data: Snapshot, rules: Sections, further: Entry, waived: list[Entry]
) -> None:
    longer = {**rules, "controls": [*rules["controls"], {"id": "further", **further}]}
    before, after = by_key(policy_of(rules, *waived), data), by_key(policy_of(longer, *waived), data)
    same = {key: finding for key, finding in after.items() if finding.requirement.id != "further"}
    # The new line stands behind the others, so that even their places stay; waivers stand further down.
    assert list(same) == list(before)
    assert [finding.judgement for finding in same.values()] == [finding.judgement for finding in before.values()]
    assert [finding.outcome for finding in same.values()] == [finding.outcome for finding in before.values()]
    assert [finding.enforcement for finding in same.values()] == [one.enforcement for one in before.values()]
