"""Canaries in every place where a secret can be, in runs that end in every way a run can end: found nowhere."""

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import canaries
import pytest
from canaries import left_in, traces
from command_line import PASSING, Ended, environment, here, policy, shell
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from echoing import Echoing
from entra_client import TENANT, certificate, live_sandbox

from checker.sandbox.entra.oidc import AZURE_PIPELINES_ISSUER, GITHUB_ISSUER
from checker.sandbox.faults.kinds import Delay
from checker.sandbox.serving.serve import Endpoints, running

Capture = pytest.CaptureFixture[str]
# A run that is interrupted leaves its connections to the end of its process, which here goes on.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def connections_left_behind() -> Iterator[None]:
    """Lets go of them here, where that is no fault, and not in whichever test comes when memory is tidied up."""
    yield
    gc.collect()


ID = TENANT.tenant_id
SANDBOX = live_sandbox()
ECHO = Echoing(SANDBOX)
KEY, CERTIFICATE = certificate()
CONNECTION = "11111111-2222-3333-4444-555555555555"
SUBJECT = "repo:contoso/policies:ref:refs/heads/main"
FILE_ISSUER = "https://kubernetes.example"
STATES = """
controls:
  - {id: forward, control: mdo_blockmailforward, remediate: auto, profile: {state: STATE, comment: Gateway}}
"""

# A quarter of the runs, other ones for each way to end; all of them with this variable.
EVERY = 1 if os.environ.get("SCOREGATE_ALL_CANARIES") else 4


@dataclass
class Planted:
    """The variables of a run, and the canaries in them."""

    variables: dict[str, str] = field(default_factory=dict)
    canaries: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoints]:
    directory = SANDBOX.directory
    directory.add_secret(ID, canaries.CLIENT_SECRET)
    directory.application(ID).certificates.append(CERTIFICATE)
    directory.identity_header = canaries.IDENTITY_HEADER
    SANDBOX.oidc.request_token = canaries.JOB_TOKEN
    for issuer, subject in ((GITHUB_ISSUER, SUBJECT), (FILE_ISSUER, "pod")):
        directory.add_federated_credential(ID, issuer=issuer, subject=subject)
    directory.add_federated_credential(ID, issuer=AZURE_PIPELINES_ISSUER, subject=f"sc://contoso/policies/{CONNECTION}")
    with running(ECHO) as endpoints:
        yield endpoints


def minted() -> str:
    return SANDBOX.mint_token(ID, audience=SANDBOX.graph_url or ECHO.graph_url or "")


def client_secret(_: Path, __: str) -> Planted:
    return Planted({"AZURE_CLIENT_SECRET": canaries.CLIENT_SECRET}, {"client secret": canaries.CLIENT_SECRET})


def certificate_with_password(folder: Path, _: str) -> Planted:
    protection = BestAvailableEncryption(canaries.PASSWORD.encode())
    key = load_pem_private_key(KEY, None).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)
    path = folder / "app.pem"
    path.write_bytes(key + CERTIFICATE)
    variables = {
        "AZURE_CLIENT_CERTIFICATE_PATH": str(path),
        "AZURE_CLIENT_CERTIFICATE_PASSWORD": canaries.PASSWORD,
    }
    return Planted(variables, {"password": canaries.PASSWORD, "key": key.decode().splitlines()[5]})


def plain_certificate(folder: Path, _: str) -> Planted:
    path = folder / "app.pem"
    path.write_bytes(KEY + CERTIFICATE)
    return Planted({"AZURE_CLIENT_CERTIFICATE_PATH": str(path)}, {"key": KEY.decode().splitlines()[5]})


def token_file(folder: Path, _: str) -> Planted:
    assertion = SANDBOX.oidc.token(issuer=FILE_ISSUER, subject="pod")
    path = folder / "token"
    path.write_text(assertion, encoding="utf-8")
    return Planted({"AZURE_FEDERATED_TOKEN_FILE": str(path)}, {"assertion": assertion})


def token_variable(_: Path, __: str) -> Planted:
    assertion = SANDBOX.oidc.token(issuer=FILE_ISSUER, subject="pod")
    return Planted({"SCOREGATE_OIDC_TOKEN": assertion}, {"assertion": assertion})


