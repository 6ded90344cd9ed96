"""The gate with a lock: source → report → drift of the catalogue as warnings or findings → verdict."""

import msgspec

from checker.errors import SnapshotError
from checker.evaluation.catalogue_drift import LockComparison, compare_lock, required_controls, whole_doubts
from checker.evaluation.drift_findings import ACCEPTING, LOCK_POLICY, drift_findings
from checker.policy.lockfile import LockedControl, LockFile
from checker.policy.model import PolicySet
from checker.presentation.words import sentence
from checker.report.baseline import Baseline
from checker.report.report import RunWarning
from checker.report.verdict import decide
from checker.runs.gate import GateRun, Judged
from checker.runs.look import look
from checker.sources.interface import Source
from checker.tenant.tenant import Tenant


def with_lock(
    run: GateRun, policies: PolicySet, lock: LockFile, *, strict: bool, baseline: Baseline | None = None
) -> GateRun:
    """The run, whose report tells what has drifted from the lock.

    Args:
        run: a tenant that was judged.
        policies: that it was judged by.
        lock: what was accepted.
        strict: drift is a finding that fails, else a warning.
        baseline: that it was judged with.
    """
    report = run.judged.report
    tenant = Tenant(run.snapshot, report.portal)
    compared = compare_lock(lock.controls, policies, tenant)
    if strict:
        findings = (*report.findings, *drift_findings(compared, lock, tenant))
        report = msgspec.structs.replace(report, findings=findings, policies=(*report.policies, LOCK_POLICY))
    else:
        drifts = (
            RunWarning("catalogue-drift", sentence(f"{one.message}; {ACCEPTING}", name=one.control))
            for one in compared.drifts
        )
        report = msgspec.structs.replace(report, warnings=(*report.warnings, *drifts))
    return msgspec.structs.replace(run, judged=Judged(report, decide(report, run.judged.verdict.fail_on, baseline)))


class LockRun(msgspec.Struct, frozen=True, kw_only=True):
    """What ``lock`` would write, and how it differs from what is there.

    Attributes:
        required: the controls as the tenant has them now.
        compared: with the lock that is there; None where there is none.
        tenant: who was looked at.
    """

    required: tuple[LockedControl, ...]
    compared: LockComparison | None
    tenant: Tenant


def look_for_lock(source: Source, policies: PolicySet, lock: LockFile | None) -> LockRun:
    """Looks at the required controls of the tenant behind ``source``.

    Args:
        source: the tenant.
        policies: what is required.
        lock: what was accepted before; None for nothing.

    Raises:
        JudgementError: the data is not available, can't be read, or leaves open what the controls are.
    """
    tenant = look(source, policies=policies).tenant
    compared = compare_lock(lock.controls, policies, tenant) if lock is not None else None
    doubts = compared.doubts if compared is not None else tuple(whole_doubts(policies, tenant))
    if doubts:
        raise SnapshotError("; ".join(doubts), advice="Nothing was accepted.")
    return LockRun(required=tuple(required_controls(policies, tenant)), compared=compared, tenant=tenant)
