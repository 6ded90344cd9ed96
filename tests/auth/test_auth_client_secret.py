import gzip
import http.server
import json
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote_plus

import msgspec
import pytest
from graph_support import NOW, SMALL_TENANT

from checker.auth import METHODS, provider
from checker.auth.assertions import github
from checker.auth.interface import VARIABLES, Credentials
from checker.errors import SignInError, UsageError
from checker.sandbox.app import Sandbox
from checker.sandbox.faults.kinds import Status
from checker.sandbox.serving.certificates import temporary_certificates
from checker.sandbox.serving.serve import Endpoints, running

SANDBOX = Sandbox([SMALL_TENANT], now=lambda: NOW)
TOKEN_PATH = f"/{SMALL_TENANT.tenant_id}/oauth2/v2.0/token"


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoints]:
    with running(SANDBOX) as endpoints:
        yield endpoints


@pytest.fixture
def endpoints(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> Endpoints:
    monkeypatch.setenv("SSL_CERT_FILE", str(served.ca_file))
    SANDBOX.faults.clear()
    SANDBOX.requests.clear()
    return served


def credentials(authority: str, **changes: Any) -> Credentials:
    given: dict[str, Any] = {
        "tenant": SMALL_TENANT.tenant_id,
        "client_id": SMALL_TENANT.client_id,
        "client_secret": SMALL_TENANT.client_secret,
        "authority": authority,
        "resource": "https://graph.microsoft.com",
    }
    every = {**given, **changes}
    secret = every.pop("client_secret")
    return Credentials(**every, variables={} if secret is None else {"AZURE_CLIENT_SECRET": secret})


def sign_in(authority: str, **changes: Any) -> str:
    return provider("client-secret", credentials(authority, **changes)).token()


def refused(authority: str, **changes: Any) -> SignInError:
    with pytest.raises(SignInError) as caught:
        sign_in(authority, **changes)
    assert str(changes.get("client_secret", SMALL_TENANT.client_secret)) not in str(caught.value)
    return caught.value


def test_unmodified_msal_signs_in_and_keeps_the_token(endpoints: Endpoints) -> None:
    made = provider("client-secret", credentials(endpoints.authority))
    first = made.token()
    assert first.count(".") == 2
    assert made.token() == first
    assert [request.path for request in SANDBOX.requests if request.method == "POST"] == [TOKEN_PATH]


def test_variables_that_msal_s_own_client_reads_do_not_matter(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, "/nonexistent/rubbish.pem")
    assert sign_in(endpoints.authority)


def test_a_wrong_secret_is_named_with_its_remedy(endpoints: Endpoints) -> None:
    error = refused(endpoints.authority, client_secret="not-the-secret")
    assert error.message.startswith("Microsoft Entra refused the sign-in (invalid_client): AADSTS7000215: ")
    assert "the secret's value, not to its id" in error.advice
    assert error.place == f"{endpoints.authority}/{SMALL_TENANT.tenant_id}"


def test_an_unknown_application_is_named_with_its_remedy(endpoints: Endpoints) -> None:
    error = refused(endpoints.authority, client_id="00000000-0000-0000-0000-000000000000")
    assert "AADSTS700016" in error.message
    assert "--client-id (AZURE_CLIENT_ID)" in error.advice


def test_an_unknown_tenant_is_named_with_its_remedy(endpoints: Endpoints) -> None:
    error = refused(endpoints.authority, tenant="00000000-0000-0000-0000-000000000000")
    assert error.message == "Microsoft Entra refused the sign-in (no sign-in there): AADSTS90002"
    assert error.place == f"{endpoints.authority}/00000000-0000-0000-0000-000000000000"
    assert "--tenant (AZURE_TENANT_ID)" in error.advice


def test_a_scope_of_another_resource_is_refused(endpoints: Endpoints) -> None:
    error = refused(endpoints.authority, resource="https://vault.azure.net")
    assert error.message.startswith("Microsoft Entra refused the sign-in (")
    assert "AADSTS" in error.message


def test_an_authority_that_is_not_there(endpoints: Endpoints) -> None:
    error = refused("https://127.0.0.1:9")
    assert error.message.startswith("Microsoft Entra could not be reached: no connection could be made (")
    assert "HTTPS_PROXY" in error.advice
    assert endpoints.authority not in error.place


def test_a_certificate_that_is_not_trusted(endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    error = refused(endpoints.authority)
    assert error.message.startswith("Microsoft Entra could not be reached: its certificate was not accepted (")
    assert "SSL_CERT_FILE" in error.advice


@pytest.mark.parametrize("path", ["/nonexistent/ca.pem", __file__])
def test_certificates_that_cannot_be_read_are_the_caller_s_mistake(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", path)
    with pytest.raises(UsageError, match="SSL_CERT_FILE"):
        sign_in(endpoints.authority)


@pytest.mark.parametrize("status", [500, 503])
def test_a_fault_of_entra_s_own_is_not_blamed_on_the_caller(endpoints: Endpoints, status: int) -> None:
    SANDBOX.faults.add(TOKEN_PATH, Status(status))
    error = refused(endpoints.authority)
    assert error.message == f"Microsoft Entra reported an internal error (HTTP Error: {status})"
    assert error.advice == "Run again later."


def test_a_proxy_that_refuses_is_named(endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            self.send_error(403, "Forbidden")

        def log_message(self, *_: Any) -> None:
            return

    with http.server.HTTPServer(("127.0.0.1", 0), Refusing) as proxy:
        thread = threading.Thread(target=proxy.handle_request)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://u:hunter2@127.0.0.1:{proxy.server_address[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        error = refused(endpoints.authority)
        thread.join()
    assert error.message == "Microsoft Entra could not be reached: the proxy refused (403 Forbidden)"
    assert "hunter2" not in str(error)


def test_throttling_is_told_in_entra_s_words(endpoints: Endpoints) -> None:
    SANDBOX.faults.add(TOKEN_PATH, Status(429, retry_after=5))
    assert "(temporarily_unavailable): AADSTS90033: " in refused(endpoints.authority).message


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"tenant": None}, "--tenant or AZURE_TENANT_ID"),
        ({"client_id": ""}, "--client-id or AZURE_CLIENT_ID"),
        ({"client_secret": None}, "AZURE_CLIENT_SECRET"),
        ({"client_id": None, "client_secret": ""}, "--client-id or AZURE_CLIENT_ID, AZURE_CLIENT_SECRET"),
    ],
)
def test_what_is_missing_is_named(lacking: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError) as caught:
        provider("client-secret", credentials("https://login.test", **lacking))
    assert caught.value.message == f"sign-in by client secret needs {named}"
    assert "--sandbox" in caught.value.advice


