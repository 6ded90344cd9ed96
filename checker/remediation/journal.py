"""The journal: an append-only file of JSON lines, each flushed to disk before and after the request it speaks of.

Whatever happens, it says of each change what was there before, what was sent, and what came of it as far as anybody
could know. A line that a crash cut short speaks of nothing: no request is sent before its line is whole.
"""

import contextlib
import datetime
import errno
import os
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.documents import files, limits
from checker.errors import JournalError, OutputError
from checker.presentation.escape import json
from checker.remediation.plan import WRITABLE, Plan, RecordedState
from checker.remediation.planfile import checked

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


class Outcome(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="record", tag="outcome"):
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


Record = Begun | Resumed | Intent | Outcome | Ended
_DECODER: "msgspec.json.Decoder[Record]" = msgspec.json.Decoder(Record)


class JournalFile:
    """A journal open for appending."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    def append(self, record: Record) -> None:
        """Writes one line and waits until the disk has it.

        Raises:
            OutputError: it can't be written; the request that it speaks of must not be sent.
        """
        rest = memoryview(json(msgspec.json.encode(record)) + b"\n")
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fsync(self._descriptor)
        except OSError as fault:
            raise OutputError(
                f"the journal cannot be written: {files.reason(fault)}; nothing is sent without it",
                place=files.shown(self.path),
                advice="Make room, then run again: a journal that was begun is gone on with by --resume.",
            ) from fault

    def close(self) -> None:
        """Closes the file."""
        os.close(self._descriptor)


def create_journal(path: str, begun: Begun) -> JournalFile:
    """A new journal, readable by its owner only. It is there with its first line, or not at all.

    Raises:
        OutputError: there is such a file already, or it can't be made.
    """
    try:
        folder = os.path.dirname(os.path.abspath(path))
        temporary = os.path.join(folder, f".scoregate-{os.getpid()}-{os.urandom(4).hex()}.tmp")
        journal = JournalFile(path, os.open(temporary, _NEW, 0o600))
        try:
            journal.append(begun)
            # Unlike a rename it doesn't replace a journal that is there.
            journal = _linked(journal, temporary, begun)
            _sync_folder(folder)
        except BaseException:
            journal.close()
            raise
        finally:
            os.unlink(temporary)
    except FileExistsError as fault:
        raise OutputError(
            "exists already",
            place=files.shown(path),
            advice="Give --journal another name, or go on with it: 'scoregate apply --resume'.",
        ) from fault
    except (OSError, ValueError) as fault:
        reason = files.reason(fault) if isinstance(fault, OSError) else "no file has such a name"
        raise OutputError(
            f"the journal cannot be made: {reason}; nothing was sent",
            place=files.shown(path),
            advice="Name a file with --journal in a folder that exists and that this user may write.",
        ) from fault
    return journal


def _linked(journal: JournalFile, temporary: str, begun: Begun) -> JournalFile:
    """The journal under its own name; written there at once where the file system has no hard links."""
    try:
        os.link(temporary, journal.path)
    except OSError as fault:
        if fault.errno not in _NO_HARD_LINKS:
            raise
    else:
        return journal
    descriptor = os.open(journal.path, _NEW, 0o600)
    journal.close()
    plain = JournalFile(journal.path, descriptor)
    plain.append(begun)
    return plain


_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def _sync_folder(folder: str) -> None:
    """The name must survive a crash too; a folder that can't be flushed is as safe as its file system is."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def reopen_journal(path: str) -> JournalFile:
    """A journal to go on with; a line that a crash cut short is ended first.

    Raises:
        OutputError: it can't be written to.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            os.write(descriptor, b"\n")
    except OSError as fault:
        raise OutputError(f"cannot be written: {files.reason(fault)}", place=files.shown(path)) from fault
    return JournalFile(path, descriptor)


class Journal(msgspec.Struct, frozen=True):
    """What a journal says.

    Attributes:
        plan: what was to be done.
        intents: by control, the first thing that was sent, and what was there before.
        outcomes: by control, the last that is known.
        sent_at: by control, when something was sent last.
    """

    plan: Plan
    intents: dict[str, Intent]
    outcomes: dict[str, Outcome]
    sent_at: dict[str, str]

    def settled(self, control: str) -> Outcome | None:
        """What came of a change for good; None where it failed, is open, or was not begun."""
        outcome = self.outcomes.get(control)
        return None if outcome is None or outcome.result == "failed" else outcome

    @property
    def rest(self) -> Plan:
        """The plan with the changes that are not settled."""
        changes = tuple(change for change in self.plan.changes if self.settled(change.control) is None)
        return msgspec.structs.replace(self.plan, changes=changes)

    def sent_from(self, control: str) -> RecordedState | None:
        """What was seen before something was sent, where nobody knows what came of it; else None."""
        outcome = self.outcomes.get(control)
        is_open = control in self.intents and (outcome is None or not outcome.certain)
        return self.intents[control].before if is_open else None


def read_journal(path: str) -> Journal:
    """The journal that a file holds.

    Raises:
        JournalError: it is none.
    """
    name = files.shown(path)
    data = files.read_bounded(path, limits.JOURNAL_FILE_BYTES, JournalError)
    records = list(_records(data, name))
    if not records or not isinstance(records[0], Begun):
        raise JournalError("is no journal: its first line doesn't begin one", place=name)
    plan = checked(records[0].plan, f"{name}:1: $.plan", JournalError)
    intents: dict[str, Intent] = {}
    outcomes: dict[str, Outcome] = {}
    sent_at: dict[str, str] = {}
    for record in records:
        match record:
            case Intent():
                if record.before.state.casefold() not in WRITABLE:
                    raise JournalError(f"{record.before.state!r} of {record.control} can't be written back", place=name)
                # What comes after it is not known until the next outcome.
                outcomes.pop(record.control, None)
                intents.setdefault(record.control, record)
                sent_at[record.control] = record.at
            case Outcome():
                # What was made stays ours, though a later run finds it to be in place.
                known = outcomes.get(record.control)
                if known is None or known.result != "applied" or record.result != "alreadyInPlace":
                    outcomes[record.control] = record
            case Begun() if record is not records[0]:
                raise JournalError("begins twice: two journals are no journal; take them one by one", place=name)
            case _:
                pass
    return Journal(plan, intents, outcomes, sent_at)


def _records(data: bytes, name: str) -> Iterator[Record]:
    """The records in order; a line that a crash cut short is left out, garbage is refused."""
    torn: JournalError | None = None
    for number, text in enumerate(data.split(b"\n"), start=1):
        if not text.strip():
            continue
        try:
            record = _DECODER.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            torn = torn or JournalError(f"is no journal: {fault}", place=f"{name}:{number}")
            if number == 1:
                raise torn from fault
            continue
        # After a line that was cut short there is nothing, or a run that went on.
        if torn is not None and not isinstance(record, Resumed):
            raise torn
        torn = None
        yield record


def stamp(moment: datetime.datetime) -> str:
    """A moment as the journal writes it."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
