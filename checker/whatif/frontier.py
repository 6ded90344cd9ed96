"""The Pareto front of effort against score: for each worthwhile effort, the most points that it gains. Exact.

Controls of equal effort are taken in the order of their points, so only the number of each kind has to be found. Kinds
are merged one by one, and dominated sets are dropped immediately.
"""

import itertools
from collections.abc import Iterable, Sequence

from checker.errors import ScenarioError
from checker.tenant.numbers import TOLERANCE
from checker.whatif.optimum import Candidate

# Sums of efforts that differ only in their last digits are equal.
_DIGITS = 9
# About ten seconds of comparing.
_MOST_SETS = 5_000_000
_State = tuple[float, float, tuple[int, ...]]


def front(candidates: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """The sets on the front, by effort; the first is empty, the last holds every candidate that adds points.

    Raises:
        ScenarioError: there are too many candidates with too many different efforts.
    """
    kinds: dict[float, list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda one: (-one.points, one.control.casefold())):
        kinds.setdefault(round(candidate.effort, _DIGITS), []).append(candidate)
    states: list[_State] = [(0.0, 0.0, ())]
    for effort, members in sorted(kinds.items()):
        if len(states) * len(members) > _MOST_SETS:
            raise ScenarioError(
                f"the front of {len(candidates)} controls with these weights takes too long to compute",
                advice="Leave controls out with --exclude, or use whole numbers for --weights.",
            )
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
