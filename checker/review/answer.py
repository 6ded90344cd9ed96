"""The answer of ``review``: values only, and its JSON."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.insight.warnings import DataWarning
from checker.report.document import LocationDocument
from checker.report.outcome import Outcome
from checker.report.verdict import Decision
from checker.requirements.direction import Direction

Kind = Literal["added", "removed", "changed"]
_Lines = Annotated[
    tuple[int, int] | None,
    Meta(
        description="The first and the last line of the head that make the change; null if other lines have the effect."
    ),
]
_ApprovedBy = Annotated[
    str | None, Meta(description="Who approved a change that may loosen, in the base; null where nobody did.")
]
_NotApproved = Annotated[str | None, Meta(description="Why an approval of the base does not count, as a clause.")]


class FieldDifference(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A field that both sides have with different values; values are JSON, null where a side says nothing."""

    field: str
    direction: Direction
    before: str | None
    after: str | None
    before_location: LocationDocument | None
    after_location: LocationDocument | None
    lines: _Lines = None


class RequirementChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A requirement, or the terms of a policy, that the two sides have in different ways."""

    requirement: str
    change: Kind
    direction: Annotated[Direction, Meta(description="undecided counts as looser.")]
    fields: tuple[FieldDifference, ...]
    location: Annotated[LocationDocument, Meta(description="Of the head; of the base if the head no longer has it.")]
    approved_by: _ApprovedBy = None
    not_approved: _NotApproved = None

    @property
    def name(self) -> str:
        """What an approval calls it."""
        return self.requirement


class WaiverChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A waiver that the two sides have in different ways."""

    requirement: str
    control: str | None
    tenant: str | None
    tenant_label: str | None = None
    tenant_label_before: Annotated[
        str | None, Meta(description="That of the base; null where it has no such waiver, or one without a label.")
    ] = None
    change: Kind
    direction: Direction
    until: Annotated[str, Meta(description="Its last day, ISO date, UTC.")]
    until_before: Annotated[str | None, Meta(description="That of the base; null where it has no such waiver.")] = None
    ends_soon: Annotated[bool, Meta(description="Whether that is within 30 days.")]
    points: Annotated[float | None, Meta(description="What it costs on the head now; null where it covers nothing.")]
    location: LocationDocument
    lines: _Lines = None
    approved_by: _ApprovedBy = None
    not_approved: _NotApproved = None

    @property
    def name(self) -> str:
        """What an approval calls it."""
        return self.requirement


class EndingWaiver(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A waiver of the head that ends within 30 days and that the change leaves as it is."""

    requirement: str
    control: str | None
    tenant: str | None
    tenant_label: str | None = None
    until: Annotated[str, Meta(description="Its last day, ISO date, UTC.")]
    points: Annotated[float | None, Meta(description="What it costs now; null where it covers nothing.")]
    location: LocationDocument


class FileChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A setting of scoregate.toml or a control of scoregate.lock that the two sides have in different ways."""

    name: Annotated[str, Meta(description="The name that an approval uses: the file, then what is set or locked.")]
    change: Kind
    direction: Direction
    before: Annotated[str | None, Meta(description="As JSON; null where the base says nothing.")]
    after: str | None
    location: LocationDocument
    lines: _Lines = None
    approved_by: _ApprovedBy = None
    not_approved: _NotApproved = None


class ReviewedFinding(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A finding whose outcome differs; null where a side has no such finding."""

    requirement: str
    control: str | None
    before: Outcome | None
    after: Outcome | None
    fails_before: Annotated[bool, Meta(description="Whether it fails the gate of the base.")]
    fails_after: Annotated[bool, Meta(description="Whether it fails the gate of the head.")]


class PlannedState(msgspec.Struct, frozen=True, kw_only=True):
    """A state that ``plan`` would set in another way after the change; null where it would set none."""

    control: str
    requirement: str
    before: str | None
    after: str | None


class ReviewScore(msgspec.Struct, frozen=True, kw_only=True):
    """The tenant's score in percent, and as it would be once the plans were carried out; null where unknown."""

    today: float | None
    before: Annotated[float | None, Meta(description="With the plan of the base.")]
    after: Annotated[float | None, Meta(description="With the plan of the head.")]


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
    tenant: Annotated[str | None, Meta(description="null if no tenant was judged.")]
    date: str | None
    requirements: tuple[RequirementChange, ...]
    waivers: tuple[WaiverChange, ...]
    settings: Annotated[tuple[FileChange, ...], Meta(description="Of scoregate.toml.")] = ()
    lock: Annotated[tuple[FileChange, ...], Meta(description="Of scoregate.lock.")] = ()
    ending: Annotated[tuple[EndingWaiver, ...], Meta(description="Other waivers of the head that end soon.")] = ()
    findings: tuple[ReviewedFinding, ...]
    brought: Annotated[int, Meta(description="Findings that fail only the gate of the head.")] = 0
    hidden: Annotated[int, Meta(description="Findings that fail only the gate of the base.")] = 0
    states: Annotated[tuple[PlannedState, ...], Meta(description="What 'plan' would set differently.")] = ()
    score: Annotated[ReviewScore | None, Meta(description="null if no tenant was judged.")] = None
    notes: tuple[str, ...] = ()
    verdict: Annotated[Verdicts | None, Meta(description="null if no tenant was judged.")]
    direction: Annotated[Direction, Meta(description="Of all changes together.")]
    unapproved: Annotated[int, Meta(description="Changes that may loosen and that the base does not approve.")]
    warnings: tuple[DataWarning, ...] = ()

    @property
    def changes(self) -> tuple[RequirementChange | WaiverChange | FileChange, ...]:
        """All of them."""
        return (*self.requirements, *self.waivers, *self.settings, *self.lock)
