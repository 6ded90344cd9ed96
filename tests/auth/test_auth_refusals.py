"""What goes wrong in sign-in, and what is said of it: one cause, Entra's code, one remedy, and no secret."""

import base64
import datetime
import html
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from entra_client import OTHER, TENANT, Clock, graph, live_sandbox
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from msal_extensions import FilePersistence

from checker.auth import METHODS, pick, provider
from checker.auth.assertions import PLATFORMS, platform
from checker.auth.checked import CheckedTokens, refuse_foreign
from checker.auth.claims import Claims, read_claims
from checker.auth.entra_errors import remedy
from checker.auth.interface import VARIABLES, Credentials
from checker.clouds import GLOBAL
from checker.errors import GraphError, SignInError, UsageError
from checker.graph.failures import demanded_claims
from checker.sandbox.entra.oidc import GITHUB_ISSUER
from checker.sandbox.faults.kinds import Delay, DroppedConnection, HtmlPage, HugeBody, Status, TruncatedJson
from checker.sandbox.serving.serve import Endpoints, running
from checker.secrecy.variables import SIGN_IN
from checker.sources.live import LiveSource

CLOCK = Clock()
SANDBOX = live_sandbox(CLOCK)
DIRECTORY = SANDBOX.directory
ID = TENANT.tenant_id
GRAPH = "https://graph.microsoft.com"
GITHUB_SUBJECT = "repo:contoso/policies:ref:refs/heads/main"
GITLAB = "https://gitlab.example"
USER = "secops@contoso.example"
PROFILES = "/v1.0/security/secureScoreControlProfiles"
TOKEN_PATH = f"/{ID}/oauth2/v2.0/token"
DISCOVERY = f"/{ID}/v2.0/.well-known/openid-configuration"
SLEEP = time.sleep
CONNECTION = "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"
DEMAND = '{"access_token": {"nbf": {"essential": true, "value": "1"}}}'


@pytest.fixture(scope="module")
def listening() -> Iterator[Endpoints]:
    with running(SANDBOX) as endpoints:
        yield endpoints


@pytest.fixture
def served(listening: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoints]:
    for name in (*VARIABLES, "IDENTITY_SERVER_THUMBPRINT", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(listening.ca_file))
    monkeypatch.chdir(tmp_path)
    # msal waits whole seconds between two questions.
    monkeypatch.setattr("time.sleep", lambda seconds: SLEEP(min(seconds, 0.02)))
    SANDBOX.requests.clear()
    SANDBOX.faults.clear()
    yield listening
    application = DIRECTORY.application(ID)
    application.federated_credentials.clear()
    application.public_client, application.browser_user, application.browser_mfa = True, USER, False
    DIRECTORY.consent(ID, ["SecurityEvents.Read.All", "SecurityEvents.ReadWrite.All"])
    DIRECTORY.demand_claims(ID, None)
    DIRECTORY.token_lifetime = datetime.timedelta(hours=1)
    CLOCK.shift = datetime.timedelta()


def credentials(served: Endpoints, **changes: Any) -> Credentials:
    known: dict[str, Any] = {
        "tenant": ID,
        "client_id": TENANT.client_id,
        "authority": served.authority,
        "resource": GRAPH,
        "say": lambda _: None,
    }
    return Credentials(**{**known, **changes})


def secret(served: Endpoints, value: str = TENANT.client_secret, **changes: Any) -> Credentials:
    return credentials(served, variables={"AZURE_CLIENT_SECRET": value}, **changes)


def person(served: Endpoints, say: Callable[[str], None] = lambda _: None, **changes: Any) -> Credentials:
    return credentials(served, interactive=True, say=say, **changes)


def refused(method: str, known: Credentials) -> SignInError:
    with pytest.raises(SignInError) as caught:
        provider(method, known).token()
    assert caught.value.exit_code == 3
    assert caught.value.advice
    assert "eyJ" not in str(caught.value)
    for name in SIGN_IN:
        assert ((known.variable(name) or "").strip() or "no secret") not in str(caught.value)
    return caught.value


def live(served: Endpoints, known: Credentials) -> LiveSource:
    tokens = provider("client-secret", known)
    now = datetime.datetime.now(datetime.UTC)
    return LiveSource(GLOBAL, httpx.URL(served.graph), tokens, now=now, deadline=30)


