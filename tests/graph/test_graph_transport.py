from collections.abc import Iterator

import httpx
import pytest
from graph_support import BASE, NOW, PROFILES, SCORES, SMALL_TENANT, Token, objects, over, sandbox_token

from checker.errors import DeadlineError, GraphError, UsageError
from checker.sandbox.app import Sandbox
from checker.sandbox.faults.kinds import DroppedConnection, Status
from checker.sandbox.serving.serve import Endpoints, running
from checker.transport.client import async_client, checked_base


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://graph.microsoft.com", "https://graph.microsoft.com"),
        ("HTTPS://Graph.Microsoft.US/", "https://graph.microsoft.us/"),
        ("https://10.0.0.1:8443/graph", "https://10.0.0.1:8443/graph"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_https_is_taken_and_plain_http_on_loopback(url: str, taken: str) -> None:
    assert str(checked_base(url, "--graph-url")) == taken


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.microsoft.com",
        "http://127.0.0.1.attacker.example",
        "http://localhost.attacker.example",
        "ftp://127.0.0.1",
        "graph.microsoft.com",
        "//graph.microsoft.com",
        "https://",
        "https://graph.test:0",
        "https://graph.test:99999",
        "https://graph.test:port",
        "https://graph.test/\n",
        "",
    ],
)
def test_other_addresses_are_refused_with_the_option_s_name(url: str) -> None:
    with pytest.raises(UsageError, match=r"^--graph-url expects an? ") as caught:
        checked_base(url, "--graph-url")
    assert repr(url) in caught.value.message


@pytest.mark.parametrize(
    "scheme", ["https://u:hunter2@graph.test", "http://u:hunter2@127.0.0.1", "http://127.0.0.1:hunter2@g"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(scheme: str) -> None:
    with pytest.raises(UsageError, match="without a password") as caught:
        checked_base(scheme, "--graph-url")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["ftp://proxy.test", "socks5://proxy.test"])
def test_a_proxy_that_cannot_be_used_is_the_caller_s_mistake(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(UsageError, match="HTTPS_PROXY"):
        async_client()


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sandbox, Endpoints]]:
    sandbox = Sandbox([SMALL_TENANT], now=lambda: NOW, page_size=100)
    with running(sandbox) as endpoints:
        yield sandbox, endpoints


def fetched(served: tuple[Sandbox, Endpoints], *, deadline: float = 20.0, token: Token | None = None) -> list[object]:
    sandbox, endpoints = served
    found = over(lambda: None, token or sandbox_token(sandbox), 9, deadline, base=endpoints.graph)
    return [*objects(found.secure_scores), *objects(found.control_profiles)]


@pytest.fixture
def trusted(served: tuple[Sandbox, Endpoints], monkeypatch: pytest.MonkeyPatch) -> tuple[Sandbox, Endpoints]:
    monkeypatch.setenv("SSL_CERT_FILE", str(served[1].ca_file))
    served[0].faults.clear()
    served[0].requests.clear()
    return served


def test_over_the_wire_all_comes_as_it_was_sent(trusted: tuple[Sandbox, Endpoints]) -> None:
    assert fetched(trusted) == [*SMALL_TENANT.secure_scores, *SMALL_TENANT.control_profiles]


def test_a_connection_that_closes_in_mid_body_is_tried_again(trusted: tuple[Sandbox, Endpoints]) -> None:
    trusted[0].faults.add(SCORES, DroppedConnection(), times=2)
    trusted[0].faults.add(PROFILES, DroppedConnection())
    assert fetched(trusted) == [*SMALL_TENANT.secure_scores, *SMALL_TENANT.control_profiles]


def test_a_connection_that_always_closes_runs_into_the_deadline(trusted: tuple[Sandbox, Endpoints]) -> None:
    trusted[0].faults.add(SCORES, DroppedConnection(), times=100_000)
    with pytest.raises(DeadlineError) as caught:
        fetched(trusted, deadline=1.0)
    assert "its last answer: Graph could not be reached: the connection broke (peer closed" in str(caught.value)


def test_a_refusal_that_passes_over_the_wire(trusted: tuple[Sandbox, Endpoints]) -> None:
    trusted[0].faults.add("/v1.0/security/*", Status(503, retry_after=0), times=3)
    assert len(fetched(trusted)) == 9 + len(SMALL_TENANT.control_profiles)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", [0, "000", "-5", "0.0", "soon", "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_no_wait_that_is_asked_for_is_shorter_than_the_backoff(
    trusted: tuple[Sandbox, Endpoints], status: int, asked: int | str
) -> None:
    trusted[0].faults.add(SCORES, Status(status, retry_after=asked), times=100_000)
    with pytest.raises(DeadlineError):
        fetched(trusted, deadline=1.0)
    # The first wait is a millisecond, and each is twice the one before: the eleventh ends after the deadline.
    assert len([request for request in trusted[0].requests if request.path == SCORES]) <= 11


def test_a_certificate_that_is_not_trusted_is_told_at_once(
    trusted: tuple[Sandbox, Endpoints], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(GraphError) as caught:
        fetched(trusted)
    assert "Graph could not be reached: its certificate was not accepted (" in caught.value.message
    assert not isinstance(caught.value, DeadlineError)


def test_nobody_who_listens_runs_into_the_deadline() -> None:
    with pytest.raises(DeadlineError, match="no connection could be made"):
        over(lambda: None, Token(), deadline=1.0, base="http://127.0.0.1:9")


@pytest.mark.parametrize("token", ["eyJ-secret\nX-Injected: 1", "eyJ-secret\r"])
def test_a_token_that_is_no_header_is_neither_sent_nor_shown(trusted: tuple[Sandbox, Endpoints], token: str) -> None:
    with pytest.raises(GraphError) as caught:
        fetched(trusted, token=Token(lambda _: token))
    assert "secret" not in str(caught.value)
    assert len(trusted[0].requests) == 0


def test_the_environment_s_proxy_does_not_reach_a_given_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    sandbox = Sandbox([SMALL_TENANT], now=lambda: NOW, public_url=BASE)
    assert over(lambda: httpx.ASGITransport(sandbox.app), sandbox_token(sandbox)).warnings == {}
