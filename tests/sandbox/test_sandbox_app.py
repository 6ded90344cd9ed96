import subprocess
import sys
from urllib.parse import quote

import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_client import NOW, PROFILES, SCORES, ask, new_sandbox, tenant_of

from checker.sandbox.app import Sandbox


def test_it_is_an_island_and_lean() -> None:
    code = (
        "import sys, checker.sandbox.app, checker.sandbox.tenants.tenant\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'uvicorn', 'cryptography', 'jwt', 'httpx', 'msal', 'msgspec', 'yaml'}))\n"
        "print(sorted(n for n in sys.modules if n.startswith('checker.') and 'sandbox' not in n))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]"]


def test_two_tenants_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        Sandbox([tenant_of(), tenant_of()], now=lambda: NOW)
    with pytest.raises(ValueError, match="at least one item"):
        new_sandbox(page_size=0)


def test_a_body_of_more_than_a_mebibyte_is_refused() -> None:
    for path in (f"{PROFILES}/AdminMFAV2", "/somebody/oauth2/v2.0/token", "/_sandbox/faults"):
        answer = ask(new_sandbox(), path, method="POST", content=b"x" * (1024 * 1024 + 1))
        assert answer.status_code == 413
        assert answer.json()["error"]


def test_what_goes_wrong_inside_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("checker.sandbox.graph.routes.parse_options", explode)
    answer = ask(new_sandbox(), SCORES)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "InternalServerError")
    assert "secret detail" not in answer.text
    monkeypatch.setattr("checker.sandbox.entra.routes._form", explode)
    answer = ask(new_sandbox(), f"/{tenant_of().tenant_id}/oauth2/v2.0/token", method="POST")
    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")


HOSTILE = new_sandbox()
texts = st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=30)


@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"]),
    prefix=st.sampled_from(["", SCORES, PROFILES, "/v1.0", "/beta", f"/{tenant_of().tenant_id}", "/_sandbox"]),
    rest=texts,
    query=st.dictionaries(
        st.sampled_from(["$top", "$filter", "$skip", "$skiptoken", "$select", "$orderby", "x"]), st.text(max_size=20)
    ),
    body=st.binary(max_size=40),
)
@settings(max_examples=examples(80), deadline=None)
def test_any_request_gets_an_answer(method: str, prefix: str, rest: str, query: dict[str, str], body: bytes) -> None:
    answer = ask(HOSTILE, f"{prefix}/{quote(rest)}", method=method, params=query, content=body)
    assert answer.status_code in {200, 204, 400, 404, 405}
    HOSTILE.requests.clear()


@pytest.mark.parametrize("host", [b"a[", "evil.example\u00e9".encode(), b"x" * 5000, b"a/b?c#d"])
def test_an_odd_host_gets_an_answer(host: bytes) -> None:
    answer = ask(new_sandbox(), f"{SCORES}?$top=1", headers={"Host": host})
    assert answer.status_code in {200, 400, 500}
    assert answer.json()


def test_a_long_client_request_id_is_not_echoed() -> None:
    answer = ask(new_sandbox(), SCORES, headers={"client-request-id": "x" * 5000})
    assert answer.headers["client-request-id"] == answer.headers["request-id"]
