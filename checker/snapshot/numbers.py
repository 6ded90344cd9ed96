"""Numbers as people read them, and the one tolerance of every comparison."""

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


def shown(value: float, *, beside: float | None = None) -> str:
    """A number with two decimals at most, and with more where two would hide on which side of ``beside`` it lies.

    >>> shown(61.94942324755989), shown(80.0), shown(79.9999, beside=80)
    ('61.95', '80', '79.9999')
    """
    for digits in (2, 4, 6, 9):
        text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
        if beside is None or float(text) != beside or math.isclose(value, beside, rel_tol=0, abs_tol=TOLERANCE):
            break
    return "0" if text == "-0" else text


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 point``, ``2 points``; ``many`` where the plural is not ``one`` with an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def finite(value: object) -> float | None:
    """A number that Graph sent as number or as text; None for anything that is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
