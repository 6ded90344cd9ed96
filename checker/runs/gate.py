"""The gate for one tenant: source → snapshot → evaluate → verdict."""

import datetime

import msgspec

from checker.evaluation.evaluate import evaluate
from checker.policy.model import PolicySet
from checker.report.outcome import Severity
from checker.report.report import Report
from checker.report.verdict import Verdict, decide
from checker.snapshot.model import Snapshot
from checker.sources.interface import Source

# Ten years: a store may hold more than the 90 days that Graph keeps.
_ALL_DAYS = 3650


class Judged(msgspec.Struct, frozen=True):
    """A report with the verdict on it, and the data that it speaks of."""

    report: Report
    verdict: Verdict
    snapshot: Snapshot


def judge(
    policies: PolicySet, source: Source, now: datetime.datetime, fail_on: Severity, *, since: bool = False
) -> Judged:
    """Judges the tenant behind ``source``, fetching as many days as the policies need.

    Args:
        policies: what is required.
        source: the tenant.
        now: the moment of the run.
        fail_on: from which severity on a failure counts.
        since: judge the older days too, to tell since when each failure fails.

    Raises:
        JudgementError: the data can't be had or can't be read.
    """
    snapshot = source.read(max(policies.days_needed, _ALL_DAYS) if since else policies.days_needed).snapshot
    report = evaluate(policies, snapshot, now, portal=source.cloud.portal)
    if since:
        from checker.evaluation.since import with_since

        report = with_since(report, policies, snapshot, portal=source.cloud.portal)
    return Judged(report, decide(report, fail_on), snapshot)
