import copy
from typing import Any

import msgspec
import pytest

from checker.documents.decode import convert
from checker.documents.written_text import with_written_text
from checker.documents.yaml_reader import read_yaml


class Named(msgspec.Struct):
    """A name."""

    name: str


class Shapes(msgspec.Struct, rename="camel"):
    """One member of each kind that text may be wanted in."""

    text: str = ""
    maybe_text: str | None = None
    number: float = 0
    text_or_number: str | float = ""
    texts: list[str] = []
    text_or_texts: str | list[str] = ""
    name_or_named: str | Named = ""
    by_key: dict[str, str] = {}
    free: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("text: 1.10", {"text": "1.10"}),
        ("text: '1.10'", {"text": "1.10"}),
        ("maybeText: true", {"maybeText": "true"}),
        ("number: 1.10", {"number": 1.1}),
        ("textOrNumber: 1.10", {"textOrNumber": 1.1}),
        ("texts: [a, 0x10, 2]", {"texts": ["a", "0x10", "2"]}),
        ("textOrTexts: [1.0]", {"textOrTexts": ["1.0"]}),
        ("textOrTexts: 1.0", {"textOrTexts": "1.0"}),
        ("nameOrNamed: {name: 1e3}", {"nameOrNamed": {"name": "1e3"}}),
        ("byKey: {a: 1, b: {c: 1}}", {"byKey": {"a": "1", "b": {"c": 1}}}),
        ("free: {a: 1, b: [2]}", {"free": {"a": 1, "b": [2]}}),
        ("unknown: 1", {"unknown": 1}),
        ("text: [1]", {"text": [1]}),
    ],
)
def test_text_is_restored_where_a_record_wants_it_and_nowhere_else(written: str, expected: dict[str, Any]) -> None:
    (document,) = read_yaml(written.encode(), "f.yaml")
    before = copy.deepcopy(document.value)
    assert with_written_text(document.value, Shapes, document.written.get) == expected
    assert document.value == before


def test_a_value_that_fits_as_it_is_is_not_touched() -> None:
    (document,) = read_yaml(b"textOrNumber: 1.10\ntext: word", "f.yaml")
    assert convert(document.value, Shapes, document.written.get) == Shapes(text="word", text_or_number=1.1)
