import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import (
    PASSING,
    environment,
    here,
    live_variables,
    on_a_terminal,
    policy,
    says_one_thing,
    scoregate,
)
from graph_support import NOW, PROFILES, SCORES, SMALL_TENANT

from checker.sandbox.app import Sandbox
from checker.sandbox.faults.kinds import (
    Delay,
    DroppedConnection,
    ForeignNextLink,
    HtmlPage,
    HugeBody,
    NextLinkLoop,
    Partial,
    Status,
    TruncatedJson,
)
from checker.sandbox.serving.serve import running

Capture = pytest.CaptureFixture[str]
MOMENT = "2026-05-22T09:00:00Z"
SANDBOX = Sandbox([SMALL_TENANT], now=lambda: NOW, page_size=100)


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, str]]:
    with running(SANDBOX) as endpoints:
        tenant = {
            "tenant": SMALL_TENANT.tenant_id,
            "clientId": SMALL_TENANT.client_id,
            "clientSecret": SMALL_TENANT.client_secret,
        }
        told = {"graph": endpoints.graph, "authority": endpoints.authority, "caFile": str(endpoints.ca_file)}
        yield live_variables({**told, "tenants": [tenant]})


@pytest.fixture(autouse=True)
def folder(served: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in served.items():
        monkeypatch.setenv(name, value)
    SANDBOX.faults.clear()
    SANDBOX.requests.clear()
    return tmp_path


def judged(capfd: Capture, folder: Path, *more: str, body: str = PASSING) -> Any:
    return here(capfd, "check", "-p", policy(folder, body), "--now", MOMENT, "-o", "json", *more)


def test_a_live_check_asks_only_for_the_days_that_it_needs(folder: Path, capfd: Capture) -> None:
    ended = judged(capfd, folder)
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)["tenant"] == SMALL_TENANT.tenant_id
    coverage = "score: [{id: lost, coverage: {days: 3, maximumLoss: {points: 2000}}}]"
    assert judged(capfd, folder, body=coverage).code == 0
    queries = [request.query for request in SANDBOX.requests if request.path == SCORES]
    assert queries[0] == "$top=1"
    assert queries[1:] != ["$top=1"]


def test_fetch_keeps_graph_s_objects_byte_for_byte_in_graph_s_order(
    folder: Path, capfd: Capture, served: dict[str, str]
) -> None:
    assert here(capfd, "fetch", "-o", "s.json", "--now", MOMENT).code == 0
    context = ssl.create_default_context(cafile=served["SSL_CERT_FILE"])
    headers = {"Authorization": f"Bearer {SANDBOX.mint_token(SMALL_TENANT.tenant_id)}"}
    asked = urllib.request.Request(f"{served['SCOREGATE_GRAPH_URL']}{SCORES}", headers=headers)
    with urllib.request.urlopen(asked, context=context) as answer:
        raw = answer.read()
    written = folder.joinpath("s.json").read_bytes()
    position = 0
    for day in SMALL_TENANT.secure_scores:
        entry = json.dumps(day, ensure_ascii=False, separators=(",", ":")).encode()
        assert entry in raw
        position = written.index(entry, position)


LATE = "Graph did not answer within 3 seconds; its last answer: Graph "


@pytest.mark.parametrize(
    ("command", "path", "fault", "said", "advice"),
    [
        ("check", SCORES, Status(401), "Graph answered 401 ", "--tenant"),
        ("check", SCORES, Status(403), "Graph answered 403 ", "SecurityEvents.Read.All"),
        (
            "check",
            SCORES,
            Status(429, retry_after=60),
            "Graph asks to wait 60 seconds, longer than the run may take: Graph answered 429 (TooManyRequests: ",
            "--timeout",
        ),
        ("fetch", SCORES, Status(503), f"{LATE}answered 503 (ServiceUnavailable: ", "--timeout"),
        (
            "check",
            PROFILES,
            ForeignNextLink(),
            "Graph sent a nextLink to another host (https://graph.att",
            "--graph-url",
        ),
        (
            "fetch",
            PROFILES,
            ForeignNextLink(),
            "Graph sent a nextLink to another host (https://graph.att",
            "--graph-url",
        ),
        (
            "check",
            PROFILES,
            NextLinkLoop(),
            "Graph's pages do not end: a nextLink came twice, or there were too many",
            "",
        ),
        ("check", PROFILES, HtmlPage(), "Graph's answer is a web page", "proxy"),
        (
            "fetch",
            PROFILES,
            TruncatedJson(),
            "Graph's answer is not a page of JSON (Input data was truncated)",
            "proxy",
        ),
        ("check", PROFILES, DroppedConnection(), f"{LATE}could not be reached: the connection broke (", "--timeout"),
    ],
)
def test_what_graph_does_wrong_is_one_message_exit_3_and_no_file(
    command: str, path: str, fault: Any, said: str, advice: str, folder: Path, capfd: Capture
) -> None:
    SANDBOX.faults.add(path, fault, times=1000)
    before = policy(folder, PASSING)
    check = ("check", "-p", before, "-o", "json=r.json", "--now", MOMENT)
    arguments = check if command == "check" else ("fetch", "-o", "s.json", "--now", MOMENT)
    # Long enough for a busy machine; what times out is waited for.
    ended = here(capfd, *arguments, "--timeout", "3" if said.startswith(LATE) else "20")
    assert (ended.code, ended.out) == (3, b"")
    assert ended.err.startswith("scoregate: https://127.0.0.1:")
    assert f"{path}: {said}" in ended.err
    assert advice in ended.err
    assert says_one_thing(ended.err)
    assert SMALL_TENANT.client_secret not in ended.err
    assert [str(name) for name in folder.iterdir()] == [before]


