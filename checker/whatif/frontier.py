"""The Pareto front of effort against score: for each effort that is worth it, the most points that it gives. Exact.

Controls of equal effort are taken in the order of their points, so that only how many of each kind are taken is open;
kinds are merged one by one, and what costs as much for less is dropped at once.
"""

import itertools
from collections.abc import Iterable, Sequence

from checker.snapshot.numbers import TOLERANCE
from checker.whatif.optimum import Candidate

# Sums of efforts that are the same but for their last digits are one.
_DIGITS = 9
_State = tuple[float, float, tuple[int, ...]]


def front(candidates: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """The sets on the front, by effort; the first is empty, the last holds every candidate that adds points."""
    kinds: dict[float, list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda one: (-one.points, one.control.casefold())):
        kinds.setdefault(round(candidate.effort, _DIGITS), []).append(candidate)
    states: list[_State] = [(0.0, 0.0, ())]
    for effort, members in sorted(kinds.items()):
        gained = [0.0, *itertools.accumulate(member.points for member in members)]
        states = _undominated(
            (round(spent + number * effort, _DIGITS), points + gain, (*counts, number))
            for spent, points, counts in states
            for number, gain in enumerate(gained)
        )
    ordered = [members for _, members in sorted(kinds.items())]
    return [
        tuple(member for members, number in zip(ordered, counts, strict=True) for member in members[:number])
        for _, _, counts in states
    ]


def _undominated(states: Iterable[_State]) -> list[_State]:
    best: dict[float, _State] = {}
    for state in states:
        held = best.get(state[0])
        if held is None or state[1] > held[1]:
            best[state[0]] = state
    kept: list[_State] = []
    for _, state in sorted(best.items()):
        if not kept or state[1] > kept[-1][1] + TOLERANCE:
            kept.append(state)
    return kept
