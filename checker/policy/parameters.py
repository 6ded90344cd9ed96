"""Parameters: whole scalars ``${name}``. No policy can declare one yet, so each is a fault."""

import re
from collections.abc import Iterator

from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.path import Path

_PARAMETER = r"\$\{[A-Za-z][A-Za-z0-9]*\}"


def parameter_faults(document: Document) -> tuple[Fault, ...]:
    """A fault for each parameter of a document; text around ``${name}`` is text."""
    return tuple(
        Fault(document.place_at(path), path, f"{text} names a parameter that the policy does not declare")
        for path, text in _texts(document.value)
        if re.fullmatch(_PARAMETER, text)
    )


def _texts(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a value, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