@pytest.mark.parametrize(
    ("variables", "code", "said"),
    [
        ({"AZURE_CLIENT_SECRET": "wrong"}, 3, "Microsoft Entra refused the sign-in (invalid_client): AADSTS7000215"),
        ({"AZURE_CLIENT_ID": "nobody"}, 3, "AADSTS700016"),
        ({"AZURE_TENANT_ID": "nowhere.example"}, 3, "AADSTS90002"),
        ({"AZURE_AUTHORITY_HOST": "https://127.0.0.1:9/"}, 3, "Microsoft Entra could not be reached"),
        ({"AZURE_AUTHORITY_HOST": "127.0.0.1:9"}, 3, "Microsoft Entra could not be reached"),
        ({"SCOREGATE_GRAPH_URL": "http://graph.test"}, 2, "--graph-url expects an https URL"),
        ({"SCOREGATE_GRAPH_URL": "https://127.0.0.1:99999"}, 2, "--graph-url expects an https URL"),
        ({"SCOREGATE_GRAPH_URL": "\udcff"}, 2, "--graph-url expects a URL"),
        ({"SSL_CERT_FILE": "missing.pem"}, 2, "SSL_CERT_FILE"),
        ({"AZURE_CLIENT_SECRET": ""}, 2, "no sign-in method is configured"),
        (
            {"AZURE_CLIENT_SECRET": "", "SCOREGATE_AUTH": "client-secret"},
            2,
            "sign-in by client secret needs AZURE_CLIENT_SECRET",
        ),
        ({"SCOREGATE_CLOUD": "china"}, 2, "--cloud china: 21Vianet's cloud in China offers no Secure Score API"),
    ],
)
def test_what_is_wrong_with_signing_in(
    variables: dict[str, str],
    code: int,
    said: str,
    folder: Path,
    capfd: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ended = judged(capfd, folder, "--timeout", "5")
    assert (ended.code, ended.out) == (code, b"")
    assert said in ended.err
    assert says_one_thing(ended.err)


def test_a_partial_answer_is_judged_with_a_warning_and_marked_in_a_snapshot(folder: Path, capfd: Capture) -> None:
    SANDBOX.faults.add(PROFILES, Partial(), times=100)
    said = 'Graph\'s answer for secureScoreControlProfiles was partial (206): 199 - "Microsoft/SecureScore/504/10000".'
    live = judged(capfd, folder)
    assert live.code == 0
    assert said in [warning["message"] for warning in json.loads(live.out)["warnings"]]
    assert here(capfd, "fetch", "-o", "s.json", "--now", MOMENT).code == 0
    head = json.loads(folder.joinpath("s.json").read_bytes())
    assert (head["partial"], [warning["message"] for warning in head["warnings"]]) == (["controlProfiles"], [said])
    from_file = here(capfd, "check", "-p", "small.yaml", "--snapshot", "s.json", "--now", MOMENT, "-o", "json")
    assert json.loads(from_file.out)["warnings"] == json.loads(live.out)["warnings"]


def test_an_absent_control_of_a_partial_answer_fails_as_under_every_reading(folder: Path, capfd: Capture) -> None:
    SANDBOX.faults.add(PROFILES, Partial(empty=True))
    ended = judged(capfd, folder, body="controls: [{id: absent, control: NoSuchControl}]")
    assert ended.code == 1
    assert json.loads(ended.out)["findings"][0]["reason"] == "not-scored"


def test_a_huge_body_is_refused_in_little_memory(folder: Path) -> None:
    SANDBOX.faults.add(PROFILES, HugeBody(mebibytes=200))
    code = (
        "import resource, sys\n"
        "from checker.cli.main import run\n"
        "code = run(sys.argv[1:])\n"
        "most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        # On Linux that counts the process that this one was forked from; the peak since exec stands elsewhere.
        "if sys.platform == 'linux':\n"
        "    most = next(row.split()[1] for row in open('/proc/self/status') if row.startswith('VmHWM'))\n"
        "print(most)\n"
        "sys.exit(code)"
    )
    variables = {name: os.environ[name] for name in live_names()}
    ended = scoregate("fetch", "-o", "s.json", folder=folder, variables=variables, through=("-c", code))
    assert ended.code == 3
    message, advice, _ = ended.err.splitlines()
    assert message.endswith("Graph's answer is larger than the limit of 64 MiB")
    assert "HTTPS_PROXY" in advice
    assert list(folder.iterdir()) == []
    kibibytes = int(ended.out) // (1024 if sys.platform == "darwin" else 1)
    assert kibibytes < 180 * 1024


def live_names() -> list[str]:
    return list(live_variables({"graph": "", "authority": "", "caFile": "", "tenants": [dict.fromkeys(_TENANT, "")]}))


_TENANT = ("tenant", "clientId", "clientSecret")


@pytest.mark.parametrize("slow", [SCORES, f"/{SMALL_TENANT.tenant_id}/oauth2/v2.0/token"])
def test_an_interrupt_while_an_answer_is_awaited_ends_the_run_at_once(slow: str, folder: Path) -> None:
    SANDBOX.faults.add(slow, Delay(30))
    variables = {name: os.environ[name] for name in live_names()}
    process = subprocess.Popen(
        [sys.executable, "-m", "checker", "fetch", "-o", "s.json", "--now", MOMENT],
        cwd=folder,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: len(SANDBOX.faults) == 0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=15)
    assert (process.returncode, out, err.decode().strip()) == (130, b"", "scoregate: interrupted")
    assert list(folder.iterdir()) == []


def wait_until(happened: Callable[[], bool]) -> None:
    for _ in range(1500):
        if happened():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")


def waited(monkeypatch: pytest.MonkeyPatch, folder: Path, *more: str) -> list[str]:
    """What stands on a terminal while Graph is busy, each state of its last line and each line above it."""
    SANDBOX.faults.add(SCORES, Status(429, retry_after=2))
    SANDBOX.faults.add(PROFILES, DroppedConnection())
    arguments = ("check", "-p", policy(folder, PASSING), "--now", MOMENT, "-o", "json=report.json", *more)
    shown = on_a_terminal(monkeypatch, *arguments, streams=("stderr",))
    assert json.loads(Path("report.json").read_text())["verdict"] == "pass"
    return re.split(r"\r\x1b\[K|\n", shown)


def test_a_person_sees_what_is_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = waited(monkeypatch, folder)
    assert shown[0] == "Judging the tenant …"
    assert shown[-1] == ""
    assert any(re.fullmatch(r"Graph asks us to wait; trying again in \d s", text) for text in shown)


def test_a_pipeline_sees_it_only_where_it_asks_for_that(folder: Path, capfd: Capture) -> None:
    SANDBOX.faults.add(SCORES, Status(429, retry_after=1))
    assert judged(capfd, folder).err == ""
    SANDBOX.faults.add(SCORES, Status(429, retry_after=1))
    said = [text for text in judged(capfd, folder, "-v").err.splitlines() if "trying again" in text]
    assert len(said) == 1
    assert said[0].startswith("Graph answered 429 (TooManyRequests: ")
    assert said[0].endswith("; trying again in 1 s")


def test_the_code_of_a_device_has_a_line_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SANDBOX.directory, "device_code_interval", 0)
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    codes: list[str] = []

    def approve(shown: str) -> None:
        found = re.search(r"enter the code (\S+) to", shown)
        if found is not None and not codes:
            codes.append(found[1])
            SANDBOX.directory.approve_device_code(found[1], "secops@contoso.example")

    arguments = ("check", "-p", policy(folder, PASSING), "--now", MOMENT, "--auth", "device-code", "-o", "json=r.json")
    shown = on_a_terminal(monkeypatch, *arguments, streams=("stdin", "stderr"), seen=approve)
    (line,) = [text for text in re.split(r"\r\x1b\[K|\n", shown) if "enter the code" in text]
    assert re.fullmatch(r"To sign in, .* https://\S+/devicelogin and enter the code [A-Z0-9]+ to authenticate\.", line)
    assert shown.endswith(f"{line}\nJudging the tenant …\r\x1b[K")
