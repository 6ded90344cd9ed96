"""Whether what a plan was made from still holds."""

import msgspec
import pytest
from example_counts import examples
from hypothesis import given, settings
from plan_builders import CHANGES, RECORDED, change, recorded

from checker.remediation.drift import fields_to_send, is_as_written, is_in_place, is_unchanged, state_after
from checker.remediation.plan import Change, NewState, RecordedState


def after(state: str, assigned_to: str | None, comment: str) -> NewState:
    return msgspec.convert({"state": state, "assignedTo": assigned_to, "comment": comment}, NewState)


@pytest.mark.parametrize(
    "present",
    [
        recorded("Ignored", "x", "c"),
        recorded("ignored", "x", "c"),
        recorded(" IGNORED ", "x", "c"),
        recorded("Ignored", " x", "c\n"),
        RecordedState(state="Ignored", assigned_to="x", comment="c", updated_by="y", updated_date_time="2026"),
    ],
)
def test_a_state_still_holds_whoever_wrote_it_and_however_it_is_spelled(present: RecordedState) -> None:
    assert is_unchanged(recorded("Ignored", "x", "c"), present)


@pytest.mark.parametrize(
    "present",
    [
        recorded("Reviewed", "x", "c"),
        recorded("Ignored", "X", "c"),
        recorded("Ignored", None, "c"),
        recorded("Ignored", "x", "C"),
        recorded("Ignored", "x", None),
        recorded("Ignored", "x", "c d"),
    ],
)
def test_a_state_that_differs_in_anything_holds_no_longer(present: RecordedState) -> None:
    assert not is_unchanged(recorded("Ignored", "x", "c"), present)


@pytest.mark.parametrize("nothing", [None, ""])
def test_null_and_the_empty_text_are_the_same(nothing: str | None) -> None:
    assert is_unchanged(recorded("Default", nothing, nothing), recorded("Default", None, None))
    assert is_unchanged(recorded("Default", None, None), recorded("Default", nothing, nothing))
    assert is_unchanged(recorded("Default", "", nothing), recorded("Default", nothing, ""))


@pytest.mark.parametrize("spelled", ["ThirdParty", "thirdparty", " ThirdParty"])
def test_a_state_is_in_place_whatever_is_said_beside_it(spelled: str) -> None:
    assert is_in_place(after("ThirdParty", "x", "c"), recorded(spelled, "other", "another"))
    assert not is_in_place(after("Reviewed", "x", "c"), recorded(spelled, "x", "c"))


def test_what_is_ours_is_so_to_the_letter() -> None:
    one = change(after=after("ThirdParty", None, "ours"), before=recorded("Default", "x", "theirs"))
    assert is_as_written(one, recorded("thirdParty", "x", "ours"))
    assert not is_as_written(one, recorded("ThirdParty", "x", "theirs"))
    assert not is_as_written(one, recorded("ThirdParty", None, "ours"))


@pytest.mark.parametrize(
    ("before", "wanted", "sent"),
    [
        (recorded(), after("Ignored", None, ""), {}),
        (recorded(), after("Ignored", "", ""), {}),
        (recorded("Default", "", ""), after("Ignored", "", ""), {}),
        (recorded("Default", "x", "c"), after("Ignored", None, "c"), {}),
        (recorded("Default", "x", "c"), after("Ignored", "x", "c"), {}),
        (recorded("Default", "x", "c"), after("Ignored", "", ""), {"assignedTo": "", "comment": ""}),
        (recorded(), after("Ignored", "x", "c"), {"assignedTo": "x", "comment": "c"}),
    ],
)
def test_only_what_differs_is_sent_beside_the_state(
    before: RecordedState, wanted: NewState, sent: dict[str, str]
) -> None:
    assert fields_to_send(change(before=before, after=wanted)) == {"state": "Ignored", **sent}


@given(CHANGES, RECORDED)
@settings(deadline=None, max_examples=examples(100))
def test_what_is_sent_makes_of_what_was_there_what_is_expected(one: Change, before: RecordedState) -> None:
    for planned in (one, msgspec.structs.replace(one, before=before)):
        sent = fields_to_send(planned)
        was = planned.before
        service = recorded(sent["state"], sent.get("assignedTo", was.assigned_to), sent.get("comment", was.comment))
        assert is_unchanged(state_after(planned), service)
        assert is_as_written(planned, service)
        assert is_in_place(planned.after, service)
        assert fields_to_send(msgspec.structs.replace(planned, before=service)) == {"state": sent["state"]}
