"""One verdict from what each reading says."""

from collections.abc import Iterable
from typing import NamedTuple

Found = tuple[str, str]


class Verdict(NamedTuple):
    """An outcome, and the reasons that may be given for it."""

    outcome: str
    reasons: frozenset[str]


def verdict(outcome: str, *reasons: str) -> Verdict:
    return Verdict(outcome, frozenset(reasons))


def settle(results: Iterable[Found], doubts: Iterable[str]) -> Verdict:
    """The outcome that all readings share, else an error for one of the doubts."""
    found = set(results)
    outcomes = {outcome for outcome, _ in found}
    if len(outcomes) == 1:
        return Verdict(outcomes.pop(), frozenset(reason for _, reason in found))
    assert doubts, found
    return Verdict("error", frozenset(doubts))


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """What holds for all: a failure of one decides, then an error, then a pass."""
    return _first(list(verdicts), ("fail", "error", "skipped", "pass"))


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """What holds for one of several ways."""
    return _first(list(verdicts), ("pass", "error", "fail", "skipped"))


def _first(verdicts: list[Verdict], order: tuple[str, ...]) -> Verdict:
    for outcome in order:
        same = [one for one in verdicts if one.outcome == outcome]
        if same:
            return Verdict(outcome, frozenset().union(*(one.reasons for one in same)))
    raise AssertionError
