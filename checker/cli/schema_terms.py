"""Types, bounds and descriptions of a JSON Schema, in the words of the documentation."""

import json
import re
from collections.abc import Iterator
from typing import TypeAlias

from checker.presentation.escape import Markup, code, markdown

Schema: TypeAlias = dict[str, object]

_PARAMETER = "#/$defs/Parameter"
_BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
}

_COUNTS = {"minLength", "minItems"}


def type_of(schema: Schema) -> Markup:
    """The type of a value: a name of JSON's, the values that are allowed, or links to records of the same page."""
    *others, last = dict.fromkeys(_types(schema))
    return Markup(f"{', '.join(others)} or {last}" if others else last)


def _types(schema: Schema) -> Iterator[str]:
    target = schema.get("$ref")
    if isinstance(target, str):
        if target != _PARAMETER:
            yield _reference(target)
        return
    for key in ("anyOf", "oneOf"):
        for variant in _each(schema, key):
            yield from _types(variant)
    for value in _values(schema):
        yield code(json.dumps(value, ensure_ascii=False))
    kind = schema.get("type")
    if isinstance(kind, str):
        yield _of(kind, schema)


def _of(kind: str, schema: Schema) -> str:
    items = schema.get("items")
    if kind == "array":
        return f"list of {type_of(items)}" if isinstance(items, dict) else "list"
    members = schema.get("additionalProperties")
    if kind == "object" and isinstance(members, dict):
        return f"object of {type_of(members)} by name"
    return "date" if schema.get("format") == "date" else kind


def _reference(target: str) -> str:
    name = target.rpartition("/")[2]
    return f"[{name}](#{name.lower()})"


def bounds(schema: Schema) -> Markup:
    """What a value has to keep to besides its type; a dash where that is nothing."""
    return Markup(", ".join(dict.fromkeys(_bounds(schema))) or "–")


def _bounds(schema: Schema) -> Iterator[str]:
    for variant in _each(schema, "anyOf"):
        yield from _bounds(variant)
    for key, words in _BOUNDS.items():
        if key in schema:
            yield "not empty" if key in _COUNTS and schema[key] == 1 else words.format(schema[key])
    if "pattern" in schema:
        # ECMAScript's $ is the end of the text; Python's would let a line break follow.
        yield code(str(schema["pattern"]).replace("(?!\\n)$", "$"))
    items = schema.get("items")
    if isinstance(items, dict):
        yield from (f"each {bound}" for bound in _bounds(items))


def described(text: str) -> Markup:
    """A description, which comes from a docstring: what stands between double backticks is code."""
    parts = re.split(r"``(.+?)``", " ".join(text.split()))
    return Markup("".join(code(part) if index % 2 else _plain(part) for index, part in enumerate(parts)))


def _plain(text: str) -> str:
    """Text between two codes, with the blanks at its ends."""
    inner = text.strip()
    if not inner:
        return text
    start = text.index(inner)
    return f"{text[:start]}{markdown(inner)}{text[start + len(inner) :]}"


def _each(schema: Schema, key: str) -> list[Schema]:
    found = schema.get(key)
    return found if isinstance(found, list) else []


def _values(schema: Schema) -> list[object]:
    found = schema.get("enum")
    return found if isinstance(found, list) else []
