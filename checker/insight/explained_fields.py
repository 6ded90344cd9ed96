"""Field by field: what a requirement says as it is judged, where that is written, and what it replaced."""

from typing import Annotated

import msgspec
from msgspec import Meta

from checker.policy.layers import Field
from checker.policy.model import PolicySet
from checker.report.document import LocationDocument


class FieldValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a field, and where it is written."""

    value: Annotated[str, Meta(description="As JSON.")]
    location: LocationDocument
    origin: Annotated[str | None, Meta(description="The parameter that gave the value; null where it is written out.")]


class FieldExplained(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a requirement as it is judged, and what it replaced."""

    field: str
    present: FieldValue
    replaced: Annotated[tuple[FieldValue, ...], Meta(description="What bases and defaults say, the nearest first.")]


def explain_fields(requirement: str, policies: PolicySet | None) -> tuple[FieldExplained, ...]:
    """The fields of a requirement in the order in which they were written; nothing where no layers were kept.

    Args:
        requirement: its name, POLICY/ID.
        policies: loaded with their layers.
    """
    layered = policies.layers.get(requirement) if policies is not None else None
    if layered is None:
        return ()
    return tuple(
        FieldExplained(
            field=str(path[0]),
            present=_value(field),
            replaced=tuple(map(_value, field.replaced)),
        )
        for path, field in layered.fields().items()
        if path != ("id",)
    )


def _value(field: Field) -> FieldValue:
    place = field.place
    return FieldValue(
        value=msgspec.json.encode(field.value).decode(),
        location=LocationDocument(place.file, place.line, place.column),
        origin="; ".join(field.origin) or None,
    )
