"""Plain scalars by YAML 1.2's core schema. Source: yaml.org/spec/1.2.2, section 10.3.2."""

import math

_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NUMBER_START = frozenset("+-.0123456789")
_NUMBER_CHARACTERS = frozenset("+-.0123456789eE")
_LONGEST_NUMBER = 40

# The first characters of plain scalars that may not be text ("" is the empty scalar).
MAY_BE_PLAIN = frozenset({"", *_NUMBER_START, *"~nNtTfF"})


def plain_scalar(text: str) -> object:
    """A plain scalar's value by YAML 1.2's core schema; the same ``text`` object when it is text.

    Infinity and not-a-number stay text, and so does a number too long to mean one: every number is finite.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMBER_START or len(text) > _LONGEST_NUMBER:
        return text
    if text[:2] in {"0x", "0o"}:
        return _prefixed(text)
    return _decimal(text) if _NUMBER_CHARACTERS.issuperset(text) else text


def _decimal(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _prefixed(text: str) -> object:
    digits = text[2:]
    try:
        return int(digits, 16 if text[1] == "x" else 8) if digits.isascii() and digits.isalnum() else text
    except ValueError:
        return text
