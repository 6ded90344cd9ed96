"""A variable that holds no usable secret is the caller's mistake: exit 2, which one, why, and not the value."""

import os
from pathlib import Path

import pytest
from command_line import PASSING, here, policy, says_one_thing, scoregate, see
from entra_client import TENANT, certificate

from checker.auth.assertions import platform
from checker.auth.interface import Credentials
from checker.errors import UsageError
from checker.secrecy.variables import SIGN_IN

Capture = pytest.CaptureFixture[str]
NOT_UTF_8 = os.fsdecode(b"8Q~kept-secret-\xff\xfe-9Kd2")
WRONG = {
    NOT_UTF_8: "bytes that are not UTF-8",
    "8Q~kept-secret\n-9Kd2mW": "a line break",
    "8Q~kept-secret-9Kd2mW\r\n": "a line break",
    "8Q~kept-secret\x1b[2J-9Kd2mW": "a character that does not print",
}
CERTIFICATE = b"".join(certificate())
IN_HEADERS = {"8Q~kept-sécret-9Kd2mW": "a character that HTTP cannot carry"}
# What each method needs besides.
METHODS = {
    "AZURE_CLIENT_SECRET": ("client-secret", {}),
    "AZURE_CLIENT_CERTIFICATE_PASSWORD": ("certificate", {"AZURE_CLIENT_CERTIFICATE_PATH": "app.pem"}),
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": ("federated", {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://127.0.0.1:9/"}),
    "SYSTEM_ACCESSTOKEN": (
        "federated",
        {"SYSTEM_OIDCREQUESTURI": "https://127.0.0.1:9/", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "x"},
    ),
    "IDENTITY_HEADER": ("managed-identity", {"IDENTITY_ENDPOINT": "https://127.0.0.1:9/"}),
    "MSI_SECRET": ("managed-identity", {"MSI_ENDPOINT": "https://127.0.0.1:9/"}),
    "SCOREGATE_OIDC_TOKEN": ("federated", {}),
    "SCOREGATE_ACCESS_TOKEN": ("ready-token", {}),
}


def test_every_secret_of_sign_in_is_tried() -> None:
    assert METHODS.keys() == set(SIGN_IN)


def cases() -> list[tuple[str, str, str]]:
    headers = set(SIGN_IN) - {"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "SCOREGATE_OIDC_TOKEN"}
    found = [(name, value, fault) for name in METHODS for value, fault in WRONG.items()]
    # A token's last line break is left out: files end with one.
    found = [case for case in found if not (case[1].endswith("\n") and "SCOREGATE" in case[0])]
    return [*found, *((name, value, fault) for name in sorted(headers) for value, fault in IN_HEADERS.items())]


@pytest.mark.parametrize(("name", "value", "fault"), cases())
@pytest.mark.parametrize("is_named", [True, False])
def test_an_unusable_secret_is_the_caller_s_mistake(
    name: str,
    value: str,
    fault: str,
    is_named: bool,
    tmp_path: Path,
    capfd: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for other in [*SIGN_IN, *(needed for _, more in METHODS.values() for needed in more)]:
        monkeypatch.delenv(other, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.pem").write_bytes(CERTIFICATE)
    method, more = METHODS[name]
    tenant = {"AZURE_TENANT_ID": TENANT.tenant_id, "AZURE_CLIENT_ID": TENANT.client_id}
    for variable, text in {**tenant, **more, name: value}.items():
        monkeypatch.setenv(variable, text)
    ended = here(capfd, "check", "-p", policy(tmp_path, PASSING), *(("--auth", method) if is_named else ()))
    assert (ended.code, ended.out) == (2, b"")
    assert says_one_thing(ended.err)
    assert name in ended.err
    assert fault in ended.err or "does not contain a token" in ended.err
    assert "kept-s" not in ended.err
    assert "9Kd2" not in ended.err


def test_a_process_is_given_bytes_that_are_not_text(tmp_path: Path) -> None:
    variables = {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": NOT_UTF_8}
    ended = scoregate("check", "-p", policy(tmp_path, PASSING), folder=tmp_path, variables=variables)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err == (
        "scoregate: AZURE_CLIENT_SECRET cannot be used: it contains bytes that are not UTF-8\n"
        "  Set it to the secret and nothing else.\n" + see("usage")
    )


def test_an_unusable_secret_does_not_stop_a_run_that_needs_none(tmp_path: Path) -> None:
    variables = {"AZURE_CLIENT_SECRET": NOT_UTF_8}
    ended = scoregate("score", "--sandbox", folder=tmp_path, variables=variables)
    assert (ended.code, ended.err) == (0, "")


def test_a_token_file_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"head.\xff\xfe8Q~kept-secret.tail")
    variables = {"AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token")}
    known = Credentials(tenant="t", client_id="c", authority="https://a", resource="https://g", variables=variables)
    with pytest.raises(UsageError, match="token: contains characters that no assertion has") as caught:
        platform("token-file").assertion(known)
    assert "kept-secret" not in str(caught.value)
