"""How a run reaches Graph, and who sees what it waits for."""

from collections.abc import Callable

import httpx
import msgspec

from checker.graph.waits import Show, Tell, Waits, hide
from checker.transport.client import async_client


class GraphChannel(msgspec.Struct, frozen=True):
    """How a run reaches Graph, and who sees what it waits for.

    Attributes:
        connect: makes a client: of the network, or of the embedded sandbox.
        show: shows what is waited for.
        tell: receives a line about each retry; None where nobody asked for that.
    """

    connect: Callable[[], httpx.AsyncClient] = async_client
    show: Show = hide
    tell: Tell | None = None

    def waits(self) -> Waits:
        """What the requests of one run wait for."""
        return Waits(self.show, self.tell)


NETWORK = GraphChannel()
"""The network; nobody watches."""
