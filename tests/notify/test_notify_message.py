"""What a message holds of what comes from outside."""

import string

from hypothesis import given
from hypothesis import strategies as st

from checker.notify.message import inert, message_of_fault


@given(st.text() | st.text(alphabet=string.punctuation + " ab\n"))
def test_text_from_outside_starts_no_mention_link_or_format(text: str) -> None:
    shown = inert(text)
    assert not set(shown) & set("<>[]{}`*~|#\\@&")
    assert "://" not in shown
    assert shown.isprintable()
    assert len(shown) <= 201


def test_ids_stay_readable() -> None:
    assert inert("AdminMFAV2 mdo_safe-links:v1 80 %") == "AdminMFAV2 mdo_safe-links:v1 80 %"


def test_a_run_without_a_verdict_says_what_happened_and_where() -> None:
    message = message_of_fault("graph.microsoft.com: did not answer\nTry again.", "https://ci.example/runs/1")
    assert message.title == "scoregate: the gate could not judge"
    assert message.body == "graph.microsoft.com: did not answer Try again.\nRun: https://ci.example/runs/1"
