import json
from typing import Any

import httpx
import pytest
from sandbox_client import PROFILES, SCORES, ask, bearer, new_sandbox, tenant_of

from checker.sandbox.faults import fault_queue
from checker.sandbox.faults.decode import add_from_json
from checker.sandbox.faults.fault_queue import FaultQueue
from checker.sandbox.faults.kinds import (
    ConnectionDroppedError,
    Delay,
    DroppedConnection,
    Fault,
    ForeignNextLink,
    HtmlPage,
    HugeBody,
    LostResponse,
    NextLinkLoop,
    Partial,
    Status,
    TruncatedJson,
)


def with_fault(fault: Fault, path: str = SCORES, **options: Any) -> httpx.Response:
    sandbox = new_sandbox()
    sandbox.faults.add(path, fault)
    answer = ask(sandbox, path + "?$top=1", **options)
    assert ask(sandbox, path + "?$top=1").status_code == 200
    return answer


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503, 504, 599])
def test_a_status_has_graphs_form(status: int) -> None:
    answer = with_fault(Status(status, retry_after=7))
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "7")
    assert answer.json()["error"]["innerError"]["request-id"] == answer.headers["request-id"]


def test_a_status_can_carry_headers_and_a_date_to_retry_after() -> None:
    date = "Fri, 22 May 2026 09:00:05 GMT"
    answer = with_fault(Status(401, retry_after=date, headers={"WWW-Authenticate": 'Bearer claims="e30"'}))
    assert answer.headers["retry-after"] == date
    assert answer.headers["www-authenticate"] == 'Bearer claims="e30"'
    assert "retry-after" not in with_fault(Status(503)).headers


def test_a_status_of_the_token_endpoint_has_entras_form() -> None:
    sandbox = new_sandbox()
    path = f"/{tenant_of().tenant_id}/oauth2/v2.0/token"
    sandbox.faults.add(path, Status(503))
    answer = ask(sandbox, path, method="POST", signed=False)
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")


def test_a_partial_answer_warns() -> None:
    answer = with_fault(Partial())
    assert (answer.status_code, answer.headers["warning"]) == (206, '199 - "Microsoft/SecureScore/504/10000"')
    assert len(answer.json()["value"]) == 1
    assert with_fault(Partial(empty=True)).json()["value"] == []


def test_a_page_of_a_gateway() -> None:
    answer = with_fault(HtmlPage(502))
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


def test_truncated_json() -> None:
    answer = with_fault(TruncatedJson())
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_next_links_astray() -> None:
    assert with_fault(ForeignNextLink()).json()["@odata.nextLink"].startswith("https://graph.attacker.example/")
    loop = with_fault(NextLinkLoop()).json()
    assert loop["@odata.nextLink"] == f"https://graph.test{SCORES}?$top=1"
    assert len(loop["value"]) == 1


def test_a_huge_body_is_well_formed() -> None:
    answer = with_fault(HugeBody(2))
    assert len(answer.content) > 2 * 1024 * 1024
    assert answer.json()["value"] == []
    assert "content-length" not in answer.headers


@pytest.mark.parametrize("fault", [DroppedConnection(), LostResponse()], ids=["in the middle", "before the start"])
def test_a_connection_breaks(fault: Fault) -> None:
    with pytest.raises(ConnectionDroppedError):
        with_fault(fault)


def test_a_delay_is_only_a_delay() -> None:
    assert with_fault(Delay(0.01)).status_code == 200


def test_an_error_is_not_altered() -> None:
    assert with_fault(Partial(), signed=False).status_code == 401


def test_faults_queue_up_for_a_path() -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(SCORES, Status(503), times=2)
    sandbox.faults.add(SCORES, Status(429))
    sandbox.faults.add("/v1.0/*", Status(500))
    assert len(sandbox.faults) == 4
    assert [ask(sandbox, SCORES).status_code for _ in range(5)] == [503, 503, 429, 500, 200]
    sandbox.faults.add(SCORES, Status(503))
    assert ask(sandbox, PROFILES).status_code == 200
    sandbox.faults.clear()
    assert ask(sandbox, SCORES).status_code == 200