@pytest.mark.parametrize("method", METHODS)
def test_no_repr_holds_the_secret(method: str) -> None:
    every = dict.fromkeys(VARIABLES, SMALL_TENANT.client_secret)
    given = msgspec.structs.replace(credentials("https://login.test"), variables=every, interactive=True)
    assert SMALL_TENANT.client_secret not in repr(given) + str(given)
    made = provider(method, given)
    assert SMALL_TENANT.client_secret not in repr(made) + str(made)


Answer = tuple[int, str, bytes]
JSON = "application/json"
GRANTED: Answer = (200, JSON, b'{"access_token": "granted", "expires_in": 3600, "token_type": "Bearer"}')


class Stranger:
    """An https server that answers sign-in with whatever it is told to."""

    def __init__(self) -> None:
        self.discovery: Answer | None = None
        self.granting = GRANTED
        self.encoding: str | None = None
        self.accepted: set[str | None] = set()
        self.url = ""

    def configuration(self, **changes: Any) -> Answer:
        known = {
            "issuer": f"{self.url}/t/v2.0",
            "authorization_endpoint": f"{self.url}/t/authorize",
            "token_endpoint": f"{self.url}/t/token",
        }
        return 200, JSON, json.dumps({**known, **changes}).encode()


@contextmanager
def listening(stranger: Stranger, context: ssl.SSLContext) -> Iterator[None]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            stranger.accepted.add(self.headers.get("accept-encoding"))
            asked = stranger.discovery or stranger.configuration()
            is_discovery = "well-known" in self.path
            status, kind, body = asked if is_discovery else stranger.granting
            self.send_response(status)
            if stranger.encoding is not None and (stranger.discovery or not is_discovery):
                self.send_header("content-encoding", stranger.encoding)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = answer  # noqa: N815 - the server calls it so
        do_POST = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        stranger.url = f"https://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def stranger_served() -> Iterator[tuple[Stranger, str]]:
    stranger = Stranger()
    with temporary_certificates(["127.0.0.1"]) as certificates:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.certificate_file, certificates.key_file)
        with listening(stranger, context):
            yield stranger, str(certificates.ca_file)


