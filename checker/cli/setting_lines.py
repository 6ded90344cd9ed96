"""The line of ``scoregate.toml`` that a setting stands on: tomllib gives values without places."""

import re

_HEADER = r"\s*\[([^\[\]]+)\]\s*(?:#.*)?"
_KEY = r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*="


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line, from 1, of the key ``path``; of the inline table that holds it; 1 where neither is found.

    Args:
        text: a file that is valid TOML.
        path: the names from the top: ``("check", "fail-on")``.
    """
    table: tuple[str, ...] = ()
    held = 1
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.fullmatch(_HEADER, line):
            found = table = _names(header[1])
        elif key := re.match(_KEY, line):
            found = table + _names(key[1])
        else:
            continue
        if found == path:
            return number
        held = number if path[: len(found)] == found else held
    return held


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
