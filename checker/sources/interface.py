"""Where a snapshot comes from."""

from typing import TYPE_CHECKING, Protocol

from checker.clouds import Cloud
from checker.snapshot.read import Reading

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from checker.remediation.writer import ProfileWriter


class Source(Protocol):
    """A tenant's data: a file, a store, the sandbox, or Graph."""

    @property
    def cloud(self) -> Cloud:
        """The national cloud that the tenant is in."""

    def read(self, days: int) -> Reading:
        """The newest ``days`` days; a file gives all that it holds.

        Raises:
            JudgementError: the data is not available, or can't be read.
        """


class Writable(Source, Protocol):
    """A source whose control profiles can be read and written one by one."""

    def tenant_id(self) -> str:
        """The id of the tenant that is signed in to; the empty string where that can't be told.

        Raises:
            SignInError: there is no token.
        """

    def profiles(self, tenant: str) -> "AbstractAsyncContextManager[ProfileWriter]":
        """The tenant's control profiles.

        Args:
            tenant: the id that they must be of.
        """
