from typing import get_args

import pytest
from builders import profile, update

from checker.tenant.states import (
    STATES,
    UNTOUCHED,
    AcceptableState,
    DeclarableState,
    SettableState,
    meaning_of,
    state_history,
)


def test_the_portal_has_its_own_words_for_states() -> None:
    assert {meaning.name: meaning.portal_word for meaning in STATES.values()} == {
        "Default": "To address",
        "Ignored": "Risk accepted",
        "ThirdParty": "Resolved through third party",
        "Reviewed": "Resolved through alternate mitigation",
        "AlternateMitigation": None,
    }


def test_the_types_of_records_say_what_the_table_says() -> None:
    every = list(STATES.values())
    assert get_args(DeclarableState) == tuple(meaning.name for meaning in every)
    assert get_args(SettableState) == tuple(meaning.name for meaning in every if meaning.is_settable)
    assert get_args(AcceptableState) == tuple(meaning.name for meaning in every if meaning.is_declaration)


def test_every_declaration_earns_the_maximum_and_nothing_else_does() -> None:
    assert all((meaning.earns == "maximum") is meaning.is_declaration for meaning in STATES.values())


@pytest.mark.parametrize("name", ["", " ", "Mitigated", "riskAccepted"])
def test_a_state_that_nobody_knows_is_a_declaration_that_nobody_can_set(name: str) -> None:
    meaning = meaning_of(name)
    assert meaning.is_declaration
    assert not meaning.is_settable
    assert meaning.portal_word is None


@pytest.mark.parametrize("name", [" thirdparty ", "THIRDPARTY"])
def test_a_meaning_is_found_without_case_and_blanks(name: str) -> None:
    assert meaning_of(name).name == "ThirdParty"


def test_the_history_begins_with_the_newest_state() -> None:
    held = profile(
        "a",
        updates=[update("Default"), update("Ignored", "2026-02-01T00:00:00Z"), update(None, "2026-03-01T00:00:00Z")],
    )
    assert [state.name for state in state_history(held)] == ["Default", "Ignored", "Default"]
    assert state_history(None) == ()
    assert UNTOUCHED.is_default
