"""Numbers, units, counted nouns and clauses as people read them: each spelled in one place."""

import math
from collections.abc import Sequence

# Digits after which two numbers are the same to a reader.
_CLOSE = 1e-9
_PLURALS = {"percentagePoints": ("percentage point", "percentage points")}


def shown(value: float, *, beside: float | None = None) -> str:
    """A number with two decimals at most, and with more where two would hide on which side of ``beside`` it lies.

    >>> shown(61.94942324755989), shown(80.0), shown(79.9999, beside=80)
    ('61.95', '80', '79.9999')
    """
    for digits in (2, 4, 6, 9):
        text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
        if beside is None or float(text) != beside or math.isclose(value, beside, rel_tol=0, abs_tol=_CLOSE):
            break
    return "0" if text == "-0" else text


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign; a true minus would not be found by who looks for one."""
    return f"{value:+.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 point``, ``2 points``; ``many`` where the plural is not ``one`` with an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def amount(value: float | str, unit: str) -> str:
    """A number with its unit as text, unrounded: ``80 %``, ``12.5 points``, ``3 days``; a state is its own word.

    Args:
        value: the number, or the word of a state.
        unit: as the report names it: percent, points, percentagePoints, days; another is left out.
    """
    if isinstance(value, str):
        return value
    # As the policy writes it: a minimum of 99.999 is not one of 100.
    number = f"{value:.10g}"
    if unit == "percent":
        return f"{number} %"
    if unit not in {"points", "percentagePoints", "days"}:
        return number
    one, many = _PLURALS.get(unit, (unit.removesuffix("s"), unit))
    return f"{number} {one if number == '1' else many}"


def named(names: Sequence[str], most: int) -> str:
    """``a, b and 3 more``: at most so many names, and how many are left out."""
    some = ", ".join(names[:most])
    return f"{some} and {len(names) - most} more" if len(names) > most else some


def sentence(text: str, *, name: str | None = None) -> str:
    """The text with a capital and a full stop; a name at its head keeps its spelling.

    Args:
        text: a clause.
        name: the id that the clause may begin with, in any case, with a tenant's prefix (``11770.``) or without.
    """
    heads = {name.casefold(), name.rpartition(".")[2].casefold()} - {""} if name else set()
    begins_with_name = text.casefold().startswith(tuple(heads))
    whole = text if begins_with_name else text[:1].upper() + text[1:]
    return whole.removesuffix(".") + "."


def set_by(by: str | None, at: str | None, *, precise: bool = False) -> str:
    """`` by admin@contoso.example on 2026-05-01``, as far as Graph says; the empty string where it says neither.

    Args:
        by: who set a state.
        at: when, ISO 8601.
        precise: with the time of day.
    """
    who = f" by {by}" if by else ""
    when = f" on {at[:19] if precise else at[:10]}" if at else ""
    return who + when


def comment(text: str | None, *, most: int | None = None) -> str:
    """A comment in one line, cut after ``most`` characters; the empty string where it holds only blanks."""
    return " ".join((text or "").split())[:most]
