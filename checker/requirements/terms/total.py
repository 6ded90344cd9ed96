"""The tenant's total: whether it can be judged at all."""

from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason
from checker.requirements.terms.absence import no_score
from checker.tenant.tenant import Tenant


def untrusted_total(tenant: Tenant, required: Quantity, *, needs_maximum: bool = True) -> Judgement | None:
    """The finding for a requirement on the tenant's total that the data cannot answer; None where it can.

    Only ``currentScore`` and ``maxScore`` are Microsoft's totals. Where the control scores of the same day do not add
    up to the current score, one of the two is wrong, and a gate must not guess which. A maximum of zero stops only
    what is a percentage of it (``needs_maximum``).
    """
    if tenant.newest is None:
        return no_score(tenant, Outcome.ERROR, None)
    score = tenant.newest.score
    outcome = Outcome.ERROR
    if score.current_score is None:
        reason, text = Reason.NOT_AVAILABLE, "Graph sent no currentScore for the newest day"
    elif not tenant.is_consistent:
        reason = Reason.INCONSISTENT
        text = (
            "the control scores of the newest day do not add up to its currentScore, so the total can't be trusted; "
            "fetch again when Microsoft has finished the day"
        )
    elif needs_maximum and not score.max_score:
        outcome, reason = Outcome.SKIPPED, Reason.NOT_APPLICABLE
        text = "the tenant's maximum is zero points, so a percentage of it is not applicable"
    else:
        return None
    return Judgement(outcome=outcome, reason=reason, message=text, required=required)
