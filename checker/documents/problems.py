"""Every fault of a document that does not decode, by its JSON Schema.

Imported only when a document is wrong: jsonschema takes longer to load than a whole check.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from checker.documents import limits
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.path import Path, brief, dotted
from checker.documents.suggest import did_you_mean

Schema = dict[str, Any]

_KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}


def faults_of(document: Document, schema: Schema) -> list[Fault]:
    """All faults, in the order of the file, at most as many as a person would read.

    Args:
        document: as read, or with written text restored.
        schema: draft 2020-12.
    """
    import jsonschema

    kind = jsonschema.Draft202012Validator
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    every = (fault for error in validator.iter_errors(document.value) for fault in _Faults(document, schema).of(error))
    unique: dict[Fault, None] = {}
    for fault in every:
        unique.setdefault(fault)
        if len(unique) == limits.FAULTS_SHOWN:
            break
    return sorted(unique, key=lambda fault: (fault.place.line, fault.place.column, dotted(fault.path)))


class _Faults:
    """Turns errors of jsonschema into faults of one document."""

    def __init__(self, document: Document, schema: Schema) -> None:
        self._document = document
        self._schema = schema

    def of(self, error: Any, told: Sequence[str] = ()) -> Iterable[Fault]:  # noqa: ANN401 - jsonschema is imported late
        """The faults that an error stands for; nothing of the keys that are ``told`` already."""
        path: Path = tuple(error.absolute_path)
        match error.validator:
            case "oneOf" | "anyOf" if error.context:
                yield from self._of_branches(error, path)
            case "additionalProperties":
                known = list(error.schema.get("properties", ()))
                for key in error.instance:
                    if key not in known and key not in told:
                        hint = did_you_mean(key, known) or f"; expected one of {', '.join(known)}"
                        yield self._fault((*path, key), f"unknown key {brief(key)!r}{hint}", key=True)
            case "required":
                for key in error.validator_value:
                    if key not in error.instance and key not in told:
                        yield self._fault(path, f"the key {key!r} is missing")
            case _:
                yield self._fault(path, _expected(error))

    def _of_branches(self, error: Any, path: Path) -> Iterable[Fault]:  # noqa: ANN401
        """A value that fits no branch: which keys would tell the branch, and what is wrong with the nearest."""
        telling = self._telling_keys(error.validator_value) if isinstance(error.instance, dict) else []
        there = [key for key in telling if key in error.instance]
        if telling and len(there) != 1:
            got = f"got {' and '.join(there)}" if there else "none of them is there"
            wanted = "exactly one" if error.validator == "oneOf" else "at least one"
            yield self._fault(path, f"expected {wanted} of {', '.join(telling)}; {got}")
        else:
            telling = []
        for inner in _nearest_branch(error):
            yield from self.of(inner, () if inner.path else telling)

    def _telling_keys(self, branches: Sequence[Schema]) -> list[str]:
        """The keys that only one of the branches requires, in order; none where there is nothing to choose."""
        if len(branches) == 1:
            return []
        required = []
        for branch in branches:
            name = branch.get("$ref", "").rpartition("/")[2]
            required.append(self._schema["$defs"].get(name, branch).get("required", []))
        every = list(itertools.chain.from_iterable(required))
        return [key for key in every if every.count(key) == 1]

    def _fault(self, path: Path, expected: str, *, key: bool = False) -> Fault:
        return Fault(self._document.place_at(path, key=key), path, expected)


def _nearest_branch(error: Any) -> Sequence[Any]:  # noqa: ANN401
    """The errors of the branch that the author most likely meant."""
    branches: dict[int, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    if not str(error.instance).startswith("${"):
        # Nobody meant a parameter who did not begin one.
        for index, branch in enumerate(error.validator_value):
            if str(branch.get("$ref", "")).endswith("/Parameter") and len(branches) > 1:
                branches.pop(index, None)

    def cost(errors: list[Any]) -> tuple[int, int]:
        # A branch whose own keys are missing, or whose type is another, was not meant.
        at_top = [inner for inner in errors if not inner.path]
        wrong = sum(1 for inner in at_top if inner.validator in {"required", "type"})
        return wrong, len(errors)

    return min(branches.values(), key=cost)


def _expected(error: Any) -> str:  # noqa: ANN401, PLR0911 - one return a keyword
    value, limit = error.instance, error.validator_value
    match error.validator:
        case "type":
            kinds = limit if isinstance(limit, list) else [limit]
            wanted = " or ".join(_KINDS[kind] for kind in kinds if kind != "null")
            return f"expected {wanted}, got {_shown(value)}"
        case "enum":
            words = [str(word) for word in limit if word is not None]
            hint = did_you_mean(value, words) if isinstance(value, str) else ""
            return f"expected one of {', '.join(words)}, got {_shown(value)}{hint}"
        case "const":
            return f"expected {limit}, got {_shown(value)}"
        case "pattern":
            # A member that may also be a parameter has its description one level up.
            described = error.schema.get("description") or getattr(error.parent, "schema", {}).get("description", "")
            return f"expected {_lowered(described.split('. ')[0].rstrip('.'))}, got {_shown(value)}"
        case "minimum":
            return f"expected {limit} or more, got {_shown(value)}"
        case "maximum":
            return f"expected {limit} or less, got {_shown(value)}"
        case "minLength" | "minItems":
            return "expected something, got nothing" if limit == 1 else f"expected at least {limit} items"
        case "maxLength":
            return f"expected at most {limit} characters, got {len(value)}"
        case "format":
            return f"expected a {limit} like 2026-11-01, got {_shown(value)}"
        case _:
            return f"expected something else here ({error.validator})"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if text else "text of another form"


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
