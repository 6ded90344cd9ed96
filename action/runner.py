"""How a step reads its inputs from GitHub's runner, and what it says to it.

Source: docs.github.com, "Workflow commands" and "Variables reference".
"""

import os
import sys
import uuid
from collections.abc import Mapping


class InputError(Exception):
    """An input of the action that can't be used; the message says what and why."""


def text(name: str) -> str:
    """An input, without blanks around it; '' where it is not given."""
    return os.environ.get(f"INPUT_{name}", "").strip()


def lines(name: str) -> tuple[str, ...]:
    """An input with one value a line."""
    return tuple(line.strip() for line in text(name).splitlines() if line.strip())


def flag(name: str) -> bool:
    """An input that is true or false.

    Raises:
        InputError: it is something else.
    """
    value = text(name).lower()
    if value not in {"true", "false", ""}:
        raise InputError(f"{name.lower().replace('_', '-')} must be true or false, not {value!r}")
    return value == "true"


def set_outputs(values: Mapping[str, object]) -> None:
    """Hands values to later steps. No value can end its own entry and begin another one."""
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as file:
        for name, value in values.items():
            end = f"end-{uuid.uuid4()}"
            file.write(f"{name}<<{end}\n{value}\n{end}\n")


def say(level: str, message: str) -> None:
    """Shows an annotation without a place.

    Args:
        level: error, warning or notice.
        message: any text.
    """
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    sys.stdout.write(f"::{level} title=scoregate::{escaped}\n")
    sys.stdout.flush()
