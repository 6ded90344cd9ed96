"""The bodies of Graph's answers: one layer of gzip at most, and limits of what is decoded."""

import asyncio
import gzip
import http.server
import json
import threading
import tracemalloc
from typing import Any

import httpx
import pytest
from graph_support import BASE, PROFILES, SCORES, Reply, Service, Token, ask, objects, over, page, refusal

from checker.errors import GraphError
from checker.graph.channel import GraphChannel
from checker.graph.profiles import GraphProfiles
from checker.remediation.writer import WriteDelayedError
from checker.transport.client import async_client

MEBIBYTE = 1024 * 1024
NESTED = gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0)
# What a client that asked for gzip gets all the same.
NOT_ASKED_FOR = [
    (b"gzip, gzip", NESTED),
    (b"gzip,identity , gzip", NESTED),
    (b"deflate", b"x\x9c\xab\xae\x05\x00\x01u\x00\xf9"),
    (b"br", b"\x0b\x01\x80{}\x03"),
    (b"zstd", b"(\xb5/\xfd\x04X\x11\x00\x00{}"),
    (b"nonsense", b"{}"),
    (b"gzip, br", NESTED),
]


def encoded(body: bytes, encoding: bytes = b"gzip", status: int = 200, **headers: bytes) -> Reply:
    return Reply(body, status, {"content-encoding": encoding, **headers})


def refused(service: Service) -> GraphError:
    with pytest.raises(GraphError) as caught:
        ask(service)
    return caught.value


def test_gzip_is_asked_for_and_nothing_else() -> None:
    service = Service()
    ask(service)
    assert {request.headers["accept-encoding"] for request in service.requests} == {"gzip"}


@pytest.mark.parametrize("encoding", [b"gzip", b"GZIP", b"x-gzip", b"identity, gzip"])
@pytest.mark.parametrize("members", [1, 2])
def test_one_layer_of_gzip_is_read(encoding: bytes, members: int) -> None:
    body = page([{"n": 1}]).body
    parts = [body] if members == 1 else [body[:9], body[9:]]
    sent = encoded(b"".join(gzip.compress(part) for part in parts), encoding)
    assert objects(ask(Service(scores=[sent])).secure_scores) == [{"n": 1}]


@pytest.mark.parametrize("encoding", [b"identity", b"", b" , "])
def test_no_layer_is_read(encoding: bytes) -> None:
    sent = encoded(page([{"n": 1}]).body, encoding)
    assert objects(ask(Service(scores=[sent])).secure_scores) == [{"n": 1}]


@pytest.mark.parametrize(("encoding", "body"), NOT_ASKED_FOR)
def test_every_other_encoding_is_refused_at_once(encoding: bytes, body: bytes) -> None:
    service = Service(scores=[encoded(body, encoding)])
    error = refused(service)
    assert error.message == f"Graph's answer came encoded as {encoding.decode()!r}, but gzip was requested"
    assert error.place == f"{BASE}{SCORES}"
    assert len(service.asked(SCORES)) == 1


@pytest.mark.parametrize(
    ("encoding", "body"),
    [*NOT_ASKED_FOR, (b"gzip", b"not gzip"), (b"gzip", gzip.compress(b"{}" * 99, mtime=0)[:-9]), (b"gzip", b"")],
)
def test_an_error_keeps_its_status_whatever_its_body_is_in(encoding: bytes, body: bytes) -> None:
    service = Service(scores=[encoded(body, encoding, 403)])
    error = refused(service)
    assert error.message == "Graph answered 403 (no reason given)"
    assert error.status == 403
    assert "SecurityEvents.Read.All" in error.advice
    busy = Service(scores=[encoded(body, encoding, 503), page([{"n": 1}])])
    assert objects(ask(busy).secure_scores) == [{"n": 1}]


@pytest.mark.parametrize("depth", [500, 5_000, 20_000])
@pytest.mark.parametrize("member", ["innerError", "details", "message"])
def test_an_error_keeps_its_status_however_deep_its_json_is(depth: int, member: str) -> None:
    body = '{"error": {"code": "A", "' + member + '": ' + '{"a": ' * depth + "1" + "}" * depth + "}}"
    assert refused(Service(scores=[refusal(403, body.encode())])).status == 403


def test_an_error_in_gzip_says_what_it_says() -> None:
    body = gzip.compress(json.dumps({"error": {"code": "Denied", "message": "No."}}).encode())
    assert refused(Service(scores=[encoded(body, status=403)])).message == "Graph answered 403 (Denied: No.)"


def test_an_error_keeps_its_status_when_its_connection_breaks() -> None:
    class Breaking(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(403)
            self.send_header("content-length", "1000")
            self.end_headers()
            self.wfile.write(b'{"error": ')

        def log_message(self, *_: Any) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Breaking) as server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        try:
            with pytest.raises(GraphError, match="Graph answered 403") as caught:
                over(lambda: None, Token(), base=f"http://127.0.0.1:{server.server_address[1]}")
        finally:
            server.shutdown()
            thread.join()
    assert caught.value.status == 403


@pytest.mark.parametrize(
    "body", [b"not gzip", gzip.compress(page([{"n": 1}]).body, mtime=0)[:-1], NESTED[:-3] + b"abc"]
)
def test_gzip_that_is_damaged_is_asked_for_again(body: bytes) -> None:
    service = Service(scores=[encoded(body), page([{"n": 2}])])
    assert objects(ask(service).secure_scores) == [{"n": 2}]


def bomb(mebibytes: int) -> bytes:
    return gzip.compress(b'{"value": [], "x": "' + bytes(mebibytes * MEBIBYTE), 1)


@pytest.mark.parametrize(
    ("status", "said", "most"),
    [(200, "Graph's answer is larger than the limit of 64 MiB", 200), (403, "Graph answered 403 (no reason given)", 9)],
)
def test_a_small_body_that_becomes_a_large_one_is_not_decoded_whole(status: int, said: str, most: int) -> None:
    service = Service(scores=[encoded(bomb(400), status=status)])
    tracemalloc.start()
    try:
        assert refused(service).message == said
        assert tracemalloc.get_traced_memory()[1] < most * MEBIBYTE
    finally:
        tracemalloc.stop()


def large(collection: str, number: int, mebibytes: int = 60) -> Reply:
    link = f'"@odata.nextLink": "{BASE}{collection}?$skiptoken={number}"'
    return encoded(gzip.compress(b'{"value": [], %b, "x": "%b"}' % (link.encode(), b" " * mebibytes * MEBIBYTE), 1))


def test_all_pages_together_have_a_limit() -> None:
    service = Service(
        scores=[large(SCORES, number) for number in range(3)] + [page()],
        profiles=[large(PROFILES, number) for number in range(3)] + [page()],
    )
    error = refused(service)
    assert error.message == "Graph's pages are larger than the limit of 256 MiB together"
    assert error.place.startswith(f"{BASE}/v1.0/security/")


@pytest.mark.parametrize(("encoding", "body"), NOT_ASKED_FOR)
def test_a_write_whose_answer_cannot_be_read_may_have_taken_effect(encoding: bytes, body: bytes) -> None:
    async def service(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-encoding", encoding)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def write() -> None:
        transport = httpx.ASGITransport(service)
        base = httpx.URL(BASE)
        channel = GraphChannel(lambda: async_client(transport))
        async with GraphProfiles(base, Token(), tenant="t", deadline=5.0, channel=channel) as profiles:
            await profiles.write("A", {"state": "Ignored"})

    with pytest.raises(WriteDelayedError, match="came encoded as") as caught:
        asyncio.run(write())
    assert not caught.value.certain