def test_faults_of_a_tenant_and_of_a_method() -> None:
    sandbox = new_sandbox(0, 1)
    sandbox.faults.add(SCORES, Status(503), tenant=tenant_of(1).tenant_id)
    assert ask(sandbox, SCORES).status_code == 200
    assert ask(sandbox, SCORES, headers=bearer(sandbox, 1)).status_code == 503
    sandbox.faults.add(f"{PROFILES}/x", Status(503), method="PATCH")
    assert ask(sandbox, f"{PROFILES}/x").status_code == 404
    assert ask(sandbox, f"{PROFILES}/x", method="PATCH").status_code == 503


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ({"kind": "status", "status": 503, "retryAfter": 1}, Status(503, 1)),
        (
            {"kind": "status", "status": 429, "retryAfter": "soon", "headers": {"a": "b"}},
            Status(429, "soon", {"a": "b"}),
        ),
        ({"kind": "partial"}, Partial()),
        ({"kind": "partial", "warning": "199 - x", "empty": True}, Partial("199 - x", empty=True)),
        ({"kind": "html", "status": 403}, HtmlPage(403)),
        ({"kind": "truncated"}, TruncatedJson()),
        ({"kind": "foreignNextLink", "host": "x.example"}, ForeignNextLink("x.example")),
        ({"kind": "nextLinkLoop"}, NextLinkLoop()),
        ({"kind": "huge", "mebibytes": 3}, HugeBody(3)),
        ({"kind": "dropped"}, DroppedConnection()),
        ({"kind": "lostAnswer"}, LostResponse()),
        ({"kind": "delay", "seconds": 1.5}, Delay(1.5)),
    ],
)
def test_faults_come_over_http(kind: dict[str, Any], fault: Fault) -> None:
    sandbox = new_sandbox()
    body = {"path": "/x", "times": 2, "tenant": "t", "method": "GET", **kind}
    assert ask(sandbox, "/_sandbox/faults", method="POST", json=body).status_code == 204
    assert [sandbox.faults.take("/x", "GET", "t") for _ in range(3)] == [fault, fault, None]
    ask(sandbox, "/_sandbox/faults", method="POST", json=body)
    assert ask(sandbox, "/_sandbox/faults", method="DELETE").status_code == 204
    assert len(sandbox.faults) == 0


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"path": "/x"},
        {"path": "/x", "kind": "nothing"},
        {"path": "/x", "kind": "status"},
        {"path": "/x", "kind": "status", "status": 200},
        {"path": "/x", "kind": "status", "status": "503"},
        {"path": "/x", "kind": "status", "status": True},
        {"path": "/x", "kind": "status", "status": 503, "headers": {"a": 1}},
        {"path": "/x", "kind": "status", "status": 503, "headers": {"a": "b\r\nc: d"}},
        {"path": "/x", "kind": "status", "status": 503, "retryAfter": "\u00e9"},
        {"path": "/x", "kind": "status", "status": 503, "nothing": 1},
        {"path": "/x", "kind": "html", "status": 99},
        {"path": "/x", "kind": "huge", "mebibytes": 100_000},
        {"path": "/x", "kind": "delay", "seconds": -1},
        {"path": "/x", "kind": "lostAnswer", "seconds": 1},
        {"path": "/x", "kind": "dropped", "times": 0},
        {"path": "/x", "kind": "dropped", "times": "2"},
    ],
)
def test_what_is_not_a_fault_is_refused(body: Any) -> None:
    answer = ask(new_sandbox(), "/_sandbox/faults", method="POST", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_what_is_not_json_is_refused() -> None:
    for content in (b"{", b"[" * 100_000):
        assert ask(new_sandbox(), "/_sandbox/faults", method="POST", content=content).status_code == 400


def test_the_queue_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_queue, "MOST_PENDING", 1)
    faults = FaultQueue()
    add_from_json(faults, {"path": "/x", "kind": "dropped"})
    with pytest.raises(ValueError, match="too many"):
        add_from_json(faults, {"path": "/x", "kind": "dropped"})
