"""What a run waits for while Graph is not reachable or too busy, as a line that counts down."""

import asyncio
import math
from collections.abc import Callable

from checker.graph.failures import RetryableError

_SECOND = 1.0
_TOO_MANY = 429

Show = Callable[[str | None], None]
"""Shows what is waited for in place of what was shown before; None once nothing is."""
Tell = Callable[[str], None]


def hide(text: str | None) -> None:
    """Shows nothing."""
    del text


class _Wait:
    """One request that is going to be sent again."""

    def __init__(self, reason: str, again: float | None, ends: float) -> None:
        self.reason = reason
        self.again = again
        self.ends = ends

    def text(self, now: float) -> str:
        """``Graph is not reachable; trying again, 40 s left``."""
        return f"{self.reason}; {self.rest(now)}"

    def rest(self, now: float) -> str:
        """What comes next, and when."""
        if self.again is not None and self.again > now:
            return f"trying again in {math.ceil(self.again - now)} s"
        left = f", {max(math.ceil(self.ends - now), 0)} s left" if math.isfinite(self.ends) else ""
        return f"trying again{left}"


class Waits:
    """The requests of a run that are going to be sent again; what they wait for is shown once a second."""

    def __init__(self, show: Show, tell: Tell | None) -> None:
        """Shows nothing yet.

        Args:
            show: shows the line.
            tell: receives a line about each retry; None where nobody asked for that.
        """
        self._show = show
        self._tell = tell
        self._waits: dict[object, _Wait] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, key: object, fault: RetryableError, ends: float) -> None:
        """A request failed and is going to be sent again.

        Args:
            key: whose request it is.
            fault: why it failed.
            ends: until when it is tried, by the event loop's clock.
        """
        now = asyncio.get_running_loop().time()
        wait = _Wait(_reason(fault), now + fault.wait if fault.wait is not None else None, ends)
        self._waits[key] = wait
        if self._tell is not None:
            self._tell(f"{fault.error.message}; {wait.rest(now)}")
        self._redraw()

    def end(self, key: object) -> None:
        """The request was answered, or given up."""
        if self._waits.pop(key, None) is not None:
            self._redraw()

    def _redraw(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._waits:
            self._show(None)
            return
        loop = asyncio.get_running_loop()
        self._show(next(iter(self._waits.values())).text(loop.time()))
        self._timer = loop.call_later(_SECOND, self._redraw)


def _reason(fault: RetryableError) -> str:
    status = fault.error.status
    if status is None:
        return "Graph is not reachable"
    if fault.wait is not None or status == _TOO_MANY:
        return "Graph asks us to wait"
    return f"Graph answered {status}"
