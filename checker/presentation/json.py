"""Records and values → the JSON that we write: indented, safe in a log, with a line break at the end."""

from collections.abc import Iterable

import msgspec

from checker.presentation.escape import json

Object = dict[str, object]
"""A JSON object as it is put together, for formats that others define."""


def json_document(value: object) -> bytes:
    """The value as a document.

    Args:
        value: a record, or what JSON can hold.
    """
    return json(msgspec.json.format(msgspec.json.encode(value), indent=2)) + b"\n"


def json_lines(values: Iterable[Object]) -> bytes:
    """Each value as a line of its own."""
    return b"".join(json(msgspec.json.encode(value)) + b"\n" for value in values)
