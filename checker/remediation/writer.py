"""What apply needs of whoever reads and writes profiles, and of time. Graph's client implements it."""

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
    """The service said no, and so nothing was changed.

    Attributes:
        message: one sentence for a person.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class WriteDelayedError(Exception):
    """The service was too busy and did nothing; or its answer got lost, and it may have acted.

    Attributes:
        message: one sentence for a person.
        wait: seconds that the service asks for, or None.
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
            JudgementError: none can be read: the service is out of reach, or takes no token.
        """

    async def write(self, control: str, fields: Mapping[str, str]) -> None:
        """Sets some of ``state``, ``assignedTo`` and ``comment``; one request, never repeated by itself.

        Raises:
            WriteRefusedError, WriteDelayedError: see there.
            JudgementError: the service takes no token any more; nothing was changed.
        """


class Clock(Protocol):
    """Time as apply sees it."""

    def now(self) -> datetime.datetime:
        """The moment, UTC."""

    def ticks(self) -> float:
        """Seconds on a clock that never goes back."""

    async def sleep(self, seconds: float) -> None:
        """Waits."""
