"""The server's side of a connection, with a way to close it that ASGI lacks."""

import asyncio
from typing import cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from checker.sandbox.scope import CLOSE_CONNECTION


class ClosableProtocol(H11Protocol):
    """uvicorn's HTTP, except that the application can close the connection.

    ASGI alone can't lose a response: when an application raises before it responds, the server sends a 500.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give every request on the connection a function that closes it."""
        super().connection_made(cast("asyncio.Transport", transport))
        application = self.app

        async def closable(scope: Scope, receive: Receive, send: Send) -> None:
            # With TLS, close() waits for the client to agree; abort() doesn't.
            scope[CLOSE_CONNECTION] = self.transport.abort
            await application(scope, receive, send)

        self.app = closable
