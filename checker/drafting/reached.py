"""The highest minimum that a tenant meets: found by judging, so that whatever is written passes as it is judged.

A minimum is a whole number of hundredths, so that a person can read it.
"""

import math

import msgspec

from checker.report.finding import Judgement
from checker.report.outcome import Outcome, Unit
from checker.requirements.entry import Case
from checker.requirements.kinds.score_minimum import MinimumScore
from checker.requirements.terms.control_terms import ControlEntry
from checker.requirements.terms.minimum import Minimum, ScoreMinimum
from checker.tenant.tenant import Tenant

Measured = MinimumScore | ControlEntry
"""An entry that may have a minimum."""

_STEPS = 100
"""So many steps are one percent or one point."""
_MOST = {Unit.PERCENT: 100.0, Unit.POINTS: 1_000_000.0}


def obstacle(entry: Measured, case: Case) -> Judgement | None:
    """The judgement because of which an entry doesn't hold; None where it holds.

    An entry that is skipped as a whole doesn't hold either.
    """
    judgements = entry.judge(case)
    against = (one for one in judgements if one.outcome not in {Outcome.PASS, Outcome.SKIPPED})
    if any(one.outcome is Outcome.PASS for one in judgements):
        return next(against, None)
    return next(against, judgements[0])


def reached(entry: Measured, unit: Unit, case: Case) -> float | None:
    """The highest minimum in this unit that an entry holds with, nobody left out; None where nothing is measured.

    Of a selection and of a pattern that is what the lowest control reaches, of alternatives what the best does. A
    control that is declared is none of them: its points are not looked at.

    Args:
        entry: whose minimum, if it has one, is ignored, as is ``allBut``.
        unit: percent or points.
        case: the tenant.
    """
    most = _most(entry, unit, case.tenant)
    if most is None or obstacle(_with_minimum(entry, unit, 0.0), case) is not None:
        return None
    # Whoever meets a minimum meets every lower one.
    low, high = 0, math.ceil(min(most, _MOST[unit]) * _STEPS)
    while low < high:
        middle = (low + high + 1) // 2
        if obstacle(_with_minimum(entry, unit, middle / _STEPS), case) is None:
            low = middle
        else:
            high = middle - 1
    return low / _STEPS


def _most(entry: Measured, unit: Unit, tenant: Tenant) -> float | None:
    """What no minimum that is met can be above by a whole step; None where no observation would be compared with it."""
    if isinstance(entry, MinimumScore):
        return _MOST[unit]
    scored = filter(None, map(tenant.scored, entry.controls_meant(tenant)))
    observed = [control for control in scored if not control.state.is_declared]
    values = [control.percent if unit is Unit.PERCENT else control.points for control in observed]
    known = [value for value in values if value is not None]
    return max(known) if known else None


def _with_minimum(entry: Measured, unit: Unit, value: float) -> Measured:
    percent, points = (value, None) if unit is Unit.PERCENT else (None, value)
    if isinstance(entry, MinimumScore):
        return msgspec.structs.replace(entry, minimum=ScoreMinimum(percent=percent, points=points))
    return msgspec.structs.replace(entry, minimum=Minimum(percent=percent, points=points))
