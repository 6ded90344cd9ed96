import contextlib
import datetime
import gc
import importlib
import json
import signal
import socket
import ssl
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from cryptography import x509
from sandbox_client import SCORES, bearer, new_sandbox, tenant_of

from checker.sandbox.app import Sandbox
from checker.sandbox.faults.kinds import Delay, DroppedConnection, HugeBody
from checker.sandbox.serving.certificates import temporary_certificates
from checker.sandbox.serving.serve import Endpoints, running

# It has no type information.
msal: Any = importlib.import_module("msal")

TENANT = tenant_of()
SANDBOX = new_sandbox()


@pytest.fixture(scope="module")
def endpoints() -> Iterator[Endpoints]:
    with running(SANDBOX) as served:
        yield served


def client_for(served: Endpoints) -> httpx.Client:
    context = ssl.create_default_context(cafile=str(served.ca_file))
    return httpx.Client(verify=context, trust_env=False, timeout=10)


def application(served: Endpoints, monkeypatch: pytest.MonkeyPatch, secret: str) -> Any:
    # requests prefers these to the certificate authority that it is given.
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    return msal.ConfidentialClientApplication(
        TENANT.client_id,
        client_credential=secret,
        authority=f"{served.authority}/{TENANT.tenant_id}",
        instance_discovery=False,
        verify=str(served.ca_file),
    )


