"""The chain of a journal's lines: each carries the digest of the line before, and one of its own. Pure.

A line that was changed, removed or moved breaks the chain. Lines that were cut off at the end do not: then the line
that ends a run is missing.
"""

import hashlib

import msgspec

from checker.errors import JournalError
from checker.presentation.escape import json
from checker.remediation.journal import Begun, ChangeOutcome, Ended, Intent, Journal, Record
from checker.remediation.plan import WRITABLE
from checker.remediation.plan_file import check_version, validate_plan

_DECODER: "msgspec.json.Decoder[Record]" = msgspec.json.Decoder(Record)
_CHANGED = "was changed after it was written"
_ADVICE = "Use the copy that the run itself left; 'scoregate journal verify' checks one."


class UnreadableLineError(Exception):
    """A line that is none of a journal, or not as it was written.

    Attributes:
        message: what is wrong with it, as a clause.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class JournalLines(msgspec.Struct, frozen=True):
    """The lines of a journal that are whole.

    Attributes:
        records: what they say, in order, without their digests.
        tip: the digest of the last one.
        size: how many bytes of the file they take.
        is_torn: whether the beginning of another line follows, which a crash cut short.
    """

    records: tuple[Record, ...]
    tip: str
    size: int
    is_torn: bool


def digest(line: bytes) -> str:
    """The digest of a line that the next one carries."""
    return hashlib.sha256(line).hexdigest()


def line_of(record: Record, previous: str | None) -> bytes:
    """The line that holds a record, without its end.

    Args:
        record: what it says.
        previous: the digest of the line before; None for the first line.
    """
    unsealed = msgspec.structs.replace(record, previous=previous, sha256="")
    return _encoded(msgspec.structs.replace(unsealed, sha256=digest(_encoded(unsealed))))


def record_of(line: bytes) -> Record:
    """What a line says, with its digests.

    Raises:
        UnreadableLineError: it is no line of a journal, or not as it was written.
    """
    try:
        record = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise UnreadableLineError(f"is not a line of a journal: {fault}") from fault
    # Byte for byte, so that an unknown member, one that comes twice, or another spelling is noticed as well.
    if line_of(record, record.previous) != line:
        raise UnreadableLineError(_CHANGED)
    return record


def read_lines(data: bytes, name: str) -> JournalLines:
    """The lines of a journal's bytes; the beginning of a last line, which a crash cut short, is left out.

    Args:
        data: the file's bytes.
        name: the file's name, for places.

    Raises:
        JournalError: it is no journal, or a line was changed, removed or moved: the first one is named.
    """
    records: list[Record] = []
    tip: str | None = None
    size = 0
    lines = data.split(b"\n")
    last = len(lines) - 1
    for number, line in enumerate(lines, start=1):
        is_last = number == last + 1
        if is_last and not line:
            break
        try:
            record = record_of(line)
        except UnreadableLineError as fault:
            if records and _is_torn(lines, number):
                break
            raise _refusal(fault.message, name, number, line) from fault
        if record.previous != tip:
            raise _refusal(_out_of_place(number), name, number, line)
        records.append(msgspec.structs.replace(record, previous=None, sha256=""))
        tip = digest(line)
        size += len(line) + (not is_last)
    if tip is None:
        raise JournalError("is not a journal: it is empty", place=name)
    return JournalLines(tuple(records), tip, size, size < len(data))


def _is_torn(lines: list[bytes], number: int) -> bool:
    """Whether a line that can't be read is one that a crash cut short: nothing follows it.

    It has no end then; where the disk lost a block of it, it holds zeros, which no line does.
    """
    return number == len(lines) or (number == len(lines) - 1 and not lines[-1] and b"\0" in lines[number - 1])


def _out_of_place(number: int) -> str:
    if number == 1:
        return "does not begin the journal: the lines before it were removed"
    return f"does not follow line {number - 1}: lines were removed, moved or added"


def _refusal(message: str, name: str, number: int, line: bytes) -> JournalError:
    if number == 1:
        head = _head_of(line)
        if head is not None:
            check_version(head.version, f"{name}:{number}", JournalError)
        elif message == _CHANGED:
            message = "is not a journal: its first line is not that of a journal"
        else:
            message = message.replace("is not a line of a journal", "is not a journal")
    return JournalError(message, place=f"{name}:{number}", advice=_ADVICE)


class _JournalHead(msgspec.Struct):
    kind: str
    version: int | None = None


def _head_of(line: bytes) -> _JournalHead | None:
    """What says that a first line is one of a journal, of whatever version."""
    try:
        head = msgspec.json.decode(line, type=_JournalHead)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return head if head.kind == "Journal" else None


def journal_of(data: bytes, name: str) -> Journal:
    """What a journal's bytes say.

    Args:
        data: the file's bytes.
        name: the file's name, for places.

    Raises:
        JournalError: it is no journal, is of another version, was changed, or holds what scoregate never writes.
    """
    records = read_lines(data, name).records
    begun = records[0]
    if not isinstance(begun, Begun):
        raise JournalError("is not a journal: its first line is not that of a journal", place=name)
    plan = validate_plan(begun.plan, f"{name}:1: $.plan", JournalError)
    found = Journal(
        plan, begun.plan_sha256, hashlib.sha256(data).hexdigest(), isinstance(records[-1], Ended), {}, {}, {}
    )
    for number, record in enumerate(records[1:], start=2):
        _add(found, record, f"{name}:{number}")
    return found


def _add(journal: Journal, record: Record, place: str) -> None:
    match record:
        case Intent():
            if record.before.state.casefold() not in WRITABLE:
                text = f"the state {record.before.state!r} of {record.control} cannot be written back"
                raise JournalError(text, place=place)
            # Its result is unknown until the next outcome.
            journal.outcomes.pop(record.control, None)
            journal.intents.setdefault(record.control, record)
            journal.sent_at[record.control] = record.at
        case ChangeOutcome():
            # A change that this journal made stays made by it, though a later run finds it in place.
            known = journal.outcomes.get(record.control)
            if known is None or known.result != "applied" or record.result != "alreadyInPlace":
                journal.outcomes[record.control] = record
        case Begun():
            raise JournalError(
                "contains two journals: it begins a second time", place=place, advice="Give each its own file."
            )
        case _:
            pass


def _encoded(record: Record) -> bytes:
    return json(msgspec.json.encode(record))
