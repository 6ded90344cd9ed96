"""The baseline: an earlier report of the same tenant, against which only what is new or worse fails the gate. Pure.

A failure is new where no finding of its key failed in the baseline, whatever else it was there: passed, waived, skipped
or in error. It is worse where it failed and something got worse, or where the two can't be compared: nobody shows that
it is no worse. What is required does not matter, so a policy that is tightened makes no old failure a worse one.
"""

from collections.abc import Iterator, Mapping

import msgspec

from checker.errors import BaselineError
from checker.presentation.words import amount, counted
from checker.report.finding import Failure, Finding, Quantity
from checker.report.outcome import BaselineChange, Enforcement, Outcome, Reason, Unit
from checker.report.report import Report
from checker.report.verdict import BaselineComparison, Decision
from checker.snapshot.ids import is_same_tenant

# That of checker.tenant.numbers, which this room may not import; a test holds them together.
TOLERANCE = 1e-9


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier report, as far as a later one is compared with it.

    Attributes:
        name: the file, as messages name it.
        sha256: of its bytes.
        tenant: the tenant's id, or the empty string where the data didn't tell it.
        evaluated_at: RFC 3339.
        decision: what the gate said then.
        findings: by key.
        data: the file's bytes.
    """

    name: str
    sha256: str
    tenant: str
    evaluated_at: str
    decision: Decision
    findings: Mapping[str, Finding]
    data: bytes = b""

    def compare(self, report: Report) -> BaselineComparison:
        """What is new or worse in a report.

        Raises:
            BaselineError: the baseline is of another tenant, or one of the two names none.
        """
        self._check_tenant(report.tenant)
        changes: dict[str, BaselineChange] = {}
        notes: dict[str, str] = {}
        for finding in report.findings:
            if finding.fails:
                then = self.findings.get(finding.key)
                note = _worse(then, finding) if then is not None and then.fails else None
                changes[finding.key] = _change(then, note)
                if note is not None:
                    notes[finding.key] = note
        return BaselineComparison(
            sha256=self.sha256,
            evaluated_at=self.evaluated_at,
            changes=changes,
            notes=notes,
            same=frozenset(self._same(report)),
            absent=tuple(self._absent(report)),
        )

    def _check_tenant(self, tenant: str) -> None:
        advice = "Take the report of an earlier run on this tenant."
        if not self.tenant or not tenant:
            which = "data names" if self.tenant else "baseline names"
            raise BaselineError(
                f"can't be the baseline: the {which} no tenant, so whether both are of the same tenant is unknown",
                place=self.name,
                advice=advice,
            )
        if not is_same_tenant(self.tenant, tenant):
            raise BaselineError(
                f"is a report of the tenant {self.tenant}, and {tenant} is judged", place=self.name, advice=advice
            )

    def _same(self, report: Report) -> Iterator[str]:
        """Keys of findings that are no failures and had the same outcome then."""
        for finding in report.findings:
            then = self.findings.get(finding.key)
            if then is not None and not finding.fails and then.outcome is finding.outcome:
                yield finding.key

    def _absent(self, report: Report) -> Iterator[Finding]:
        """Failures of then that fail no more; what can't be judged now may fail still."""
        failing = {finding.key for finding in report.findings if finding.fails}
        unknown = {finding.requirement.name for finding in report.findings if finding.outcome is Outcome.ERROR}
        for key, then in self.findings.items():
            if then.fails and key not in failing and then.requirement.name not in unknown:
                yield then


def _change(then: Finding | None, note: str | None) -> BaselineChange:
    if then is None or not then.fails:
        return BaselineChange.NEW
    return BaselineChange.UNCHANGED if note is None else BaselineChange.WORSE


def _worse(then: Finding, now: Finding) -> str | None:
    """In what a failure is worse than then, as a clause; None where it is not."""
    before, after = then.requirement.severity, now.requirement.severity
    if after.rank < before.rank:
        return f"its severity was {before.value}"
    if then.enforcement is Enforcement.ADVISORY and now.enforcement is Enforcement.MANDATORY:
        return "it was advisory"
    known = {_name(failure): failure for failure in then.failures}
    for failure in now.failures:
        one = known.get(_name(failure))
        note = _failure_worse(one, failure) if one is not None else _another(failure)
        if note is not None:
            return note
    return None


def _name(failure: Failure) -> str:
    return (failure.control or "").casefold()


def _another(failure: Failure) -> str:
    return f"{failure.control or 'something else'} did not fail"


def _failure_worse(then: Failure, now: Failure) -> str | None:
    subject = f"{now.control} " if now.control is not None else "it "
    if then.affected is not None and now.affected is not None and now.affected.count > then.affected.count:
        return f"{subject}left out {counted(then.affected.count, 'user or device', 'users or devices')}"
    was = f"{subject}was at {_worded(then.measured)}" if then.measured is not None else f"{subject}was not measured"
    match then.measured, now.measured:
        case None, None:
            return None if then.reason is now.reason else f"{subject}failed for another reason ({then.reason.value})"
        case Quantity(), Quantity() if _rises(then) is _rises(now):
            return was if _is_worse(then.measured, now.measured, rises=_rises(now)) else None
        case _:
            return f"{was}, which can't be compared"


def _rises(failure: Failure) -> bool:
    """Whether more is worse: of a loss, a gap or a share that has a limit."""
    return failure.reason is Reason.ABOVE_MAXIMUM


def _is_worse(then: Quantity, now: Quantity, *, rises: bool) -> bool:
    """Whether it got worse; so it did where the unit is another, or the state, which nobody can rank."""
    before, after = then.value, now.value
    if then.unit is not now.unit or then.unit is Unit.STATE or isinstance(before, str) or isinstance(after, str):
        return then != now
    lost = after - before if rises else before - after
    return lost > TOLERANCE


def _worded(quantity: Quantity) -> str:
    return amount(quantity.value, quantity.unit.value)
