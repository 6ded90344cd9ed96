"""Policies as they are judged: complete, typed, each entry with its place."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from checker.documents.location import SourceLocation
from checker.policy.layers import Layered
from checker.policy.waivers import Approval, Waiver
from checker.report.finding import RequirementSummary
from checker.report.outcome import Enforcement, Severity
from checker.requirements.entry import Entry, Identifier, OnMissing, When
from checker.requirements.terms.grace import NewControls

LONGEST_WAIVER_DAYS = 365


class Metadata(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a policy is called and whose it is."""

    name: Identifier
    title: Annotated[str | None, Meta(description="What the policy is called in reports.")] = None
    owner: Annotated[str | None, Meta(description="Who is responsible for the policy.")] = None
    description: Annotated[str | None, Meta(description="What the policy is for.")] = None


class Defaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What holds for the policy's entries where they say nothing."""

    severity: Annotated[Severity | None, Meta(description="medium where absent.")] = None
    enforcement: Annotated[Enforcement | None, Meta(description="mandatory where absent.")] = None
    on_missing: Annotated[OnMissing | None, Meta(description="fail where absent.")] = None
    new_controls: Annotated[
        NewControls | None, Meta(description="Of selectors and patterns; no grace where absent.")
    ] = None


class WaiverTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What waivers of this policy's requirements must keep to."""

    maximum_days: Annotated[
        int,
        Meta(ge=1, le=LONGEST_WAIVER_DAYS, description="The longest term of a waiver in days, at most 365."),
    ]


class PolicyFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One policy document as it is written; its entries stay plain until their kind is known."""

    api_version: Annotated[Literal["scoregate/v1"], Meta(description="The version of the policy language.")]
    kind: Annotated[Literal["Policy"], Meta(description="This document declares requirements.")]
    metadata: Annotated[Metadata, Meta(description="What the policy is called and whose it is.")]
    extends: Annotated[
        list[str], Meta(description="Policies that this one is made of: pack:NAME, or files relative to this one.")
    ] = msgspec.field(default_factory=list)
    parameters: Annotated[
        dict[str, dict[str, object]], Meta(description="Values that whoever runs the policy may set, by name.")
    ] = msgspec.field(default_factory=dict)
    defaults: Annotated[Defaults | None, Meta(description="Values for entries that don't set their own.")] = None
    when: Annotated[
        When | None,
        Meta(description="Judges only tenants with one of these licences; skips the whole policy otherwise."),
    ] = None
    waivers: Annotated[WaiverTerms | None, Meta(description="Terms for waivers of this policy.")] = None
    score: Annotated[list[dict[str, object]], Meta(description="Requirements on scores.")] = msgspec.field(
        default_factory=list
    )
    controls: Annotated[list[dict[str, object]], Meta(description="Requirements on controls.")] = msgspec.field(
        default_factory=list
    )
    states: Annotated[
        list[dict[str, object]], Meta(description="Requirements on the states that the portal holds, all together.")
    ] = msgspec.field(default_factory=list)


class PolicyRequirement(msgspec.Struct, frozen=True):
    """An entry of a policy.

    Attributes:
        summary: what a report says about it.
        entry: the entry, decoded.
        conditions: the ``when`` of the policy, of the bases that it came through, and its own: all must hold.
    """

    summary: RequirementSummary
    entry: Entry
    conditions: tuple[When, ...] = ()


class MadeRequirement(msgspec.Struct, frozen=True):
    """A requirement, and the layers that it was decoded from."""

    requirement: PolicyRequirement
    layered: Layered


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One policy, ready to judge; its requirements stand in the order of the sections score, controls, states.

    Attributes:
        metadata: what its document says of itself.
        place: where its document begins.
        when_place: where ``when`` is written; the policy itself where it isn't.
        requirements: those that are judged.
        disabled: those that the policy takes out.
        unused_parameters: names that it declares and nothing uses, with their places.
    """

    name: str
    metadata: Metadata
    place: SourceLocation
    when: When | None
    when_place: SourceLocation
    longest_waiver_days: int
    requirements: tuple[PolicyRequirement, ...]
    disabled: tuple[PolicyRequirement, ...] = ()
    unused_parameters: tuple[tuple[str, SourceLocation], ...] = ()


class PolicySet(msgspec.Struct, frozen=True, kw_only=True):
    """All that one run judges by.

    Attributes:
        sources: the bytes of each policy file by the name that locations carry, for excerpts in reports.
        layers: what each requirement is made of, by its name; empty unless that was asked for.
    """

    policies: tuple[Policy, ...]
    waivers: tuple[Waiver, ...]
    approvals: tuple[Approval, ...] = ()
    sources: dict[str, bytes] = msgspec.field(default_factory=dict)
    layers: Mapping[str, Layered] = msgspec.field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of all policy files, by name: tells whether two runs judged by the same."""
        import hashlib

        digest = hashlib.sha256()
        for name, data in sorted(self.sources.items()):
            digest.update(f"{name}\0{len(data)}\0".encode() + data)
        return digest.hexdigest()

    @property
    def watches_states(self) -> bool:
        """Whether a requirement looks at what all others and the waivers say of states."""
        return any(one.entry.judged_last for policy in self.policies for one in policy.requirements)

    @property
    def days_needed(self) -> int:
        """How many days a live check fetches."""
        return 1 + max(
            (one.entry.history_days for policy in self.policies for one in policy.requirements),
            default=0,
        )