def asked_for(path: str) -> int:
    return len([request for request in SANDBOX.requests if request.path == path])


# Applications.


def test_a_secret_that_has_expired(served: Endpoints) -> None:
    expired = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    DIRECTORY.add_secret(ID, "a-secret-of-last-year", expires=expired)
    error = refused("client-secret", secret(served, "a-secret-of-last-year"))
    assert "(invalid_client): AADSTS7000222: " in error.message
    assert (
        error.advice == "The secret has expired: make a new one for the application and set AZURE_CLIENT_SECRET to it."
    )


@pytest.mark.parametrize(
    ("path", "fault", "message"),
    [
        (DISCOVERY, Status(500), "Microsoft Entra reported an internal error (HTTP Error: 500)"),
        (DISCOVERY, Status(503), "Microsoft Entra reported an internal error (HTTP Error: 503)"),
        (DISCOVERY, HtmlPage(502), "Microsoft Entra reported an internal error (HTTP Error: 502)"),
        (TOKEN_PATH, HtmlPage(502), "Microsoft Entra reported an internal error (HTTP Error: 502)"),
        (
            TOKEN_PATH,
            HtmlPage(200),
            "Entra's answer could not be understood: it is not JSON; is there a proxy or a sign-in page in between?",
        ),
        (
            TOKEN_PATH,
            TruncatedJson(),
            "Entra's answer could not be understood: it is not JSON; is there a proxy or a sign-in page in between?",
        ),
        (
            TOKEN_PATH,
            DroppedConnection(),
            "Microsoft Entra could not be reached: the connection broke (peer closed connection without sending",
        ),
    ],
)
def test_an_answer_that_is_broken(served: Endpoints, path: str, fault: Any, message: str) -> None:
    SANDBOX.faults.add(path, fault)
    assert refused("client-secret", secret(served)).message.startswith(message)


def test_an_answer_is_bounded_in_time_and_in_size(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.transport.sign_in._WHOLE_SECONDS", 0.0)
    error = refused("client-secret", secret(served))
    assert error.message == "Microsoft Entra could not be reached: it did not answer in time"
    monkeypatch.setattr("checker.transport.sign_in._WHOLE_SECONDS", 60.0)
    SANDBOX.faults.add(TOKEN_PATH, HugeBody(mebibytes=2))
    error = refused("client-secret", secret(served))
    assert error.message == "Microsoft Entra could not be reached: its answer is larger than the limit of 1 MiB"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", [None, 0, "-5", "soon", "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_entra_is_left_alone_for_a_while_whatever_wait_it_asks_for(
    served: Endpoints, status: int, asked: int | str | None
) -> None:
    SANDBOX.faults.add(TOKEN_PATH, Status(status, retry_after=asked), times=20)
    made = provider("client-secret", secret(served))
    for _ in range(20):
        with pytest.raises(SignInError):
            made.token()
    assert asked_for(TOKEN_PATH) == 1


def test_entra_that_does_not_answer(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.transport.sign_in.TIMEOUT", httpx.Timeout(0.2))
    SANDBOX.faults.add(DISCOVERY, Delay(1))
    error = refused("client-secret", secret(served))
    assert error.message == "Microsoft Entra could not be reached: it did not answer in time"
    assert "HTTPS_PROXY" in error.advice


def test_a_clock_that_is_behind_or_ahead_spoils_an_assertion(served: Endpoints) -> None:
    DIRECTORY.add_federated_credential(ID, issuer=GITLAB, subject="main")
    over = SANDBOX.oidc.token(issuer=GITLAB, subject="main", lifetime=-datetime.timedelta(hours=1))
    error = refused("federated", credentials(served, variables={"SCOREGATE_OIDC_TOKEN": over}))
    assert "AADSTS700024" in error.message
    assert error.advice == (
        "The assertion has ended or is not valid yet: run the job again for a new one, and check this machine's clock."
    )


def assertion_of(issuer: str) -> str:
    parts = ({"alg": "RS256", "kid": "x"}, {"iss": issuer, "sub": "main", "aud": "api://AzureADTokenExchange"})
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("registered", "assertion", "code", "advice"),
    [
        (None, assertion_of(GITLAB), "70021", "trusts no platform yet"),
        ((GITLAB, "Main"), assertion_of(GITLAB), "7002138", "in upper and lower case"),
        (("https://nowhere.example", "main"), assertion_of("https://nowhere.example"), "50166", "has to be public"),
        ((GITLAB, "main"), "not.a.token", "50027", "The assertion is not a signed token"),
    ],
)
def test_an_assertion_that_is_not_taken(
    served: Endpoints, registered: tuple[str, str] | None, assertion: str, code: str, advice: str
) -> None:
    if registered is not None:
        DIRECTORY.add_federated_credential(ID, issuer=registered[0], subject=registered[1])
    error = refused("federated", credentials(served, variables={"SCOREGATE_OIDC_TOKEN": assertion}))
    assert f"AADSTS{code}: " in error.message
    assert advice in error.advice


def github(served: Endpoints, **changes: str) -> dict[str, str]:
    return {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{served.authority}/_oidc/github?x=1",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": SANDBOX.oidc.request_token,
        **changes,
    }


def test_an_assertion_is_fetched_anew_for_each_token_and_never_written_down(
    served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    DIRECTORY.add_federated_credential(ID, issuer=GITHUB_ISSUER, subject=GITHUB_SUBJECT)
    # msal takes a token with less than five minutes left for one that has ended.
    DIRECTORY.token_lifetime = datetime.timedelta(seconds=200)
    made = provider("federated", credentials(served, variables=github(served), cache=str(tmp_path / "cache")))
    assert graph(served, made.token()).status_code == 200
    assert graph(served, made.token()).status_code == 200
    assert (asked_for("/_oidc/github"), asked_for(TOKEN_PATH)) == (2, 2)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Status(500), "GitHub's identity provider gave no assertion (status 500)"),
        (HtmlPage(200), "GitHub's identity provider answered without an assertion"),
        (TruncatedJson(), "GitHub's identity provider answered without an assertion"),
    ],
)
def test_a_platform_that_answers_nonsense(served: Endpoints, fault: Any, said: str) -> None:
    SANDBOX.faults.add("/_oidc/github", fault)
    error = refused("federated", credentials(served, variables=github(served)))
    assert error.message == said
    assert "id-token: write" in error.advice


