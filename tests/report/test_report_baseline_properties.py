"""What a baseline may never do, tried on any tenant."""

import msgspec
from builders import policy, report
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Entry, in_flow_style, sections, snapshots

from checker.policy.model import PolicySet
from checker.presentation.json import json_document
from checker.report.baseline import Baseline
from checker.report.baseline_file import decode_baseline
from checker.report.document import document
from checker.report.outcome import BaselineChange, Severity
from checker.report.report import Report
from checker.report.verdict import Decision, decide
from checker.snapshot.model import Snapshot

fast = settings(deadline=None, max_examples=examples(60))
SEVERITIES = st.sampled_from(Severity)
Sections = dict[str, list[Entry]]


def policy_of(rules: Sections) -> PolicySet:
    return policy(score=in_flow_style(rules["score"]), controls=in_flow_style(rules["controls"]))


def written(found: Report) -> Baseline:
    """The report, written and read back as a baseline."""
    return decode_baseline(json_document(document(found, decide(found))), "old.json")


@fast
@given(snapshots(), sections(), SEVERITIES)
def test_beside_itself_everything_is_unchanged(data: Snapshot, rules: Sections, fail_on: Severity) -> None:
    found = report(policy_of(rules), data)
    alone, beside = decide(found, fail_on), decide(found, fail_on, written(found))
    comparison = beside.comparison
    assert comparison is not None
    assert set(comparison.changes.values()) <= {BaselineChange.UNCHANGED}
    assert comparison.absent == ()
    assert beside.decision is not Decision.FAIL
    for finding in found.findings:
        assert beside.is_excused(finding) is alone.fails_gate(finding)
        assert (finding.key in comparison.same) is not finding.fails


@fast
@given(snapshots(), snapshots(), sections(), sections(), SEVERITIES)
def test_a_baseline_excuses_failures_and_nothing_else(
    then: Snapshot, now: Snapshot, old: Sections, new: Sections, fail_on: Severity
) -> None:
    found = report(policy_of(new), now)
    alone, beside = decide(found, fail_on), decide(found, fail_on, written(report(policy_of(old), then)))
    for finding in found.findings:
        assert beside.fails_gate(finding) + beside.is_excused(finding) == alone.fails_gate(finding)
    if beside.decision is not alone.decision:
        assert alone.decision is Decision.FAIL
    if beside.decision is Decision.PASS:
        excused = {finding.key for finding in found.findings if beside.is_excused(finding)}
        rest = tuple(finding for finding in found.findings if finding.key not in excused)
        without = decide(msgspec.structs.replace(found, findings=rest), fail_on)
        assert not rest or without.decision is Decision.PASS or all(one.outcome.value == "skipped" for one in rest)


@fast
@given(snapshots(), snapshots(), sections())
def test_every_failure_is_one_of_three_and_every_old_one_is_accounted_for(
    then: Snapshot, now: Snapshot, rules: Sections
) -> None:
    before, after = report(policy_of(rules), then), report(policy_of(rules), now)
    comparison = decide(after, baseline=written(before)).comparison
    assert comparison is not None
    assert comparison.changes.keys() == {finding.key for finding in after.findings if finding.fails}
    failed = {finding.key for finding in before.findings if finding.fails}
    old = {key for key, change in comparison.changes.items() if change is not BaselineChange.NEW}
    absent = {finding.key for finding in comparison.absent}
    assert old | absent <= failed
    assert not old & absent
    unknown = {finding.requirement.name for finding in after.findings if finding.outcome.value == "error"}
    assert {key.partition(" ")[0] for key in failed - old - absent} <= unknown