def github(_: Path, authority: str) -> Planted:
    variables = {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{authority}/_oidc/github?x=1&sig={canaries.SIGNATURE}",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": canaries.JOB_TOKEN,
    }
    return Planted(variables, {"job token": canaries.JOB_TOKEN, "signature": canaries.SIGNATURE})


def azure_pipelines(_: Path, authority: str) -> Planted:
    variables = {
        "SYSTEM_OIDCREQUESTURI": f"{authority}/_oidc/azure-pipelines",
        "SYSTEM_ACCESSTOKEN": canaries.JOB_TOKEN,
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": CONNECTION,
    }
    return Planted(variables, {"job token": canaries.JOB_TOKEN})


def ready_token(_: Path, __: str) -> Planted:
    token = minted()
    return Planted({"SCOREGATE_ACCESS_TOKEN": token}, {"ready token": token})


def foreign_token(_: Path, __: str) -> Planted:
    return Planted({"SCOREGATE_ACCESS_TOKEN": canaries.OPAQUE_TOKEN}, {"opaque token": canaries.OPAQUE_TOKEN})


def managed_identity(_: Path, authority: str) -> Planted:
    variables = {
        "IDENTITY_ENDPOINT": f"{authority}/_identity/app-service",
        "IDENTITY_HEADER": canaries.IDENTITY_HEADER,
    }
    return Planted(variables, {"identity header": canaries.IDENTITY_HEADER})


def azure_cli(folder: Path, _: str) -> Planted:
    token = minted()
    return _az(folder, f'echo \'{{"accessToken": "{token}", "expires_on": 4102444800}}\'', {"az token": token})


def azure_cli_that_tells(folder: Path, _: str) -> Planted:
    """A failed ``az`` that shows the token which it holds, in its answer and in its error."""
    token, opaque = minted(), canaries.OPAQUE_TOKEN
    error = f"ERROR: {'x' * 280} {token} Bearer {opaque} client_secret={canaries.CLIENT_SECRET}"
    (folder / "said").write_text(error, encoding="utf-8")
    body = f'echo \'{{"accessToken": "{token}"}}\'; cat "{folder}/said" >&2; exit 1'
    planted = _az(folder, body, {"az token": token, "opaque token": opaque, "client secret": canaries.CLIENT_SECRET})
    planted.variables["AZURE_STORAGE_SAS_TOKEN"] = f"sv=1&sig={canaries.SIGNATURE}"
    return planted


def _az(folder: Path, body: str, found: dict[str, str]) -> Planted:
    script = folder / "az"
    script.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    script.chmod(0o755)
    return Planted({"PATH": f"{folder}:/usr/bin:/bin"}, found)


PLACES: dict[str, Callable[[Path, str], Planted]] = {
    "client-secret": client_secret,
    "certificate-with-password": certificate_with_password,
    "certificate": plain_certificate,
    "token-file": token_file,
    "token-variable": token_variable,
    "github": github,
    "azure-pipelines": azure_pipelines,
    "ready-token": ready_token,
    "foreign-token": foreign_token,
    "managed-identity": managed_identity,
    "azure-cli": azure_cli,
    "azure-cli-that-tells": azure_cli_that_tells,
}
METHODS = {"azure-cli": "azure-cli", "azure-cli-that-tells": "azure-cli", "managed-identity": "managed-identity"}
FETCH = "checker.graph.requests.refusal"
SCORES, PROFILES = "/security/secureScores", "/security/secureScoreControlProfiles"
TOKEN = "/oauth2/v2.0/token"
CHECK = ("check", "-p", "small.yaml", "-o", "json=r.json", "-o", "sarif=r.sarif", "-o", "junit=r.xml", "-o", "text")
# The formats that are not among those.
FORMS = ("markdown", "csv", "github", "azure", "gitlab", "openmetrics", "ocsf")
WRITTEN = tuple(word for form in FORMS for word in ("-o", f"{form}=r.{form}"))
CONTROL = "mdo_blockmailforward"
APPLY = (
    *("check", "-p", "states.yaml", "--remediate", "--allow-declarations", "--yes", "--journal", "j.jsonl"),
    *("--timeout", "1", "--wait", "0", "-o", "json", "-o", "sarif=r.sarif"),
)


@dataclass(frozen=True)
class Ending:
    """One way in which a run can end: the command, and what answers what it asks."""

    command: tuple[str, ...] = CHECK
    fault: tuple[str, str, str] | None = None
    more: dict[str, str] = field(default_factory=dict)


