"""gzip for clients that ask for it; only where the sandbox is served, since in one process there is nothing to save.

Responses that a fault sends in pieces stay as they are.
"""

import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST_BODY = 500
"""Bytes; shorter bodies don't get any shorter."""


class Compression:
    """An application whose responses are compressed where the client accepts gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its response back."""
        if scope["type"] != "http" or not accepts_gzip(Headers(scope=scope).get("accept-encoding", "")):
            await self._app(scope, receive, send)
            return
        started: list[Message] = []

        async def compress(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
                return
            if started:
                start = started.pop()
                message = _compressed(start, message)
                await send(start)
            await send(message)

        await self._app(scope, receive, compress)


def accepts_gzip(accept_encoding: str) -> bool:
    """Tell whether a client accepts gzip; a weight of 0 refuses it."""
    for item in accept_encoding.lower().split(","):
        name, _, parameters = item.partition(";")
        if name.strip() in {"gzip", "x-gzip", "*"}:
            weight = parameters.strip().removeprefix("q=") or "1"
            return weight.strip("0.") != ""
    return False


def _compressed(start: Message, message: Message) -> Message:
    """Compress a body that comes in one piece, and say so in the headers."""
    body = message.get("body", b"")
    headers = MutableHeaders(scope=start)
    if message.get("more_body", False) or len(body) < SMALLEST_BODY or "content-encoding" in headers:
        return message
    smaller = gzip.compress(body, 1, mtime=0)
    headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(smaller))
    headers.add_vary_header("Accept-Encoding")
    start["headers"] = headers.raw
    return {**message, "body": smaller}
