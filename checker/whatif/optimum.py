"""The cheapest set of controls that reaches a target: an integer programme, solved exactly by HiGHS.

Minimise Σ effort·x subject to Σ points·x ≥ needed, x binary. Of several sets with the least effort it takes the
one with the most points, and of those the one with the first candidates.
"""

import math
from collections.abc import Callable, Sequence
from typing import Protocol, cast

import msgspec

from checker.errors import ScenarioError, UsageError
from checker.tenant.numbers import TOLERANCE

_SAME_EFFORT = 1e-6
_MOST_POINTS = 1e6
_SETTINGS: dict[str, bool | float | int | str] = {
    "output_flag": False,
    # One thread and a fixed seed: the same data gives the same answer.
    "threads": 1,
    "random_seed": 0,
    "time_limit": 60.0,
    # With presolve 1.16.0 reports sets as optimal that are not; these programmes are small enough without it.
    "presolve": "off",
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
}


class Candidate(msgspec.Struct, frozen=True):
    """A control that could be put in place: the points that it adds, and its effort."""

    control: str
    points: float
    effort: float


def cheapest(candidates: Sequence[Candidate], needed: float) -> tuple[Candidate, ...] | None:
    """The cheapest set that adds ``needed`` points; None if all candidates together add fewer.

    Raises:
        UsageError: the extra ``whatif`` is not installed.
        ScenarioError: it takes longer than a minute, or the points are too large to compare exactly.
    """
    found = ranked(candidates, needed, 1)
    return found[0] if found else None


def ranked(candidates: Sequence[Candidate], needed: float, count: int) -> list[tuple[Candidate, ...]]:
    """At most ``count`` of the cheapest sets, the best first; none contains another.

    Args:
        candidates: each with positive points and effort.
        needed: points that the set must add.
        count: how many sets.
    """
    if needed <= TOLERANCE:
        return [()]
    if math.fsum(candidate.points for candidate in candidates) < needed - TOLERANCE:
        return []
    if any(candidate.points > _MOST_POINTS for candidate in candidates) or needed > _MOST_POINTS:
        raise ScenarioError(f"more than {_MOST_POINTS:,.0f} points cannot be compared exactly")
    programme = _Programme(candidates, needed)
    found: list[tuple[Candidate, ...]] = []
    while len(found) < count:
        chosen = programme.solve()
        if chosen is None:
            break
        # The solver has a tolerance of its own; this check applies ours.
        if math.fsum(candidates[index].points for index in chosen) >= needed - TOLERANCE:
            programme.forbid(chosen)
            found.append(tuple(candidates[index] for index in chosen))
        else:
            programme.leave_out(chosen)
    return found


class _Solver(Protocol):
    """The used part of ``highspy.Highs``."""

    def addBinaries(self, number: int) -> Sequence["_Term"]: ...  # noqa: N802 - HiGHS's name
    def addConstr(self, expression: object) -> object: ...  # noqa: N802
    def removeConstr(self, constraint: object) -> object: ...  # noqa: N802
    def minimize(self, objective: object) -> object: ...
    def maximize(self, objective: object) -> object: ...
    def getModelStatus(self) -> object: ...  # noqa: N802
    def val(self, variable: object) -> float: ...


class _Term(Protocol):
    def __mul__(self, factor: float) -> "_Term": ...
    def __add__(self, other: object) -> "_Term": ...
    def __radd__(self, other: object) -> "_Term": ...
    def __ge__(self, bound: float) -> object: ...
    def __le__(self, bound: float) -> object: ...


def _solver() -> tuple[_Solver, object, object]:
    """A silent solver, and its statuses for an optimum and for an infeasible programme."""
    try:
        import highspy
    except ImportError as fault:
        raise UsageError(
            "finding the cheapest set needs HiGHS, which is not installed",
            advice="Install it: pip install 'scoregate[whatif]'.",
        ) from fault

    class Silent(highspy.Highs):
        """Some versions print a banner on standard output, where the answer goes, when callbacks are enabled."""

        def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS's name
            for name, value in _SETTINGS.items():
                self.setOptionValue(name, value)
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    status = highspy.HighsModelStatus
    return cast("Callable[[], _Solver]", Silent)(), status.kOptimal, status.kInfeasible


class _Programme:
    """The integer programme, with constraints for the sets found so far."""

    def __init__(self, candidates: Sequence[Candidate], needed: float) -> None:
        self._solver, self._optimal, self._infeasible = _solver()
        self._candidates = candidates
        self._variables = list(self._solver.addBinaries(len(candidates)))
        self._points = self._sum([candidate.points for candidate in candidates])
        self._effort = self._sum([candidate.effort for candidate in candidates])
        # Sums of these differ, where sums of whole numbers may be equal.
        self._order = self._sum([(index + 1) ** 1.37 for index in range(len(candidates))])
        self._solver.addConstr(self._points >= needed - TOLERANCE)

    def solve(self) -> list[int] | None:
        """The indices of the cheapest allowed set, with the most points for its effort; None if no set is allowed."""
        self._solver.minimize(self._effort)
        chosen = self._chosen()
        if chosen is None:
            return None
        least = math.fsum(self._candidates[index].effort for index in chosen)
        bound = self._solver.addConstr(self._effort <= least + _SAME_EFFORT)
        self._solver.maximize(self._points)
        chosen = self._chosen() or chosen
        # Of equal sets take the one with the first candidates, so that all versions of the solver agree.
        most = math.fsum(self._candidates[index].points for index in chosen)
        floor = self._solver.addConstr(self._points >= most - _SAME_EFFORT)
        self._solver.minimize(self._order)
        chosen = self._chosen() or chosen
        self._solver.removeConstr(floor)
        self._solver.removeConstr(bound)
        return chosen

    def forbid(self, chosen: Sequence[int]) -> None:
        """Forbids all sets that contain all of these."""
        together = self._sum([1.0] * len(chosen), [self._variables[index] for index in chosen])
        self._solver.addConstr(together <= len(chosen) - 1)

    def leave_out(self, chosen: Sequence[int]) -> None:
        """Forbids exactly this set."""
        taken = set(chosen)
        signs = [-1.0 if index in taken else 1.0 for index in range(len(self._variables))]
        self._solver.addConstr(self._sum(signs) >= 1 - len(taken))

    def _chosen(self) -> list[int] | None:
        status = self._solver.getModelStatus()
        if status == self._infeasible:
            return None
        if status != self._optimal:
            raise ScenarioError(
                "the cheapest set could not be proven within a minute",
                advice="Leave controls out with --exclude, or choose a category as the target.",
            )
        return [index for index, variable in enumerate(self._variables) if self._solver.val(variable) > 0.5]

    def _sum(self, factors: Sequence[float], variables: Sequence[_Term] | None = None) -> _Term:
        terms = self._variables if variables is None else variables
        return cast("_Term", sum(variable * factor for variable, factor in zip(terms, factors, strict=True)))
