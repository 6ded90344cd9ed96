"""Drift of the catalogue as findings of a report, for a gate that fails on it. Pure."""

from collections.abc import Iterator

from checker.documents.location import SourceLocation
from checker.evaluation.catalogue_drift import CatalogueDrift, LockComparison
from checker.evaluation.subject import subject_of
from checker.policy.lockfile import LOCK_NAME, LockFile
from checker.presentation.words import sentence
from checker.report.finding import Finding, Judgement, Quantity, RequirementSummary
from checker.report.outcome import Enforcement, Outcome, Reason, Severity, Unit
from checker.tenant.tenant import Tenant

# A dot keeps it apart from every policy of a user.
LOCK_POLICY = LOCK_NAME
_ID = "catalogue-drift"
ACCEPTING = "'scoregate lock --update' accepts it"


def drift_findings(compared: LockComparison, lock: LockFile, tenant: Tenant) -> Iterator[Finding]:
    """A failure for each control that drifted, and one error where the data leaves open whether more did.

    A lock that holds gives none: a pass would count as something that was judged where every requirement was skipped.

    Args:
        compared: the lock beside the tenant.
        lock: where each control is.
        tenant: who was judged.
    """
    for drift in compared.drifts:
        yield _finding(_failure(drift), lock.place_of(drift.control), tenant)
    if compared.doubts:
        text = "; ".join(compared.doubts)
        open_one = Judgement(outcome=Outcome.ERROR, reason=Reason.PARTIAL_DATA, message=text)
        yield _finding(open_one, lock.place_of(""), tenant)


def _failure(drift: CatalogueDrift) -> Judgement:
    return Judgement(
        outcome=Outcome.FAIL,
        reason=Reason.CATALOGUE_DRIFT,
        message=f"{drift.message}; {ACCEPTING}",
        control=drift.control,
        # So that a baseline tells one drift of a control from another.
        measured=Quantity(drift.standing, Unit.STATE),
    )


def _finding(judgement: Judgement, place: SourceLocation, tenant: Tenant) -> Finding:
    summary = RequirementSummary(
        name=f"{LOCK_POLICY}/{_ID}",
        policy=LOCK_POLICY,
        id=_ID,
        title="Required controls are as they were accepted",
        sentence=f"every required control must be as {LOCK_NAME} has it",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.MANDATORY,
        owner="",
        rationale="A policy on a control that Microsoft renamed, retired or moved may judge nothing.",
        references=(),
        location=place,
        per_control=True,
    )
    return Finding(
        requirement=summary,
        judgement=judgement,
        subject=subject_of(judgement, tenant),
        outcome=judgement.outcome,
        enforcement=summary.enforcement,
        message=sentence(judgement.message, name=judgement.control),
    )
