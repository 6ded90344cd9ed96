"""Whether a total can be judged at all."""

from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason
from checker.requirements.terms.absence import no_score
from checker.requirements.terms.evidence import first, in_doubt
from checker.tenant.tenant import Tenant


def untrusted_total(tenant: Tenant, required: Quantity, *, needs_maximum: bool = True) -> Judgement | None:
    """The finding for a requirement that compares the tenant's total, where the data can't answer; else None.

    Args:
        tenant: who is judged.
        required: what is required.
        needs_maximum: a percentage of the maximum is compared, so that one of zero stops it too.
    """
    if tenant.newest is None:
        return no_score(tenant, Outcome.ERROR, None)
    if tenant.total_doubts:
        return in_doubt(first(tenant.total_doubts), required=required)
    if needs_maximum and not tenant.newest.score.maximum:
        return without_maximum(tenant, required)
    return None


def without_maximum(tenant: Tenant, required: Quantity) -> Judgement:
    """The finding for a percentage of a maximum that is zero, null or absent: only an absent one is unknown."""
    if tenant.newest is not None and not isinstance(tenant.newest.score.max_score, float | int | None):
        text = "Graph sent no maxScore for the newest day, so a percentage of it is unknown; fetch the data again"
        return Judgement(outcome=Outcome.ERROR, reason=Reason.MAXIMUM_UNKNOWN, message=text, required=required)
    text = "the tenant's maximum is zero points, so a percentage of it is not applicable"
    return Judgement(outcome=Outcome.SKIPPED, reason=Reason.NOT_APPLICABLE, message=text, required=required)
