"""The policies of ``examples/`` do what they are there to show."""

import json

import pytest
from command_line import NOW, ROOT, here

from checker.policy.load import load

Capture = pytest.CaptureFixture[str]
COMPOSED = str(ROOT / "examples" / "composed-policy")


def test_the_composed_policy_is_linted_clean_and_judged_as_one(capfd: Capture) -> None:
    linted = here(capfd, "lint", COMPOSED)
    assert (linted.code, linted.out) == (0, b"1 policy, 17 requirements, 0 waivers, 1 test: 0 errors, 0 warnings\n")
    ended = here(capfd, "check", "-p", COMPOSED, "--sandbox", "--now", NOW, "--set", "overallMinimum=40", "-o", "json")
    found = {one["requirement"]: one for one in json.loads(ended.out)["findings"]}
    assert found["production/overall"]["required"]["value"] == 40
    assert found["production/admins-use-mfa"]["owner"] == "identity@contoso.example"
    assert found["production/risk-policies"]["reason"] == "disabled"


def test_its_tenant_cannot_loosen_what_the_organisation_locks() -> None:
    (policy,) = load([COMPOSED]).policies
    assert [one.summary.id for one in policy.requirements if one.entry.locked] == ["admins-use-mfa"]


def test_it_is_tested_and_its_lock_is_what_it_requires(capfd: Capture) -> None:
    tested = here(capfd, "test", COMPOSED)
    assert (tested.code, tested.out.splitlines()[-1]) == (0, b"4 cases: 4 passed, 0 failed")
    lock = str(ROOT / "examples" / "composed-policy" / "scoregate.lock")
    tenant = ("-p", COMPOSED, "--sandbox", "--now", NOW)
    drift = here(capfd, "lock", *tenant, "--out", lock)
    assert (drift.code, drift.out) == (0, f"{lock}: 23 required controls, none drifted\n".encode())
    checked = here(capfd, "check", *tenant, "--locked", "--lock", lock, "-o", "json")
    assert not [one for one in json.loads(checked.out)["findings"] if one["reason"] == "catalogue-drift"]
