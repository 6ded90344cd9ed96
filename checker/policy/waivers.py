"""Waivers: dated, justified, approved exceptions."""

import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from checker.documents.location import SourceLocation
from checker.requirements.terms.minimum import ScoreMinimum
from checker.tenant.labels import LABEL_FORM, TenantLabel

NonEmpty = Annotated[str, Meta(min_length=1, max_length=4000)]


class WaiverEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One waiver as it is written."""

    requirement: Annotated[
        str,
        Meta(min_length=1, description="The requirement's name, POLICY/ID; * stands for any characters."),
    ]
    start: Annotated[datetime.date, Meta(description="The first day, UTC; before it the waiver is not in force.")] = (
        msgspec.field(name="from")
    )
    until: Annotated[datetime.date, Meta(description="The last day, UTC, at most 365 days after from.")]
    reason: Annotated[NonEmpty, Meta(description="Why the exception is needed.")]
    approved_by: Annotated[NonEmpty, Meta(description="Who approved it.")]
    control: Annotated[str | None, Meta(description="Narrows it to one control; * stands for any characters.")] = None
    tenant: Annotated[str | None, Meta(description="Narrows it to one tenant, by id.")] = None
    tenant_label: Annotated[
        TenantLabel | None,
        Meta(description=f"{LABEL_FORM} Narrows it to runs that give their tenant this label; case counts."),
    ] = None
    floor: Annotated[
        ScoreMinimum | None, Meta(description="What must still be reached; below it the finding fails again.")
    ] = None
    ticket: Annotated[str | None, Meta(description="Where the exception is tracked.")] = None

    def __post_init__(self) -> None:
        """Refuses a waiver that ends before it begins, or that has no reason or approver."""
        for name, text in (("reason", self.reason), ("approvedBy", self.approved_by)):
            if not any(character.isalnum() for character in text):
                raise ValueError(f"expected words in {name}, got only spaces or punctuation")
        if self.until < self.start:
            raise ValueError("expected until to be on or after from")


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The consent to a change that makes a requirement looser; 'review' takes it from the base alone."""

    requirement: Annotated[str, Meta(min_length=1, description="The requirement's name; * stands for any characters.")]
    change: Annotated[Literal["looser"], Meta(description="What is approved.")]
    reason: Annotated[NonEmpty, Meta(description="Why it may be looser.")]
    approved_by: Annotated[NonEmpty, Meta(description="Who approved it.")]
    ticket: Annotated[str | None, Meta(description="Where it is tracked.")] = None


class WaiversFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One document of waivers as it is written."""

    api_version: Annotated[Literal["scoregate/v1"], Meta(description="The version of the policy language.")]
    kind: Annotated[Literal["Waivers"], Meta(description="This document declares exceptions.")]
    waivers: Annotated[list[dict[str, object]], Meta(description="The exceptions.")]
    approvals: Annotated[
        list[Approval],
        Meta(description="Changes that may be looser; 'review' reads those of the base."),
    ] = msgspec.field(default_factory=list)


class Waiver(msgspec.Struct, frozen=True):
    """A waiver with its place."""

    entry: WaiverEntry
    location: SourceLocation
