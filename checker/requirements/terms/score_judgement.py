"""The finding of a requirement on scores, which names no control."""

from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason


def score_judgement(
    outcome: Outcome,
    reason: Reason,
    message: str,
    required: Quantity,
    measured: Quantity | None = None,
    points: float | None = None,
) -> Judgement:
    """The finding.

    Args:
        outcome: what it comes to.
        reason: why.
        message: a clause.
        required: what is required.
        measured: what there is, in the unit of ``required``; None where that is unknown.
        points: that are missing or too many.
    """
    return Judgement(
        outcome=outcome, reason=reason, message=message, measured=measured, required=required, points=points
    )
