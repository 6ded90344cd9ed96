"""Records and values → the JSON that we write: indented, safe in a log, with a line break at the end."""

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
