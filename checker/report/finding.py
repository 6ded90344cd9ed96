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
    """Where a framework asks for the same thing.

    Attributes:
        derived: whether it was taken from public tags that name both, and not from the framework's own text.
    """

    framework: str
    id: str
    version: str | None = None
    url: str | None = None
    derived: bool = False

    @property
    def label(self) -> str:
        """``NIST CSF 2.0: PR.DS-02 (derived)``, with the address where there is one."""
        version = f" {self.version}" if self.version else ""
        derived = " (derived)" if self.derived else ""
        return f"{self.framework}{version}: {self.id}{derived}" + (f" <{self.url}>" if self.url else "")


class RequirementSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says of a requirement.

    Attributes:
        name: ``policy/id``, stable from run to run.
        title: the policy's own title, or one that the kind makes.
        sentence: what is required, one plain sentence.
        location: the line of the policy that declares it.
        wants_state: whether it requires the state of a profile.
        per_control: whether it has one finding for each control.
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
    per_control: bool = False


class Failure(msgspec.Struct, frozen=True, gc=False):
    """How one control fails, or the tenant where ``control`` is None.

    Attributes:
        measured: None where nothing was measured.
        affected: the users or devices left out, None where the tenant reports no total.
    """

    control: str | None
    reason: Reason
    measured: Quantity | None
    affected: Affected | None


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of requirement says of a tenant, or of one control in it, before waivers.

    Attributes:
        message: one clause that a person can act on; it may begin with the control's id.
        standing: how the control stands, as the end of a clause that begins with its id: ``is at 50 %``.
        control: the control's id as the tenant spells it; None for a requirement on scores.
        category: of a requirement on a category's score.
        affected: the users or devices that the control leaves out.
        points: how many points are missing, None where that is unknown.
        warns: the message is also a warning of the run, whatever the outcome.
        declares: the states that the requirement wants, whether they are so or not; what ``plan`` works from.
        also: of a finding that stands for several controls, the others that fail.
        other_ways: how many of ``also``, its last ones, are other alternatives of an ``anyOf``.
        least: the least that each failing control may measure under every reading of the data, that of ``control``
            first and then of ``also``; empty where that is what was measured.
    """

    outcome: Outcome
    reason: Reason
    message: str
    standing: str = ""
    control: str | None = None
    category: str | None = None
    measured: Quantity | None = None
    required: Quantity | None = None
    affected: Affected | None = None
    points: float | None = None
    warns: bool = False
    declares: tuple[DeclaredState, ...] = ()
    also: tuple[Failure, ...] = ()
    other_ways: int = 0
    least: tuple[Quantity | None, ...] = ()

    @property
    def failure(self) -> Failure:
        """How it fails, the others apart."""
        return Failure(self.control, self.reason, self.measured, self.affected)

    @property
    def failing(self) -> tuple[tuple[Failure, Quantity | None], ...]:
        """How each control fails, with the least that it may measure."""
        every = (self.failure, *self.also)
        return tuple(zip(every, self.least or [one.measured for one in every], strict=True))


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The control that a finding is about, as the tenant has it; of the tenant as a whole only the link is there.

    Attributes:
        last_synced: when Microsoft last measured the control, ISO 8601.
        declared_by: its state, where that is another than Default.
        remediation: Microsoft's words on what to do, HTML as Graph gives it.
    """

    portal_url: str
    title: str | None = None
    category: str | None = None
    last_synced: str | None = None
    declared_by: Declaration | None = None
    remediation: str | None = None


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

    @property
    def words(self) -> str:
        """``2026-05-01 or earlier``."""
        return f"{self.date} or earlier" if self.or_earlier else self.date


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One judgement with its requirement and what waivers made of it.

    Attributes:
        outcome: ``judgement.outcome``, or ``waived`` for a failure that a waiver covers.
        enforcement: the requirement's, or ``advisory`` while ``atMost`` tolerates the failure.
        message: the judgement's as a sentence, with what became of a waiver.
        since: of a failure, where the older days were judged too.
        waived_controls: of a failure that stands for several controls, those that a waiver covers.
    """

    requirement: RequirementSummary
    judgement: Judgement
    subject: Subject
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

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Of a failure, how each control fails that no waiver covers."""
        every = (self.judgement.failure, *self.judgement.also)
        return tuple(one for one in every if one.control not in self.waived_controls)

    @property
    def key(self) -> str:
        """What identifies the finding from run to run: ``POLICY/ID``, or ``POLICY/ID [control]``.

        It depends on the policy alone: the control belongs to it only where a requirement has a finding for each
        control. A measured value, a category or which alternative counted never does.
        """
        control = self.judgement.control
        if not self.requirement.per_control or control is None:
            return self.requirement.name
        return f"{self.requirement.name} [{control}]"
