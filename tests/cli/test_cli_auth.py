import base64
import datetime
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from command_line import PASSING, environment, here, live_variables, policy
from entra_client import Clock, certificate
from graph_support import SMALL_TENANT

from checker.auth.interface import VARIABLES
from checker.cli.main import run
from checker.sandbox.app import Sandbox
from checker.sandbox.entra.oidc import GITHUB_ISSUER
from checker.sandbox.serving.serve import running

Capture = pytest.CaptureFixture[str]
CLOCK = Clock()
SANDBOX = Sandbox([SMALL_TENANT], now=CLOCK)
SANDBOX.directory.device_code_interval = 1
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
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in served.items():
        monkeypatch.setenv(name, value)
    yield
    SANDBOX.directory.grant_roles(ID, SMALL_TENANT.roles)
    CLOCK.shift = datetime.timedelta()


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
    code = run(["check", "-p", policy(tmp_path, PASSING), "-v"])
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
    assert "Azure CLI's own application cannot have the permission: sign in by --auth device-code" in ended.out.decode()


def test_a_token_that_cannot_be_read_is_not_called_good(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOREGATE_ACCESS_TOKEN", "opaque")
    told = json.loads(here(capfd, "auth", "-o", "json").out)
    assert (told["tokenKind"], told["allowed"], told["missing"]) == ("unknown", False, ["what it allows can't be read"])


def test_a_ready_token_that_has_ended_allows_nothing(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    CLOCK.shift = datetime.timedelta(hours=-2)
    monkeypatch.setenv("SCOREGATE_ACCESS_TOKEN", SANDBOX.mint_token(ID))
    monkeypatch.setenv("SCOREGATE_GRAPH_URL", "https://graph.microsoft.com")
    ended = here(capfd, "auth", "-o", "json")
    told = json.loads(ended.out)
    assert (ended.code, told["allowed"], told["missing"]) == (3, False, ["a token that has not expired"])
    assert told["advice"] == "Set SCOREGATE_ACCESS_TOKEN to a new token, or sign in another way."


def test_several_commands_may_be_asked_about_at_once(capfd: Capture) -> None:
    SANDBOX.directory.grant_roles(ID, ["SecurityEvents.Read.All"])
    ended = here(capfd, "auth", "--for", "check", "--for", "apply")
    rows = dict(line.split(maxsplit=1) for line in ended.out.decode().splitlines() if re.match(r"[a-z]+ ", line))
    assert ended.code == 3
    assert rows["allowed"] == "check and apply: no"
    assert rows["missing"] == "SecurityEvents.ReadWrite.All"
    advice = "have an administrator consent to it: https://learn.microsoft.com/graph/security-authorization"
    assert " ".join(ended.out.decode().split()).endswith(advice)


def az(folder: Path, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    script = folder / "az"
    script.write_text(f'#!/bin/sh\necho \'{{"accessToken": "{token}", "expires_on": 9999999999}}\'\n', "utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_azure_cli_needs_neither_tenant_nor_application(
    capfd: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: dict[str, str]
) -> None:
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("SCOREGATE_GRAPH_URL", served["SCOREGATE_GRAPH_URL"])
    claims = {"aud": served["SCOREGATE_GRAPH_URL"], "tid": ID, "roles": ["SecurityEvents.Read.All"]}
    az(tmp_path, monkeypatch, token_of(claims))
    ended = here(capfd, "auth", "--auth", "azure-cli", "-o", "json")
    assert (ended.code, json.loads(ended.out)["tenant"], ended.err) == (0, ID, "")
    # Graph does not take that token; that it was asked shows that the run got so far.
    ended = here(capfd, "check", "-p", policy(tmp_path, PASSING), "--auth", "azure-cli")
    assert ended.code == 3
    assert "Graph answered 401" in ended.err


def token_of(claims: Mapping[str, object]) -> str:
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.x"


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"tid": "00000000-0000-0000-0000-000000000009"}, f"9, but {ID} was requested"),
        ({"aud": "https://graph.microsoft.us"}, "the token is for https://graph.microsoft.us, but https://127.0.0.1:"),
    ],
)
def test_a_token_for_another_tenant_or_cloud_is_refused(
    capfd: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, claims: dict[str, object], said: str
) -> None:
    az(tmp_path, monkeypatch, token_of(claims))
    for command in (["auth"], ["check", "-p", policy(tmp_path, PASSING)]):
        ended = here(capfd, *command, "--auth", "azure-cli")
        assert (ended.code, ended.out) == (3, b"")
        assert said in ended.err


