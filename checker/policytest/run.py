"""Tests → how each case went, and what of the policies they cover."""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from checker.clouds import GLOBAL
from checker.documents.location import SourceLocation
from checker.errors import JudgementError
from checker.policytest.coverage import SeenOutcomes
from checker.policytest.inline import snapshot_of
from checker.policytest.model import ExpectedFinding
from checker.policytest.prepare import Assertion, ReadyCase, ReadyTest
from checker.policytest.result import CaseCounts, CaseResult, Expected, Got, Miss, PolicyTestRun
from checker.presentation.words import named
from checker.report.finding import Finding
from checker.report.outcome import Outcome, Severity
from checker.report.report import Report
from checker.report.verdict import Decision, Verdict
from checker.runs.gate import judging
from checker.snapshot.model import Snapshot
from checker.snapshot.read import read_documents, read_snapshot
from checker.snapshot.redaction import Redaction
from checker.tenant.lookup import bare

# The day of a run where a test says nothing: never the clock's, so that a test says the same every day.
DEFAULT_DAY = datetime.date(2026, 1, 1)
_NAMED = 5
_PASS = ExpectedFinding(outcome=Outcome.PASS)


def run_tests(
    tests: Sequence[ReadyTest], *, require_coverage: bool = False, redact: Redaction = Redaction.NONE
) -> PolicyTestRun:
    """Runs every case; one whose snapshot can't be read has an error, and the others are run all the same.

    Args:
        tests: as loaded.
        require_coverage: fail where a requirement isn't seen both passing and failing.
        redact: what is left out of snapshots.
    """
    coverage = SeenOutcomes()
    cases = [_run(test, case, coverage, redact) for test in tests for case in test.cases]
    for test in tests:
        coverage.expect(test.policies)
    found = coverage.found()
    counts = Counter(case.status for case in cases)
    verdict: Literal["pass", "fail", "indeterminate"] = "indeterminate" if counts["error"] else "pass"
    if counts["fail"] or (require_coverage and any(one.missing for one in found)):
        verdict = "fail"
    return PolicyTestRun(
        verdict=verdict,
        counts=CaseCounts(counts["pass"], counts["fail"], counts["error"]),
        cases=tuple(cases),
        coverage=found,
        require_coverage=require_coverage,
    )


def _run(test: ReadyTest, case: ReadyCase, coverage: SeenOutcomes, redact: Redaction) -> CaseResult:
    try:
        report, verdict = _judged(test, case, redact)
    except JudgementError as error:
        return CaseResult(name=case.written.name, location=case.place, status="error", message=str(error))
    for finding in report.findings:
        coverage.see(_key(finding), finding.outcome)
    misses = [*_misses(case, report.findings, coverage), *_missed_verdict(case, report.findings, verdict)]
    return CaseResult(
        name=case.written.name, location=case.place, status="fail" if misses else "pass", misses=tuple(misses)
    )


def _judged(test: ReadyTest, case: ReadyCase, redact: Redaction) -> tuple[Report, Verdict]:
    """What the gate says of the case's tenant on its day.

    Raises:
        JudgementError: its snapshot can't be read.
    """
    said = case.written.now or test.file.now
    if case.tenant is not None:
        day = said or DEFAULT_DAY
        snapshot = snapshot_of(case.tenant, day)
    else:
        assert case.snapshot is not None
        snapshot = _held(case.snapshot, redact)
        day = said or _newest_day(snapshot)
    policies = msgspec.structs.replace(test.policies, waivers=(*test.policies.waivers, *case.waivers))
    now = datetime.datetime.combine(day, datetime.time(tzinfo=datetime.UTC))
    labels = frozenset(case.written.tenant_labels)
    return judging(policies, now, Severity.INFO, portal=GLOBAL.portal, labels=labels)(snapshot)


def _held(path: str, redact: Redaction) -> Snapshot:
    if redact is Redaction.NONE:
        return read_snapshot([path])
    from checker.snapshot.redact import redacted

    return redacted(read_documents([path]), redact).snapshot


def _newest_day(snapshot: Snapshot) -> datetime.date:
    return snapshot.days[0].date if snapshot.days else DEFAULT_DAY


def _misses(case: ReadyCase, findings: Sequence[Finding], coverage: SeenOutcomes) -> Iterator[Miss]:
    """The expectations of requirements that did not come true; the others count as covered."""
    for assertion in _every_assertion(case, findings):
        chosen = list(_chosen(assertion, findings))
        if not chosen:
            yield _miss(assertion, None)
        for finding in chosen:
            if _is_as_expected(finding, assertion.expected):
                coverage.assert_seen(_key(finding), finding.outcome)
            else:
                yield _miss(assertion, finding)


def _every_assertion(case: ReadyCase, findings: Sequence[Finding]) -> Iterator[Assertion]:
    """What the case names, and what it says of all the others."""
    yield from case.assertions
    if case.written.others == "pass":
        named = {assertion.requirement for assertion in case.assertions}
        others = dict.fromkeys(one.requirement.name for one in findings if one.requirement.name not in named)
        yield from (Assertion(name, _PASS, case.place) for name in others)


def _chosen(assertion: Assertion, findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings that an assertion speaks of; ids of controls are the same in any case, and without a prefix."""
    control = assertion.expected.control
    for finding in findings:
        if finding.requirement.name == assertion.requirement and (
            control is None or _same(control, finding.judgement.control)
        ):
            yield finding


def _same(written: str, control: str | None) -> bool:
    return control is not None and written.casefold() in {control.casefold(), bare(control).casefold()}


def _is_as_expected(finding: Finding, expected: ExpectedFinding) -> bool:
    return finding.outcome is expected.outcome and expected.reason in {None, finding.judgement.reason}


def _miss(assertion: Assertion, finding: Finding | None) -> Miss:
    got = None
    if finding is not None:
        got = Got(
            outcome=finding.outcome.value,
            reason=finding.judgement.reason,
            control=finding.judgement.control,
            message=finding.message,
            location=finding.requirement.location,
        )
    return Miss(
        requirement=assertion.requirement,
        control=assertion.expected.control,
        location=assertion.place,
        expected=Expected(outcome=assertion.expected.outcome.value, reason=assertion.expected.reason),
        got=got,
    )


def _missed_verdict(case: ReadyCase, findings: Sequence[Finding], verdict: Verdict) -> Iterator[Miss]:
    wanted = case.written.verdict
    if wanted is not None and wanted is not verdict.decision:
        word = verdict.decision.value
        why = named(list(dict.fromkeys(one.requirement.name for one in findings if _decides(one, verdict))), _NAMED)
        yield Miss(
            requirement=None,
            control=None,
            location=case.verdict_place,
            expected=Expected(outcome=wanted.value),
            got=Got(outcome=word, reason=None, control=None, message=why, location=None),
        )


def _decides(finding: Finding, verdict: Verdict) -> bool:
    """Whether the gate doesn't pass because of this finding."""
    if verdict.decision is Decision.FAIL:
        return verdict.fails_gate(finding)
    return verdict.decision is Decision.INDETERMINATE and finding.outcome is Outcome.ERROR


def _key(finding: Finding) -> tuple[str, SourceLocation]:
    return finding.requirement.name, finding.requirement.location
