"""Three-valued judgement: what holds under every reading passes, what holds under none fails, the rest is an error."""

from collections.abc import Sequence

from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason
from checker.tenant.completeness import Doubt


def in_doubt(doubt: Doubt, *, control: str | None = None, required: Quantity | None = None) -> Judgement:
    """The finding where the verdict hangs on what the data leaves open.

    Args:
        doubt: what is open.
        control: the control's id, of a requirement on one.
        required: what is required.
    """
    return Judgement(
        outcome=Outcome.ERROR, reason=Reason(doubt.code), message=doubt.message, control=control, required=required
    )


def first(doubts: Sequence[Doubt]) -> Doubt:
    """The doubt that a finding names: missing data before contradictions, since it can be fetched."""
    return next((doubt for doubt in doubts if doubt.code == "partial-data"), doubts[0])
