"""A plan: the state updates that a person approves; nothing else is applied.

The plan file holds these records. Within ``scoregate/v1`` members are only ever added.
"""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.report.document import LocationDocument
from checker.report.report import RunWarning
from checker.snapshot.model import SecureScoreControlProfile
from checker.tenant.states import DEFAULT, newest_update

# Source: learn.microsoft.com/graph/api/securescorecontrolprofile-update, property "state".
WritableState = Literal["Default", "Ignored", "ThirdParty", "Reviewed"]
WRITABLE: dict[str, WritableState] = {
    state.casefold(): state for state in ("Default", "Ignored", "ThirdParty", "Reviewed")
}
# The declared states that earn a control's points without an observation.
EARNING = frozenset({"ThirdParty", "Reviewed"})

ControlId = Annotated[str, Meta(min_length=1)]


class RecordedState(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A state as Graph holds it: the newest entry of ``controlStateUpdates``."""

    state: str
    assigned_to: str | None = None
    comment: str | None = None
    updated_by: Annotated[str | None, Meta(description="Who set it; null where nobody did.")] = None
    updated_date_time: Annotated[str | None, Meta(description="When, as Graph spells it.")] = None


class NewState(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A state as it is to be."""

    state: WritableState
    assigned_to: Annotated[str | None, Meta(description="null leaves the assignee as it is.")] = None
    comment: str


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What the score will do at Microsoft's next recalculation: a day or two later, at times a week."""

    kind: Annotated[
        Literal["earns", "loses", "none"],
        Meta(description="ThirdParty and Reviewed earn the points; Default and Ignored leave what is observed."),
    ]
    points: Annotated[
        float | None, Meta(description="How many; of a loss, the most there can be. null where unknown.")
    ] = None


class Change(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One state to be set."""

    control: ControlId
    title: str
    action: Annotated[
        Literal["declare", "accept", "reset", "restore"],
        Meta(description="declare: ThirdParty or Reviewed; accept: Ignored; reset: Default; restore: of a rollback."),
    ]
    before: RecordedState
    after: NewState
    requirement: Annotated[str, Meta(description="POLICY/ID of the requirement that asks for it.")]
    also_required_by: tuple[str, ...] = ()
    location: LocationDocument | None = None
    automatic: Annotated[bool, Meta(description="Whether 'check --remediate' may apply it.")] = False
    effect: Effect
    portal_url: str | None = None
    unseen_since: Annotated[
        str | None,
        Meta(description="Of a rollback: when the write that it undoes was sent, where nobody has seen it in place."),
    ] = None


ManualReason = Literal[
    "unknown-control", "partial-data", "not-through-graph", "retired", "not-restorable", "not-settable"
]


class Manual(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A difference that Graph cannot mend; a person has to, in the portal."""

    control: str
    title: str | None = None
    present: Annotated[str | None, Meta(description="The present state; null where the tenant has no such control.")]
    wanted: str
    requirement: str
    reason: ManualReason
    message: str
    automatic: Annotated[bool, Meta(description="Whether its requirement leaves it to 'check --remediate'.")] = False
    portal_url: str | None = None


class PlanSource(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a plan was made from."""

    policies_sha256: Annotated[str | None, Meta(description="Of the policy files; null of a rollback.")] = None
    snapshot_date: Annotated[str | None, Meta(description="The newest day that was judged, ISO date.")] = None
    snapshot_sha256: Annotated[str | None, Meta(description="Of the data that was judged.")] = None


class Plan(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The proposed state updates of one tenant."""

    schema: ClassVar[tuple[str, str]] = ("plan", "A scoregate plan")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Plan"] = "Plan"
    tenant: str
    cloud: str
    created_at: Annotated[str, Meta(description="RFC 3339, UTC.")]
    run: Annotated[str, Meta(description="The run that made it, as default comments name it.")]
    source: PlanSource
    changes: tuple[Change, ...]
    manual: tuple[Manual, ...]
    notes: tuple[str, ...] = ()
    warnings: Annotated[
        tuple[RunWarning, ...], Meta(description="What the data leaves open, and what else the judgement warned of.")
    ] = ()


def recorded_state(profile: SecureScoreControlProfile) -> RecordedState:
    """A profile's state: the newest entry of ``controlStateUpdates``. An entry without a state is Default."""
    newest = newest_update(profile)
    if newest is None:
        return RecordedState(state=DEFAULT)
    state = (newest.state or "").strip() or DEFAULT
    return RecordedState(
        state=WRITABLE.get(state.casefold(), state),
        assigned_to=newest.assigned_to,
        comment=newest.comment,
        updated_by=newest.updated_by,
        updated_date_time=newest.updated_date_time,
    )
