"""How far back a requirement may look: Graph keeps 90 days, a store more."""

from collections.abc import Iterator

from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason
from checker.snapshot.moments import DAYS_KEPT
from checker.tenant.earlier import SLACK_DAYS


def no_base(days: int, required: Quantity) -> Judgement:
    """The finding where the data has no day that is old enough; it warns where Graph never has one."""
    text = f"the data has no day {days} to {days + SLACK_DAYS} days back whose control scores add up"
    never = list(beyond_graph(days))
    return Judgement(
        outcome=Outcome.SKIPPED,
        reason=Reason.NOT_ENOUGH_HISTORY,
        message="; ".join([text, *never]),
        required=required,
        warns=bool(never),
    )


def beyond_graph(days: int) -> Iterator[str]:
    """Why Graph never has a day that is so old, as a clause; nothing where it may have one."""
    if days >= DAYS_KEPT:
        yield f"it looks back {days} days and Graph keeps {DAYS_KEPT}, so it is judged only where a store holds more"
