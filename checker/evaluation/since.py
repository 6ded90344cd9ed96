"""Since when each failure fails, by judging the older days of the snapshot as they were then. Pure, and not cheap."""

import datetime

import msgspec

from checker.evaluation.evaluate import evaluate
from checker.policy.model import PolicySet
from checker.report.finding import Finding, Since
from checker.report.outcome import Outcome, Reason
from checker.report.report import Report
from checker.snapshot.as_of import as_of
from checker.snapshot.model import Snapshot
from checker.tenant.labels import NO_LABELS, TenantLabels


def with_since(
    report: Report, policies: PolicySet, snapshot: Snapshot, *, portal: str, labels: TenantLabels = NO_LABELS
) -> Report:
    """The report, each failure with the first day of the days in a row on which it failed.

    A day that the data lacks interrupts nothing. Where it fails on the oldest day that there is, it may be older.

    Args:
        report: of the newest day.
        policies: that it was judged by.
        snapshot: with the older days.
        portal, labels: as in ``evaluate``.
    """
    unknown: set[str] = set()
    open_still = {finding.key for finding in report.findings if finding.fails}
    found = {key: Since(str(snapshot.days[0].date), or_earlier=False) for key in open_still if snapshot.days}
    for day in snapshot.days[1:]:
        if not open_still:
            break
        end = datetime.datetime.combine(day.date, datetime.time(23, 59, 59), datetime.UTC)
        earlier = evaluate(policies, as_of(snapshot, day.date), end, portal=portal, labels=labels)
        failing = {finding.key for finding in earlier.findings if finding.fails}
        # On a day that could not be judged it may have failed or not.
        unknown |= open_still & {finding.key for finding in earlier.findings if _is_unknown(finding)}
        open_still &= failing
        for key in open_still:
            found[key] = Since(str(day.date), or_earlier=False)
    for key in open_still | unknown:
        if key in found:
            found[key] = Since(found[key].date, or_earlier=True)
    findings = tuple(
        msgspec.structs.replace(finding, since=found.get(finding.key)) if finding.fails else finding
        for finding in report.findings
    )
    return msgspec.structs.replace(report, findings=findings)


def _is_unknown(finding: Finding) -> bool:
    return finding.outcome is Outcome.ERROR or finding.judgement.reason is Reason.NOT_ENOUGH_HISTORY
