"""How far back a requirement may look: Graph keeps 90 days, a store more."""

from collections.abc import Iterator

from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
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
        yield f"it looks back {days} days but Graph keeps {DAYS_KEPT}, so it is judged only with a store that has more"


def idle_limit(days: int, limit: Quantity) -> Iterator[str]:
    """Why a limit on what is lost within so many days never judges or never fails, as clauses; nothing where it may.

    Args:
        days: how many it looks back.
        limit: the most that may be lost.
    """
    yield from beyond_graph(days)
    if limit.unit is Unit.PERCENTAGE_POINTS and limit.value == 100:
        yield "no score can lose more than 100 percentage points"