@pytest.fixture
def stranger(stranger_served: tuple[Stranger, str], monkeypatch: pytest.MonkeyPatch) -> Stranger:
    monkeypatch.setenv("SSL_CERT_FILE", stranger_served[1])
    found = stranger_served[0]
    found.discovery, found.granting, found.encoding = None, GRANTED, None
    return found


@pytest.mark.parametrize(
    "discovery",
    [
        lambda _: (200, "text/html", b"<html>"),
        lambda _: (200, JSON, b"[]"),
        lambda _: (200, JSON, b"null"),
        lambda _: (200, JSON, b"{}"),
        lambda _: (200, JSON, b"\xff\xfe"),
        lambda _: (200, JSON, b"[" * 100_000),
        lambda _: (302, JSON, b""),
        lambda _: (404, JSON, b"{}"),
        lambda one: one.configuration(token_endpoint="nonsense"),
        lambda one: one.configuration(token_endpoint=5),
        lambda one: one.configuration(token_endpoint="http://127.0.0.1/token"),
    ],
)
def test_a_discovery_that_makes_no_sense_is_one_clear_error(
    stranger: Stranger, discovery: Callable[[Stranger], Answer]
) -> None:
    stranger.discovery = discovery(stranger)
    error = refused(stranger.url)
    assert error.message.startswith("Entra's answer could not be understood: ")
    assert error.place == stranger.url
    assert "--authority-url" in error.advice


@pytest.mark.parametrize(
    "granting",
    [
        (200, "text/html", b"<html>"),
        (200, JSON, b"[]"),
        (200, JSON, b"null"),
        (200, JSON, b'"text"'),
        (200, JSON, b'{"access_token": "x", "expires_in": "soon"}'),
        (200, JSON, b'{"access_token": "x", "expires_in": 3600, "id_token": "a.b.c"}'),
        (200, JSON, b'{"access_token": 5, "expires_in": 3600}'),
        (200, JSON, b'{"access_token": "eyJ\\nX-Injected: 1", "expires_in": 3600}'),
        (200, JSON, '{"access_token": "eyJé", "expires_in": 3600}'.encode()),
        (200, JSON, b'{"access_token": "", "expires_in": 3600}'),
        (302, JSON, b""),
        (401, JSON, b""),
    ],
)
def test_a_grant_that_makes_no_sense_is_one_clear_error(
    stranger: Stranger, granting: Answer, capfd: pytest.CaptureFixture[str]
) -> None:
    stranger.granting = granting
    error = refused(stranger.url)
    assert error.message.startswith("Entra's answer could not be understood: ")
    assert "eyJ" not in str(error)
    # msal tells its log of answers that are no JSON, traceback and all; without a log that is standard error.
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{}", "(no token): it gave no reason"),
        (b'{"error": "slow_down"}', "(slow_down): it gave no reason"),
        (b'{"error": "a", "error_description": "first\\nsecond"}', "(a): first"),
        (b'{"error": ["a"], "error_description": {"b": 1}}', "(['a']): {'b': 1}"),
    ],
)
def test_refusals_that_say_little(stranger: Stranger, body: bytes, said: str) -> None:
    stranger.granting = (400, JSON, body)
    error = refused(stranger.url)
    assert error.message == f"Microsoft Entra refused the sign-in {said}"
    assert "login.microsoftonline.com/error" in error.advice