def test_unmodified_msal_gets_a_token(endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    app = application(endpoints, monkeypatch, TENANT.client_secret)
    for scope in ("https://graph.microsoft.com/.default", f"{endpoints.graph}/.default"):
        result = app.acquire_token_for_client([scope])
        assert result.get("token_type") == "Bearer", result
        with client_for(endpoints) as client:
            headers = {"Authorization": f"Bearer {result['access_token']}"}
            answer = client.get(f"{endpoints.graph}{SCORES}?$top=1", headers=headers)
        assert answer.json()["value"][0]["azureTenantId"] == TENANT.tenant_id
        assert answer.json()["@odata.nextLink"].startswith(f"{endpoints.graph}{SCORES}?$top=1&$skiptoken=")


def test_unmodified_msal_reports_a_wrong_secret(endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    app = application(endpoints, monkeypatch, "wrong")
    result = app.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    assert (result["error"], result["error_codes"]) == ("invalid_client", [7000215])


def test_msal_signs_in_by_open_id_connect_too(endpoints: Endpoints) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(endpoints.ca_file)
        app = msal.ConfidentialClientApplication(
            TENANT.client_id,
            client_credential=TENANT.client_secret,
            oidc_authority=f"{endpoints.authority}/{TENANT.tenant_id}/v2.0",
            http_client=session,
        )
        assert "access_token" in app.acquire_token_for_client(["https://graph.microsoft.com/.default"])


def test_headers_are_not_doubled(endpoints: Endpoints) -> None:
    with client_for(endpoints) as client:
        headers = client.get(f"{endpoints.graph}{SCORES}?$top=1", headers=bearer(SANDBOX)).headers
    assert len(headers.get_list("date")) == 1
    assert "server" not in headers


def test_a_dropped_connection_is_a_broken_one(endpoints: Endpoints, capfd: pytest.CaptureFixture[str]) -> None:
    SANDBOX.faults.add(SCORES, DroppedConnection())
    with client_for(endpoints) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(f"{endpoints.graph}{SCORES}", headers=bearer(SANDBOX))
        assert client.get(f"{endpoints.graph}{SCORES}?$top=1", headers=bearer(SANDBOX)).status_code == 200
    assert capfd.readouterr().err == ""


def test_a_huge_body_is_streamed(endpoints: Endpoints) -> None:
    SANDBOX.faults.add(SCORES, HugeBody(8))
    with (
        client_for(endpoints) as client,
        client.stream("GET", f"{endpoints.graph}{SCORES}", headers=bearer(SANDBOX)) as answer,
    ):
        assert answer.headers["transfer-encoding"] == "chunked"
        assert sum(len(part) for part in answer.iter_raw()) > 8 * 1024 * 1024


def test_an_answer_under_way_does_not_hold_up_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(SCORES, Delay(600))
    with running(sandbox, plain_http=True) as served, httpx.Client(trust_env=False, timeout=0.3) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.get(f"{served.graph}{SCORES}", headers=bearer(sandbox))
        pending = socket.create_connection(("127.0.0.1", int(served.graph.rpartition(":")[2])))
        sandbox.faults.add(SCORES, Delay(600))
        pending.sendall(f"GET {SCORES} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while len(sandbox.faults):
            time.sleep(0.01)
    with pending:
        assert pending.recv(100) == b""
    assert capfd.readouterr().err == ""


def test_graph_without_tls_keeps_entra_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(new_sandbox(), plain_http=True, host="127.0.0.1") as served:
        assert served.graph.startswith("http://127.0.0.1:")
        assert served.authority.startswith("https://127.0.0.1:")
        app = application(served, monkeypatch, TENANT.client_secret)
        token = app.acquire_token_for_client([f"{served.graph}/.default"])["access_token"]
        with httpx.Client(trust_env=False) as client:
            answer = client.get(f"{served.graph}{SCORES}?$top=1", headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["@odata.nextLink"].startswith(served.graph)
    assert not served.ca_file.exists()


def test_the_public_url_is_used_and_certified() -> None:
    with running(new_sandbox(), public_url="https://graph.contoso.example/") as served:
        pem = ssl.get_server_certificate(("127.0.0.1", int(served.graph.rpartition(":")[2])))
    names = x509.load_pem_x509_certificate(pem.encode()).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert names.value.get_values_for_type(x509.DNSName) == ["localhost", "graph.contoso.example"]


def test_a_port_in_use_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"), running(new_sandbox(), port=taken.getsockname()[1]):
            pass


@pytest.mark.parametrize("asked", [True, False], ids=["answered and told to close", "before the handshake"])
def test_nothing_is_left_open_of_a_client_that_stays(*, asked: bool) -> None:
    with contextlib.ExitStack() as stack, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with running(new_sandbox()) as served:
            port = int(served.graph.rpartition(":")[2])
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            if asked:
                context = ssl.create_default_context(cafile=str(served.ca_file))
                client = stack.enter_context(context.wrap_socket(client, server_hostname="127.0.0.1"))
                client.sendall(b"GET / HTTP/1.1\r\nHost: graph\r\nConnection: close\r\n\r\n")
                assert client.recv(100)
        gc.collect()
        assert [str(warning.message) for warning in caught] == []


def test_certificates_are_private_and_last() -> None:
    with temporary_certificates(["10.0.0.1"]) as certificates:
        assert certificates.key_file.stat().st_mode & 0o777 == 0o600
        assert certificates.key_file.parent.stat().st_mode & 0o777 == 0o700
        certificate = x509.load_pem_x509_certificate(certificates.certificate_file.read_bytes())
        assert certificate.not_valid_after_utc > datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=7)
        folder = certificates.key_file.parent
    assert not folder.exists()


PROGRAM = """
import datetime, json, sys
from checker.sandbox.app import Sandbox
from checker.sandbox.serving.serve import serve
from checker.sandbox.tenants.tenant import make_tenant

now = datetime.datetime(2026, 5, 22, 9, tzinfo=datetime.timezone.utc)
sandbox = Sandbox([make_tenant(0, now.date(), days=2)], now=lambda: now)

def ready(endpoints):
    print(json.dumps([endpoints.graph, endpoints.authority, str(endpoints.ca_file)]), flush=True)

serve(sandbox, plain_http="--plain" in sys.argv, ready=ready)
"""


@pytest.mark.parametrize(
    ("number", "arguments"), [(signal.SIGTERM, ["--plain"]), (signal.SIGINT, [])], ids=["SIGTERM", "SIGINT"]
)
def test_serving_ends_cleanly_on_a_signal(number: signal.Signals, arguments: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        graph, authority, ca_file = json.loads(process.stdout.readline())
        served = Endpoints(graph, authority, Path(ca_file))
        with client_for(served) as client:
            configuration = f"{authority}/{TENANT.tenant_id}/v2.0/.well-known/openid-configuration"
            assert client.get(configuration).status_code == 200
            assert client.get(f"{graph}{SCORES}").status_code == 401
            # While the client keeps its connections open.
            process.send_signal(number)
            assert process.wait(timeout=20) == 0
        assert process.stderr.read() == ""
    assert not Path(ca_file).exists()
    assert isinstance(SANDBOX, Sandbox)
