"""What a report says beside its findings: the score, where the data came from, what is odd about it."""

import datetime

from checker.presentation.words import counted
from checker.report.report import Provenance, RunWarning, ScoreSummary
from checker.snapshot.model import Snapshot
from checker.tenant.tenant import Tenant


def score_summary(tenant: Tenant) -> ScoreSummary | None:
    """The newest day's totals; None where the tenant has no score yet."""
    if tenant.newest is None:
        return None
    score = tenant.newest.score
    percent = None
    if score.current_score is not None and score.max_score:
        percent = 100 * score.current_score / score.max_score
    return ScoreSummary(score.current_score, score.max_score, percent, tenant.declared_points)


def provenance(snapshot: Snapshot) -> Provenance:
    """Which data was judged."""
    return Provenance(snapshot.days[0].date if snapshot.days else None, snapshot.sha256)


def data_warnings(tenant: Tenant, today: datetime.date) -> list[RunWarning]:
    """The snapshot's own warnings, and what its newest day shows."""
    snapshot = tenant.snapshot
    found = [RunWarning(warning.code, warning.message) for warning in snapshot.warnings]
    if not snapshot.days:
        found.append(RunWarning("no-score", "The tenant has no Secure Score yet."))
        return found
    if not snapshot.profiles:
        text = "The data holds no control profiles: titles, maxima and states are unknown."
        found.append(RunWarning("no-profiles", text))
    found.extend(
        RunWarning("partial-data", f"Graph's answer was incomplete: {collection}.")
        for collection in sorted(snapshot.partial)
    )
    ahead = (snapshot.days[0].date - today).days
    if ahead > 0:
        text = f"The newest day lies {counted(ahead, 'day')} after the day of the run; is the clock right?"
        found.append(RunWarning("data-from-the-future", text))
    if not tenant.is_consistent:
        text = "The newest day's control scores do not add up to its current score."
        found.append(RunWarning("inconsistent", text))
    return found