@pytest.mark.parametrize("method", ["device-code", "browser"])
def test_a_person_is_not_waited_for_without_a_terminal(capfd: Capture, method: str) -> None:
    ended = here(capfd, "auth", "--auth", method)
    assert (ended.code, ended.out) == (2, b"")
    said = f"sign-in by {method.replace('-', ' ')} needs a person at a terminal and is refused in CI"
    assert ended.err.splitlines()[0] == f"scoregate: {said}"


class Terminal:
    """A process at a terminal, and what it said there so far."""

    def __init__(self, process: "subprocess.Popen[bytes]", leader: int) -> None:
        self.process = process
        self._leader = leader
        self.said = ""

    def until(self, pattern: str) -> str:
        """What the pattern's group matches; empty where the process ended before."""
        while (found := re.search(pattern, self.said)) is None:
            try:
                more = os.read(self._leader, 4096)
            except OSError:
                return ""
            self.said += more.decode()
        return found[1]

    def out(self) -> bytes:
        return self.process.communicate(timeout=30)[0]


@contextmanager
def at_terminal(served: dict[str, str], folder: Path, *arguments: str, **more: str) -> Iterator[Terminal]:
    leader, follower = pty.openpty()
    variables = {**environment(**served), "HOME": str(folder), "XDG_CACHE_HOME": str(folder), **more}
    if "CI" not in more:
        variables.pop("CI", None)
    del variables["AZURE_CLIENT_SECRET"]
    with subprocess.Popen(
        [sys.executable, "-m", "checker", *arguments],
        cwd=folder,
        env=variables,
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=follower,
    ) as process:
        os.close(follower)
        try:
            yield Terminal(process, leader)
        finally:
            process.kill()
            os.close(leader)


CODE = r"enter the code (\w+)"


def test_a_person_signs_in_at_a_terminal(served: dict[str, str], tmp_path: Path) -> None:
    with at_terminal(served, tmp_path, "auth", "--for", "apply", "-v") as terminal:
        SANDBOX.directory.approve_device_code(terminal.until(CODE), "secops@contoso.example")
        rows = dict(line.split(maxsplit=1) for line in terminal.out().decode().splitlines())
        assert terminal.process.returncode == 0
        terminal.until("(never said)")
    assert "sign-in by device-code (auto)" in terminal.said
    assert "eyJ" not in terminal.said
    assert (rows["method"], rows["token"], rows["roles"]) == ("device-code", "delegated", "Security Administrator")
    assert (rows["permissions"], rows["allowed"]) == (
        "SecurityEvents.Read.All, SecurityEvents.ReadWrite.All",
        "apply: yes",
    )


@pytest.mark.parametrize("method", ["device-code", "browser"])
def test_an_interrupt_while_a_person_is_waited_for_is_exit_130(
    served: dict[str, str], tmp_path: Path, method: str
) -> None:
    waiting = CODE if method == "device-code" else r"No browser opened; open (https://)"
    # No program that can be found, so that no browser opens anywhere.
    with at_terminal(served, tmp_path, "auth", "--auth", method, BROWSER="false", PATH="/nowhere") as terminal:
        assert terminal.until(waiting)
        terminal.process.send_signal(signal.SIGINT)
        assert (terminal.out(), terminal.process.returncode) == (b"", 130)
        terminal.until("(never said)")
    assert terminal.said.splitlines()[-1] == "scoregate: interrupted"


