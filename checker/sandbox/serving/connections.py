"""Closes the connections that clients still hold open, so that none outlives the server."""

import asyncio
import contextlib
import os
import selectors
import socket

CLOSE_SECONDS = 5.0
"""How long to wait until all connections are closed."""


async def close_connections(selector: selectors.BaseSelector, *, after: float) -> None:
    """Close the connections that clients still hold open.

    A TLS connection stays open until its client notices that it is closed, and asyncio can't abort a connection that
    was closed twice; so this shuts down the sockets that the loop waits for.

    Args:
        selector: the selector of the running loop.
        after: how many seconds responses in progress are given first.
    """
    end = asyncio.get_running_loop().time() + CLOSE_SECONDS
    await asyncio.sleep(after)
    while asyncio.get_running_loop().time() < end and (numbers := _connection_numbers(selector)):
        for number in numbers:
            with contextlib.suppress(OSError), socket.socket(fileno=os.dup(number)) as connection:
                connection.shutdown(socket.SHUT_RDWR)
        await asyncio.sleep(0.01)


def _connection_numbers(selector: selectors.BaseSelector) -> list[int]:
    numbers = []
    for number in [key.fd for key in selector.get_map().values()]:
        # One of them is a pipe of the loop itself.
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(number)) as connection:
            if connection.family in {socket.AF_INET, socket.AF_INET6}:
                numbers.append(number)
    return numbers
