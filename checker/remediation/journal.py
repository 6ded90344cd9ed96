"""The journal as values: what was planned, what was sent, and with what result. Pure; ``journal_file`` stores them."""

import datetime
from collections import Counter
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.remediation.plan import Change, Plan, RecordedState

Result = Literal["applied", "alreadyInPlace", "stale", "failed"]


class Begun(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="record", tag="begun"):
    """The first line: all that is to be done, so that the plan file isn't needed any more."""

    schema: ClassVar[tuple[str, str]] = ("journal", "A line of a scoregate journal")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Journal"] = "Journal"
    at: str
    scoregate: str
    plan: Plan


class Resumed(msgspec.Struct, frozen=True, rename="camel", tag_field="record", tag="resumed"):
    """A later run went on from here."""

    at: str


class Intent(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="record", tag="intent"):
    """A request is about to be sent."""

    at: str
    control: str
    before: Annotated[RecordedState, Meta(description="As it was just read.")]
    send: dict[str, str]


class ChangeOutcome(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="record", tag="outcome"):
    """What came of a change."""

    at: str
    control: str
    result: Result
    message: str
    visible: Annotated[bool | None, Meta(description="Whether the new state was read back; null if none was sent.")] = (
        None
    )
    certain: Annotated[bool, Meta(description="false: it failed, and the service may have acted nevertheless.")] = True
    after: Annotated[RecordedState | None, Meta(description="As it was read back; what a rollback expects.")] = None


class Ended(msgspec.Struct, frozen=True, rename="camel", tag_field="record", tag="ended"):
    """A run came to its end."""

    at: str
    counts: dict[str, int]


Record = Begun | Resumed | Intent | ChangeOutcome | Ended


class Journal(msgspec.Struct, frozen=True):
    """What a journal says.

    Attributes:
        plan: the changes to make.
        intents: by control, the first request, with the state before it.
        outcomes: by control, the last known outcome.
        sent_at: by control, when the last request was sent.
    """

    plan: Plan
    intents: dict[str, Intent]
    outcomes: dict[str, ChangeOutcome]
    sent_at: dict[str, str]

    def final_outcome(self, control: str) -> ChangeOutcome | None:
        """The outcome that no later run changes; None where the change failed, is open, or was not begun."""
        outcome = self.outcomes.get(control)
        return None if outcome is None or outcome.result == "failed" else outcome

    @property
    def unfinished(self) -> Plan:
        """The plan with the changes that have no final outcome."""
        changes = tuple(change for change in self.plan.changes if self.final_outcome(change.control) is None)
        return msgspec.structs.replace(self.plan, changes=changes)

    def unconfirmed_before(self, control: str) -> RecordedState | None:
        """The state before a write whose result is unknown; None if there is no such write."""
        outcome = self.outcomes.get(control)
        is_open = control in self.intents and (outcome is None or not outcome.certain)
        return self.intents[control].before if is_open else None


class ChangeResult(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What came of one change."""

    control: str
    result: Result
    message: str
    before: str
    after: str
    requirement: str


class Applied(msgspec.Struct, frozen=True):
    """The results of a plan: each change, in the order in which they were made."""

    results: tuple[ChangeResult, ...]

    def counts(self) -> dict[str, int]:
        """Changes by result; every result is a key."""
        found = Counter(result.result for result in self.results)
        return {name: found[name] for name in ("applied", "alreadyInPlace", "stale", "failed")}


def change_result(change: Change, outcome: ChangeOutcome) -> ChangeResult:
    """The outcome together with the change."""
    return ChangeResult(
        control=change.control,
        result=outcome.result,
        message=outcome.message,
        before=change.before.state,
        after=change.after.state,
        requirement=change.requirement,
    )


def timestamp(moment: datetime.datetime) -> str:
    """A moment as the journal writes it, RFC 3339 in UTC."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
