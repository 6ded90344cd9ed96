"""The terminal that text goes to: how wide it is, and whether it shows colours."""

import os
from collections.abc import Mapping
from typing import TextIO

from checker.presentation.screen import FILE, Screen

# Narrower than that a table is no help; wider is not a terminal.
_LEAST, _MOST = 40, 1000
# Of a terminal that doesn't tell how wide it is.
_UNKNOWN = 80


def screen(stream: TextIO | None, environment: Mapping[str, str] | None = None) -> Screen:
    """What text on a standard stream is put for; on a terminal ``COLUMNS`` overrules how wide it says that it is.

    Elsewhere the variable has no say: shells and test runners hand it on to programs whose output goes to a pipe.

    Args:
        stream: standard output or standard error; None where it is closed.
        environment: the variables; those of this process unless given.
    """
    if stream is None or not stream.isatty():
        return FILE
    variables = os.environ if environment is None else environment
    return Screen(_columns(variables.get("COLUMNS", "")) or _asked(stream), _shows_colours(variables))


def _shows_colours(variables: Mapping[str, str]) -> bool:
    """Whether nobody asked for none. Source: https://no-color.org."""
    return not (variables.get("NO_COLOR") or variables.get("CI") or variables.get("TERM") == "dumb")


def _columns(text: str) -> int | None:
    """The columns that a variable names; None where it names none."""
    return min(max(int(text[:4]), _LEAST), _MOST) if text.isdecimal() and int(text[:4]) else None


def _asked(stream: TextIO) -> int:
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    return _columns(str(columns)) or _UNKNOWN
