"""JSON as it is sent: written as the services write it, and read where an object is expected."""

import json
from typing import Any


def compact_json(value: object) -> bytes:
    """Write JSON as the services do: without spaces, in UTF-8, doubles with their fraction."""
    # A client can send lone surrogates escaped; UTF-8 has none, so they are returned as question marks.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def parse_object(data: bytes | str, name: str) -> dict[str, Any]:
    """Read a JSON object.

    Args:
        data: the JSON.
        name: what the object is, for the message.

    Raises:
        ValueError: the data is not a JSON object.
    """
    try:
        value = json.loads(data)
    except RecursionError as error:
        raise ValueError(f"{name} is nested too deeply") from error
    match value:
        case dict():
            return value
        case _:
            raise ValueError(f"{name} must be a JSON object")
