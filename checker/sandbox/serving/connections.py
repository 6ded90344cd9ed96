"""Ends the connections that a server's clients still hold open, so that nothing outlives the server."""

import asyncio
import contextlib
import os
import selectors
import socket

CLOSE_SECONDS = 5.0
"""How long the end of all connections is waited for."""


async def close_connections(selector: selectors.BaseSelector, *, after: float) -> None:
    """End what clients still hold open.

    A TLS connection stays until its client takes notice of the end, and one that is closed twice can't be aborted
    through asyncio any more; so this is done where nothing is hidden, on the sockets that the loop waits for.

    Args:
        selector: that of the running loop.
        after: seconds that answers under way are given first.
    """
    end = asyncio.get_running_loop().time() + CLOSE_SECONDS
    await asyncio.sleep(after)
    while asyncio.get_running_loop().time() < end and (numbers := _connections(selector)):
        for number in numbers:
            with contextlib.suppress(OSError), socket.socket(fileno=os.dup(number)) as connection:
                connection.shutdown(socket.SHUT_RDWR)
        await asyncio.sleep(0.01)


def _connections(selector: selectors.BaseSelector) -> list[int]:
    numbers = []
    for number in [key.fd for key in selector.get_map().values()]:
        # A pipe of the loop's own is among them.
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(number)) as found:
            if found.family in {socket.AF_INET, socket.AF_INET6}:
                numbers.append(number)
    return numbers
