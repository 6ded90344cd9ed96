"""The server's side of a connection, with a way to close it that ASGI lacks."""

from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from checker.sandbox.scope import CLOSE_CONNECTION


class ClosableProtocol(H11Protocol):
    """HTTP as uvicorn speaks it, except that the application can close the connection.

    By ASGI alone nothing gets lost: an application that raises before its answer has a 500 sent for it.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **options)
        served = self.app

        async def closable(scope: Scope, receive: Receive, send: Send) -> None:
            # Under TLS a mere close waits for the client to agree to it.
            scope[CLOSE_CONNECTION] = self.transport.abort
            await served(scope, receive, send)

        self.app = closable
