"""The `$orderby` option: some clients send it, although Secure Score documents an order of its own only.

Source: https://learn.microsoft.com/graph/query-parameters
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker.sandbox.errors import GraphResponseError
from checker.sandbox.graph.entity_types import EntityType


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One property to sort by.

    Attributes:
        path: the property, and its member where it is an object.
        descending: whether the largest comes first.
    """

    path: tuple[str, ...]
    descending: bool


def parse_order(text: str, entity: EntityType) -> tuple[OrderTerm, ...]:
    """Parse a list of properties, each with or without `asc` or `desc`.

    Raises:
        GraphResponseError: 400, when a property is unknown or can't be sorted by, or a direction is unknown.
    """
    return tuple(_term(part.split(), entity) for part in text.split(","))


def sorted_items(items: Sequence[dict[str, Any]], terms: Sequence[OrderTerm]) -> list[dict[str, Any]]:
    """Sort items; null is smaller than any value, and items that are equal keep their order."""
    ordered = list(items)
    for term in reversed(terms):
        ordered.sort(key=functools.partial(_sort_key, term.path), reverse=term.descending)
    return ordered


def _term(words: list[str], entity: EntityType) -> OrderTerm:
    match words:
        case [path] | [path, "asc" | "desc"]:
            found = entity.property_path(path)
        case _:
            raise GraphResponseError(400, "BadRequest", f"Invalid $orderby clause: '{' '.join(words)[:64]}'.")
    if found is None:
        message = f"Could not find a property named '{path[:64]}' on type '{entity.name}'."
        raise GraphResponseError(400, "BadRequest", message)
    sortable = found[0] in entity.values or (found[0] in entity.structures and len(found) == 2)
    if not sortable:
        raise GraphResponseError(400, "BadRequest", f"Items can't be ordered by '{path[:64]}'.")
    return OrderTerm(found, words[-1] == "desc" and len(words) == 2)


def _sort_key(path: tuple[str, ...], item: Mapping[str, Any]) -> tuple[int, Any]:
    value: Any = item
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    match value:
        case None:
            return (0, 0)
        case bool() | int() | float():
            return (1, value)
        case _:
            return (2, str(value))
