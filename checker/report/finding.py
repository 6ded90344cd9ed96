"""A finding: one requirement judged against one tenant. A selector gives one for each control that it picks."""

import msgspec

from checker.documents.location import SourceLocation
from checker.report.outcome import Enforcement, Outcome, Reason, Severity, Unit


class Quantity(msgspec.Struct, frozen=True, gc=False):
    """A number with its unit; a state has its word in ``value``."""

    value: float | str
    unit: Unit


class Affected(msgspec.Struct, frozen=True, gc=False):
    """How many users or devices are left out, of how many that the control counts."""

    count: int
    of: int


class Declaration(msgspec.Struct, frozen=True, gc=False):
    """Who set the state that counts instead of an observation, and when (ISO 8601); None where Graph doesn't tell."""

    state: str
    by: str | None
    at: str | None


class DeclaredState(msgspec.Struct, frozen=True, kw_only=True):
    """The state that a requirement wants a control profile to be in.

    Attributes:
        control: the control's id as the tenant spells it, or as the policy does where the tenant lacks it.
        state: Graph's word.
        assigned_to, comment: sent when the state is; None leaves the comment to the plan and the assignee as it is.
        automatic: whether a scheduled job may set it without anybody looking (``remediate: auto``).
    """

    control: str
    state: str
    assigned_to: str | None = None
    comment: str | None = None
    automatic: bool = False


class Reference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a framework asks for the same thing."""

    framework: str
    id: str
    version: str | None = None
    url: str | None = None


class RequirementSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says of a requirement.

    Attributes:
        name: ``policy/id``, stable from run to run.
        title: the policy's own title, or one that the kind makes.
        sentence: what is asked for, one plain sentence.
        location: the line of the policy that declares it.
        wants_state: whether it asks for the state of a profile.
    """

    name: str
    policy: str
    id: str
    title: str
    sentence: str
    severity: Severity
    enforcement: Enforcement
    owner: str
    rationale: str
    references: tuple[Reference, ...]
    location: SourceLocation
    wants_state: bool = False


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a requirement says of a tenant, or of one control in it, before waivers.

    Attributes:
        message: one plain sentence that a person can act on.
        control: the control's id as the tenant spells it; None for a requirement on scores.
        points: how many points are missing, None where that is not known.
        last_synced: when Microsoft last measured the control, ISO 8601.
        warns: the message is also a warning of the run, whatever the outcome.
        declares: the states that the requirement wants, whether they are so or not; what ``plan`` works from.
        also: of a pattern's finding, the other controls that fail.
    """

    outcome: Outcome
    reason: Reason
    message: str
    control: str | None = None
    control_title: str | None = None
    control_category: str | None = None
    measured: Quantity | None = None
    required: Quantity | None = None
    affected: Affected | None = None
    points: float | None = None
    last_synced: str | None = None
    declared_by: Declaration | None = None
    portal_url: str | None = None
    warns: bool = False
    declares: tuple[DeclaredState, ...] = ()
    also: tuple[str, ...] = ()


class WaiverUse(msgspec.Struct, frozen=True, kw_only=True):
    """A waiver that speaks of a failed finding.

    Attributes:
        status: ``in-force`` covers it; ``expired``, ``not-yet-in-force``, ``too-long`` and ``below-floor`` don't.
        start, until: the first and the last day, ISO dates, UTC.
        points: what the exception costs, None where that is not known.
    """

    status: str
    start: str = msgspec.field(name="from")
    until: str
    reason: str
    approved_by: str = msgspec.field(name="approvedBy")
    ticket: str | None
    points: float | None
    location: SourceLocation


class Since(msgspec.Struct, frozen=True, rename="camel"):
    """Since when a finding fails without a break.

    Attributes:
        date: the first day, ISO date.
        or_earlier: it is the oldest day of the data.
    """

    date: str
    or_earlier: bool


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One judgement with its requirement and what waivers made of it.

    Attributes:
        outcome: ``judgement.outcome``, or ``waived`` for a failure that a waiver covers.
        enforcement: the requirement's, or ``advisory`` while ``atMost`` tolerates the failure.
        message: the judgement's, with what became of a waiver.
        since: of a failure, where the older days were judged too.
        waived_controls: of a failure that stands for several controls, those that a waiver covers.
    """

    requirement: RequirementSummary
    judgement: Judgement
    outcome: Outcome
    enforcement: Enforcement
    message: str
    waiver: WaiverUse | None = None
    since: Since | None = None
    waived_controls: tuple[str, ...] = ()

    @property
    def fails(self) -> bool:
        """A failure that no waiver covers."""
        return self.outcome is Outcome.FAIL
