"""Whether a change of a requirement makes it looser: decided for each field beside its definition, never by outcomes.

A change that can't be compared for all tenants is undecided, and undecided counts as looser: a gate must not be opened
by a change that nobody can judge.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import Enum, unique
from typing import Any

import msgspec


@unique
class Direction(Enum):
    """What a change does to a requirement."""

    LOOSER = "looser"
    TIGHTER = "tighter"
    NEUTRAL = "neutral"
    UNDECIDED = "undecided"

    @property
    def may_loosen(self) -> bool:
        """Whether something may pass after the change that failed before."""
        return self in {Direction.LOOSER, Direction.UNDECIDED}


# The direction from one entry of a kind to another of it, for one field.
Compare = Callable[[Any, Any], Direction]
Directions = Mapping[str, Compare]


class FieldChange(msgspec.Struct, frozen=True):
    """A field that two entries have with different values.

    Attributes:
        field: as documents spell it.
        direction: what the change does.
    """

    field: str
    direction: Direction


def together(directions: Iterable[Direction]) -> Direction:
    """The direction of several changes at once: one that loosens is not made up for by one that tightens."""
    found = set(directions) - {Direction.NEUTRAL}
    for direction in (Direction.LOOSER, Direction.UNDECIDED):
        if direction in found:
            return direction
    return Direction.TIGHTER if found else Direction.NEUTRAL


def neutral(before: object, after: object) -> Direction:
    """A field that decides nothing."""
    del before, after
    return Direction.NEUTRAL


def undecided(before: object, after: object) -> Direction:
    """A field whose change can't be compared."""
    del before, after
    return Direction.UNDECIDED


def same_or_undecided(before: object, after: object) -> Direction:
    """Two values of which neither is tighter for all tenants."""
    return Direction.NEUTRAL if before == after else Direction.UNDECIDED


def rising(number: Callable[[Any], float | None]) -> Compare:
    """A field that is tighter the higher its number is; undecided where one has no such number."""

    def compare(before: object, after: object) -> Direction:
        first, second = number(before), number(after)
        if first is None or second is None:
            return Direction.UNDECIDED
        return _sign(second - first)

    return compare


def falling(number: Callable[[Any], float | None]) -> Compare:
    """A field that is tighter the lower its number is."""
    return rising(lambda entry: None if (found := number(entry)) is None else -found)


def growing(words: Callable[[Any], Collection[str]], form: Callable[[str], str] = str.casefold) -> Compare:
    """A field that is tighter the more words it has; undecided where neither list holds the other.

    Args:
        words: of the field.
        form: what two words have in common that always mean the same: what the judgement compares by, and no more.
    """

    def compare(before: object, after: object) -> Direction:
        first, second = set(map(form, words(before))), set(map(form, words(after)))
        if first == second:
            return Direction.NEUTRAL
        if first < second:
            return Direction.TIGHTER
        return Direction.LOOSER if second < first else Direction.UNDECIDED

    return compare


def shrinking(words: Callable[[Any], Collection[str]]) -> Compare:
    """A field that is tighter the fewer words it has."""
    grow = growing(words)

    def compare(before: object, after: object) -> Direction:
        return grow(after, before)

    return compare


def _sign(difference: float) -> Direction:
    if difference == 0:
        return Direction.NEUTRAL
    return Direction.TIGHTER if difference > 0 else Direction.LOOSER
