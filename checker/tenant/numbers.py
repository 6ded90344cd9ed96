"""Numbers from outside, and the one tolerance of every comparison."""

import math

TOLERANCE = 1e-9


def at_least(value: float, minimum: float) -> bool:
    """Whether ``value`` reaches ``minimum``; no rounding, 79.96 does not reach 80."""
    return value >= minimum - TOLERANCE


def at_most(value: float, maximum: float) -> bool:
    """Whether ``value`` stays within ``maximum``."""
    return value <= maximum + TOLERANCE


def percent_of(points: float | None, maximum: float | None) -> float | None:
    """100 × points / maximum; None where the maximum is zero, either is missing, or it is beyond any number."""
    if points is None or not maximum:
        return None
    percent = 100 * points / maximum
    return percent if math.isfinite(percent) else None


def finite(value: object) -> float | None:
    """A number that Graph sent as number or as text; None for anything that is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
