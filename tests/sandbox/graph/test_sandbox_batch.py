"""Batches: each request is answered by itself."""

import base64
from typing import Any

import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_client import PROFILES, SCORES, VENDOR, ask, new_sandbox, tenant_of

from checker.sandbox.app import Sandbox
from checker.sandbox.errors import GraphResponseError
from checker.sandbox.faults.kinds import LostResponse, Partial, Status
from checker.sandbox.graph.batch import parse_batch
from checker.sandbox.wire_json import compact_json

BATCH = "/v1.0/$batch"
JSON = {"Content-Type": "application/json"}


def get(name: str, url: str = "/security/secureScores?$top=1", **more: Any) -> dict[str, Any]:
    return {"id": name, "method": "GET", "url": url, **more}


def change(name: str, control: str, **more: Any) -> dict[str, Any]:
    body = {"state": "Ignored", "vendorInformation": VENDOR}
    url = f"security/secureScoreControlProfiles/{control}"
    return {"id": name, "method": "PATCH", "url": url, "headers": JSON, "body": body, **more}


def batch(sandbox: Sandbox, *requests: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = ask(sandbox, BATCH, method="POST", json={"requests": list(requests)})
    assert answer.status_code == 200, answer.text
    return {part["id"]: part for part in answer.json()["responses"]}


def test_each_request_is_answered() -> None:
    sandbox = new_sandbox()
    answers = batch(
        sandbox,
        get("a", "/security/secureScores?$top=1&$select=id,currentScore"),
        change("b", "mdo_blockmailforward"),
        get("c", "/security/secureScoreControlProfiles/nothing"),
        get("d", "/users"),
        get("e", "/security/secureScoreControlProfiles?$filter=service eq 'MDATP'&$count=true&$top=1"),
        get("f", "/security/secureScores/$count"),
        {**get("g", "/$batch"), "method": "POST"},
        change("h", "AdminMFAV2", headers={"content-type": "text/plain"}),
        {**change("i", "AdminMFAV2"), "headers": {**JSON, "Prefer": "return=representation"}},
    )
    assert list(answers) == list("ihgfedcba")
    assert [answers[name]["status"] for name in "abcdefghi"] == [200, 204, 404, 400, 200, 200, 400, 415, 200]
    assert answers["a"]["body"]["value"][0] == {
        "id": tenant_of().secure_scores[0]["id"],
        "currentScore": tenant_of().secure_scores[0]["currentScore"],
    }
    assert answers["a"]["headers"]["OData-Version"] == "4.0"
    assert answers["b"] == {"id": "b", "status": 204, "headers": {}}
    assert answers["c"]["body"]["error"]["code"] == "ResourceNotFound"
    services = [profile["service"] for profile in tenant_of().control_profiles]
    assert answers["e"]["body"]["@odata.count"] == services.count("MDATP")
    assert base64.b64decode(answers["f"]["body"]) == b"90"
    assert answers["i"]["body"]["controlStateUpdates"][-1]["state"] == "Ignored"
    changed = ask(sandbox, f"{PROFILES}/mdo_blockmailforward").json()
    assert changed["controlStateUpdates"][-1]["state"] == "Ignored"


def test_an_address_of_the_sandbox_itself_is_relative_too() -> None:
    answers = batch(
        new_sandbox(),
        get("own", f"https://graph.test{SCORES}?$top=1"),
        get("other version", "https://graph.test/beta/security/secureScores"),
        get("foreign", f"https://graph.example{SCORES}"),
        get("versioned", SCORES),
    )
    statuses = {name: answer["status"] for name, answer in answers.items()}
    assert statuses == {"own": 200, "other version": 400, "foreign": 400, "versioned": 400}


def test_the_log_has_each_request_by_its_id() -> None:
    sandbox = new_sandbox()
    batch(sandbox, get("first"), change("second", "AdminMFAV2"))
    noted = {entry.batch: (entry.method, entry.path, entry.status, entry.acted) for entry in sandbox.requests}
    assert noted == {
        None: ("POST", BATCH, 200, False),
        "first": ("GET", SCORES, 200, False),
        "second": ("PATCH", f"{PROFILES}/AdminMFAV2", 204, True),
    }


def test_faults_meet_the_requests_inside() -> None:
    sandbox = new_sandbox()
    sandbox.faults.add(SCORES, Status(429, retry_after=7))
    sandbox.faults.add(SCORES, Partial())
    sandbox.faults.add(f"{PROFILES}/AdminMFAV2", LostResponse())
    answers = batch(sandbox, get("a"), get("b"), get("c"), change("d", "AdminMFAV2"))
    assert sorted(answers[name]["status"] for name in "abc") == [200, 206, 429]
    (throttled,) = (answer for answer in answers.values() if answer["status"] == 429)
    assert throttled["headers"]["Retry-After"] == "7"
    assert throttled["body"]["error"]["code"] == "TooManyRequests"
    # The service acted, and only its answer was lost on the way.
    assert answers["d"]["status"] == 504
    assert [entry.acted for entry in sandbox.requests if entry.method == "PATCH"] == [True]


def test_the_limits_count_each_request_inside() -> None:
    answers = batch(new_sandbox(throttle=True), *(get(str(number)) for number in range(20)))
    assert sorted(answer["status"] for answer in answers.values()) == [200] * 4 + [429] * 16
    one_after_the_other = [get("0"), *(get(str(number), dependsOn=[str(number - 1)]) for number in range(1, 20))]
    answers = batch(new_sandbox(throttle=True), *one_after_the_other)
    assert {answer["status"] for answer in answers.values()} == {200}


def test_what_depends_on_a_failure_is_not_sent() -> None:
    sandbox = new_sandbox()
    answers = batch(
        sandbox,
        change("1", "scid_2016"),
        change("2", "AdminMFAV2", dependsOn=["1"]),
        get("3", dependsOn=["2"]),
    )
    assert [answers[name]["status"] for name in "123"] == [400, 424, 424]
    assert [entry.method for entry in sandbox.requests if entry.batch] == ["PATCH"]
    answers = batch(sandbox, change("a", "AdminMFAV2"), get("b", dependsOn=["A"]), get("c", dependsOn=["a"]))
    assert [answers[name]["status"] for name in "abc"] == [204, 200, 200]


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        ([], "Invalid batch payload format."),
        ("x", "Invalid batch payload format."),
        (["x"], "Invalid batch payload format."),
        ([{"id": 1, "method": "GET", "url": "/x"}], "Invalid batch payload format."),
        ([{"id": "1", "method": "GET"}], "Invalid batch payload format."),
        ([get("1", headers={"a": 1})], "Invalid batch payload format."),
        ([get("1", dependsOn="0")], "Invalid batch payload format."),
        ([get("1", body="\u00e9")], "Invalid batch payload format."),
        ([get(str(number)) for number in range(21)], "Number of requests inside batch exceeds the limit."),
        ([get("a"), get("A")], "Request Id A has to be unique in a batch."),
        ([get("a", dependsOn=["b"]), get("b")], "Invalid dependency for request Id a."),
        ([get("a", dependsOn=["a"])], "Invalid dependency for request Id a."),
        (
            [get("a"), get("b", dependsOn=["a"]), get("c"), get("d", dependsOn=["c"])],
            "Batch should be either fully sequential or fully parallel.",
        ),
        (
            [{**change("w", "AdminMFAV2"), "headers": None}],
            "Write request with id 'w' does not contain a Content-Type header.",
        ),
    ],
)
def test_a_malformed_batch_is_refused_as_a_whole(requests: Any, message: str) -> None:
    sandbox = new_sandbox()
    answer = ask(sandbox, BATCH, method="POST", json={"requests": requests})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)
    assert len(sandbox.requests) == 1


def test_a_batch_needs_a_token_and_a_post() -> None:
    sandbox = new_sandbox()
    body = {"requests": [get("1", headers={"Authorization": "Bearer x"})]}
    assert ask(sandbox, BATCH, method="POST", json=body, signed=False).status_code == 401
    assert ask(sandbox, BATCH, method="POST", json=body).json()["responses"][0]["status"] == 200
    refused = ask(sandbox, BATCH)
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert ask(sandbox, BATCH, method="POST", content=b"{", headers=JSON).status_code == 400


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "method", "url", "headers", "body", "dependsOn"]), inner, max_size=6)
    ),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=4))
@settings(max_examples=examples(60))
def test_any_batch_is_read_or_refused(requests: list[Any]) -> None:
    try:
        parts = parse_batch(compact_json({"requests": requests}))
    except GraphResponseError as error:
        assert error.status == 400  # noqa: PT017 - either way is right
    else:
        assert [part.id for part in parts] == [request["id"] for request in requests]
