"""``check --notify``: messages that a service really receives."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import FAILING, NOW, PASSING, Ended, here, policy

from checker.notify.deliver import addresses_of, send
from checker.notify.message import Message

NOT_JUDGED = "controls: [{id: lost, control: NobodyKnowsIt, minimum: {percent: 1}, onMissing: error}]"
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # what Apprise imports
TOKEN = "T0KEN-of-a-hook-8d1f"


class Service(http.server.ThreadingHTTPServer):
    """Takes messages as Apprise's ``json://`` sends them."""

    def __init__(self, answer: int = 200) -> None:
        received: list[dict[str, Any]] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(answer)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.received = received

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/hooks/{TOKEN}"

    @property
    def titles(self) -> list[str]:
        return [message["title"].removeprefix("scoregate: the gate ") for message in self.received]


@pytest.fixture
def service() -> Iterator[Service]:
    yield from serving(Service())


@pytest.fixture
def broken() -> Iterator[Service]:
    yield from serving(Service(answer=500))


def serving(service: Service) -> Iterator[Service]:
    thread = threading.Thread(target=service.serve_forever, daemon=True)
    thread.start()
    yield service
    service.shutdown()
    service.server_close()


Check = Callable[..., Ended]


@pytest.fixture
def check(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    monkeypatch.chdir(tmp_path)

    def run(requirements: str, *more: str, url: str, **variables: str) -> Ended:
        policy(tmp_path, requirements, name="gate", file="policy.yaml")
        source = () if {"--snapshot", "--sandbox"} & set(more) else ("--sandbox",)
        with monkeypatch.context() as patch:
            for name, value in {"HOOK": url, **variables}.items():
                patch.setenv(name, value)
            return here(capfd, "check", "-p", "policy.yaml", "--now", NOW, "--notify", "env:HOOK", *source, *more)

    return run


def test_a_failing_gate_tells_the_worst_failures_and_the_run(check: Check, service: Service) -> None:
    ended = check(
        FAILING,
        url=service.url,
        GITHUB_RUN_ID="7",
        GITHUB_REPOSITORY="contoso/policies",
        GITHUB_SERVER_URL="https://github.example",
    )
    assert ended.code == 1
    assert service.titles == ["failed"]
    body = service.received[0]["message"]
    assert "1 of 1 finding fail the gate" in body
    assert "- medium: " in body
    assert "(gate/overall)" in body
    assert "Secure Score on 2026-05-2" in body
    assert body.endswith("Run: https://github.example/contoso/policies/actions/runs/7")
    assert len(body) < 1000


def test_a_passing_gate_sends_nothing_unless_asked_for(check: Check, service: Service) -> None:
    assert check(PASSING, url=service.url).code == 0
    assert service.titles == []
    assert check(PASSING, "--notify-on", "always", url=service.url).code == 0
    assert service.titles == ["passed"]


def test_the_state_file_tells_changes_and_the_second_run_that_could_not_judge(check: Check, service: Service) -> None:
    more = ("--notify-on", "change", "--notify-state", "state.json")
    for requirements in (PASSING, PASSING, FAILING, FAILING, NOT_JUDGED, FAILING, NOT_JUDGED, NOT_JUDGED, PASSING):
        check(requirements, *more, url=service.url)
    assert service.titles == ["failed", "could not judge", "passed"]


def test_a_tenant_that_cannot_be_read_is_told_of_at_the_second_time(
    check: Check, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "cut.json").write_text('{"secureScores": [')
    more = ("--snapshot", "cut.json", "--notify-state", "state.json")
    first = check(PASSING, *more, url=service.url)
    assert (first.code, service.titles) == (3, [])
    assert check(PASSING, *more, url=service.url).code == 3
    assert service.titles == ["could not judge"]
    assert "cut.json" in service.received[0]["message"]


def test_without_a_memory_a_run_that_could_not_judge_says_why_nobody_is_told(check: Check, service: Service) -> None:
    ended = check(NOT_JUDGED, url=service.url)
    assert (ended.code, service.titles) == (3, [])
    assert "--notify-state FILE keeps their decisions" in ended.err


def test_a_store_remembers_the_verdict(check: Check, service: Service) -> None:
    more = ("--store", "store", "--notify-on", "change")
    for requirements in (PASSING, PASSING, FAILING, FAILING, PASSING):
        check(requirements, *more, url=service.url)
    assert service.titles == ["failed", "passed"]


def test_a_baseline_remembers_the_verdict(check: Check, service: Service) -> None:
    check(FAILING, "-o", "json=failed.json", url=service.url)
    service.received.clear()
    check(PASSING, "--baseline", "failed.json", "--notify-on", "change", url=service.url)
    assert service.titles == ["passed"]
    # The same failure is excused, so the gate passes.
    check(FAILING, "--baseline", "failed.json", "--notify-on", "change", url=service.url)
    assert service.titles == ["passed", "passed"]


def test_a_message_that_nobody_takes_leaves_the_verdict(check: Check, broken: Service) -> None:
    ended = check(PASSING, "--notify-on", "always", url=broken.url)
    assert ended.code == 0
    assert "address 1 (json) did not accept the message; the verdict is unchanged" in ended.err
    assert TOKEN not in ended.err


@pytest.mark.parametrize("way", ["variable", "argument"])
def test_the_address_is_seen_nowhere(check: Check, service: Service, way: str, tmp_path: Path) -> None:
    more = ["-o", "json=report.json", "-o", "sarif=report.sarif", "-o", "text"]
    if way == "argument":
        more += ["--notify", service.url]
    ended = check(FAILING, *more, url=service.url)
    assert ended.code == 1
    shown = ended.out + ended.err.encode() + b"".join(path.read_bytes() for path in tmp_path.glob("report.*"))
    assert TOKEN.encode() not in shown


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "the variable 'HOOK' is not set"),
        ("nonsense", "address 1: is not an address that Apprise knows"),
        (f"nosuch://{TOKEN}", "address 1 (nosuch): is not an address that Apprise knows"),
        ("syslog://", "address 1 (syslog): shows messages on this machine only"),
    ],
)
def test_a_wrong_address_ends_before_any_work(check: Check, url: str, message: str) -> None:
    ended = check(PASSING, url=url)
    assert ended.code == 2
    assert message in ended.err
    assert TOKEN not in ended.err
    assert ended.out == b""


