"""What another process can do to the sandbox: let days pass, and let a profile vanish."""

import datetime

import pytest
from sandbox_client import NOW, PROFILES, SCORES, VENDOR, ask, bearer, new_sandbox, patch, tenant_of, walk

from checker.sandbox.errors import GraphResponseError

CONTROL = "mdo_blockmailforward"
CLOCK = "/_sandbox/clock"


def test_the_clock_moves_and_tokens_end_by_it() -> None:
    sandbox = new_sandbox()
    before = bearer(sandbox)
    answer = ask(sandbox, CLOCK, method="POST", json={"days": 2}, signed=False)
    assert (answer.status_code, answer.content) == (204, b"")
    assert sandbox.now() == NOW + datetime.timedelta(days=2)
    assert ask(sandbox, SCORES, headers=before).status_code == 401
    assert ask(sandbox, f"{SCORES}?$top=1").json()["value"][0]["createdDateTime"] == "2026-05-24T00:00:00Z"
    assert ask(sandbox, CLOCK, method="POST", json={"days": 0}).status_code == 204
    assert sandbox.now() == NOW + datetime.timedelta(days=2)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b"[]",
        b"2",
        b"{}",
        b'{"days": true}',
        b'{"days": -1}',
        b'{"days": 1.5}',
        b'{"days": 99999}',
        b'{"days": "1"}',
        b'{"days": null}',
        b'{"days": 1, "hours": 1}',
    ],
)
def test_what_moves_no_clock_is_refused(body: bytes) -> None:
    sandbox = new_sandbox()
    answer = ask(sandbox, CLOCK, method="POST", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sandbox.now() == NOW


def test_the_clock_stops_before_the_calendar_ends() -> None:
    sandbox = new_sandbox()
    sandbox.advance(2_900_000)
    assert ask(sandbox, CLOCK, method="POST", json={"days": 3650}).status_code == 204
    statuses = {ask(sandbox, CLOCK, method="POST", json={"days": 3650}).status_code for _ in range(10)}
    assert 400 in statuses
    assert ask(sandbox, f"{SCORES}?$top=1").status_code == 200


def test_a_profile_vanishes_and_its_score_stays() -> None:
    sandbox = new_sandbox(0, 1)
    body = {"state": "ThirdParty", "vendorInformation": VENDOR}
    assert patch(sandbox, CONTROL, body).status_code == 204
    scores = ask(sandbox, SCORES).json()["value"]
    place = f"/_sandbox/profiles/{tenant_of().tenant_id}/{CONTROL}"
    answer = ask(sandbox, place, method="DELETE", signed=False)
    assert (answer.status_code, answer.content) == (204, b"")
    listed = [profile["id"] for page in walk(sandbox, PROFILES) for profile in page["value"]]
    assert listed == [profile["id"] for profile in tenant_of().control_profiles if profile["id"] != CONTROL]
    assert [profile["id"] for profile in sandbox.profiles(tenant_of().tenant_id)] == listed
    assert ask(sandbox, f"{PROFILES}/{CONTROL}").status_code == 404
    assert patch(sandbox, CONTROL, body).status_code == 404
    assert ask(sandbox, SCORES).json()["value"] == scores
    assert ask(sandbox, f"{PROFILES}/{CONTROL}", headers=bearer(sandbox, 1)).status_code == 200


@pytest.mark.parametrize(("tenant", "profile"), [("nobody", CONTROL), (None, "nothing"), (None, CONTROL.upper())])
def test_what_is_not_there_cannot_vanish(tenant: str | None, profile: str) -> None:
    sandbox = new_sandbox()
    tenant_id = tenant or tenant_of().tenant_id
    answer = ask(sandbox, f"/_sandbox/profiles/{tenant_id}/{profile}", method="DELETE")
    assert answer.status_code == 404
    assert answer.json()["error"]
    with pytest.raises(GraphResponseError, match="404"):
        sandbox.remove_profile(tenant_id, profile)


def test_a_profile_vanishes_once() -> None:
    sandbox = new_sandbox()
    sandbox.remove_profile(tenant_of().tenant_id, CONTROL)
    with pytest.raises(GraphResponseError, match="404"):
        sandbox.remove_profile(tenant_of().tenant_id, CONTROL)