def test_only_the_secret_s_own_authority_gets_it(stranger: Stranger) -> None:
    stranger.discovery = stranger.configuration(token_endpoint="https://127.0.0.1:9/token")
    error = refused(stranger.url)
    assert error.message.startswith("Microsoft Entra could not be reached: ")


@pytest.mark.parametrize("secret", ["a-secret~of+its/own", SMALL_TENANT.client_secret])
@pytest.mark.parametrize("member", ["error", "error_description"])
def test_a_page_that_sends_the_request_back_shows_no_secret(stranger: Stranger, secret: str, member: str) -> None:
    assertion = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl"
    echo = f"bad: client_secret={quote_plus(secret)}&{secret}&client_assertion={assertion}&scope=x"
    stranger.granting = (400, JSON, json.dumps({"error": "a", "error_description": "b", member: echo}).encode())
    error = refused(stranger.url, client_secret=secret)
    assert "bad: client_secret=***&***&client_assertion=***&scope=x" in error.message


def test_sign_in_asks_for_gzip_and_reads_one_layer_of_it(stranger: Stranger) -> None:
    status, kind, body = GRANTED
    stranger.granting, stranger.encoding = (status, kind, gzip.compress(body)), "gzip"
    stranger.accepted.clear()
    assert sign_in(stranger.url) == "granted"
    assert stranger.accepted == {"gzip"}


@pytest.mark.parametrize("encoding", ["gzip, gzip", "deflate", "br", "zstd", "nonsense"])
@pytest.mark.parametrize("is_discovery", [True, False])
def test_an_answer_in_an_encoding_that_was_not_asked_for(stranger: Stranger, encoding: str, is_discovery: bool) -> None:
    stranger.encoding = encoding
    if is_discovery:
        stranger.discovery = stranger.configuration()
    said = f"its answer came encoded as {encoding!r}, but gzip was requested"
    assert refused(stranger.url).message == f"Microsoft Entra could not be reached: {said}"


@pytest.mark.parametrize("mebibytes", [2, 400])
def test_a_small_answer_that_becomes_a_large_one_is_not_decoded_whole(stranger: Stranger, mebibytes: int) -> None:
    stranger.granting, stranger.encoding = (200, JSON, gzip.compress(bytes(mebibytes * 1024 * 1024), 1)), "gzip"
    tracemalloc.start()
    try:
        said = "its answer is larger than the limit of 1 MiB"
        assert refused(stranger.url).message == f"Microsoft Entra could not be reached: {said}"
        assert tracemalloc.get_traced_memory()[1] < 30 * 1024 * 1024
    finally:
        tracemalloc.stop()


DEEP = b'{"error": ' + b'{"a": ' * 100_000


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (None, DEEP),
        (None, b'{"error": "' + b"x" * 2_000_000),
        ("gzip, gzip", b"{}"),
        ("br", b"{}"),
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(b"{}" * 99, mtime=0)[:-9]),
        ("gzip", gzip.compress(bytes(2_000_000), mtime=0)),
    ],
    ids=["deep", "large", "nested", "brotli", "no gzip", "cut", "bomb"],
)
@pytest.mark.parametrize(("status", "said"), [(401, ": status 401, and it "), (500, "(HTTP Error: 500)")])
def test_a_refusal_keeps_its_status_whatever_its_body_is(
    stranger: Stranger, encoding: str | None, body: bytes, status: int, said: str
) -> None:
    stranger.granting, stranger.encoding = (status, JSON, body), encoding
    assert said in refused(stranger.url).message


@pytest.mark.parametrize("body", [DEEP, b'{"value": ' + b"[" * 30_000])
def test_a_platform_that_answers_in_deep_json_gives_no_assertion(stranger: Stranger, body: bytes) -> None:
    stranger.granting = (200, JSON, body)
    variables = {"ACTIONS_ID_TOKEN_REQUEST_URL": stranger.url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x"}
    with pytest.raises(SignInError, match="answered without an assertion"):
        github.PLATFORM.assertion(msgspec.structs.replace(credentials(stranger.url), variables=variables))
