"""When a message is due: by the decisions of this run and of those before it. Pure.

One run that could not judge says little: Graph is often out of reach for minutes. Two in a row are worth a message.
"""

from collections.abc import Iterable, Sequence
from enum import Enum, unique

from checker.report.verdict import Decision

# So many indeterminate runs in a row make a verdict that people should know of.
_IN_A_ROW = 2


@unique
class NotifyOn(Enum):
    """Which runs send a message."""

    FAILURE = "failure"
    CHANGE = "change"
    ALWAYS = "always"


def is_due(when: NotifyOn, decision: Decision, earlier: Sequence[Decision]) -> bool:
    """Whether a run sends a message.

    Args:
        when: what was asked for.
        decision: of this run.
        earlier: of the runs before it, the newest last; as many as are known.
    """
    known = settled([*earlier, decision])
    match when:
        case NotifyOn.ALWAYS:
            return True
        case NotifyOn.FAILURE:
            return decision is Decision.FAIL or (decision is Decision.INDETERMINATE and known is decision)
        case NotifyOn.CHANGE:
            before = settled(earlier)
            # Nothing is known of earlier runs: whatever is not a pass is news.
            return known is not before and (before is not None or known is not Decision.PASS)


def settled(decisions: Iterable[Decision]) -> Decision | None:
    """The verdict that a series of runs has come to; None where there is none yet.

    A single indeterminate run leaves the verdict before it as it was.
    """
    verdict: Decision | None = None
    indeterminate = 0
    for decision in decisions:
        indeterminate = indeterminate + 1 if decision is Decision.INDETERMINATE else 0
        if decision is not Decision.INDETERMINATE or indeterminate >= _IN_A_ROW:
            verdict = decision
    return verdict