@pytest.mark.parametrize(
    "words",
    [
        ("--notify", f"env:slack://T1JJ3T3L2/A1BRTD4JD/{TOKEN}"),
        ("--notify-on", "always", f"slack://T1JJ3T3L2/A1BRTD4JD/{TOKEN}"),
        ("--notify-on", f"slack://T1JJ3T3L2/A1BRTD4JD/{TOKEN}"),
    ],
)
def test_an_address_in_the_wrong_place_is_not_shown(words: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> None:
    ended = here(capfd, "check", "--sandbox", *words)
    assert ended.code == 2
    assert not any(part in ended.err for part in (TOKEN, "T1JJ3T3L2", "A1BRTD4JD")), ended.err


def test_a_service_that_never_ends_its_answer_ends_no_run() -> None:
    """What it sends keeps each read alive, so that no time limit of a single read ends it."""
    done = threading.Event()

    class Endless(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not done.wait(0.05):
                self.wfile.write(b".")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    addresses = addresses_of([f"json://127.0.0.1:{server.server_port}"], {})
    assert send(addresses, Message("title", "body"), seconds=0.5) == ["address 1 (json)"]
    done.set()
    server.shutdown()
    server.server_close()


def test_a_file_that_is_no_state_is_never_replaced(check: Check, service: Service, tmp_path: Path) -> None:
    ended = check(PASSING, "--notify-state", "policy.yaml", url=service.url)
    assert ended.code == 2
    assert "policy.yaml: contains no decisions of earlier runs" in ended.err
    assert (tmp_path / "policy.yaml").read_text().startswith("apiVersion")


def test_a_pull_request_cannot_redirect_messages(check: Check, service: Service, tmp_path: Path) -> None:
    (tmp_path / "scoregate.toml").write_text(f'[check]\nnotify = ["{service.url}"]\n')
    ended = check(PASSING, url=service.url)
    assert ended.code == 2
    assert "notify" in ended.err
    assert TOKEN not in ended.err
