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


class Judged(msgspec.Struct, frozen=True):
    """A report with the verdict on it, and the data that it speaks of."""

    report: Report
    verdict: Verdict
    snapshot: Snapshot


def judge(policies: PolicySet, source: Source, now: datetime.datetime, fail_on: Severity) -> Judged:
    """Judges the tenant behind ``source``, fetching as many days as the policies need.

    Raises:
        JudgementError: the data can't be had or can't be read.
    """
    snapshot = source.snapshot(policies.days_needed)
    report = evaluate(policies, snapshot, now, portal=source.cloud.portal)
    return Judged(report, decide(report, fail_on), snapshot)
