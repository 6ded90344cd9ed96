import pytest
from sandbox_client import NOW, PROFILES, SCORES, VENDOR, ask, new_sandbox, patch, tenant_of

from checker.sandbox.faults.kinds import ConnectionDroppedError, DroppedConnection, LostResponse, Status
from checker.sandbox.serving.request_log import MOST_ENTRIES, LoggedRequest, RequestLog, readable_body


def test_requests_are_noted() -> None:
    sandbox = new_sandbox()
    headers = {"client-request-id": "mine", "user-agent": "scoregate/1"}
    ask(sandbox, f"{SCORES}?$top=1", headers=headers)
    patch(sandbox, "AdminMFAV2", {"vendorInformation": VENDOR})
    sandbox.faults.add(PROFILES, Status(503))
    ask(sandbox, PROFILES)
    assert sandbox.requests[0] == LoggedRequest(
        method="GET",
        path=SCORES,
        query="$top=1",
        status=200,
        tenant=tenant_of().tenant_id,
        client_request_id="mine",
        user_agent="scoregate/1",
        body=None,
        application=tenant_of().client_id,
        arrived=NOW,
        answered=NOW,
    )
    assert (sandbox.requests[1].status, sandbox.requests[1].body) == (204, {"vendorInformation": VENDOR})
    assert [entry.status for entry in sandbox.requests] == [200, 204, 503]


def test_the_token_endpoint_is_noted_without_its_secrets() -> None:
    sandbox = new_sandbox()
    ask(sandbox, "/SOMEBODY/oauth2/v2.0/token", method="POST", data={"client_secret": "hush"}, signed=False)
    assert (sandbox.requests[0].tenant, sandbox.requests[0].status) == ("somebody", 400)
    assert "hush" not in repr(sandbox.requests[0])


def test_a_dropped_connection_is_noted() -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(SCORES, DroppedConnection())
    with pytest.raises(ConnectionDroppedError):
        ask(sandbox, SCORES)
    assert [entry.status for entry in sandbox.requests] == [200]


def test_a_lost_answer_is_noted_without_a_status() -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(SCORES, LostResponse())
    with pytest.raises(ConnectionDroppedError):
        ask(sandbox, SCORES)
    assert [(entry.status, entry.acted) for entry in sandbox.requests] == [(0, False)]


def test_what_was_forgotten_stays_so() -> None:
    log = RequestLog()
    number = log.append(LoggedRequest("GET", "/", "", 0, None, None, None, None))
    log.clear()
    log.record_change(number)
    log.record_status(number, 200)
    assert len(log) == 0


@pytest.mark.parametrize(
    ("control", "body", "acted"),
    [
        ("AdminMFAV2", {"state": "Ignored", "vendorInformation": VENDOR}, True),
        ("AdminMFAV2", {"state": "Ignored"}, False),
        ("IntegratedApps", {"state": "Ignored", "vendorInformation": VENDOR}, False),
        ("nothing", {"state": "Ignored", "vendorInformation": VENDOR}, False),
    ],
    ids=["changed", "malformed", "completed", "unknown"],
)
def test_the_log_tells_what_changed_something(control: str, body: dict[str, object], *, acted: bool) -> None:
    sandbox = new_sandbox()
    patch(sandbox, control, body)
    assert [(entry.acted, entry.body) for entry in sandbox.requests] == [(acted, body)]
    (noted,) = ask(sandbox, "/_sandbox/requests", signed=False).json()["requests"]
    assert noted["acted"] is acted


def test_the_log_is_read_over_http() -> None:
    sandbox = new_sandbox()
    ask(sandbox, SCORES)
    noted = ask(sandbox, "/_sandbox/requests", signed=False).json()["requests"]
    assert [(entry["path"], entry["status"], entry["clientRequestId"]) for entry in noted] == [(SCORES, 200, None)]
    assert ask(sandbox, "/_sandbox/requests", method="DELETE").status_code == 204
    assert len(sandbox.requests) == 0


def test_the_log_is_bounded() -> None:
    log = RequestLog()
    for number in range(MOST_ENTRIES + 5):
        log.append(LoggedRequest("GET", str(number), "", 200, None, None, None, None))
    assert len(log) == MOST_ENTRIES
    assert log[0].path == "5"


@pytest.mark.parametrize(
    ("method", "body", "expected"),
    [
        ("PATCH", b'{"a":1}', {"a": 1}),
        ("PATCH", b'{"a":NaN}', {"a": None}),
        ("GET", b'{"a":1}', None),
        ("PATCH", b"{", None),
        ("PATCH", b"[" * 60_000, None),
        ("PATCH", b'"' + b"x" * 100_000 + b'"', None),
    ],
)
def test_only_the_json_of_an_update_is_kept(method: str, body: bytes, expected: object) -> None:
    assert readable_body(method, body) == expected
