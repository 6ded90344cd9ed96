import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import PASSING, here, live_variables, policy
from graph_support import NOW, SMALL_TENANT

from checker.cli.main import run
from checker.sandbox.app import Sandbox
from checker.sandbox.serve import running

Capture = pytest.CaptureFixture[str]
SANDBOX = Sandbox([SMALL_TENANT], now=lambda: NOW)
ID = SMALL_TENANT.tenant_id
USER = "reader@contoso.example"
SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, str]]:
    with running(SANDBOX) as endpoints:
        tenant = {"tenant": ID, "clientId": SMALL_TENANT.client_id, "clientSecret": SMALL_TENANT.client_secret}
        told = {"graph": endpoints.graph, "authority": endpoints.authority, "caFile": str(endpoints.ca_file)}
        yield live_variables({**told, "tenants": [tenant]})


@pytest.fixture(autouse=True)
def _folder(served: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name, value in served.items():
        monkeypatch.setenv(name, value)
    yield
    SANDBOX.directory.grant_roles(ID, SMALL_TENANT.roles)


def test_an_application_sees_who_it_is_and_what_it_may(capfd: Capture, served: dict[str, str]) -> None:
    ended = here(capfd, "auth")
    rows = dict(line.split(maxsplit=1) for line in ended.out.decode().splitlines())
    assert ended.code == 0
    assert rows == {
        "tenant": ID,
        "application": SMALL_TENANT.client_id,
        "cloud": f"global, {served['SCOREGATE_GRAPH_URL']}",
        "method": "client-secret",
        "token": "application",
        "permissions": "SecurityEvents.Read.All, SecurityEvents.ReadWrite.All",
        "expires": rows["expires"],
        "allowed": "check: yes",
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", rows["expires"])
    assert SMALL_TENANT.client_secret not in ended.out.decode() + ended.err


@pytest.mark.parametrize(
    ("roles", "purpose", "missing", "code"),
    [
        (["SecurityEvents.Read.All"], "check", [], 0),
        (["SecurityEvents.Read.All"], "apply", ["SecurityEvents.ReadWrite.All"], 3),
        (["SecurityEvents.ReadWrite.All"], "apply", [], 0),
        ([], "check", ["SecurityEvents.Read.All"], 3),
    ],
)
def test_what_is_missing_is_named(
    capfd: Capture, roles: list[str], purpose: str, missing: list[str], code: int
) -> None:
    SANDBOX.directory.grant_roles(ID, roles)
    ended = here(capfd, "auth", "--for", purpose, "-o", "json")
    told = json.loads(ended.out)
    assert (ended.code, told["permissions"], told["missing"], told["allowed"]) == (code, roles, missing, not missing)
    assert told["askedFor"] == [purpose]
    assert ("consent" in (told["advice"] or "")) is bool(missing)


@pytest.mark.parametrize(
    ("wids", "purpose", "missing"),
    [
        ([SECURITY_READER], "check", []),
        ([SECURITY_READER], "apply", ["SecurityEvents.ReadWrite.All", "the role Security Administrator"]),
        ([], "check", ["the role Security Reader"]),
    ],
)
def test_a_person_needs_a_role_too(
    capfd: Capture, monkeypatch: pytest.MonkeyPatch, wids: list[str], purpose: str, missing: list[str]
) -> None:
    token = SANDBOX.mint_user_token(ID, scopes=["SecurityEvents.Read.All"], directory_roles=wids)
    monkeypatch.setenv("SCOREGATE_ACCESS_TOKEN", token)
    monkeypatch.setenv("SCOREGATE_GRAPH_URL", "https://graph.microsoft.com")
    told = json.loads(here(capfd, "auth", "--for", purpose, "-o", "json").out)
    assert (told["method"], told["tokenKind"], told["missing"]) == ("ready-token", "delegated", missing)
    assert told["directoryRoles"] == (["Security Reader"] if wids else [])


def test_no_token_is_exit_3_with_the_cause(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "wrong-secret")
    ended = here(capfd, "auth")
    assert (ended.code, ended.out) == (3, b"")
    assert "AADSTS7000215" in ended.err
    assert "wrong-secret" not in ended.err


def test_an_answer_in_a_file_leaves_standard_output_empty(capfd: Capture, tmp_path: Path) -> None:
    ended = here(capfd, "auth", "-o", "json=auth.json")
    assert (ended.code, ended.out) == (0, b"")
    assert json.loads((tmp_path / "auth.json").read_bytes())["kind"] == "Auth"


def test_each_request_is_told_and_no_secret(capfd: Capture, tmp_path: Path) -> None:
    code = run(["check", "-p", policy(tmp_path, PASSING), "--now", "2026-05-22", "-v"])
    told = capfd.readouterr().err.splitlines()
    assert code == 0
    assert told[0] == "sign-in by client-secret (auto)"
    assert len(told) >= 5
    for line in told[1:]:
        assert re.fullmatch(r"(GET|POST) https://127\.0\.0\.1:\d+/\S+ 200 \d+\.\d{3} s, request-id [0-9a-f-]{36}", line)
    everything = "\n".join(told)
    assert SMALL_TENANT.client_secret not in everything
    assert "Bearer" not in everything
    assert "eyJ" not in everything
    assert "?" not in everything


def test_a_person_signed_in_to_azure_cli_is_told_another_way(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {
        "aud": "https://graph.microsoft.com",
        "tid": ID,
        "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "scp": "User.Read",
        "wids": [SECURITY_READER],
    }
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    monkeypatch.setenv("SCOREGATE_ACCESS_TOKEN", f"e30.{body}.x")
    monkeypatch.setenv("SCOREGATE_GRAPH_URL", "https://graph.microsoft.com")
    ended = here(capfd, "auth")
    assert ended.code == 3
    assert "Azure CLI's own application cannot hold the permission: sign in by --auth device-code" in ended.out.decode()


def test_a_token_that_cannot_be_read_is_not_called_good(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOREGATE_ACCESS_TOKEN", "opaque")
    told = json.loads(here(capfd, "auth", "-o", "json").out)
    assert (told["tokenKind"], told["allowed"], told["missing"]) == ("unknown", False, ["what it allows can't be read"])
