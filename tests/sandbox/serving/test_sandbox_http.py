"""What clients other than ours ask of HTTP: HEAD, OPTIONS, other origins, gzip."""

import gzip
import json
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox_client import PROFILES, SCORES, ask, bearer, new_sandbox, tenant_of

from checker.sandbox.faults.kinds import DroppedConnection, Status, TruncatedJson
from checker.sandbox.serving.compression import accepts_gzip
from checker.sandbox.serving.serve import Endpoints, running

SANDBOX = new_sandbox()
ORIGIN = {"Origin": "https://app.example"}


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoints]:
    with running(SANDBOX, plain_http=True) as endpoints:
        yield endpoints


def raw(served: Endpoints, path: str, *, method: str = "GET", **headers: str) -> tuple[httpx.Response, bytes]:
    """The response as it is on the wire, still compressed."""
    with (
        httpx.Client(trust_env=False) as client,
        client.stream(method, f"{served.graph}{path}", headers={**bearer(SANDBOX), **headers}) as response,
    ):
        return response, b"".join(response.iter_raw())


def test_gzip_is_for_those_who_ask(served: Endpoints) -> None:
    plain, body = raw(served, f"{SCORES}?$top=1", **{"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    small, compressed = raw(served, f"{SCORES}?$top=1", **{"Accept-Encoding": "br, gzip;q=0.5"})
    assert (small.headers["content-encoding"], small.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(small.headers["content-length"]) == len(compressed) < len(body)
    assert json.loads(gzip.decompress(compressed))["value"] == json.loads(body)["value"]
    count, _ = raw(served, f"{SCORES}/$count", **{"Accept-Encoding": "gzip"})
    assert "content-encoding" not in count.headers


def test_a_fault_is_the_same_under_gzip(served: Endpoints) -> None:
    SANDBOX.faults.add(SCORES, TruncatedJson())
    _, compressed = raw(served, f"{SCORES}?$top=1", **{"Accept-Encoding": "gzip"})
    with pytest.raises(json.JSONDecodeError):
        json.loads(gzip.decompress(compressed))
    SANDBOX.faults.add(SCORES, DroppedConnection())
    with pytest.raises(httpx.RemoteProtocolError):
        raw(served, f"{SCORES}?$top=1", **{"Accept-Encoding": "gzip"})


@pytest.mark.parametrize(
    ("sent", "accepted"),
    [
        ("gzip", True),
        ("deflate, GZIP ; q=1.0", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("br", False),
        ("", False),
    ],
)
def test_a_weight_of_zero_refuses_gzip(sent: str, *, accepted: bool) -> None:
    assert accepts_gzip(sent) is accepted


@given(st.text(max_size=30))
def test_any_accept_encoding_is_read(text: str) -> None:
    assert accepts_gzip(text) in {True, False}


def test_head_has_the_headers_of_get(served: Endpoints) -> None:
    full, body = raw(served, f"{PROFILES}/AdminMFAV2", **{"Accept-Encoding": "identity"})
    head, nothing = raw(served, f"{PROFILES}/AdminMFAV2", method="HEAD", **{"Accept-Encoding": "identity"})
    assert (head.status_code, nothing) == (200, b"")
    assert head.headers["content-length"] == full.headers["content-length"] == str(len(body))
    assert ask(SANDBOX, f"{PROFILES}/nothing", method="HEAD").status_code == 404


@pytest.mark.parametrize("path", [SCORES, "/v1.0/$batch", f"/{tenant_of().tenant_id}/oauth2/v2.0/token"])
def test_a_browser_asks_before_it_sends(path: str) -> None:
    asked = {**ORIGIN, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,x-y"}
    answer = ask(SANDBOX, path, method="OPTIONS", headers=asked, signed=False)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "authorization,x-y"
    assert "PATCH" in answer.headers["access-control-allow-methods"]


def test_a_page_can_read_responses_and_refusals() -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(SCORES, Status(429, retry_after=1))
    for status in (429, 200):
        answer = ask(sandbox, f"{SCORES}?$top=1", headers=ORIGIN)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*")
        assert "Retry-After" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in ask(sandbox, SCORES).headers


def test_a_page_can_not_change_the_sandbox() -> None:
    asked = {**ORIGIN, "Access-Control-Request-Method": "DELETE"}
    for method in ("OPTIONS", "DELETE"):
        answer = ask(SANDBOX, "/_sandbox/faults", method=method, headers=asked)
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (SCORES, "GET, HEAD"),
        (f"{PROFILES}/x", "GET, HEAD, PATCH"),
        (f"{SCORES}/$count", "GET, HEAD"),
        ("/v1.0/$batch", "POST"),
    ],
)
def test_options_names_the_methods(path: str, allowed: str) -> None:
    answer = ask(SANDBOX, path, method="OPTIONS")
    assert (answer.status_code, answer.headers["allow"]) == (204, allowed)
    refused = ask(SANDBOX, path, method="PUT")
    assert (refused.status_code, refused.headers["allow"]) == (405, allowed)


def test_entra_ignores_case_and_a_slash_too() -> None:
    tenant = tenant_of()
    form = {
        "grant_type": "client_credentials",
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
        "scope": "https://graph.microsoft.com/.default",
    }
    answer = ask(SANDBOX, f"/{tenant.tenant_id.upper()}/OAuth2/V2.0/Token/", method="POST", data=form, signed=False)
    assert answer.json()["token_type"] == "Bearer"
