"""Where a snapshot comes from."""

from typing import Protocol

from checker.clouds import Cloud
from checker.snapshot.model import Snapshot


class Source(Protocol):
    """A tenant's data: a file, the sandbox, or Graph."""

    @property
    def cloud(self) -> Cloud:
        """The national cloud that the tenant is in."""

    def snapshot(self, days: int) -> Snapshot:
        """The newest ``days`` days; a file gives all that it holds.

        Raises:
            JudgementError: the data can't be had or can't be read.
        """


class Fetchable(Source, Protocol):
    """A source that asks Graph, and so can be written to a file."""

    def document(self, days: int) -> bytes:
        """The bytes of a snapshot file."""