ENDINGS = {
    "passes": Ending(),
    "fetches": Ending(("fetch", "-o", "s.json", "-o", "-", "--days", "2")),
    "fails": Ending(("check", "-p", "pack:essentials", "-o", "text")),
    "says-who": Ending(("auth", "-o", "json")),
    "plans": Ending(("plan", "-p", "states.yaml", "--out", "plan.json")),
    "applies": Ending(APPLY),
    "graph-401": Ending(fault=(SCORES, "", "401")),
    "graph-401-cut": Ending(fault=(SCORES, "", "401-cut")),
    "graph-403": Ending(fault=(PROFILES, "", "403")),
    "graph-500": Ending(fault=(PROFILES, "", "500")),
    "graph-503": Ending((*CHECK, "--timeout", "1"), (SCORES, "", "503")),
    "graph-throttles": Ending(fault=(SCORES, "", "throttled")),
    "graph-page": Ending(fault=(SCORES, "", "page")),
    "graph-warns": Ending(("fetch", "-o", "s.json"), (PROFILES, "", "warning")),
    "graph-warns-check": Ending(fault=(PROFILES, "", "warning")),
    "graph-next": Ending(fault=(SCORES, "", "next")),
    "graph-redirects": Ending(fault=(SCORES, "", "location")),
    "write-400": Ending(APPLY, ("Profiles/", "PATCH", "400")),
    "write-401": Ending(APPLY, ("Profiles/", "PATCH", "401-cut")),
    "write-403": Ending(APPLY, ("Profiles/", "PATCH", "403")),
    "write-500": Ending(APPLY, ("Profiles/", "PATCH", "500")),
    "write-throttled": Ending(APPLY, ("Profiles/", "PATCH", "throttled")),
    "write-odd": Ending(APPLY, ("Profiles/", "PATCH", "odd")),
    "read-odd": Ending(APPLY, ("Profiles/", "GET", "odd")),
    "read-409": Ending(APPLY, ("Profiles/", "GET", "409")),
    "entra-400": Ending(fault=(TOKEN, "", "entra")),
    "entra-400-cut": Ending(fault=(TOKEN, "", "entra-cut")),
    "entra-500": Ending(fault=(TOKEN, "", "500")),
    "entra-page": Ending(fault=(TOKEN, "", "page")),
    "platform-401": Ending(fault=("/_", "", "401")),
    "platform-odd": Ending(fault=("/_", "", "odd")),
    "interrupted": Ending(fault=(SCORES, "", "interrupt")),
    "interrupted-writing": Ending(APPLY, ("Profiles/", "PATCH", "interrupt")),
    "data-judged": Ending(("check", "-p", "states.yaml", *CHECK[3:]), (PROFILES, "", "data")),
    "data-written": Ending(("check", "-p", "states.yaml", *WRITTEN, "--ci", "azure"), (PROFILES, "", "data")),
    "data-annotated": Ending(
        ("check", "-p", "states.yaml", "--ci", "github"), (PROFILES, "", "data"), {"GITHUB_STEP_SUMMARY": "summary.md"}
    ),
    "data-fetched": Ending(("fetch", "-o", "s.json", "--days", "1"), (PROFILES, "", "data")),
    "data-stored": Ending(("fetch", "--store", "store", "--days", "1"), (PROFILES, "", "data")),
    "data-explained": Ending(("explain", CONTROL, "-o", "markdown", "-o", "json=e.json"), (PROFILES, "", "data")),
    "data-listed": Ending(("controls", "--id", CONTROL, "-o", "markdown", "-o", "json=c.json"), (PROFILES, "", "data")),
    "data-planned": Ending(("plan", "-p", "states.yaml", "--out", "plan.json", "-o", "text"), (PROFILES, "", "data")),
    "data-applied": Ending(APPLY, ("Profiles/", "GET", "profile")),
    "bad-graph-url": Ending((*CHECK, "--graph-url", f"https://user:{canaries.URL_PASSWORD}@graph.example")),
    "odd-graph-url": Ending((*CHECK, "--graph-url", f"ftp://graph.example/?sig={canaries.SIGNATURE}")),
    "bad-authority-url": Ending((*CHECK, "--authority-url", f"http://{canaries.URL_PASSWORD}@entra.example")),
    "bad-store": Ending((*CHECK, "--store", canaries.STORE)),
    "bad-option": Ending((*CHECK, "--cloud", canaries.STORE)),
    "bad-file": Ending(("check", "-p", canaries.STORE)),
    "bad-proxy": Ending(more={"HTTPS_PROXY": canaries.BAD_PROXY}),
    "evidence": Ending((*CHECK, "--evidence", "run.zip")),
    "evidence-of-data": Ending(("check", "-p", "states.yaml", "--evidence", "run.zip"), (PROFILES, "", "data")),
    "full-disk": Ending((*CHECK, "-o", "json=/dev/full")),
}
# Those that end before Graph is asked, and those whose token Entra does not give.
NO_TOKEN = {"foreign-token", "azure-cli-that-tells"}
NO_ENTRA = {"ready-token", "managed-identity", "azure-cli", *NO_TOKEN}
PLATFORM = {"github", "azure-pipelines", "managed-identity"}
ALWAYS = {"graph_url": canaries.URL_PASSWORD, "proxy": canaries.PROXY_PASSWORD, "signature": canaries.SIGNATURE}


