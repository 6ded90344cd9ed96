"""What people are told of plans and results, without who is named in them."""

import datetime

import pytest
from builders import TENANT
from hypothesis import given
from hypothesis import strategies as st
from plan_builders import MADE_AT, change, plan, recorded

from checker.remediation.anonymous import OTHER, redacted_plan, without_people
from checker.remediation.decide import decide, state_text
from checker.remediation.plan import Change, NewState, RecordedState, UnseenWrite
from checker.snapshot.cleaner import cleaner
from checker.snapshot.redaction import REDACTED, Redaction

NOW = datetime.datetime.fromisoformat(MADE_AT) + datetime.timedelta(days=1)
NAMES = st.none() | st.sampled_from(["canary", "the canary by the door, assigned to canary", "canary\nagain: canary"])
STATES = st.builds(
    RecordedState,
    state=st.sampled_from(["Default", "ThirdParty", "Ignored"]),
    assigned_to=NAMES,
    comment=NAMES,
    updated_by=NAMES,
    updated_date_time=st.sampled_from([None, "2026-05-01T00:00:00Z", "2026-05-22T08:00:00Z"]),
    updates=st.sampled_from([None, 1, 2, 3]),
)
CHANGES = st.builds(
    change,
    before=STATES,
    action=st.sampled_from(["declare", "restore"]),
    after=st.builds(NewState, state=st.sampled_from(["Default", "ThirdParty"]), assigned_to=NAMES, comment=st.just("")),
    unseen=st.none() | st.builds(UnseenWrite, at=st.just(MADE_AT), before=STATES),
)


@given(CHANGES, STATES, st.none() | STATES)
def test_no_result_that_a_read_decides_names_anybody(
    wanted: Change, present: RecordedState, unconfirmed: RecordedState | None
) -> None:
    outcome = decide(wanted, present, NOW, unconfirmed)
    if outcome is not None:
        assert "canary" not in without_people(outcome.message)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("is already Ignored by Ann on 2026-05-01T00:00:00", "is already Ignored (redacted)"),
        ("is already Ignored", "is already Ignored"),
        ("is now Ignored, commented 'by Ann'; the plan expects Default", "is now Ignored (redacted)"),
        (
            "is Default by Ann again: it was set back after this run's write",
            "is Default (redacted) again: it was set back after this run's write",
        ),
        (
            "set from Default to Ignored; accepted, but the state is now Default, assigned to Ann",
            "set from Default to Ignored; accepted, but the state is now Default (redacted)",
        ),
        ("set from Default to Ignored", "set from Default to Ignored"),
        ("gave up: Graph answered 503 by mistake", "gave up: Graph answered 503 by mistake"),
    ],
)
def test_what_is_known_of_the_state_stays(message: str, said: str) -> None:
    assert without_people(message) == said


def test_a_result_after_a_write_names_nobody() -> None:
    present = RecordedState(state="Ignored", assigned_to="canary", comment="canary", updated_by="canary")
    said = without_people(f"set from Default to ThirdParty; accepted, but the state is now {state_text(present)}")
    assert "canary" not in said


def test_a_plan_still_shows_which_words_become_others() -> None:
    before = recorded("Reviewed", "Ann", "why")
    same = change("A", before=before, after=NewState(state="Default", comment="why"))
    other = change("B", before=before, after=NewState(state="Default", assigned_to="Bob", comment="because"))
    found = redacted_plan(plan(same, other), cleaner(Redaction.TENANT, [TENANT]))
    words = [(one.before.assigned_to, one.after.assigned_to, one.after.comment) for one in found.changes]
    assert words == [(REDACTED, None, REDACTED), (REDACTED, OTHER, OTHER)]
    assert [one.control for one in found.changes] == ["A", "B"]
    assert found.tenant != TENANT
