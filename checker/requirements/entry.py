"""What every requirement is: the keys that all entries share, and the two things that each kind says and does."""

import datetime
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Protocol

import msgspec
from msgspec import Meta

from checker.report.finding import Judgement, Reference
from checker.report.outcome import Enforcement, Outcome, Severity
from checker.requirements.direction import (
    Direction,
    Directions,
    FieldChange,
    falling,
    growing,
    neutral,
    rising,
    undecided,
)
from checker.requirements.words import WordGroup, WordKind
from checker.tenant.tenant import Tenant
from checker.tenant.totals import Totals

OnMissing = Literal["fail", "skip", "error"]
# How much each asks for: skip lets a missing control pass unseen, error makes the run indeterminate.
STRICTNESS: dict[OnMissing, int] = {"skip": 0, "error": 1, "fail": 2}

Identifier = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9-]+(?!\n)$",
        max_length=100,
        description="A name of lower-case letters, digits and hyphens. It is part of the requirement's stable name.",
    ),
]


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Judges only tenants that have one of these services; others are skipped, reason not-licensed."""

    enabled_services: Annotated[
        list[str],
        Meta(
            min_length=1,
            description="Licences as secureScore.enabledServices names them, for example HasAADP2.",
        ),
    ]

    def licences(self) -> list[str]:
        """The services, one of which is enough."""
        return self.enabled_services

    def words(self) -> Iterator[WordGroup]:
        """The licences."""
        yield WordGroup(WordKind.LICENCE, tuple(self.enabled_services))

    def holds(self, tenant: Tenant) -> bool | None:
        """Whether the tenant has one of the services; None where Graph doesn't tell which it has."""
        if tenant.enabled_services is None:
            return None
        return any(service.casefold() in tenant.enabled_services for service in self.enabled_services)


class Disabled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Takes a requirement out of the policy; the report still names it."""

    reason: Annotated[str, Meta(min_length=1, description="Why it is not judged.")]


class PolicyStates(Protocol):
    """What the run's other requirements and its waivers say about a control's state."""

    def declares(self, control: str) -> bool:
        """Whether a requirement's ``profile`` declares the control's state, whichever it is."""

    def is_waived(self, control: str) -> bool:
        """Whether a waiver that is in force covers a requirement on the control."""

    def ended_waiver(self, control: str, asking: str) -> str | None:
        """The clause that says how a waiver ended (``the waiver at … ended on …``); None where none did.

        Args:
            control: the control's id.
            asking: the name of the requirement that asks, whose waivers count too.
        """


class Case(msgspec.Struct, frozen=True):
    """What a requirement is judged on.

    Attributes:
        tenant: the snapshot, prepared.
        today: the UTC day of the run.
        totals: the tenant's sums.
        name: the requirement's own name, ``POLICY/ID``.
        states: what the run's other requirements say about states; only for kinds that are ``judged_last``.
    """

    tenant: Tenant
    today: datetime.date
    totals: Totals
    name: str
    states: PolicyStates


def _direction_of_when(before: "Entry", after: "Entry") -> Direction:
    """More licences mean more tenants that are judged; without a condition all are."""
    if before.when is None or after.when is None:
        return Direction.TIGHTER if after.when is None else Direction.LOOSER
    return growing(When.licences)(before.when, after.when)


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The keys that every requirement may have; a kind adds its own, its sentence and its judge.

    Attributes:
        per_control: the kind has one finding for each control, so that a finding is identified by its control too.
        judged_last: the kind looks at what all other requirements say.
        fails: what the kind says of a tenant that doesn't meet it.
        directions: for each field, which changes make a requirement looser; a kind adds its own.
    """

    per_control: ClassVar[bool] = False
    judged_last: ClassVar[bool] = False
    fails: ClassVar[Outcome] = Outcome.FAIL
    directions: ClassVar[Directions] = {
        "id": undecided,
        "title": neutral,
        "severity": rising(lambda entry: -entry.severity.rank),
        "enforcement": rising(lambda entry: entry.enforcement is Enforcement.MANDATORY),
        "owner": neutral,
        "rationale": neutral,
        "references": neutral,
        "when": _direction_of_when,
        "disabled": falling(lambda entry: entry.disabled is not None),
        "locked": rising(lambda entry: entry.locked),
    }

    id: Identifier
    title: Annotated[str | None, Meta(description="What the requirement is called in reports.")] = None
    severity: Annotated[Severity, Meta(description="How much a failure matters.")] = Severity.MEDIUM
    enforcement: Annotated[Enforcement, Meta(description="mandatory fails the gate; advisory only reports.")] = (
        Enforcement.MANDATORY
    )
    owner: Annotated[str | None, Meta(description="Who is responsible for it; the policy's owner where absent.")] = None
    rationale: Annotated[str | None, Meta(description="Why it is required; shown with a failure.")] = None
    references: Annotated[list[Reference], Meta(description="Where frameworks ask for the same thing.")] = (
        msgspec.field(default_factory=list)
    )
    when: Annotated[When | None, Meta(description="Judges only tenants that have a licence; skips the others.")] = None
    disabled: Annotated[Disabled | None, Meta(description="Disables the requirement; the report lists it.")] = None
    locked: Annotated[
        bool, Meta(description="true: whoever extends this policy may tighten it, and needs a waiver to loosen it.")
    ] = False

    def changes_to(self, after: "Entry") -> list[FieldChange]:
        """The fields in which another entry differs, each with what the change does; all of them where kinds differ."""
        if type(after) is not type(self):
            return [FieldChange("kind", Direction.UNDECIDED)]
        names = zip(self.__struct_fields__, self.__struct_encode_fields__, strict=True)
        return [
            FieldChange(spelled, self.directions[name](self, after))
            for name, spelled in names
            if getattr(self, name) != getattr(after, name)
        ]

    def sentence(self) -> str:
        """What is required, one plain sentence without a full stop."""
        raise NotImplementedError

    def judge(self, case: Case) -> Sequence[Judgement]:
        """The findings against one tenant. Pure: the same case gives the same findings."""
        raise NotImplementedError

    def words(self) -> Iterator[WordGroup]:
        """The words that the tenant or the catalogue should know, but for those of ``when``."""
        return iter(())

    def all_words(self) -> Iterator[WordGroup]:
        """These, and the licences of ``when``."""
        yield from self.words()
        if self.when is not None:
            yield from self.when.words()

    def idle_reasons(self) -> Iterator[str]:
        """Why it can't fail whatever the tenant is like, as clauses; nothing for most."""
        return iter(())

    @property
    def skips_missing(self) -> bool:
        """Whether it is skipped where nothing is scored of what it is about."""
        return False

    @property
    def tolerated(self) -> int:
        """How many of its findings may fail before they count: none, unless a kind says otherwise."""
        return 0

    @property
    def only_control(self) -> str | None:
        """The one control that it is about, if its kind has one."""
        return None

    @property
    def history_days(self) -> int:
        """How many days before the newest the judgement looks at: none, unless a kind says otherwise."""
        return 0

    @property
    def sets_unseen(self) -> bool:
        """Whether the state that it requires is set without anybody looking."""
        return False

    @property
    def wants_state(self) -> bool:
        """Whether it requires the state of a profile, so that ``plan`` has to do with it."""
        return False

    def controls_meant(self, tenant: Tenant) -> Collection[str]:
        """The ids of the tenant's controls that it is about, whatever it says of them: none, unless a kind says so."""
        del tenant
        return ()
