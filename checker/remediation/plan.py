"""A plan: the state updates that a person approves; nothing else is applied.

The plan file holds these records and is read strictly, so a member more or less is another ``version``.
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

VERSION: Literal[2] = 2
"""Of the form of plans and journals."""

# What scoregate writes is shorter, and a value that is longer is none of its own.
LONGEST_TEXT = 32_768
_LONGEST_NAME = 1000
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
ShortText = Annotated[str, Meta(max_length=_LONGEST_NAME)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
ControlId = Annotated[str, Meta(min_length=1, max_length=_LONGEST_NAME)]
MOST_CHANGES = 10_000


class RecordedState(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A state as Graph holds it: the newest entry of ``controlStateUpdates``."""

    state: ShortText
    assigned_to: Text | None = None
    comment: Text | None = None
    updated_by: Annotated[ShortText | None, Meta(description="Who set it; null where nobody did.")] = None
    updated_date_time: Annotated[ShortText | None, Meta(description="When, as Graph spells it.")] = None
    updates: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(description="How many entries the state history has; null where that is unknown."),
    ] = None


class NewState(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A state as it is to be."""

    state: WritableState
    assigned_to: Annotated[Text | None, Meta(description="null leaves the assignee as it is.")] = None
    comment: Text


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What the score will do at Microsoft's next recalculation: a day or two later, at times a week."""

    kind: Annotated[
        Literal["earns", "loses", "none"],
        Meta(description="ThirdParty and Reviewed earn the points; Default and Ignored leave what is observed."),
    ]
    points: Annotated[
        float | None, Meta(description="How many; of a loss, the most there can be. null where unknown.")
    ] = None


class UnseenWrite(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A write that no read has shown: it may still take effect, or was never sent."""

    at: Annotated[ShortText | None, Meta(description="When it was sent; null where no record says that it was.")]
    before: Annotated[RecordedState, Meta(description="The entry that it was to follow.")]


class Change(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One state to be set."""

    control: ControlId
    title: Text
    action: Annotated[
        Literal["declare", "accept", "reset", "restore"],
        Meta(description="declare: ThirdParty or Reviewed; accept: Ignored; reset: Default; restore: of a rollback."),
    ]
    before: RecordedState
    after: NewState
    requirement: Annotated[Text, Meta(description="POLICY/ID of the requirement that asks for it.")]
    also_required_by: tuple[Text, ...] = ()
    location: LocationDocument | None = None
    automatic: Annotated[bool, Meta(description="Whether 'check --remediate' may apply it.")] = False
    effect: Effect
    portal_url: Text | None = None
    unseen: Annotated[
        UnseenWrite | None, Meta(description="Of a rollback: the write that it undoes, where nobody has seen it.")
    ] = None


ManualReason = Literal[
    "unknown-control", "partial-data", "not-through-graph", "retired", "not-restorable", "not-settable"
]


class Manual(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A difference that Graph cannot mend; a person has to, in the portal."""

    control: Text
    title: Text | None = None
    present: Annotated[Text | None, Meta(description="The present state; null where the tenant has no such control.")]
    wanted: Text
    requirement: Text
    reason: ManualReason
    message: Text
    automatic: Annotated[bool, Meta(description="Whether its requirement leaves it to 'check --remediate'.")] = False
    portal_url: Text | None = None


class PlanSource(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a plan was made from."""

    policies_sha256: Annotated[ShortText | None, Meta(description="Of the policy files; null of a rollback.")] = None
    snapshot_date: Annotated[ShortText | None, Meta(description="The newest day that was judged, ISO date.")] = None
    snapshot_sha256: Annotated[ShortText | None, Meta(description="Of the data that was judged.")] = None
    journal_sha256: Annotated[Sha256 | None, Meta(description="Of a rollback: of the journal that it undoes.")] = None


class Plan(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The proposed state updates of one tenant."""

    schema: ClassVar[tuple[str, str]] = ("plan", "A scoregate plan")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Plan"] = "Plan"
    version: Literal[2] = VERSION
    tenant: ShortText
    cloud: ShortText
    created_at: Annotated[ShortText, Meta(description="RFC 3339, UTC.")]
    run: Annotated[Text, Meta(description="The run that made it, as default comments name it.")]
    source: PlanSource
    changes: Annotated[tuple[Change, ...], Meta(max_length=MOST_CHANGES)]
    manual: tuple[Manual, ...]
    notes: tuple[Text, ...] = ()
    warnings: Annotated[
        tuple[RunWarning, ...], Meta(description="What the data leaves open, and what else the judgement warned of.")
    ] = ()


class RedactedPlan(Plan, frozen=True, kw_only=True, rename="camel"):
    """A plan without names, to be looked at: of another kind, so that nobody applies it."""

    schema: ClassVar[tuple[str, str]] = ("redactedplan", "A scoregate plan without names, which can't be applied")
    kind: Literal["RedactedPlan"] = "RedactedPlan"  # type: ignore[assignment]  # a plan that no command takes for one


def unusable(plan: Plan) -> RedactedPlan:
    """A plan that was made from redacted data, as people and pipelines see it."""
    held = msgspec.structs.asdict(plan)
    del held["kind"]
    return RedactedPlan(**held)


def recorded_state(profile: SecureScoreControlProfile) -> RecordedState:
    """A profile's state: the newest entry of ``controlStateUpdates``. An entry without a state is Default."""
    newest = newest_update(profile)
    history = profile.control_state_updates
    updates = len(history) if history is not None else None
    if newest is None:
        return RecordedState(state=DEFAULT, updates=updates)
    state = (newest.state or "").strip() or DEFAULT
    return RecordedState(
        state=WRITABLE.get(state.casefold(), state),
        assigned_to=newest.assigned_to,
        comment=newest.comment,
        # Shown, and never compared.
        updated_by=newest.updated_by[:_LONGEST_NAME] if newest.updated_by is not None else None,
        updated_date_time=newest.updated_date_time,
        updates=updates,
    )
