"""The gate for one tenant: source → snapshot → evaluate → verdict."""

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from checker.evaluation.evaluate import evaluate
from checker.policy.model import PolicySet
from checker.report.outcome import Severity
from checker.report.report import Report
from checker.report.verdict import Verdict, decide
from checker.snapshot.model import Snapshot
from checker.snapshot.read import Reading
from checker.sources.interface import Source
from checker.tenant.labels import NO_LABELS, TenantLabels

if TYPE_CHECKING:
    from checker.report.baseline import Baseline

# Ten years: a store may hold more than the 90 days that Graph keeps.
_ALL_DAYS = 3650


class Judged(msgspec.Struct, frozen=True):
    """A report with the verdict on it; it can cross to another process."""

    report: Report
    verdict: Verdict


class GateRun(msgspec.Struct, frozen=True):
    """A tenant that was judged, and the data that this rests on; the data stays where it was read."""

    judged: Judged
    reading: Reading

    @property
    def snapshot(self) -> Snapshot:
        """The tenant's data."""
        return self.reading.snapshot


class JudgeInput(msgspec.Struct, frozen=True, kw_only=True):
    """By what a tenant is judged.

    Attributes:
        policies: what is required.
        moment: used as the current time.
        fail_on: from which severity on a failure counts.
        since: judge the older days too, to say since when each failure fails.
        baseline: an earlier report, of which only what is new or worse fails the gate; None for none.
        labels: of the tenant.
    """

    policies: PolicySet
    moment: datetime.datetime
    fail_on: Severity = Severity.INFO
    since: bool = False
    baseline: "Baseline | None" = None
    labels: TenantLabels = NO_LABELS


def judge(given: JudgeInput, source: Source) -> GateRun:
    """Judges the tenant behind ``source``, reading as many days as the policies need.

    Raises:
        JudgementError: the data is not available, or can't be read.
        BaselineError: the baseline is of another tenant.
    """
    policies, labels = given.policies, given.labels
    reading = source.read(max(policies.days_needed, _ALL_DAYS) if given.since else policies.days_needed)
    portal = source.cloud.portal
    report = evaluate(policies, reading.snapshot, given.moment, portal=portal, labels=labels)
    verdict = decide(report, given.fail_on, given.baseline)
    if given.since:
        from checker.evaluation.since import with_since

        report = with_since(report, policies, reading.snapshot, portal=portal, labels=labels)
    return GateRun(Judged(report, verdict), reading)


def judging(
    policies: PolicySet,
    now: datetime.datetime,
    fail_on: Severity,
    *,
    portal: str,
    labels: TenantLabels = NO_LABELS,
) -> Callable[[Snapshot], tuple[Report, Verdict]]:
    """The gate as a function of a snapshot, for those that judge several: as they are, and as they would be."""

    def judge_one(snapshot: Snapshot) -> tuple[Report, Verdict]:
        report = evaluate(policies, snapshot, now, portal=portal, labels=labels)
        return report, decide(report, fail_on)

    return judge_one
