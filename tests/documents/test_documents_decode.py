from typing import Annotated

import msgspec
import pytest
from msgspec import Meta

from checker.documents.decode import MismatchError, convert


class Limit(msgspec.Struct, forbid_unknown_fields=True):
    """Refuses what no record may hold."""

    percent: Annotated[float, Meta(le=100)] = 0.0

    def __post_init__(self) -> None:
        if self.percent < 0:
            raise ValueError("expected no negative number")


class Case(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """One of each shape that a path leads through."""

    id: str = ""
    at_most: Limit | None = None
    limits: list[Limit] = []
    grid: list[list[int]] = []
    by_name: dict[str, Limit] = {}


@pytest.mark.parametrize(
    ("value", "path", "expected"),
    [
        ([], (), "expected a mapping, got a list"),
        ({"idd": "x"}, (), "object contains unknown field 'idd'"),
        ({"id": 1}, ("id",), "expected text, got a whole number"),
        ({"atMost": {"percent": "1"}}, ("atMost", "percent"), "expected a number, got text"),
        ({"atMost": {"percent": -1}}, ("atMost",), "expected no negative number"),
        ({"limits": [{}, {"percent": 101}]}, ("limits", 1, "percent"), "expected a number <= 100.0"),
        ({"grid": [[1], [2, 3, 1.5]]}, ("grid", 1, 2), "expected a whole number, got a number"),
        # msgspec doesn't name the keys of plain mappings: the path leads to the mapping.
        ({"byName": {"a.b": {"percent": 101}}}, ("byName",), "expected a number <= 100.0"),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_path(
    value: object, path: tuple[str | int, ...], expected: str
) -> None:
    with pytest.raises(MismatchError) as caught:
        convert(value, Case, lambda _: None)
    assert (caught.value.path, caught.value.expected) == (path, expected)