def runs() -> list[Any]:
    chosen = [
        run
        for row, ending in enumerate(ENDINGS)
        for column, run in enumerate((ending, place) for place in PLACES)
        if (row + column) % EVERY == 0
    ]
    return [pytest.param(*run, id="-".join(run)) for run in chosen]


def other_state() -> str:
    """A state that the control is not in, so that there is something to set."""
    (found,) = (profile for profile in SANDBOX.profiles(ID) if profile["id"] == CONTROL)
    states = [update["state"] for update in found["controlStateUpdates"] or []]
    return "Reviewed" if states[-1:] == ["ThirdParty"] else "ThirdParty"


def prepared(folder: Path, place: str, served: Endpoints, patch: pytest.MonkeyPatch) -> tuple[Planted, Path, list[str]]:
    """The planted variables, the folder that the run works in, and options."""
    given, work = folder / "given", folder / "work"
    given.mkdir()
    work.mkdir()
    planted = PLACES[place](given, served.authority)
    planted.variables = {
        "SSL_CERT_FILE": str(served.ca_file),
        "SCOREGATE_GRAPH_URL": served.graph,
        "AZURE_AUTHORITY_HOST": served.authority,
        "AZURE_TENANT_ID": ID,
        "HTTPS_PROXY": canaries.PROXY,
        "NO_PROXY": "127.0.0.1,localhost",
        "HOME": str(work),
        "XDG_STATE_HOME": str(work / "state"),
        **({"AZURE_CLIENT_ID": TENANT.client_id} if place != "managed-identity" else {}),
        **planted.variables,
    }
    policy(work, PASSING)
    policy(work, STATES.replace("STATE", other_state()), name="states")
    for name in os.environ.keys() - environment(**planted.variables).keys():
        patch.delenv(name)
    for name, value in planted.variables.items():
        patch.setenv(name, value)
    patch.chdir(work)
    ECHO.fault = None
    ECHO.echoed = 0
    ECHO.sent.clear()
    return planted, work, ["--auth", METHODS[place]] if place in METHODS else []


def is_reached(how: Ending, place: str) -> bool:
    """Whether the run gets as far as the request that is answered by an echo."""
    if how.fault is None:
        return False
    if how.fault[0] == TOKEN:
        return place not in NO_ENTRA
    if how.fault[0] == "/_":
        return place in PLATFORM
    return place not in NO_TOKEN or (place == "foreign-token" and how.fault[0] in {SCORES, PROFILES})


def found_in(ended: Ended, work: Path, planted: Planted) -> list[str]:
    kept = {"standard output": ended.out, "standard error": ended.err.encode(), **left_in(work)}
    return traces(kept, {**ALWAYS, **planted.canaries, **{f"sent {name}": sent for name, sent in ECHO.sent.items()}})


