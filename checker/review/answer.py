"""The answer of ``review``: values only, and its JSON."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.insight.warnings import DataWarning
from checker.report.document import LocationDocument
from checker.report.outcome import Outcome
from checker.report.verdict import Decision
from checker.requirements.direction import Direction


class FieldDifference(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A field that both sides have with different values; values are JSON, null where a side says nothing."""

    field: str
    direction: Direction
    before: str | None
    after: str | None
    before_location: LocationDocument | None
    after_location: LocationDocument | None


class RequirementChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A requirement, or the terms of a policy, that the two sides have in different ways."""

    requirement: str
    change: Literal["added", "removed", "changed"]
    direction: Annotated[Direction, Meta(description="undecided counts as looser.")]
    fields: tuple[FieldDifference, ...]
    location: Annotated[LocationDocument, Meta(description="Of the head; of the base where the head has it no more.")]
    approved_by: Annotated[str | None, Meta(description="Who approved a change that may loosen, in the base.")] = None


class WaiverChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A waiver that the two sides have in different ways."""

    requirement: str
    control: str | None
    tenant: str | None
    change: Literal["added", "removed", "changed"]
    direction: Direction
    until: Annotated[str, Meta(description="Its last day, ISO date, UTC.")]
    ends_soon: Annotated[bool, Meta(description="Whether that is within 30 days.")]
    points: Annotated[float | None, Meta(description="What it costs on the head now; null where it covers nothing.")]
    location: LocationDocument
    approved_by: str | None = None


class ReviewedFinding(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A finding whose outcome differs; null where a side has no such finding."""

    requirement: str
    control: str | None
    before: Outcome | None
    after: Outcome | None
    fails_before: Annotated[bool, Meta(description="Whether it fails the gate of the base.")]
    fails_after: Annotated[bool, Meta(description="Whether it fails the gate of the head.")]


class RevisionSide(msgspec.Struct, frozen=True):
    """One of the two: a commit, or the working tree."""

    reference: Annotated[str | None, Meta(description="As it was named; null for the working tree.")]
    commit: str | None


class Verdicts(msgspec.Struct, frozen=True):
    """The gate of both sides on the same data."""

    before: Decision
    after: Decision


class Review(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer to ``scoregate review``."""

    schema: ClassVar[tuple[str, str]] = ("review", "What a change of policies does")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Review"] = "Review"
    base: RevisionSide
    head: RevisionSide
    tenant: Annotated[str | None, Meta(description="null where no tenant was looked at.")]
    date: str | None
    requirements: tuple[RequirementChange, ...]
    waivers: tuple[WaiverChange, ...]
    findings: tuple[ReviewedFinding, ...]
    verdict: Annotated[Verdicts | None, Meta(description="null where no tenant was looked at.")]
    direction: Annotated[Direction, Meta(description="Of all changes together.")]
    unapproved: Annotated[int, Meta(description="Changes that may loosen and that the base approves of none.")]
    warnings: tuple[DataWarning, ...] = ()
