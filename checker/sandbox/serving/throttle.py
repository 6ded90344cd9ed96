"""The limits that Graph publishes for Secure Score, of an application in a tenant.

Four requests at once, and 150 a minute. The page counts the 150 for secureScore and is silent about
secureScoreControlProfile; here both count together, which is the stricter reading. Refused requests count too, as the
guidance says; those over the limit of four have no published wait, so it is a second.
Sources: https://learn.microsoft.com/graph/throttling-limits and https://learn.microsoft.com/graph/throttling
"""

import datetime
import math
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MOST_CONCURRENT = 4
MOST_A_MINUTE = 150
MINUTE = datetime.timedelta(minutes=1)
MOST_CALLERS = 1000
"""How many callers are counted; those that have been silent the longest are forgotten first."""
SHORTEST_WAIT = 1
"""Seconds; how long a request above the limit of requests at once is told to wait."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An application in a tenant."""

    tenant: str
    application: str | None


@dataclass(slots=True)
class _Usage:
    running: int = 0
    arrived: deque[datetime.datetime] = field(default_factory=deque)


class Throttle:
    """How much each caller has used."""

    def __init__(self) -> None:
        self._usage: OrderedDict[Caller, _Usage] = OrderedDict()

    @contextmanager
    def admission(self, caller: Caller, now: datetime.datetime) -> Iterator[int | None]:
        """Count a request, as running while the block runs; give the seconds to wait, None where it is admitted."""
        usage = self._usage.setdefault(caller, _Usage())
        self._usage.move_to_end(caller)
        if len(self._usage) > MOST_CALLERS:
            self._usage.popitem(last=False)
        wait = _seconds_to_wait(usage, now)
        usage.arrived.append(now)
        if wait is not None:
            yield wait
            return
        usage.running += 1
        try:
            yield None
        finally:
            usage.running -= 1


def _seconds_to_wait(usage: _Usage, now: datetime.datetime) -> int | None:
    while usage.arrived and usage.arrived[0] <= now - MINUTE:
        usage.arrived.popleft()
    if len(usage.arrived) >= MOST_A_MINUTE:
        # One more fits in once fewer than that many have arrived in the minute before.
        free = usage.arrived[len(usage.arrived) - MOST_A_MINUTE] + MINUTE
        return max(SHORTEST_WAIT, math.ceil((free - now).total_seconds()))
    return SHORTEST_WAIT if usage.running >= MOST_CONCURRENT else None
