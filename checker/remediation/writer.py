"""The port of apply: reading and writing profiles, and the clock. Graph's client implements it."""

import datetime
from collections.abc import Mapping
from typing import Protocol

from checker.remediation.plan import RecordedState


class UnreadableError(Exception):
    """One profile can't be read, though others may be.

    Attributes:
        message: one sentence for a person.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class WriteRefusedError(Exception):
    """The service refused, so nothing was changed; or somebody in between did, who may have kept its answer back.

    Attributes:
        message: one sentence for a person.
        certain: whether it is known that nothing was changed.
    """

    def __init__(self, message: str, *, certain: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.certain = certain


class WriteDelayedError(Exception):
    """The service was too busy and did nothing; or its answer was lost, and the write may have taken effect.

    Attributes:
        message: one sentence for a person.
        wait: seconds that the service asks to wait, or None.
        certain: whether it is known that nothing was changed.
    """

    def __init__(self, message: str, *, wait: float | None, certain: bool) -> None:
        super().__init__(message)
        self.message = message
        self.wait = wait
        self.certain = certain


class ProfileWriter(Protocol):
    """The control profiles of one tenant."""

    async def read(self, control: str) -> RecordedState | None:
        """The present state of a profile; None where there is no such profile.

        Raises:
            UnreadableError: this one could not be read.
            JudgementError: no profile can be read: the service is unreachable, or rejects the token.
        """

    async def write(self, control: str, fields: Mapping[str, str]) -> None:
        """Sets some of ``state``, ``assignedTo`` and ``comment``, in one request that is never repeated automatically.

        Raises:
            WriteRefusedError, WriteDelayedError: see there.
            JudgementError: the service no longer accepts the token; nothing was changed.
        """


class Clock(Protocol):
    """Time, so that tests can control it."""

    def now(self) -> datetime.datetime:
        """The moment, UTC."""

    def ticks(self) -> float:
        """Seconds on a monotonic clock."""

    async def sleep(self, seconds: float) -> None:
        """Waits."""
