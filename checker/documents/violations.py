"""What jsonschema finds wrong with a value, as plain values.

Imported only when a document is wrong: jsonschema takes longer to load than a whole check.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from checker.documents.path import Path
from checker.documents.schema import JsonSchema


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One keyword of a schema that a value does not keep to.

    Attributes:
        keyword: of the schema, such as ``required``.
        limit: what the schema says under the keyword.
        value: what was checked.
        path: of the value in the document.
        steps: how many keys and indices below the value of the enclosing violation it is.
        schema: what has the keyword.
        description: the schema's own, else the one of the schema around it.
        branch: the number of the branch, in a violation of ``oneOf`` or ``anyOf``.
        inner: of ``oneOf`` or ``anyOf``: the violations of all branches.
    """

    keyword: str
    limit: Any
    value: Any
    path: Path
    steps: int
    schema: JsonSchema
    description: str
    branch: int | str
    inner: tuple["Violation", ...]


def find_violations(value: object, schema: JsonSchema) -> Iterator[Violation]:
    """What is wrong with a value by a schema of draft 2020-12."""
    import jsonschema

    kind = jsonschema.Draft202012Validator
    return map(_violation, kind(schema, format_checker=kind.FORMAT_CHECKER).iter_errors(value))


def _violation(error: Any) -> Violation:  # noqa: ANN401 - jsonschema is imported late, and its stubs say little
    return Violation(
        keyword=error.validator,
        limit=error.validator_value,
        value=error.instance,
        path=tuple(error.absolute_path),
        steps=len(error.path),
        schema=error.schema,
        # A member that may also be a parameter has its description one level up.
        description=error.schema.get("description") or getattr(error.parent, "schema", {}).get("description", ""),
        branch=error.schema_path[0],
        inner=tuple(map(_violation, error.context)),
    )
