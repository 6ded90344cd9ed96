"""What every kind of requirement has: the keys that all entries share, and the two things it can do."""

import datetime
from collections.abc import Collection, Sequence
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta

from checker.report.finding import Judgement, Reference
from checker.report.outcome import Enforcement, Severity
from checker.tenant.tenant import Tenant

OnMissing = Literal["fail", "skip", "error"]

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

    def holds(self, tenant: Tenant) -> bool | None:
        """Whether the tenant has one of the services; None where Graph doesn't tell which it has."""
        if tenant.enabled_services is None:
            return None
        return any(service.casefold() in tenant.enabled_services for service in self.enabled_services)


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The keys that every requirement may have."""

    id: Identifier
    title: Annotated[str | None, Meta(description="What the requirement is called in reports.")] = None
    severity: Annotated[Severity, Meta(description="How much a failure matters.")] = Severity.MEDIUM
    enforcement: Annotated[Enforcement, Meta(description="mandatory fails the gate; advisory only reports.")] = (
        Enforcement.MANDATORY
    )
    owner: Annotated[str | None, Meta(description="Who answers for it; the policy's owner where absent.")] = None
    rationale: Annotated[str | None, Meta(description="Why it is required, for the one who reads a failure.")] = None
    references: Annotated[list[Reference], Meta(description="Where frameworks ask for the same thing.")] = (
        msgspec.field(default_factory=list)
    )
    when: Annotated[When | None, Meta(description="Judges only tenants that have a licence; skips the others.")] = None

    @property
    def tolerated(self) -> int:
        """How many of its findings may fail before they count: none, unless a kind says otherwise."""
        return 0

    @property
    def only_control(self) -> str | None:
        """The one control that it speaks of, if its kind has one."""
        return None

    @property
    def history_days(self) -> int:
        """How many days before the newest the judgement looks at: none, unless a kind says otherwise."""
        return 0

    @property
    def wants_state(self) -> bool:
        """Whether it asks for the state of a profile: no, unless a kind says otherwise."""
        return False

    def controls_meant(self, tenant: Tenant) -> Collection[str]:
        """The ids of the controls that it speaks of: none, unless a kind says otherwise."""
        del tenant
        return ()

    def declared_controls(self, tenant: Tenant) -> Collection[str]:
        """The controls whose states it declares: none, unless a kind says otherwise."""
        del tenant
        return ()


class Declared(Protocol):
    """One entry of a policy, as far as it can be told without a tenant."""

    @property
    def id(self) -> str:
        """The entry's id within its policy."""

    @property
    def title(self) -> str | None:
        """The title that the policy gives it."""

    @property
    def severity(self) -> Severity:
        """How much a failure matters."""

    @property
    def enforcement(self) -> Enforcement:
        """Whether a failure fails the gate."""

    @property
    def owner(self) -> str | None:
        """Who answers for it."""

    @property
    def rationale(self) -> str | None:
        """Why it is required."""

    @property
    def references(self) -> list[Reference]:
        """Where frameworks ask for it."""

    @property
    def when(self) -> When | None:
        """Which tenants it is for."""

    @property
    def tolerated(self) -> int:
        """How many of its findings may fail before they count (``atMost``)."""

    @property
    def only_control(self) -> str | None:
        """The one control that it speaks of, if there is one; findings are known by it from run to run."""

    @property
    def history_days(self) -> int:
        """How many days before the newest the judgement looks at; a live check fetches so many."""

    @property
    def wants_state(self) -> bool:
        """Whether it asks for the state of a profile, so that ``plan`` has to do with it."""

    def sentence(self) -> str:
        """What is asked for, one plain sentence without a full stop."""


class Requirement(Declared, Protocol):
    """An entry that is judged by itself: of the sections ``score`` and ``controls``."""

    def controls_meant(self, tenant: Tenant) -> Collection[str]:
        """The ids of the tenant's controls that it speaks of, whatever it says of them."""

    def declared_controls(self, tenant: Tenant) -> Collection[str]:
        """Those of them whose states it declares (``profile``)."""

    def judge(self, tenant: Tenant, today: datetime.date) -> Sequence[Judgement]:
        """The findings against one tenant. Pure: the same arguments give the same findings.

        Args:
            tenant: the snapshot, prepared.
            today: the UTC day of the run.
        """


class StateDecisions(Protocol):
    """What the run's other requirements and its waivers know of a control's state."""

    def declares(self, control: str) -> bool:
        """Whether a requirement's ``profile`` declares the control's state, whichever it is."""

    def is_waived(self, control: str) -> bool:
        """Whether a waiver that is in force covers a requirement on the control."""

    def ended_waiver(self, control: str, asking: str) -> str | None:
        """How a waiver ended that did (``the waiver at … ended on …``), to be told in the finding; None where none did.

        Args:
            control: the control's id.
            asking: the name of the requirement that asks, whose waivers count too.
        """


class Reconciliation(Declared, Protocol):
    """An entry that is judged by what all others say: of the section ``states``."""

    def reconcile(self, tenant: Tenant, covered: StateDecisions, name: str) -> Sequence[Judgement]:
        """The findings against one tenant; pure as ``judge``.

        Args:
            tenant: the snapshot, prepared.
            covered: what the others say.
            name: of this requirement.
        """
