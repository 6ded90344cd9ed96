"""When a message is due."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.cli.options.notify import NOTIFY_ON
from checker.notify.rule import NotifyOn, is_due, settled
from checker.report.verdict import Decision

P, F, U = Decision.PASS, Decision.FAIL, Decision.INDETERMINATE
SERIES = st.lists(st.sampled_from(Decision), max_size=8)


@pytest.mark.parametrize(
    ("when", "earlier", "decision", "due"),
    [
        ("failure", [], F, True),
        ("failure", [F], F, True),
        ("failure", [], P, False),
        ("failure", [], U, False),
        ("failure", [P], U, False),
        ("failure", [U], U, True),
        ("failure", [U, P], U, False),
        ("change", [], F, True),
        ("change", [], P, False),
        ("change", [F], F, False),
        ("change", [F], P, True),
        ("change", [P], F, True),
        ("change", [P], U, False),
        ("change", [P, U], U, True),
        ("change", [P, U, U], U, False),
        ("change", [P, U], P, False),
        ("change", [U, U], P, True),
        ("always", [P], P, True),
        ("always", [], U, True),
    ],
)
def test_a_message_is_due(when: str, earlier: list[Decision], decision: Decision, due: bool) -> None:
    assert is_due(NotifyOn(when), decision, earlier) is due


@given(SERIES, st.sampled_from(NotifyOn))
def test_one_run_that_could_not_judge_is_never_news_after_a_verdict(earlier: list[Decision], when: NotifyOn) -> None:
    if when is not NotifyOn.ALWAYS:
        assert not is_due(when, U, [*earlier, P])


@given(SERIES)
def test_every_failure_that_follows_another_verdict_is_told_of(earlier: list[Decision]) -> None:
    assert is_due(NotifyOn.FAILURE, F, earlier)
    assert is_due(NotifyOn.CHANGE, F, earlier) is (settled(earlier) is not F)


def test_the_option_takes_the_words_of_the_rule() -> None:
    assert [when.value for when in NotifyOn] == list(NOTIFY_ON)
