"""Every fault of a document, by its JSON Schema; imported only when there is one."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from checker.documents import limits
from checker.documents.document import Document
from checker.documents.expectations import expectation
from checker.documents.fault import Fault
from checker.documents.path import brief, dotted
from checker.documents.schema import JsonSchema
from checker.documents.suggest import did_you_mean
from checker.documents.violations import Violation, find_violations


def faults_of(document: Document, schema: JsonSchema) -> list[Fault]:
    """All faults, in the order of the file, at most as many as a person would read.

    Args:
        document: as read, or with written text restored.
        schema: draft 2020-12.
    """
    translation = _Translation(document, schema)
    every = (fault for one in find_violations(document.value, schema) for fault in translation.faults(one))
    unique: dict[Fault, None] = {}
    for fault in every:
        unique.setdefault(fault)
        if len(unique) == limits.FAULTS_SHOWN:
            break
    return sorted(unique, key=lambda fault: (fault.place.line, fault.place.column, dotted(fault.path)))


class _Translation:
    """Turns violations of a schema into faults of one document."""

    def __init__(self, document: Document, schema: JsonSchema) -> None:
        self._document = document
        self._schema = schema

    def faults(self, violation: Violation, reported: Sequence[str] = ()) -> Iterator[Fault]:
        """The faults that a violation stands for; none for the keys that are ``reported`` already."""
        match violation.keyword:
            case "oneOf" | "anyOf" if violation.inner:
                yield from self._branch_faults(violation)
            case "additionalProperties":
                known = list(violation.schema.get("properties", ()))
                for key in violation.value:
                    if key not in known and key not in reported:
                        hint = did_you_mean(key, known) or f"; expected one of {', '.join(known)}"
                        yield self._fault(violation, f"unknown key {brief(key)!r}{hint}", key=key)
            case "required":
                for key in violation.limit:
                    if key not in violation.value and key not in reported:
                        yield self._fault(violation, f"the key {key!r} is missing")
            case _:
                yield self._fault(violation, expectation(violation))

    def _branch_faults(self, violation: Violation) -> Iterator[Fault]:
        """A value that fits no branch: which keys would choose a branch, and the faults of the nearest branch."""
        telling = self._telling_keys(violation.limit) if isinstance(violation.value, dict) else []
        present = [key for key in telling if key in violation.value]
        if telling and not present and self._takes_none_of(telling, violation.limit):
            telling = []
        elif telling and len(present) != 1:
            got = f"got {' and '.join(present)}" if present else "got none"
            wanted = "exactly one" if violation.keyword == "oneOf" else "at least one"
            yield self._fault(violation, f"expected {wanted} of {', '.join(telling)}; {got}")
        else:
            telling = []
        for inner in _nearest_branch(violation):
            yield from self.faults(inner, () if inner.steps else telling)

    def _takes_none_of(self, telling: Sequence[str], branches: Sequence[JsonSchema]) -> bool:
        """Whether a branch is for values without any of the keys that tell the others apart."""
        return any(not set(telling) & set(self._required(branch)) for branch in branches)

    def _required(self, branch: JsonSchema) -> Sequence[str]:
        name = branch.get("$ref", "").rpartition("/")[2]
        found: Sequence[str] = self._schema["$defs"].get(name, branch).get("required", [])
        return found

    def _telling_keys(self, branches: Sequence[JsonSchema]) -> list[str]:
        """The keys that only one of the branches requires, in order; none if there is only one branch."""
        if len(branches) == 1:
            return []
        every = list(itertools.chain.from_iterable(map(self._required, branches)))
        return [key for key in every if every.count(key) == 1]

    def _fault(self, violation: Violation, expected: str, *, key: str | None = None) -> Fault:
        path = violation.path if key is None else (*violation.path, key)
        return Fault(self._document.place_at(path, key=key is not None), path, expected)


def _nearest_branch(violation: Violation) -> Sequence[Violation]:
    """The violations of the branch that the author most likely meant."""
    branches: dict[int | str, list[Violation]] = {}
    for inner in violation.inner:
        branches.setdefault(inner.branch, []).append(inner)
    if not str(violation.value).startswith("${"):
        # Text that does not begin like a parameter was not meant as one.
        for index, branch in enumerate(violation.limit):
            if _is_parameter(branch) and len(branches) > 1:
                branches.pop(index, None)

    def cost(violations: Sequence[Violation]) -> tuple[int, int, int]:
        # A branch whose type is another was not meant, and one whose own keys are missing hardly.
        at_top = [inner for inner in violations if inner.steps == 0]
        mistyped = sum(1 for inner in at_top if inner.keyword == "type" or _is_no_word(inner))
        incomplete = sum(1 for inner in at_top if inner.keyword == "required")
        return mistyped, incomplete, len(violations)

    return min(branches.values(), key=cost)


def _is_no_word(violation: Violation) -> bool:
    """Whether a mapping or a list stands where one of some words was expected."""
    return violation.keyword in {"enum", "const"} and isinstance(violation.value, dict | list)


def _is_parameter(branch: Mapping[str, object]) -> bool:
    return str(branch.get("$ref", "")).endswith("/Parameter")
