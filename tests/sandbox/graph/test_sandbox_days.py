"""The sandbox's days go on with its clock."""

import datetime
from typing import Any

import pytest
from sandbox_client import NOW, SCORES, VENDOR, ask, new_sandbox, patch, tenant_of

from checker.sandbox.app import Sandbox
from checker.sandbox.graph.tenant_state import TenantState
from checker.sandbox.tenants.tenant import make_tenant

CONTROL = "mdo_blockmailforward"


def days(sandbox: Sandbox) -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = ask(sandbox, SCORES).json()["value"]
    return value


@pytest.mark.parametrize("passed", [1, 3, 89, 90, 400])
def test_the_newest_day_is_as_if_the_tenant_were_made_on_it(passed: int) -> None:
    sandbox = new_sandbox()
    sandbox.advance(passed)
    after = days(sandbox)
    newest = NOW.date() + datetime.timedelta(days=passed)
    # lastSynced moves along with it, and all that only the newest day has is there.
    assert after[0] == make_tenant(0, newest, days=1).secure_scores[0]
    assert [day["createdDateTime"][:10] for day in after] == [
        str(newest - datetime.timedelta(days=back)) for back in range(90)
    ]
    assert [day["id"] for day in after] == [f"{tenant_of().tenant_id}_{day['createdDateTime'][:10]}" for day in after]


def test_what_was_the_newest_day_becomes_an_older_one() -> None:
    sandbox = new_sandbox()
    before = tenant_of().secure_scores
    sandbox.advance(3)
    after = days(sandbox)
    assert after[4:] == before[1:-3]
    for day in after[1:4]:
        # A day after the story ends is like the older form of the day after a day on which nothing happened.
        assert {name: day[name] for name in day if name not in {"id", "createdDateTime", "controlScores"}} == {
            name: before[0][name] for name in before[0] if name not in {"id", "createdDateTime", "controlScores"}
        }
        for score, newest, older in zip(
            day["controlScores"], before[0]["controlScores"], before[1]["controlScores"], strict=True
        ):
            assert list(score) == list(older)
            assert (score["description"], score["implementationStatus"]) == (None, older["implementationStatus"])
            for member in ("controlCategory", "controlName", "score", "scoreInPercentage"):
                assert score[member] == newest[member]


def test_a_day_that_was_recalculated_keeps_its_scores_when_it_gets_older() -> None:
    sandbox = new_sandbox()
    assert patch(sandbox, CONTROL, {"state": "ThirdParty", "vendorInformation": VENDOR}).status_code == 204
    recalculated = days(sandbox)[0]
    sandbox.advance(1)
    older = days(sandbox)[1]
    assert (older["currentScore"], older["maxScore"]) == (recalculated["currentScore"], recalculated["maxScore"])
    assert [score["score"] for score in older["controlScores"]] == [
        score["score"] for score in recalculated["controlScores"]
    ]
    assert all(score["description"] is None for score in older["controlScores"])


def test_a_day_passes_at_midnight_in_utc() -> None:
    clock = [NOW.replace(hour=23, minute=59, second=59).astimezone(datetime.timezone(datetime.timedelta(hours=9)))]
    sandbox = Sandbox([tenant_of()], now=lambda: clock[0])
    assert days(sandbox) == tenant_of().secure_scores
    clock[0] += datetime.timedelta(seconds=1)
    assert days(sandbox)[0]["createdDateTime"] == "2026-05-23T00:00:00Z"


def test_days_never_go_back() -> None:
    sandbox = new_sandbox()
    sandbox.advance(2)
    later = days(sandbox)
    sandbox.advance(-2)
    assert days(sandbox) == later
    sandbox.advance(2)
    assert days(sandbox) == later
    sandbox.advance(1)
    assert days(sandbox)[1]["createdDateTime"] == later[0]["createdDateTime"]


def test_a_clock_before_the_newest_day_changes_nothing() -> None:
    sandbox = Sandbox([tenant_of()], now=lambda: NOW - datetime.timedelta(days=5))
    assert days(sandbox) == tenant_of().secure_scores


@pytest.mark.parametrize("kept", [1, 2, 5])
def test_as_many_days_are_kept_as_the_tenant_was_made_with(kept: int) -> None:
    sandbox = Sandbox([make_tenant(0, NOW.date(), days=kept)], now=lambda: NOW)
    for _ in range(3):
        sandbox.advance(1)
        assert len(days(sandbox)) == kept
    assert days(sandbox)[0]["createdDateTime"] == "2026-05-25T00:00:00Z"


def test_days_are_built_once_and_only_those_that_are_new() -> None:
    clock, made = [NOW], tenant_of().secure_scores
    state = TenantState(tenant_of(), lambda: clock[0])
    assert state.secure_scores() is made
    clock[0] += datetime.timedelta(days=1)
    after = state.secure_scores()
    assert state.secure_scores() is after
    assert all(kept is before for kept, before in zip(after[2:], made[1:], strict=False))


def test_step_by_step_and_at_once_are_the_same() -> None:
    steps, leap = new_sandbox(), new_sandbox()
    for _ in range(4):
        steps.advance(1)
        assert days(steps)
    leap.advance(4)
    assert days(steps) == days(leap)


def test_the_sandbox_ends_before_the_calendar_does() -> None:
    sandbox = new_sandbox()
    for days_ahead in (3_000_000, 10**12, -3_000_000):
        with pytest.raises(ValueError, match="no such day"):
            sandbox.advance(days_ahead)
    assert sandbox.now() == NOW
