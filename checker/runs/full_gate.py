"""The whole gate for one tenant: framework → policies, source → report → lock → verdict; a replay does the same."""

from typing import TYPE_CHECKING

import msgspec

from checker.policy.model import PolicySet
from checker.report.report import OptionUse, Report
from checker.runs.gate import GateRun, JudgeInput, judge
from checker.sources.interface import Source

if TYPE_CHECKING:
    from checker.policy.lockfile import LockFile


class GateInput(JudgeInput, frozen=True, kw_only=True):
    """By what a tenant is judged, with what the whole gate looks at besides.

    Attributes:
        framework: judge only what refers to it; None for everything.
        lock: the controls as they were accepted; None for none.
        locked: drift from the lock is a failure, else a warning.
        options: that decided the run.
    """

    framework: str | None = None
    lock: "LockFile | None" = None
    locked: bool = False
    options: tuple[OptionUse, ...] = ()


class GateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        run: the tenant that was judged.
        policies: those that it was judged by.
        report: with the options of the run, and the findings by a framework's controls where it was about one.
    """

    run: GateRun
    policies: PolicySet
    report: Report


def run_gate(given: GateInput, source: Source) -> GateAnswer:
    """Judges the tenant behind ``source``.

    Raises:
        UsageError: no policy refers to the framework.
        JudgementError: the data is not available, or can't be read.
        BaselineError: the baseline is of another tenant.
    """
    policies, framework = _about(given.policies, given.framework)
    run = judge(msgspec.structs.replace(given, policies=policies), source)
    if given.lock is not None:
        from checker.runs.locked_catalogue import with_lock

        # The lock is of all policies, whatever this run is about.
        run = with_lock(run, given.policies, given.lock, strict=given.locked, baseline=given.baseline)
    report = msgspec.structs.replace(run.judged.report, provenance=given.options)
    return GateAnswer(run=run, policies=policies, report=_completed(report, framework))


def _about(policies: PolicySet, framework: str | None) -> tuple[PolicySet, str | None]:
    """What is judged by where a run is about a framework, and the framework as the policies spell it."""
    if framework is None:
        return policies, None
    from checker.policy.framework import belonging_to

    return belonging_to(policies, framework)


def _completed(report: Report, framework: str | None) -> Report:
    """The report with its findings by the controls of a framework."""
    if framework is None:
        return report
    from checker.report.framework import framework_coverage

    return msgspec.structs.replace(report, framework=framework_coverage(report.findings, framework))
