"""One verdict from what each reading says."""

from collections.abc import Iterable
from typing import NamedTuple

# An outcome and its reason; of a minimum that is missed, also what was measured in the minimum's unit.
Found = tuple[str, str] | tuple[str, str, float]


class Failing(NamedTuple):
    """How one control fails.

    Attributes:
        control: its id; None for a requirement on scores.
        values: what each reading measures in the minimum's unit; None where a reading fails for another reason.
        missing: how many points it lacks, as the data tells; endless where that is unknown.
        alternative: which of an ``anyOf`` it belongs to.
        standing: how it stands; None where something about it is open.
    """

    control: str | None
    values: frozenset[float | None] = frozenset({None})
    missing: float = float("inf")
    alternative: int = 0
    standing: str | None = None


class Verdict(NamedTuple):
    """An outcome, the reasons that may be given for it, and how each control fails."""

    outcome: str
    reasons: frozenset[str]
    failing: tuple[Failing, ...] = ()


def verdict(outcome: str, *reasons: str) -> Verdict:
    return Verdict(outcome, frozenset(reasons))


def settle(results: Iterable[Found], doubts: Iterable[str]) -> Verdict:
    """The outcome that all readings share, else an error for one of the doubts."""
    found = set(results)
    outcomes = {one[0] for one in found}
    if len(outcomes) == 1:
        outcome = outcomes.pop()
        values = frozenset(one[2] if len(one) > 2 else None for one in found)
        failing = (Failing(None, values),) if outcome == "fail" else ()
        return Verdict(outcome, frozenset(one[1] for one in found), failing)
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
            failing = tuple(control for one in same for control in one.failing)
            return Verdict(outcome, frozenset().union(*(one.reasons for one in same)), failing)
    raise AssertionError