@pytest.mark.parametrize("url", ["https://127.0.0.1:port/", "no address", "ftp://127.0.0.1/"])
def test_a_platform_whose_address_is_none(served: Endpoints, url: str) -> None:
    known = credentials(served, variables=github(served, ACTIONS_ID_TOKEN_REQUEST_URL=url))
    with pytest.raises(UsageError, match=r"^ACTIONS_ID_TOKEN_REQUEST_URL expects an? (https )?URL, got "):
        provider("federated", known).token()


def test_azure_pipelines_that_gives_no_assertion(served: Endpoints) -> None:
    variables = {
        "SYSTEM_OIDCREQUESTURI": f"{served.authority}/_sandbox/unknown",
        "SYSTEM_ACCESSTOKEN": SANDBOX.oidc.request_token,
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "a/b",
    }
    error = refused("federated", credentials(served, variables=variables))
    assert error.message.startswith("Azure Pipelines gave no assertion (status ")
    assert "SYSTEM_ACCESSTOKEN" in error.advice


def test_a_request_token_that_no_header_can_carry_is_not_repeated(served: Endpoints) -> None:
    variables = github(served, ACTIONS_ID_TOKEN_REQUEST_TOKEN="first line\nsecond line")
    with pytest.raises(
        UsageError, match="ACTIONS_ID_TOKEN_REQUEST_TOKEN cannot be used: it contains a line break"
    ) as caught:
        provider("federated", credentials(served, variables=variables))
    assert "second" not in str(caught.value)


def test_no_platform_vouches(served: Endpoints) -> None:
    with pytest.raises(UsageError, match="no platform identifies this job") as caught:
        provider("federated", credentials(served))
    assert "SCOREGATE_OIDC_TOKEN" in caught.value.advice
    assert "'scoregate auth --help'" in caught.value.advice


