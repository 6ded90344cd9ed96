"""What a JSON Schema's keyword expects, as one phrase for the author of a document."""

from collections.abc import Callable, Mapping

from checker.documents.path import brief
from checker.documents.suggest import did_you_mean
from checker.documents.violations import Violation

_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}


def expectation(violation: Violation) -> str:
    """What was expected of a value, and what it is."""
    phrase = _PHRASES.get(violation.keyword)
    return phrase(violation) if phrase is not None else f"does not fit the schema ({violation.keyword})"


def _type(violation: Violation) -> str:
    limit = violation.limit
    types = limit if isinstance(limit, list) else [limit]
    wanted = " or ".join(_TYPES[name] for name in types if name != "null")
    return f"expected {wanted}, got {_shown(violation.value)}"


def _enum(violation: Violation) -> str:
    words = [str(word) for word in violation.limit if word is not None]
    hint = did_you_mean(violation.value, words) if isinstance(violation.value, str) else ""
    return f"expected one of {', '.join(words)}, got {_shown(violation.value)}{hint}"


def _const(violation: Violation) -> str:
    return f"expected {violation.limit}, got {_shown(violation.value)}"


def _pattern(violation: Violation) -> str:
    return f"expected {_lowered(violation.description.split('. ')[0].rstrip('.'))}, got {_shown(violation.value)}"


def _minimum(violation: Violation) -> str:
    return f"expected {violation.limit} or more, got {_shown(violation.value)}"


def _maximum(violation: Violation) -> str:
    return f"expected {violation.limit} or less, got {_shown(violation.value)}"


def _least_length(violation: Violation) -> str:
    return (
        "expected text, got an empty string"
        if violation.limit == 1
        else f"expected at least {violation.limit} characters"
    )


def _least_items(violation: Violation) -> str:
    return "expected at least one item" if violation.limit == 1 else f"expected at least {violation.limit} items"


def _most_length(violation: Violation) -> str:
    return f"expected at most {violation.limit} characters, got {len(violation.value)}"


def _format(violation: Violation) -> str:
    return f"expected a {violation.limit} like 2026-11-01, got {_shown(violation.value)}"


_PHRASES: Mapping[str, Callable[[Violation], str]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _least_length,
    "minItems": _least_items,
    "maxLength": _most_length,
    "format": _format,
}


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if text else "text in another format"


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return f"the text {brief(value)!r}"
        case _:
            return f"the number {value}"
