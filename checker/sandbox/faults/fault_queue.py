"""The faults that are waiting for requests, and the limits of their values.

Faults come from a test in the same process (`sandbox.faults.add(...)`) or over HTTP (`POST /_sandbox/faults`).
"""

from dataclasses import dataclass

from checker.sandbox.faults.kinds import Delay, Fault, HtmlPage, HugeBody, Partial, Status

MOST_PENDING = 1000
MOST_TIMES = 1_000_000
LARGEST_BODY_MEBIBYTES = 4096
LONGEST_DELAY_SECONDS = 3600.0


@dataclass(slots=True)
class _PendingFault:
    path: str
    fault: Fault
    times: int
    tenant: str | None
    method: str | None

    def applies_to(self, path: str, method: str, tenant: str | None) -> bool:
        if self.path.endswith("*"):
            if not path.startswith(self.path[:-1]):
                return False
        elif path != self.path:
            return False
        return self.tenant in {None, tenant} and self.method in {None, method}


class FaultQueue:
    """The faults that are waiting; each request takes the first that applies to it."""

    def __init__(self) -> None:
        self._pending: list[_PendingFault] = []

    def add(
        self, path: str, fault: Fault, *, times: int = 1, tenant: str | None = None, method: str | None = None
    ) -> None:
        """Make the next requests go wrong.

        Args:
            path: the path, such as `/v1.0/security/secureScores`; one that ends in `*` is a prefix.
            fault: what happens to them.
            times: how many requests.
            tenant: the id of the tenant whose requests are meant; None for all.
            method: the method of the requests that are meant, in capitals; None for all.

        Raises:
            ValueError: too many faults are waiting, or a number is out of bounds.
        """
        if len(self._pending) >= MOST_PENDING:
            raise ValueError("too many faults are waiting")
        if not 1 <= times <= MOST_TIMES:
            raise ValueError(f"times must be from 1 to {MOST_TIMES}")
        _check_limits(fault)
        self._pending.append(_PendingFault(path, fault, times, tenant, method))

    def take(self, path: str, method: str, tenant: str | None) -> Fault | None:
        """Take the fault that applies to a request; None where there is none."""
        for position, pending in enumerate(self._pending):
            if pending.applies_to(path, method, tenant):
                pending.times -= 1
                if not pending.times:
                    del self._pending[position]
                return pending.fault
        return None

    def clear(self) -> None:
        """Remove all faults."""
        self._pending.clear()

    def __len__(self) -> int:
        return sum(pending.times for pending in self._pending)


def _check_limits(fault: Fault) -> None:
    match fault:
        case Status(status=status, retry_after=retry_after, headers=headers):
            if not 400 <= status <= 599:
                raise ValueError("the status of a fault must be from 400 to 599")
            _check_headers(str(retry_after), *headers, *headers.values())
        case Partial(warning=warning):
            _check_headers(warning)
        case HtmlPage(status=status) if not 200 <= status <= 599:
            raise ValueError("the status of a page must be from 200 to 599")
        case HugeBody(mebibytes=size) if not 1 <= size <= LARGEST_BODY_MEBIBYTES:
            raise ValueError(f"mebibytes must be from 1 to {LARGEST_BODY_MEBIBYTES}")
        case Delay(seconds=seconds) if not 0 <= seconds <= LONGEST_DELAY_SECONDS:
            raise ValueError(f"seconds must be from 0 to {LONGEST_DELAY_SECONDS:g}")
        case _:
            pass


def _check_headers(*texts: str) -> None:
    if not all(text.isascii() and text.isprintable() for text in texts):
        raise ValueError("headers must be printable ASCII")