ON_PLATFORMS = [
    ({"GITHUB_ACTIONS": "true"}, "Give the job 'permissions: {id-token: write, contents: read}'"),
    (
        {"TF_BUILD": "True", "SYSTEM_OIDCREQUESTURI": "https://x.example", CONNECTION: "c"},
        "Map SYSTEM_ACCESSTOKEN: $(System.AccessToken) into the step's env",
    ),
    (
        {"TF_BUILD": "True", "SYSTEM_OIDCREQUESTURI": "https://x.example", "SYSTEM_ACCESSTOKEN": "a-job-credential"},
        "set AZURESUBSCRIPTION_SERVICE_CONNECTION_ID to the service connection's id",
    ),
    ({"GITLAB_CI": "true"}, "In GitLab give the job 'id_tokens: {SCOREGATE_OIDC_TOKEN: {aud: "),
]


@pytest.mark.parametrize(("variables", "advice"), ON_PLATFORMS)
def test_a_platform_that_gives_no_assertion_has_its_own_remedy(
    served: Endpoints, variables: dict[str, str], advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = credentials(served, variables=variables)
    with pytest.raises(UsageError, match="no platform identifies this job") as caught:
        provider("federated", known)
    assert advice in caught.value.advice
    # Hosted runners have Azure CLI, which auto takes as its last way.
    az(tmp_path, monkeypatch, "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1")
    assert pick("auto", known) == "azure-cli"
    error = refused("azure-cli", known)
    assert advice in error.advice
    assert "Azure CLI, tried as the last way, is not signed in." in error.advice
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match="no sign-in method is configured") as caught:
        pick("auto", known)
    assert advice in caught.value.advice


