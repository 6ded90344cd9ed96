"""The cheapest set and the front, against trying every set."""

import itertools
import math
import random

import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import ScenarioError
from checker.whatif import frontier
from checker.whatif.frontier import front
from checker.whatif.optimum import Candidate, cheapest, ranked

EFFORTS = st.sampled_from([2.0, 3.0, 4.0, 5.0, 6.0, 1.1, 0.7])
POINTS = st.sampled_from([0.01, 0.5, 1.0, 2.33, 3.0, 4.53, 5.0, 8.17, 10.0]) | st.floats(0.01, 12.0)
TENANTS = st.lists(st.tuples(POINTS, EFFORTS), max_size=9).map(
    lambda pairs: [Candidate(f"C{number}", points, effort) for number, (points, effort) in enumerate(pairs)]
)


def points_of(chosen: tuple[Candidate, ...]) -> float:
    return math.fsum(candidate.points for candidate in chosen)


def effort_of(chosen: tuple[Candidate, ...]) -> float:
    return math.fsum(candidate.effort for candidate in chosen)


def every(candidates: list[Candidate]) -> list[tuple[Candidate, ...]]:
    return [chosen for size in range(len(candidates) + 1) for chosen in itertools.combinations(candidates, size)]


@given(TENANTS, st.floats(0.0, 1.1))
@settings(deadline=None, max_examples=examples(150))
def test_no_other_set_reaches_the_target_with_less_effort(candidates: list[Candidate], share: float) -> None:
    needed = points_of(tuple(candidates)) * share
    found = cheapest(candidates, needed)
    reaching = [chosen for chosen in every(candidates) if points_of(chosen) >= needed - 1e-9]
    if not reaching:
        assert found is None
        return
    assert found is not None
    assert points_of(found) >= needed - 1e-9
    least = min(effort_of(chosen) for chosen in reaching)
    assert effort_of(found) == pytest.approx(least, abs=1e-6)
    most = max(points_of(chosen) for chosen in reaching if effort_of(chosen) <= least + 1e-6)
    assert needed <= 1e-9 or points_of(found) == pytest.approx(most, abs=1e-6)


@given(TENANTS, st.floats(0.05, 0.9))
@settings(deadline=None, max_examples=examples(60))
def test_the_second_best_is_the_best_that_does_not_hold_the_first(candidates: list[Candidate], share: float) -> None:
    needed = points_of(tuple(candidates)) * share
    found = ranked(candidates, needed, 2)
    if not candidates:
        return
    others = [
        chosen
        for chosen in every(candidates)
        if points_of(chosen) >= needed - 1e-9 and not set(found[0]) <= set(chosen)
    ]
    if not others:
        assert len(found) == 1
        return
    assert effort_of(found[1]) == pytest.approx(min(map(effort_of, others)), abs=1e-6)
    assert not set(found[0]) <= set(found[1])


@given(TENANTS)
@settings(deadline=None, max_examples=examples(100))
def test_the_front_holds_every_set_that_no_other_beats(candidates: list[Candidate]) -> None:
    found = [(effort_of(chosen), points_of(chosen)) for chosen in front(candidates)]
    assert found[0] == (0.0, 0.0)
    assert found == sorted(found)
    for chosen in every(candidates):
        within = max(points for effort, points in found if effort <= effort_of(chosen) + 1e-6)
        assert within >= points_of(chosen) - 1e-6
    for (effort, points), (more, better) in itertools.pairwise(found):
        assert effort < more
        assert points < better


@given(TENANTS, st.floats(0.05, 1.0))
@settings(deadline=None, max_examples=examples(50))
def test_optimum_and_front_agree(candidates: list[Candidate], share: float) -> None:
    needed = points_of(tuple(candidates)) * share
    found = cheapest(candidates, needed)
    assert found is not None
    reached = next(chosen for chosen in front(candidates) if points_of(chosen) >= needed - 1e-9)
    assert effort_of(found) == pytest.approx(effort_of(reached), abs=1e-6)


@pytest.mark.parametrize("needed", [1.2e-9, 1e-8, 1.0 + 1.5e-9, 3.0 + 1e-8])
def test_a_target_missed_by_less_than_the_solver_sees_is_missed(needed: float) -> None:
    candidates = [Candidate("A", 1.0, 2.0), Candidate("B", 2.0, 2.0), Candidate("C", 1e-8, 1.0)]
    found = cheapest(candidates, needed)
    assert found is not None
    assert points_of(found) >= needed - 1e-9
    assert effort_of(found) == min(effort_of(one) for one in every(candidates) if points_of(one) >= needed - 1e-9)


def test_a_set_that_a_solver_has_missed() -> None:
    """HiGHS 1.16.0 calls a set of effort 8.4 optimal here, with its presolve."""
    pairs = [(0.5, 5.0), (1.75, 5.0), (1.5703125, 4.0), (7.75, 2.0), (8.0, 0.7), (1.0, 2.0), (1.0, 0.7), (10.0, 6.0)]
    candidates = [Candidate(f"C{number}", *pair) for number, pair in enumerate([*pairs, (0.5, 6.0)])]
    first, second = ranked(candidates, 0.5625 * points_of(tuple(candidates)), 2)
    assert [effort_of(first), effort_of(second)] == pytest.approx([7.4, 7.4])


def test_what_cannot_be_reached_is_none() -> None:
    candidates = [Candidate("A", 1.0, 2.0), Candidate("B", 2.0, 2.0)]
    assert cheapest(candidates, 3.5) is None
    assert ranked(candidates, 3.0, 5) == [tuple(candidates)]
    assert ranked(candidates, 0.0, 3) == [()]
    assert ranked([], 1.0, 1) == []


def test_a_large_tenant_is_solved_the_same_way_each_time() -> None:
    chance = random.Random(7)
    candidates = [
        Candidate(
            f"C{number}", chance.choice([0.5, 1, 2.3, 3, 5, 8, 10]) * chance.random(), chance.choice([2, 3, 4, 5, 6])
        )
        for number in range(400)
    ]
    needed = points_of(tuple(candidates)) * 0.6
    first, again = cheapest(candidates, needed), cheapest(candidates, needed)
    assert first == again
    assert first is not None
    reached = next(chosen for chosen in front(candidates) if points_of(chosen) >= needed - 1e-9)
    assert effort_of(first) == effort_of(reached)


def test_a_front_that_would_take_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "_MOST_SETS", 1000)
    efforts = itertools.cycle([2.74, 3.48, 5.14, 4.22, 5.88, 7.54])
    candidates = [Candidate(f"C{number}", 1.0 + number, next(efforts)) for number in range(100)]
    with pytest.raises(ScenarioError, match="takes too long"):
        front(candidates)
