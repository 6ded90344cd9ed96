from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from report_builders import finding, rendering, requirement

from checker.errors import BaselineError
from checker.report.baseline import TOLERANCE, Baseline
from checker.report.finding import Affected, Failure, Finding, Quantity
from checker.report.outcome import BaselineChange, Enforcement, Outcome, Reason, Severity, Unit
from checker.report.report import Report
from checker.report.verdict import Decision, Verdict, decide
from checker.tenant import numbers

TENANT = "3f8b2c1e-6a44-4d0b-9c57-0c1f5e2a7b11"
NEW, WORSE, UNCHANGED = BaselineChange.NEW, BaselineChange.WORSE, BaselineChange.UNCHANGED
ADVISORY = Enforcement.ADVISORY


def report(*findings: Finding, tenant: str = TENANT) -> Report:
    return rendering(findings, tenant=tenant).report


def baseline(*findings: Finding, tenant: str = TENANT) -> Baseline:
    by_key = {one.key: one for one in findings}
    return Baseline(
        name="old.json",
        sha256="ab" * 32,
        tenant=tenant,
        evaluated_at="2026-05-01T00:00:00Z",
        decision=Decision.FAIL,
        findings=by_key,
    )


def judged(then: Sequence[Finding], now: Sequence[Finding], fail_on: Severity = Severity.INFO) -> Verdict:
    return decide(report(*now), fail_on, baseline(*then))


def change(then: Finding, now: Finding) -> BaselineChange | None:
    return judged([then], [now]).change(now)


def at(percent: float, **changes: Any) -> Finding:
    return finding(measured=Quantity(percent, Unit.PERCENT), affected=None, **changes)


def test_without_a_baseline_nothing_is_compared() -> None:
    verdict = decide(report(finding()))
    assert (verdict.comparison, verdict.change(finding()), verdict.is_excused(finding())) == (None, None, False)


def test_what_fails_as_it_did_does_not_fail_the_gate() -> None:
    verdict = judged([finding()], [finding()])
    assert (verdict.decision, verdict.fails_gate(finding()), verdict.is_excused(finding())) == (
        Decision.PASS,
        False,
        True,
    )


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.FAIL])
def test_what_did_not_fail_then_is_new(outcome: Outcome) -> None:
    verdict = judged([finding(outcome)], [finding()])
    assert (verdict.decision, verdict.change(finding())) == (Decision.FAIL, NEW)


def test_what_the_baseline_does_not_know_is_new() -> None:
    assert judged([finding(of=requirement("other"))], [finding()]).change(finding()) is NEW
    assert judged([], [finding()]).decision is Decision.FAIL


def test_of_a_selector_each_control_is_compared_with_itself() -> None:
    each = requirement(per_control=True)
    known, other = finding(of=each), finding(of=each, control="Other")
    verdict = judged([known], [known, other])
    assert [verdict.change(one) for one in (known, other)] == [UNCHANGED, NEW]


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (at(50), at(50), UNCHANGED),
        (at(50), at(60), UNCHANGED),
        (at(50), at(49.9), WORSE),
        (at(50), at(50 - TOLERANCE / 2), UNCHANGED),
        (at(50), at(50 - TOLERANCE * 2), WORSE),
        # What is required does not matter: a stricter policy makes nothing worse, and hides nothing either.
        (at(50), at(50, required=Quantity(100.0, Unit.PERCENT)), UNCHANGED),
        (at(50, required=Quantity(60.0, Unit.PERCENT)), at(50, required=Quantity(90.0, Unit.PERCENT)), UNCHANGED),
        (at(50, required=Quantity(60.0, Unit.PERCENT)), at(40, required=Quantity(90.0, Unit.PERCENT)), WORSE),
        # Points that are missing change with Microsoft's weights, at the same percentage.
        (at(50, points=5.0), at(50, points=10.0), UNCHANGED),
        (at(50), finding(measured=Quantity(50.0, Unit.POINTS), affected=None), WORSE),
        (at(50), finding(measured=None, affected=None, reason=Reason.NOT_SCORED), WORSE),
        (finding(measured=None, reason=Reason.NOT_SCORED), at(50), WORSE),
        (finding(measured=None, reason=Reason.NOT_SCORED), finding(measured=None, reason=Reason.NOT_SCORED), UNCHANGED),
        (
            finding(measured=None, reason=Reason.NOT_SCORED),
            finding(measured=None, reason=Reason.NO_LONGER_SCORED),
            WORSE,
        ),
        (at(50), at(50, reason=Reason.COUNT_UNKNOWN), UNCHANGED),
    ],
)
def test_a_lower_value_is_worse_and_so_is_what_cannot_be_compared(
    then: Finding, now: Finding, expected: BaselineChange
) -> None:
    assert change(then, now) is expected


@pytest.mark.parametrize(("then", "now", "expected"), [(3, 3, UNCHANGED), (3, 2, UNCHANGED), (3, 3.5, WORSE)])
def test_of_a_loss_more_is_worse(then: float, now: float, expected: BaselineChange) -> None:
    def lost(points: float) -> Finding:
        return finding(control=None, affected=None, reason=Reason.ABOVE_MAXIMUM, measured=Quantity(points, Unit.POINTS))

    assert change(lost(then), lost(now)) is expected
    # A requirement that asked for a minimum before asks for something else.
    assert change(finding(control=None, affected=None, measured=Quantity(9.0, Unit.POINTS)), lost(3)) is WORSE


