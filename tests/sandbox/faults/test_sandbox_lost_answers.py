"""What becomes of an update whose answer fails: the sandbox's state and its log tell what was done."""

import contextlib
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest
from sandbox_client import PROFILES, VENDOR, bearer, new_sandbox, tenant_of

from checker.sandbox.app import Sandbox
from checker.sandbox.faults.kinds import Delay, DroppedConnection, Fault, HtmlPage, LostResponse, Status
from checker.sandbox.serving.serve import running

CONTROL = "mdo_blockmailforward"
PATH = f"{PROFILES}/{CONTROL}"
BODY = {"state": "ThirdParty", "vendorInformation": VENDOR}
WHOLE = {"Prefer": "return=representation"}


@contextlib.contextmanager
def served(sandbox: Sandbox, *, tls: bool = False) -> Iterator[httpx.Client]:
    with running(sandbox, plain_http=not tls) as endpoints:
        verify = ssl.create_default_context(cafile=str(endpoints.ca_file))
        with httpx.Client(
            base_url=endpoints.graph, verify=verify, trust_env=False, timeout=30, headers=bearer(sandbox)
        ) as client:
            yield client


def states(sandbox: Sandbox) -> list[str]:
    (profile,) = (found for found in sandbox.profiles(tenant_of().tenant_id) if found["id"] == CONTROL)
    return [entry["state"] for entry in profile["controlStateUpdates"]]


def noted(sandbox: Sandbox) -> list[tuple[str, int, bool, object]]:
    return [(entry.method, entry.status, entry.acted, entry.body) for entry in sandbox.requests]


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize(
    ("fault", "headers"),
    [(DroppedConnection(), {}), (LostResponse(), {}), (LostResponse(), WHOLE)],
    ids=["dropped", "lost", "lost with a body"],
)
def test_an_answer_is_lost_after_the_service_has_acted(
    fault: Fault, headers: dict[str, str], capfd: pytest.CaptureFixture[str], *, tls: bool
) -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(PATH, fault, method="PATCH")
    with served(sandbox, tls=tls) as client:
        seen: list[int] = []
        client.event_hooks = {"response": [lambda response: seen.append(response.status_code)]}
        with pytest.raises(httpx.TransportError):
            client.patch(PATH, json=BODY, headers=headers)
        assert seen == []
        assert states(sandbox) == ["Default", "ThirdParty"]
        assert noted(sandbox) == [("PATCH", 0, True, BODY)]
        assert client.get(PATH).json()["controlStateUpdates"][-1]["state"] == "ThirdParty"
    assert capfd.readouterr().err == ""


def test_an_answer_breaks_off_after_the_service_has_acted() -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(PATH, DroppedConnection(), method="PATCH")
    with served(sandbox) as client, pytest.raises(httpx.RemoteProtocolError):
        client.patch(PATH, json=BODY, headers=WHOLE)
    assert states(sandbox) == ["Default", "ThirdParty"]
    assert noted(sandbox) == [("PATCH", 200, True, BODY)]


def test_an_answer_is_late_after_the_service_has_acted() -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(PATH, Delay(3600), method="PATCH")
    with ThreadPoolExecutor(1) as pool:
        with served(sandbox) as client:
            pending: Future[httpx.Response] = pool.submit(client.patch, PATH, json=BODY)
            wait_until(lambda: any(entry.acted for entry in sandbox.requests))
            assert states(sandbox) == ["Default", "ThirdParty"]
            assert noted(sandbox) == [("PATCH", 0, True, BODY)]
            assert not pending.done()
            answer = client.get(PATH)
            assert answer.json()["controlStateUpdates"][-1]["state"] == "ThirdParty"
            # In the order of arrival, though the later one was answered first.
            assert [(entry.method, entry.status) for entry in sandbox.requests] == [("PATCH", 0), ("GET", 200)]
        assert isinstance(pending.exception(timeout=30), httpx.TransportError)


def test_a_short_delay_ends_with_the_answer() -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(PATH, Delay(0.01), method="PATCH")
    with served(sandbox) as client:
        assert client.patch(PATH, json=BODY).status_code == 204
    assert noted(sandbox) == [("PATCH", 204, True, BODY)]


@pytest.mark.parametrize("fault", [Status(503), Status(429, retry_after=1), HtmlPage(200)])
def test_an_answer_in_place_of_the_service_changes_nothing(fault: Status | HtmlPage) -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(PATH, fault, method="PATCH")
    with served(sandbox) as client:
        assert client.patch(PATH, json=BODY).status_code == fault.status
        assert states(sandbox) == ["Default"]
        assert client.patch(PATH, json=BODY).status_code == 204
    assert noted(sandbox) == [("PATCH", fault.status, False, BODY), ("PATCH", 204, True, BODY)]


def test_a_refusal_can_get_lost_too() -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(PATH, LostResponse(), method="PATCH")
    with served(sandbox) as client, pytest.raises(httpx.TransportError):
        client.patch(PATH, json={"state": "ThirdParty"})
    assert states(sandbox) == ["Default"]
    assert noted(sandbox) == [("PATCH", 0, False, {"state": "ThirdParty"})]


def test_a_fault_of_another_process() -> None:
    sandbox = new_sandbox()
    with served(sandbox) as client:
        fault = {"path": PATH, "kind": "lostAnswer", "method": "PATCH"}
        assert client.post("/_sandbox/faults", json=fault).status_code == 204
        with pytest.raises(httpx.TransportError):
            client.patch(PATH, json=BODY)
        (entry,) = client.get("/_sandbox/requests").json()["requests"]
    assert (entry["method"], entry["status"], entry["acted"], entry["body"]) == ("PATCH", 0, True, BODY)
