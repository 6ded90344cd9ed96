"""The formats that every command's answer has."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from checker.presentation.json import json_document

FORMATS = ("text", "json", "markdown")

Answer = TypeVar("Answer", bound=msgspec.Struct)


def rendered(
    name: str, found: Answer, *, text: Callable[[Answer], Iterable[str]], markdown: Callable[[Answer], Iterable[str]]
) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``.

    Args:
        name: which.
        found: the answer; its record is its JSON.
        text: its lines for a person.
        markdown: its lines for a pull request.
    """
    match name:
        case "json":
            return json_document(found)
        case "markdown":
            return lines(markdown(found))
        case _:
            return lines(text(found))


def lines(of: Iterable[str]) -> bytes:
    """Lines as a file holds them."""
    return ("\n".join(of) + "\n").encode()