@pytest.mark.parametrize(("now", "expected"), [("Ignored", UNCHANGED), ("ThirdParty", WORSE), ("Default", WORSE)])
def test_another_state_is_worse_since_states_have_no_order(now: str, expected: BaselineChange) -> None:
    def state(name: str) -> Finding:
        return finding(affected=None, reason=Reason.STATE_DIFFERS, measured=Quantity(name, Unit.STATE))

    assert change(state("Ignored"), state(now)) is expected


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (Affected(2, 4), Affected(2, 9), UNCHANGED),
        (Affected(2, 4), Affected(1, 4), UNCHANGED),
        (Affected(2, 4), Affected(3, 9), WORSE),
        (None, Affected(3, 9), UNCHANGED),
        (Affected(2, 4), None, UNCHANGED),
    ],
)
def test_more_users_left_out_is_worse(then: Affected | None, now: Affected | None, expected: BaselineChange) -> None:
    assert change(finding(affected=then), finding(affected=now)) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"), [("low", "high", WORSE), ("high", "low", UNCHANGED), ("low", "low", UNCHANGED)]
)
def test_a_higher_severity_is_worse(before: str, after: str, expected: BaselineChange) -> None:
    then, now = (finding(of=requirement(severity=Severity(one))) for one in (before, after))
    assert change(then, now) is expected


def test_what_becomes_mandatory_is_worse() -> None:
    assert change(finding(enforcement=ADVISORY), finding()) is WORSE
    assert change(finding(), finding(enforcement=ADVISORY)) is UNCHANGED


def other(control: str, percent: float) -> Failure:
    return Failure(control, Reason.BELOW_MINIMUM, Quantity(percent, Unit.PERCENT), None)


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ((other("b", 20),), (other("b", 20),), UNCHANGED),
        ((other("b", 20),), (), UNCHANGED),
        ((), (other("b", 20),), WORSE),
        # The one that speaks for all is the nearest to holding: those behind it are compared too.
        ((other("b", 20),), (other("b", 10),), WORSE),
        ((other("b", 20), other("c", 20)), (other("C", 20), other("b", 30)), UNCHANGED),
    ],
)
def test_of_a_pattern_every_control_is_compared(
    then: tuple[Failure, ...], now: tuple[Failure, ...], expected: BaselineChange
) -> None:
    assert change(at(50, also=then), at(50, also=now)) is expected


def test_another_control_that_speaks_for_all_is_compared_with_itself() -> None:
    then = at(50, control="a", also=(other("b", 20),))
    assert change(then, at(20, control="b")) is UNCHANGED
    assert change(then, at(19, control="b")) is WORSE


def test_a_control_whose_waiver_ended_is_worse_where_another_failed_already() -> None:
    then = msgspec.structs.replace(at(50, control="a", also=(other("b", 20),)), waived_controls=("b",))
    assert change(then, then) is UNCHANGED
    assert change(then, at(50, control="a", also=(other("b", 20),))) is WORSE


def test_the_severity_asked_for_counts_too() -> None:
    low = finding(of=requirement(severity=Severity.LOW))
    assert judged([], [low], Severity.HIGH).decision is Decision.PASS
    assert judged([], [low], Severity.LOW).decision is Decision.FAIL
    assert not judged([low], [low], Severity.HIGH).is_excused(low)


@pytest.mark.parametrize("then", [finding(Outcome.ERROR), finding(), finding(Outcome.PASS)])
def test_no_baseline_excuses_an_error(then: Finding) -> None:
    assert judged([then], [finding(Outcome.ERROR)]).decision is Decision.INDETERMINATE
    old = finding(of=requirement("old"))
    assert judged([then, old], [finding(Outcome.ERROR), old]).decision is Decision.INDETERMINATE


def test_nothing_judged_is_no_pass_either() -> None:
    skipped = finding(Outcome.SKIPPED)
    assert judged([skipped], [skipped]).decision is Decision.INDETERMINATE


def test_what_fails_no_more_is_absent_unless_that_is_unknown() -> None:
    each = requirement("each", per_control=True)
    then = [finding(), finding(of=requirement("gone")), finding(of=each), finding(Outcome.WAIVED, of=requirement("w"))]
    unknown = finding(Outcome.ERROR, of=each, control=None)
    comparison = judged(then, [finding(Outcome.PASS), unknown]).comparison
    assert comparison is not None
    assert [one.key for one in comparison.absent] == ["baseline/admins-use-mfa", "baseline/gone"]
    assert comparison.counts() == {"new": 0, "worse": 0, "unchanged": 0, "absent": 2}


def test_a_finding_says_in_what_it_is_worse() -> None:
    comparison = judged([at(60)], [at(50)]).comparison
    assert comparison is not None
    assert comparison.clause(at(50)) == "worse: AdminMFAV2 was at 60 %"
    assert comparison.clause(finding(Outcome.PASS)) == ""


@pytest.mark.parametrize(("then", "now"), [("another", TENANT), ("", TENANT), (TENANT, ""), ("", "")])
def test_a_baseline_of_another_or_an_unknown_tenant_is_refused(then: str, now: str) -> None:
    with pytest.raises(BaselineError, match="tenant"):
        decide(report(finding(), tenant=now), Severity.INFO, baseline(finding(), tenant=then))


def test_tenants_are_spelled_in_any_case() -> None:
    verdict = decide(report(finding(), tenant=TENANT.upper()), Severity.INFO, baseline(finding()))
    assert verdict.decision is Decision.PASS


def test_the_tolerance_is_that_of_every_comparison() -> None:
    assert TOLERANCE == numbers.TOLERANCE