def test_where_a_platform_gives_an_assertion_azure_cli_has_its_own_remedy(
    served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    az(tmp_path, monkeypatch, "exit 1")
    known = credentials(served, variables={"GITHUB_ACTIONS": "true", **github(served)})
    assert refused("azure-cli", known).advice == "Run 'az login' as a service principal or a managed identity."


# Managed identities.


@pytest.mark.parametrize(
    ("header", "fault", "said"),
    [
        ("a-wrong-header", None, "The managed identity's endpoint refused the sign-in (invalid_scope): 401, "),
        (None, Status(500), "The managed identity's endpoint"),
        (None, HtmlPage(200), "The managed identity's endpoint"),
    ],
)
def test_a_managed_identity_whose_endpoint_refuses(
    served: Endpoints, monkeypatch: pytest.MonkeyPatch, header: str | None, fault: Any, said: str
) -> None:
    sent = header or DIRECTORY.identity_header
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{served.authority}/_identity/app-service")
    monkeypatch.setenv("IDENTITY_HEADER", sent)
    if fault is not None:
        SANDBOX.faults.add("/_identity/app-service", fault)
    error = refused("managed-identity", credentials(served, client_id=None, variables={"IDENTITY_HEADER": sent}))
    assert error.message.startswith(said)
    assert "assigned to this machine" in error.advice


def test_a_secret_of_azure_arc_that_cannot_be_read(
    served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, read = tmp_path / "written", tmp_path / "read"
    written.mkdir()
    monkeypatch.setattr(DIRECTORY, "arc_folder", str(written))
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{served.authority}/_identity/arc")
    monkeypatch.setenv("IMDS_ENDPOINT", served.authority)
    # The agent's own folder, which msal insists on, needs an administrator to write to.
    monkeypatch.setattr("msal.managed_identity._supported_arc_platforms_and_their_prefixes", {sys.platform: str(read)})
    error = refused("managed-identity", credentials(served, client_id=None))
    assert error.message == "sign-in failed on this machine: No such file or directory"


# Persons.


def code_in(text: str) -> str | None:
    found = re.search(r"enter the code (\w+)", text)
    return found[1] if found is not None else None


def answering(answer: Callable[[str], object]) -> Callable[[str], None]:
    def say(text: str) -> None:
        code = code_in(text)
        if code is not None:
            threading.Thread(target=answer, args=(code,)).start()

    return say


@pytest.mark.parametrize(
    ("answer", "code", "advice"),
    [
        (DIRECTORY.decline_device_code, "65004", "The person declined to consent."),
        (
            DIRECTORY.expire_device_code,
            "70020",
            "The code expired before it was entered: sign in again.",
        ),
    ],
)
def test_a_code_that_is_declined_or_expires(
    served: Endpoints, answer: Callable[[str], object], code: str, advice: str
) -> None:
    error = refused("device-code", person(served, answering(answer)))
    assert f"AADSTS{code}: " in error.message
    assert error.advice == advice


def test_a_code_that_nobody_types_ends(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.auth.device_code._SECONDS", 0)
    error = refused("device-code", person(served))
    assert "AADSTS70016: " in error.message
    assert error.advice == "The code expired before it was entered: sign in again."


def test_an_application_that_is_no_public_client(served: Endpoints) -> None:
    DIRECTORY.application(ID).public_client = False
    error = refused("device-code", person(served))
    assert "AADSTS7000218: " in error.message
    assert "allow public client flows" in error.advice


@pytest.mark.parametrize(("write", "permission"), [(False, "Read"), (True, "ReadWrite")])
def test_the_consent_that_is_missing_is_the_one_that_was_asked_for(
    served: Endpoints, write: bool, permission: str
) -> None:
    DIRECTORY.consent(ID, ["SecurityEvents.Read.All"] if write else [])
    say = answering(lambda code: DIRECTORY.approve_device_code(code, USER))
    error = refused("device-code", person(served, say, write=write))
    assert "AADSTS65001: " in error.message
    assert f"let an administrator consent to SecurityEvents.{permission}.All for the application" in error.advice


def visit(uri: str) -> None:
    """What a browser does: it opens the page and submits the form on it."""
    with httpx.Client(verify=False, trust_env=False) as client:
        page = client.get(uri).text
        action = re.search(r'action="([^"]*)"', page)
        assert action is not None
        fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
        client.post(html.unescape(action[1]), data=fields)


def test_where_no_browser_opens_the_address_is_told(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("msal.oauth2cli.authcode._browse", lambda *_, **__: False)
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if "https://" in text:
            threading.Thread(target=visit, args=(text.rpartition(" ")[2],)).start()

    assert graph(served, provider("browser", person(served, say)).token()).status_code == 200
    assert said[1].startswith(f"No browser opened; open {served.authority}/{ID}/oauth2/v2.0/authorize?")


def who_needs_a_second_factor() -> None:
    DIRECTORY.add_user(ID, "mfa@contoso.example", mfa_required=True)
    DIRECTORY.sign_in_browser(ID, "mfa@contoso.example")


@pytest.mark.parametrize(
    ("prepare", "code", "advice"),
    [
        (lambda: DIRECTORY.consent(ID, []), "65001", "Consent is missing"),
        (lambda: setattr(DIRECTORY.application(ID), "browser_user", "gone@contoso.example"), "50034", "no such person"),
        (who_needs_a_second_factor, "50076", "a second factor"),
    ],
)
def test_a_browser_s_sign_in_that_is_refused(
    served: Endpoints, monkeypatch: pytest.MonkeyPatch, prepare: Callable[[], object], code: str, advice: str
) -> None:
    def browse(uri: str, **_: Any) -> bool:
        threading.Thread(target=visit, args=(uri,)).start()
        return True

    monkeypatch.setattr("msal.oauth2cli.authcode._browse", browse)
    prepare()
    error = refused("browser", person(served))
    assert f"AADSTS{code}: " in error.message
    assert advice in error.advice


def test_nobody_signs_in_in_the_browser(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("msal.oauth2cli.authcode._browse", lambda *_, **__: True)
    monkeypatch.setattr("checker.auth.browser._SECONDS", 0.01)
    error = refused("browser", person(served))
    assert error.message == "nobody signed in, in the browser, within 0.01 seconds"
    assert "--auth device-code" in error.advice


def signed_in(served: Endpoints, folder: Path) -> tuple[str, list[str]]:
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        answering(lambda code: DIRECTORY.approve_device_code(code, USER))(text)

    return provider("device-code", person(served, say, cache=str(folder))).token(), said


def test_a_sign_in_is_kept_for_the_next_run_where_it_can_be_encrypted(
    served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A platform's encryption needs its keyring; what is kept, and when, does not depend on it.
    monkeypatch.setattr("msal_extensions.build_encrypted_persistence", FilePersistence)
    folder = tmp_path / "cache" / "scoregate"
    first, said = signed_in(served, folder)
    assert len(said) == 1
    assert folder.stat().st_mode & 0o777 == 0o700
    again, said = signed_in(served, folder)
    assert (again, said) == (first, [])
    folder.joinpath("tokens.bin").write_bytes(b"\xff not what was kept")
    fresh, said = signed_in(served, folder)
    assert fresh != first
    assert said[0] == f"The sign-in is kept in memory only: what is kept in {folder} cannot be read; delete it."


def test_without_the_extra_the_sign_in_is_kept_in_memory(
    served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "msal_extensions", None)
    made, said = signed_in(served, tmp_path / "cache")
    assert graph(served, made).status_code == 200
    assert said[0] == "The sign-in is kept in memory only: pip install 'scoregate[people]' adds the cache."
    assert list(tmp_path.rglob("*")) == []


def test_a_sign_in_that_was_revoked_is_asked_for_again(served: Endpoints) -> None:
    DIRECTORY.token_lifetime = datetime.timedelta(seconds=200)
    codes: list[str] = []

    def approve(code: str) -> None:
        codes.append(code)
        DIRECTORY.approve_device_code(code, USER)

    made = provider("device-code", person(served, answering(approve)))
    made.token()
    # Renewed by the refresh token, without a word.
    made.token()
    assert len(codes) == 1
    DIRECTORY.revoke_refresh_tokens(ID, USER)
    made.token()
    assert len(codes) == 2


def test_an_interrupt_ends_the_waiting(served: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupted)
    monkeypatch.setattr(DIRECTORY, "device_code_interval", 5)
    with pytest.raises(KeyboardInterrupt):
        provider("device-code", person(served)).token()


# Azure CLI and ready tokens.


def az(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str, interpreter: str = "/bin/sh") -> None:
    script = folder / "az"
    script.write_text(f"#!{interpreter}\n{body}\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


ENTRA_SAYS = r"""cat >&2 <<'END'
WARNING: something else
ERROR: AADSTS70043: The refresh token has expired or is invalid.
Trace ID: 00000000-0000-0000-0000-000000000000
Interactive authentication is needed. Please run:
az login --scope https://graph.microsoft.com//.default
END
exit 1"""


@pytest.mark.parametrize(
    ("body", "message", "advice"),
    [
        ("exit 1", "Azure CLI gave no token: no reason given", "Run 'az login' as a service principal"),
        (
            ENTRA_SAYS,
            "Azure CLI gave no token: ERROR: AADSTS70043: The refresh token has expired or is invalid.",
            "The sign-in has expired: sign in again.",
        ),
        ("exec sleep 30", "Azure CLI gave no token within 0.3 seconds", "by hand"),
        *(
            (f"printf '{answer}'", "Azure CLI answered without a token", "az upgrade")
            for answer in ("", "{}", "[]", r"\377", '{"accessToken": ""}', '{"accessToken": "a\\\\nb"}')
        ),
    ],
)
def test_azure_cli_gives_no_token(
    served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, message: str, advice: str
) -> None:
    monkeypatch.setattr("checker.auth.azure_cli._SECONDS", 0.3 if "sleep" in body else 30)
    az(tmp_path, monkeypatch, body)
    error = refused("azure-cli", credentials(served))
    assert error.message == message
    assert advice in error.advice


def test_azure_cli_that_is_not_there_or_cannot_be_run(
    served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    az(tmp_path, monkeypatch, "", interpreter="/nowhere/python")
    error = refused("azure-cli", credentials(served))
    assert error.message == "Azure CLI cannot be run: No such file or directory"
    monkeypatch.setenv("PATH", "/nowhere")
    assert refused("azure-cli", credentials(served)).message == "there is no command 'az' on the PATH"


def test_azure_cli_is_asked_again_near_the_token_s_end_and_at_a_challenge(
    served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = int(datetime.datetime.now(datetime.UTC).timestamp()) + 200
    az(tmp_path, monkeypatch, f'echo x >> asked; echo \'{{"accessToken": "a.b.c", "expires_on": "{ends}"}}\'')
    made = provider("azure-cli", credentials(served, tenant=None))
    made.token()
    made.token()
    az(tmp_path, monkeypatch, f'echo x >> asked; echo \'{{"accessToken": "a.b.c", "expires_on": {ends + 3600}}}\'')
    made.token()
    made.token()
    made.token(DEMAND)
    assert (tmp_path / "asked").read_text(encoding="utf-8") == "x\n" * 4


@pytest.mark.parametrize("value", [" ", "first\nsecond", "tokén"])
def test_a_ready_token_that_is_none(served: Endpoints, value: str) -> None:
    known = credentials(served, variables={"SCOREGATE_ACCESS_TOKEN": value})
    with pytest.raises(
        UsageError, match=r"^SCOREGATE_ACCESS_TOKEN (does not contain a token|cannot be used)"
    ) as caught:
        provider("ready-token", known).token()
    assert caught.value.exit_code == 2
    assert caught.value.advice


# What auto picks.


OFFERS: dict[str, dict[str, str]] = {
    "ready-token": {"SCOREGATE_ACCESS_TOKEN": "x"},
    "client-secret": {"AZURE_CLIENT_SECRET": "x"},
    "certificate": {"AZURE_CLIENT_CERTIFICATE_PATH": "x"},
    "federated": {"AZURE_FEDERATED_TOKEN_FILE": "x"},
    "managed-identity": {"IDENTITY_ENDPOINT": "x", "IDENTITY_HEADER": "x"},
}


@given(st.sets(st.sampled_from(sorted(OFFERS))), st.booleans(), st.booleans())
@settings(deadline=None, max_examples=examples(50))
def test_auto_takes_the_first_method_that_is_offered(offered: set[str], interactive: bool, known: bool) -> None:
    variables = {name: value for method in offered for name, value in OFFERS[method].items()}
    given_now = Credentials(
        tenant=ID,
        client_id=TENANT.client_id if known else None,
        authority="https://login.test",
        resource=GRAPH,
        variables=variables,
        interactive=interactive,
    )
    expected = [name for name in METHODS if name in offered or (name == "device-code" and interactive and known)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PATH", "/nowhere")
        if expected:
            assert pick("auto", given_now) == expected[0]
        else:
            with pytest.raises(UsageError, match="no sign-in method is configured"):
                pick("auto", given_now)


# Tokens that are looked at, and challenges.


CLAIM = st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.lists(st.text()), st.just(10**30))


@given(st.dictionaries(st.sampled_from([*Claims.__struct_fields__, "other"]), CLAIM))
@settings(deadline=None, max_examples=examples(100))
def test_any_claims_can_be_read(claims: dict[str, Any]) -> None:
    body = base64.urlsafe_b64encode(json.dumps(claims, default=str).encode()).decode().rstrip("=")
    found = read_claims(f"e30.{body}.x")
    if found is not None:
        assert found.ends is None or found.ends.tzinfo is datetime.UTC
        assert isinstance(found.missing(write=True), list)


@pytest.mark.parametrize("ends", [10**12, 10**30, -(10**12)])
def test_an_end_that_no_calendar_knows_is_unknown(ends: int) -> None:
    assert Claims(exp=ends).ends is None


@given(st.text())
@settings(deadline=None, max_examples=examples(50))
def test_any_token_can_be_looked_at(token: str) -> None:
    read_claims(token)
    read_claims(f"a.{token}.b")


@pytest.mark.parametrize("body", [b"[" * 9000, b'{"x": ' + b"[" * 9000 + b"]" * 9000 + b"}", b"\xff", b"{}"])
def test_a_token_of_nonsense_is_not_judged(body: bytes) -> None:
    refuse_foreign(f"e30.{base64.urlsafe_b64encode(body).decode()}.x", tenant=ID, resource=GRAPH)


def test_a_domain_cannot_be_compared_with_a_token_s_tenant() -> None:
    refuse_foreign(SANDBOX.mint_token(OTHER.tenant_id), tenant="contoso.example", resource=GRAPH)


# Its two spellings in base64 differ.
URL_SAFE = '{"?>?": "~~~"}'


def challenge(value: str, status: int = 401) -> str | None:
    return demanded_claims(httpx.Response(status, headers={"www-authenticate": value}))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f'Bearer realm="", error="insufficient_claims", claims="{encoded(DEMAND)}"', DEMAND),
        (f'Bearer claims="{encoded(DEMAND).rstrip("=")}"', DEMAND),
        (f'Bearer claims="{base64.urlsafe_b64encode(URL_SAFE.encode()).decode()}"', URL_SAFE),
        (f'Basic realm="x", Bearer realm="", claims="{encoded(DEMAND)}"', DEMAND),
        ('Bearer realm="", error="invalid_token"', None),
        (f'Bearer claims="{encoded("[]")}"', None),
        (f'Bearer claims="{encoded("no JSON")}"', None),
        ('Bearer claims="A"', None),
        ('Bearer claims=""', None),
        (f'Bearer claims="{encoded("{" + chr(34) + "x" + chr(34) + ":" + "[" * 5000)}"', None),
        (f'Bearer claims="{encoded(json.dumps({"x": "y" * 9000}))}"', None),
        ("", None),
    ],
)
def test_the_claims_of_a_challenge(header: str, found: str | None) -> None:
    assert challenge(header) == found
    assert challenge(header, 403) is None


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
@settings(deadline=None, max_examples=examples(50))
def test_any_challenge_can_be_read(value: str) -> None:
    challenge(value)
    challenge(f'Bearer claims="{value}"')


def test_one_fresh_token_answers_a_challenge_and_a_second_challenge_is_an_error(served: Endpoints) -> None:
    DIRECTORY.demand_claims(ID, DEMAND)
    assert live(served, secret(served)).read(1).snapshot.days
    DIRECTORY.demand_claims(ID, None)
    SANDBOX.requests.clear()
    header = f'Bearer realm="", error="insufficient_claims", claims="{encoded(DEMAND)}"'
    SANDBOX.faults.add(PROFILES, Status(401, headers={"WWW-Authenticate": header}), times=9)
    with pytest.raises(GraphError, match=r": Graph answered 401 ") as caught:
        live(served, secret(served)).read(1)
    assert (asked_for(PROFILES), asked_for(TOKEN_PATH)) == (2, 2)
    assert "Graph did not accept the token" in caught.value.advice


def test_a_long_run_renews_its_token(served: Endpoints) -> None:
    DIRECTORY.token_lifetime = datetime.timedelta(seconds=200)
    assert live(served, secret(served)).read(1).snapshot.days
    # One before the run, one a request, one to see whose it was.
    assert asked_for(TOKEN_PATH) == asked_for(PROFILES) + asked_for("/v1.0/security/secureScores") + 2


def test_a_token_of_another_tenant_is_refused_before_it_is_sent(served: Endpoints) -> None:
    known = credentials(served, variables={"SCOREGATE_ACCESS_TOKEN": SANDBOX.mint_token(OTHER.tenant_id)})
    tokens = CheckedTokens(provider("ready-token", known), tenant=ID, resource=GRAPH)
    source = LiveSource(GLOBAL, httpx.URL(served.graph), tokens, now=datetime.datetime.now(datetime.UTC), deadline=30)
    with pytest.raises(SignInError, match=f"the token is for the tenant {OTHER.tenant_id}, but {ID} was requested"):
        source.read(1)
    assert len(SANDBOX.requests) == 0


# Remedies.


def test_every_code_of_entra_that_a_user_can_act_on_has_a_remedy() -> None:
    codes = (
        "7000215 7000222 700016 90002 500011 700027 700024 700021 700023 70021 700211 700212 700213 7002138 50166 "
        "50012 50013 50027 50076 50034 50011 65001 65004 70016 70018 70020 70008 50173 7000218 1002012"
    )
    for code in codes.split():
        advice = remedy(f"AADSTS{code}: Something.")
        assert advice is not None, code
        assert "{" not in advice
    assert "public part of the certificate" in (remedy("AADSTS50012: Authentication failed.") or "")
    assert remedy("AADSTS99999999: Unheard of.") is None
    assert remedy("no code") is None


@pytest.mark.parametrize(
    ("variable", "others"),
    [
        ("ACTIONS_ID_TOKEN_REQUEST_URL", {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "a-job-credential"}),
        (
            "SYSTEM_OIDCREQUESTURI",
            {"SYSTEM_ACCESSTOKEN": "a-job-credential", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "c"},
        ),
    ],
)
def test_a_jobs_credential_does_not_go_over_plain_http(variable: str, others: dict[str, str]) -> None:
    known = Credentials(
        tenant="t",
        client_id="c",
        authority="https://login.test",
        resource="https://graph.test",
        variables={variable: "http://oidc.test/token", **others},
    )
    name = next(name for name in PLATFORMS if platform(name).offered(known))
    with pytest.raises(UsageError, match=f"{variable} expects an https URL") as caught:
        platform(name).assertion(known)
    assert "a-job-credential" not in str(caught.value)
