"""What it takes to put a control in place: the weight of its cost plus that of its impact on users."""

from collections.abc import Mapping

from checker.tenant.control import Control

WEIGHTS: Mapping[str, float] = {"low": 1.0, "moderate": 2.0, "high": 3.0}


def effort_of(control: Control, weights: Mapping[str, float]) -> float:
    """The weight of the implementation cost plus that of the user impact; unknown weighs as moderate."""
    return sum(weights.get(level, weights["moderate"]) for level in (control.implementation_cost, control.user_impact))
