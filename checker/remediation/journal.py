"""The journal as values: what was planned, what was sent, and with what result. Pure; ``journal_file`` stores them."""

import datetime
from collections import Counter
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.remediation.plan import VERSION, Change, Plan, RecordedState, Sha256, ShortText, Text

Result = Literal["applied", "alreadyInPlace", "stale", "uncertain", "failed"]
RESULTS: tuple[Result, ...] = ("applied", "alreadyInPlace", "stale", "uncertain", "failed")
"""In the order of every summary."""
_UNFINISHED = frozenset({"uncertain", "failed"})


class ChainedLine(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What every line has, so that a line that was changed, removed or moved is noticed."""

    previous: Annotated[
        Sha256 | None, Meta(description="Of the bytes of the line before, without its end; null in the first line.")
    ] = None
    sha256: Annotated[
        Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")],
        Meta(description="Of the bytes of this line, without its end and with the empty text in this member."),
    ] = ""


class Begun(ChainedLine, frozen=True, kw_only=True, rename="camel", tag_field="record", tag="begun"):
    """The first line: all that is to be done, so that the plan file isn't needed any more."""

    schema: ClassVar[tuple[str, str]] = ("journal", "A line of a scoregate journal")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Journal"] = "Journal"
    version: Literal[2] = VERSION
    at: ShortText
    scoregate: ShortText
    plan_sha256: Annotated[Sha256, Meta(description="Of the plan's file, of which 'plan' may be a part.")]
    plan: Plan


class Resumed(ChainedLine, frozen=True, rename="camel", tag_field="record", tag="resumed"):
    """A later run went on from here."""

    at: ShortText


class Intent(ChainedLine, frozen=True, kw_only=True, rename="camel", tag_field="record", tag="intent"):
    """A request is about to be sent."""

    at: ShortText
    control: ShortText
    before: Annotated[RecordedState, Meta(description="As it was just read.")]
    send: dict[ShortText, Text]


class ChangeOutcome(ChainedLine, frozen=True, kw_only=True, rename="camel", tag_field="record", tag="outcome"):
    """What came of a change."""

    at: ShortText
    control: ShortText
    result: Result
    message: Text
    accepted: Annotated[
        bool, Meta(description="true: it is uncertain, though the service said that it took the last request.")
    ] = False
    after: Annotated[RecordedState | None, Meta(description="As it was read back; what a rollback expects.")] = None


class Ended(ChainedLine, frozen=True, rename="camel", tag_field="record", tag="ended"):
    """A run came to its end, or could not go on; a crash leaves no such line."""

    at: ShortText
    counts: dict[ShortText, int]


Record = Begun | Resumed | Intent | ChangeOutcome | Ended


class Journal(msgspec.Struct, frozen=True):
    """What a journal says.

    Attributes:
        plan: the changes to make.
        plan_sha256: of the plan's file.
        sha256: of the journal's bytes.
        ended: whether the last run came to its end; else a crash, or whoever cut the file short, took the last lines.
        intents: by control, the first request, with the state before it.
        outcomes: by control, the last known outcome.
        sent_at: by control, when the last request was sent.
    """

    plan: Plan
    plan_sha256: str
    sha256: str
    ended: bool
    intents: dict[str, Intent]
    outcomes: dict[str, ChangeOutcome]
    sent_at: dict[str, str]

    def final_outcome(self, control: str) -> ChangeOutcome | None:
        """The outcome that no later run changes; None where the change failed, is uncertain, or was not begun."""
        outcome = self.outcomes.get(control)
        return None if outcome is None or outcome.result in _UNFINISHED else outcome

    @property
    def unfinished(self) -> Plan:
        """The plan with the changes that have no final outcome."""
        changes = tuple(change for change in self.plan.changes if self.final_outcome(change.control) is None)
        return msgspec.structs.replace(self.plan, changes=changes)

    def unconfirmed_before(self, control: str) -> RecordedState | None:
        """The state before a write whose result is unknown; None if there is no such write."""
        outcome = self.outcomes.get(control)
        is_open = control in self.intents and (outcome is None or outcome.result == "uncertain")
        return self.intents[control].before if is_open else None

    def accepted_at(self, control: str) -> str | None:
        """When the write was sent that the service accepted and nobody has seen; None if there is no such write."""
        outcome = self.outcomes.get(control)
        return self.sent_at.get(control) if outcome is not None and outcome.accepted else None


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
        return {name: found[name] for name in RESULTS}


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
