"""One profile read and written: what an answer says of a write, and what it doesn't."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from graph_support import BASE, Token

from checker.graph.channel import GraphChannel
from checker.graph.profiles import GraphProfiles
from checker.remediation.plan import RecordedState
from checker.remediation.writer import UnreadableError, WriteDelayedError, WriteRefusedError
from checker.transport.client import async_client

UPDATE = {"state": "Default", "assignedTo": None, "comment": None, "updatedBy": None, "updatedDateTime": None}
PROFILE: Mapping[str, Any] = {"id": "A", "controlStateUpdates": [UPDATE]}
BODY = json.dumps(PROFILE).encode()
PAGE = b"<!DOCTYPE html><html></html>"


def profiles(answer: Callable[[httpx.Request], httpx.Response]) -> GraphProfiles:
    transport = httpx.MockTransport(answer)
    return GraphProfiles(
        httpx.URL(BASE),
        Token(),
        tenant="",
        deadline=5.0,
        channel=GraphChannel(lambda: async_client(transport)),
        first_wait=0.001,
    )


def streamed(status: int, body: bytes) -> httpx.Response:
    """An answer as it comes over a wire."""
    return httpx.Response(status, stream=httpx.ByteStream(body))


def read(profile: object) -> RecordedState | None:
    async def ask() -> RecordedState | None:
        async with profiles(lambda _: streamed(200, json.dumps(profile).encode())) as opened:
            return await opened.read("A")

    return asyncio.run(ask())


def write(status: int, body: bytes) -> None:
    async def send() -> None:
        async with profiles(lambda _: streamed(status, body)) as opened:
            await opened.write("A", {"state": "Ignored"})

    asyncio.run(send())


@pytest.mark.parametrize(("status", "body"), [(200, BODY), (204, b""), (206, BODY)])
def test_what_graph_answers_to_a_write_that_it_took(status: int, body: bytes) -> None:
    write(status, body)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b" "),
        (200, PAGE),
        (200, b"{}"),
        (200, b'{"state":"Ignored"}'),
        (200, b'{"id":"B"}'),
        (200, BODY[:-1]),
        (201, b""),
        (202, b""),
        (203, PAGE),
        (205, b""),
        (408, b""),
        (408, b'{"error":{"code":"RequestTimeout","message":""}}'),
        (499, b""),
        (500, b""),
        (502, PAGE),
        (503, b""),
        (504, b""),
        (509, b""),
    ],
)
def test_an_answer_after_which_the_write_may_have_been_made(status: int, body: bytes) -> None:
    with pytest.raises(WriteDelayedError) as raised:
        write(status, body)
    assert not raised.value.certain


REFUSALS = [400, 403, 404, 409, 410, 413, 422]


@pytest.mark.parametrize("status", REFUSALS)
@pytest.mark.parametrize("body", [b'{"error":{"code":"","message":""}}', b'{"error":{"code":"Forbidden"}}'])
def test_a_refusal_of_graph_after_which_nothing_was_made(status: int, body: bytes) -> None:
    with pytest.raises(WriteRefusedError) as raised:
        write(status, body)
    assert raised.value.certain


@pytest.mark.parametrize("status", [302, *REFUSALS])
@pytest.mark.parametrize("body", [b"", PAGE, b"{}", b'{"error":null}', b"[]", b"\xff"])
def test_a_refusal_that_is_not_in_graphs_form_is_one_of_a_proxy_that_may_have_kept_the_answer(
    status: int, body: bytes
) -> None:
    with pytest.raises(WriteRefusedError) as raised:
        write(status, body)
    assert not raised.value.certain


@pytest.mark.parametrize("history", [[], [UPDATE], [UPDATE, {**UPDATE, "state": "Ignored"}]])
def test_a_read_counts_the_entries_of_the_state_history(history: list[Any]) -> None:
    found = read({**PROFILE, "controlStateUpdates": history})
    assert found is not None
    assert found.updates == len(history)


@pytest.mark.parametrize("profile", [{"id": "A"}, {"id": "A", "controlStateUpdates": None}])
def test_a_profile_without_its_state_history_has_no_state_that_is_known(profile: object) -> None:
    with pytest.raises(UnreadableError, match="has no controlStateUpdates, so the present state is unknown"):
        read(profile)


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