@pytest.mark.parametrize(("ending", "place"), runs())
def test_no_run_shows_or_keeps_a_secret(
    ending: str, place: str, served: Endpoints, tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted, work, options = prepared(tmp_path, place, served, monkeypatch)
    how = ENDINGS[ending]
    ECHO.fault = how.fault
    for name, value in how.more.items():
        monkeypatch.setenv(name, value)
    ended = here(capfd, *how.command, *options, "-v")
    assert ended.code in {0, 1, 2, 3, 130}
    assert "please report it" not in ended.err
    assert bool(ECHO.echoed) == is_reached(how, place), ended.err
    assert found_in(ended, work, planted) == []


def crash(message: str) -> Any:
    """A fault of scoregate's own, in code that any live run passes through, with every secret in its words."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(message)

    return fail


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("place", ["client-secret", "certificate", "github", "ready-token", "foreign-token"])
def test_an_internal_error_shows_no_secret(
    place: str, debug: bool, served: Endpoints, tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted, work, _ = prepared(tmp_path, place, served, monkeypatch)
    if debug:
        monkeypatch.setenv("SCOREGATE_DEBUG", "1")
    said = " ".join(map(canaries.in_every_form, [*planted.canaries.values(), canaries.PROXY_PASSWORD]))
    monkeypatch.setattr("checker.sources.live.snapshot_file" if place != "foreign-token" else FETCH, crash(said))
    ended = here(capfd, *CHECK, "-v")
    assert (ended.code, ended.out) == (3, b"")
    assert "please report it (RuntimeError: " in ended.err
    assert ("Traceback" in ended.err) == debug
    assert found_in(ended, work, planted) == []


def test_what_libraries_write_is_concealed_too(
    served: Endpoints, tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted, work, _ = prepared(tmp_path, "client-secret", served, monkeypatch)

    def talk(*_: object, **__: object) -> None:
        text = canaries.in_every_form(canaries.CLIENT_SECRET)
        logging.getLogger("msal").error("sent %s", text)
        logging.getLogger("httpx").warning("sent %s", text)
        logging.lastResort.emit(logging.makeLogRecord({"msg": text}))  # type: ignore[union-attr]
        thread = threading.Thread(target=lambda: print(text, file=sys.stderr))
        thread.start()
        thread.join()
        print(text)
        sys.stderr.buffer.write(text.encode())
        raise KeyboardInterrupt

    monkeypatch.setattr("checker.sources.live.snapshot_file", talk)
    ended = here(capfd, *CHECK)
    assert ended.code == 130
    assert "***" in ended.err
    assert b"***" in ended.out
    assert found_in(ended, work, planted) == []


SCRIPTS = {
    "a reader that goes away": "scoregate check -p pack:essentials -o text -v | head -c 1 > first",
    "a full disk": "scoregate check -p pack:essentials -o json -v > /dev/full",
    "a full disk for errors": "scoregate check -p pack:essentials -o json=r.json -v 2> /dev/full",
    "closed streams": "scoregate check -p pack:essentials -o json=r.json -v >&- 2>&-",
    "another encoding": "PYTHONIOENCODING=latin-1:backslashreplace scoregate check -p small.yaml -v 2> err.txt",
    "ascii": "PYTHONIOENCODING=ascii:namereplace scoregate check -p small.yaml -v -o text 2> err.txt",
    "the trace of asyncio": "PYTHONASYNCIODEBUG=1 PYTHONWARNINGS=default scoregate check -p small.yaml -v 2> err.txt",
}


PROCESSES = [
    (script, kind)
    for number, script in enumerate(SCRIPTS)
    for kind in (None, "401", "warning")
    # The others are among the runs of SCOREGATE_ALL_CANARIES.
    if kind is None or EVERY == 1 or (number + len(kind)) % 2 == 0
]


@pytest.mark.parametrize(("script", "kind"), PROCESSES)
def test_a_process_shows_and_keeps_no_secret(
    script: str, kind: str | None, served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted, work, _ = prepared(tmp_path, "client-secret", served, monkeypatch)
    ECHO.fault = (PROFILES, "", kind) if kind is not None else None
    ended = shell(SCRIPTS[script], folder=work, variables=planted.variables)
    assert "Traceback" not in ended.err
    assert found_in(ended, work, planted) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_process_without_a_secret(
    number: signal.Signals, served: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted, work, _ = prepared(tmp_path, "client-secret", served, monkeypatch)
    SANDBOX.faults.add("/v1.0/security/secureScores", Delay(20))
    SANDBOX.requests.clear()
    command = [sys.executable, "-m", "checker", *CHECK, "-v"]
    with subprocess.Popen(
        command, cwd=work, env=environment(**planted.variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        while not any(request.path.endswith("secureScores") for request in SANDBOX.requests):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    SANDBOX.faults.clear()
    assert process.returncode in {130, -number}
    assert found_in(Ended(process.returncode, out, err.decode()), work, planted) == []
