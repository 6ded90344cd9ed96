import asyncio

import httpx
import pytest

from checker.graph.channel import GraphChannel
from checker.graph.profiles import GraphProfiles
from checker.remediation.writer import UnreadableError

HOSTILE = ("", ".", "..", "../../x", "a/b", "a\0b", "a\nb", "x" * 10_000, "%2e%2e", "a?b", "a#b")


@pytest.mark.parametrize("control", HOSTILE)
def test_no_request_is_sent_for_what_is_no_id(control: str) -> None:
    sent: list[httpx.Request] = []

    class Token:
        def token(self, claims: str | None = None) -> str:
            del claims
            return "token"

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(204)

    async def read_and_write() -> None:
        def connect() -> httpx.AsyncClient:
            return httpx.AsyncClient(transport=httpx.MockTransport(answer))

        base = httpx.URL("https://graph.example")
        async with GraphProfiles(base, Token(), tenant="t", deadline=5.0, channel=GraphChannel(connect)) as profiles:
            with pytest.raises(UnreadableError, match="does not have the form of Graph's ids"):
                await profiles.read(control)
            with pytest.raises(UnreadableError, match="does not have the form of Graph's ids"):
                await profiles.write(control, {"state": "Default"})

    asyncio.run(read_and_write())
    assert sent == []
