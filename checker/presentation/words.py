"""Numbers, units, counted nouns, dates and clauses as people read them: each spelled in one place.

What these functions give may hold text from outside; ``escape`` or ``tables`` makes it harmless where it is shown.
"""

import math
from collections.abc import Sequence

# Digits after which two numbers are the same to a reader.
_CLOSE = 1e-9
_PLURALS = {"percentagePoints": ("percentage point", "percentage points")}
_UNKNOWN = "?"
_NONE = "none"


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


def number(value: float | None) -> str:
    """A number as ``shown`` has it; ``?`` where it is unknown."""
    return shown(value) if value is not None else _UNKNOWN


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, a hyphen for a minus: that is what people type when they search."""
    return f"{value:+.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 point``, ``2 points``; ``many`` where the plural is not ``one`` with an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def percent(value: float | None, unknown: str = "unknown") -> str:
    """``61.95 %``; ``unknown`` where there is none."""
    return f"{shown(value)} %" if value is not None else unknown


def points(value: float | None) -> str:
    """``1 point``, ``2.5 points``; ``unknown`` where there is none."""
    if value is None:
        return "unknown"
    text = shown(value)
    return f"{text} point{'' if text == '1' else 's'}"


def points_of(current: float | None, maximum: float | None) -> str:
    """``698.17 of 1127 points``, with ``?`` for what is unknown."""
    return f"{number(current)} of {number(maximum)} points"


def change(value: float | None, unit: str) -> str:
    """``+1.50 points``, ``-0.20 percentage points``; the empty string where the change is unknown.

    Args:
        value: the difference.
        unit: as the report names it.
    """
    return f"{signed(value)} {_PLURALS.get(unit, (unit, unit))[1]}" if value is not None else ""


def difference(in_points: float, in_percentage_points: float | None) -> str:
    """``+1.50 points, +0.20 percentage points``, the latter as far as it is known."""
    return joined(change(in_points, "points"), change(in_percentage_points, "percentagePoints"))


def joined(*parts: str) -> str:
    """``a, b``: the parts that are not empty."""
    return ", ".join(filter(None, parts))


def bracketed(text: str | None) -> str:
    """`` (text)`` to be put after a word; the empty string where there is no text."""
    return f" ({text})" if text else ""


def quoted(text: str | None) -> str:
    """``"text"``; ``(none)`` where there is none."""
    return f'"{text}"' if text else "(none)"


def cut(text: str, most: int) -> str:
    """The first ``most`` characters, with an ellipsis where there are more."""
    return text if len(text) <= most else f"{text[:most]}…"


def cut_words(text: str, most: int) -> str:
    """As ``cut``, after a whole word."""
    if len(text) <= most:
        return text
    end = max(text.rfind(" ", 0, most + 1), text.rfind("\n", 0, most + 1))
    return f"{text[: end if end > 0 else most].rstrip()} …"


def transition(before: str | None, after: str | None) -> str:
    """``before -> after``, with ``none`` for what is missing."""
    return f"{before or _NONE} -> {after or _NONE}"


def age(days: int) -> str:
    """How old a day's data is: ``today``, ``3 days old``, ``1 day ahead``.

    Args:
        days: whole UTC days since then; negative for a day to come.
    """
    if days == 0:
        return "today"
    return f"{counted(days, 'day')} old" if days > 0 else f"{counted(-days, 'day')} ahead"


def position(file: str, line: int, column: int) -> str:
    """``file:line:column``, as compilers write it."""
    return f"{file}:{line}:{column}"


def amount(value: float | str, unit: str) -> str:
    """A number with its unit as text, unrounded: ``80 %``, ``12.5 points``, ``3 days``; a state is its own word.

    Args:
        value: the number, or the word of a state.
        unit: as the report names it: percent, points, percentagePoints, days; another is left out.
    """
    if isinstance(value, str):
        return value
    # As the policy writes it: a minimum of 99.999 is not one of 100.
    digits = f"{value:.10g}"
    if unit == "percent":
        return f"{digits} %"
    if unit not in {"points", "percentagePoints", "days"}:
        return digits
    one, many = _PLURALS.get(unit, (unit.removesuffix("s"), unit))
    return f"{digits} {one if digits == '1' else many}"


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
    # Of another control's id at the head, the usual sign is its underscore.
    begins_with_name = begins_with_name or "_" in text.partition(" ")[0]
    whole = text if begins_with_name else text[:1].upper() + text[1:]
    return whole.removesuffix(".") + "."


def set_by(by: str | None, at: str | None, *, precise: bool = False) -> str:
    """`` by admin@contoso.example on 2026-05-01``, as far as Graph says; the empty string where it gives neither.

    Args:
        by: who set a state.
        at: when, ISO 8601; text that is no date is shown up to 40 characters.
        precise: with the time of day.
    """
    who = f" by {by}" if by else ""
    is_date = at is not None and at[4:5] == at[7:8] == "-"
    shown = (at[:19] if precise else at[:10]) if at and is_date else (at or "")[:40]
    when = f" on {shown}" if shown else ""
    return who + when


def comment(text: str | None, *, most: int | None = None) -> str:
    """A comment in one line, cut after ``most`` characters; the empty string where it holds only blanks."""
    return " ".join((text or "").split())[:most]