def test_in_ci_nobody_is_asked_even_at_a_terminal(served: dict[str, str], tmp_path: Path) -> None:
    with at_terminal(served, tmp_path, "auth", "--auth", "device-code", CI="true") as terminal:
        assert (terminal.out(), terminal.process.returncode) == (b"", 2)


KEY, CERTIFICATE = certificate()
SECRETS = {
    "AZURE_CLIENT_SECRET": "canary-client-secret",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD": "canary-password",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "canary-request-token",
    "SYSTEM_ACCESSTOKEN": "canary-access-token",
    "IDENTITY_HEADER": "canary-identity-header",
    "SCOREGATE_OIDC_TOKEN": "canary.oidc.token",
    "SCOREGATE_ACCESS_TOKEN": "canary-ready-token",
}
Prepare = Callable[[dict[str, str], Path], dict[str, str]]


def by_github(served: dict[str, str], _: Path) -> dict[str, str]:
    return {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{served['AZURE_AUTHORITY_HOST']}/_oidc/github?canary=canary-query",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": SANDBOX.oidc.request_token,
    }


def by_certificate(_: dict[str, str], folder: Path) -> dict[str, str]:
    (folder / "app.pem").write_bytes(KEY + CERTIFICATE)
    return {"AZURE_CLIENT_CERTIFICATE_PATH": "app.pem"}


def by_identity(served: dict[str, str], _: Path) -> dict[str, str]:
    return {
        "IDENTITY_ENDPOINT": f"{served['AZURE_AUTHORITY_HOST']}/_identity/app-service",
        "IDENTITY_HEADER": SANDBOX.directory.identity_header,
        "AZURE_CLIENT_ID": "",
    }


@pytest.mark.parametrize(
    ("method", "prepare"),
    [
        ("client-secret", lambda *_: {"AZURE_CLIENT_SECRET": SMALL_TENANT.client_secret}),
        ("certificate", by_certificate),
        ("federated", by_github),
        ("managed-identity", by_identity),
    ],
)
def test_no_secret_is_told_whether_it_is_right_or_wrong(
    capfd: Capture,
    monkeypatch: pytest.MonkeyPatch,
    served: dict[str, str],
    tmp_path: Path,
    method: str,
    prepare: Prepare,
) -> None:
    monkeypatch.setattr(SANDBOX.directory, "identity_header", "sandbox-identity-header-of-this-test")
    SANDBOX.directory.register_certificate(ID, CERTIFICATE)
    SANDBOX.directory.add_federated_credential(ID, issuer=GITHUB_ISSUER, subject=SANDBOX.oidc.github_subject)
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    variables = prepare(served, tmp_path)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    right = here(capfd, "check", "-p", policy(tmp_path, PASSING), "-v")
    assert right.code == 0
    assert right.err.splitlines()[0] == f"sign-in by {method} (auto)"
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    wrong = here(capfd, "auth", "--auth", method, "-v")
    assert wrong.code == 3
    told = right.out.decode() + right.err + wrong.out.decode() + wrong.err
    hidden = ["eyJ", "Bearer", "canary", "PRIVATE", *(variables[name] for name in SECRETS if name in variables)]
    assert [text for text in hidden if text in told] == []
    assert not re.search(r"https://\S+\?", told)


@pytest.mark.parametrize("method", ["ready-token", "azure-cli", "federated"])
def test_a_token_that_graph_does_not_take_is_not_told(
    capfd: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, method: str
) -> None:
    az(tmp_path, monkeypatch, SECRETS["SCOREGATE_ACCESS_TOKEN"])
    for name in ("SCOREGATE_ACCESS_TOKEN", "SCOREGATE_OIDC_TOKEN"):
        monkeypatch.setenv(name, SECRETS[name])
    ended = here(capfd, "check", "-p", policy(tmp_path, PASSING), "--auth", method, "-v")
    assert ended.code == 3
    assert re.search(r"Graph answered 401|AADSTS50027", ended.err)
    assert "canary" not in ended.out.decode() + ended.err
