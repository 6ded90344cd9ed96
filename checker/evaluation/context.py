"""What a report says beside its findings: the score, where the data came from, what is odd about it."""

import datetime

from checker.presentation.words import counted, sentence
from checker.report.report import Provenance, RunWarning, ScoreSummary
from checker.snapshot.model import Snapshot
from checker.tenant.doubts import tenant_doubts
from checker.tenant.tenant import Tenant
from checker.tenant.totals import Totals


def score_summary(tenant: Tenant, totals: Totals) -> ScoreSummary | None:
    """The newest day's totals; None where the tenant has no score yet."""
    if tenant.newest is None:
        return None
    score = tenant.newest.score
    declared = totals.declared
    return ScoreSummary(
        score.current_score,
        score.maximum,
        tenant.percent,
        declared.points if declared.range.is_exact else None,
    )


def provenance(snapshot: Snapshot) -> Provenance:
    """Which data was judged."""
    return Provenance(snapshot.days[0].date if snapshot.days else None, snapshot.sha256)


def data_warnings(tenant: Tenant, today: datetime.date) -> list[RunWarning]:
    """The snapshot's own warnings, and what its newest day leaves open."""
    snapshot = tenant.snapshot
    found = [RunWarning(warning.code, warning.message) for warning in snapshot.warnings]
    if not snapshot.days:
        found.append(RunWarning("no-score", "The tenant has no Secure Score yet."))
        return found
    found.extend(RunWarning(doubt.code, sentence(doubt.message, name=doubt.control)) for doubt in tenant_doubts(tenant))
    ahead = (snapshot.days[0].date - today).days
    if ahead > 0:
        text = f"The newest day lies {counted(ahead, 'day')} after the day of the run; is the clock right?"
        found.append(RunWarning("data-from-the-future", text))
    return found
