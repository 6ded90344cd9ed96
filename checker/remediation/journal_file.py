"""The journal: an append-only file of JSON lines, flushed to disk before and after each request.

Whatever happens, it says for each change what the state was before, what was sent, and the result as far as it is
known. A line that a crash cut short can be left out: no request is sent before its line is complete.
"""

import os
from collections.abc import Iterator

import msgspec

from checker.documents import files, limits
from checker.documents.whole_files import create_whole, open_to_append
from checker.errors import JournalError, OutputError
from checker.presentation.escape import json
from checker.remediation.journal import Begun, ChangeOutcome, Intent, Journal, Record, Resumed
from checker.remediation.plan import WRITABLE
from checker.remediation.plan_file import validate_plan
from checker.secrecy.known import conceal_document

_DECODER: "msgspec.json.Decoder[Record]" = msgspec.json.Decoder(Record)


class JournalFile:
    """A journal open for appending."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    def append(self, record: Record) -> None:
        """Writes one line and waits until the disk has it.

        Raises:
            OutputError: it can't be written, so the request that it announces must not be sent.
        """
        rest = memoryview(_line(record))
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fsync(self._descriptor)
        except OSError as fault:
            raise OutputError(
                f"the journal cannot be written: {files.reason(fault)}; nothing is sent without it",
                place=files.shown(self.path),
                advice="Free some disk space, then continue a journal that has begun with --resume.",
            ) from fault

    def close(self) -> None:
        """Closes the file."""
        os.close(self._descriptor)


def create_journal(path: str, begun: Begun) -> JournalFile:
    """A new journal, readable by its owner only. It appears with its first line, or not at all.

    Raises:
        OutputError: the file exists already, or can't be created.
    """
    try:
        return JournalFile(path, create_whole(path, _line(begun)))
    except FileExistsError as fault:
        raise OutputError(
            "exists already",
            place=files.shown(path),
            advice="Give --journal another name, or continue this one with 'scoregate apply --resume'.",
        ) from fault
    except (OSError, ValueError) as fault:
        reason = files.reason(fault) if isinstance(fault, OSError) else "no file can have this name"
        raise OutputError(
            f"the journal cannot be created: {reason}; nothing was sent",
            place=files.shown(path),
            advice="Name a file with --journal in a folder that exists and that this user may write.",
        ) from fault


def _line(record: Record) -> bytes:
    return json(conceal_document(msgspec.json.encode(record))) + b"\n"


def reopen_journal(path: str) -> JournalFile:
    """A journal to continue; a line that a crash cut short is ended first.

    Raises:
        OutputError: it can't be written to.
    """
    descriptor = open_to_append(path)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            os.write(descriptor, b"\n")
    except OSError as fault:
        os.close(descriptor)
        raise OutputError(f"cannot be written: {files.reason(fault)}", place=files.shown(path)) from fault
    return JournalFile(path, descriptor)


def read_journal(path: str) -> Journal:
    """The journal that a file holds.

    Raises:
        JournalError: the file is not a journal.
    """
    name = files.shown(path)
    data = files.read_bounded(path, limits.JOURNAL_FILE_BYTES, JournalError)
    records = list(_records(data, name))
    if not records or not isinstance(records[0], Begun):
        raise JournalError("is not a journal: its first line is not that of a journal", place=name)
    plan = validate_plan(records[0].plan, f"{name}:1: $.plan", JournalError)
    intents: dict[str, Intent] = {}
    outcomes: dict[str, ChangeOutcome] = {}
    sent_at: dict[str, str] = {}
    for record in records:
        match record:
            case Intent():
                if record.before.state.casefold() not in WRITABLE:
                    raise JournalError(
                        f"the state {record.before.state!r} of {record.control} cannot be written back", place=name
                    )
                # Its result is unknown until the next outcome.
                outcomes.pop(record.control, None)
                intents.setdefault(record.control, record)
                sent_at[record.control] = record.at
            case ChangeOutcome():
                # A change that this journal made stays made by it, though a later run finds it in place.
                known = outcomes.get(record.control)
                if known is None or known.result != "applied" or record.result != "alreadyInPlace":
                    outcomes[record.control] = record
            case Begun() if record is not records[0]:
                raise JournalError(
                    "holds two journals: it begins a second time", place=name, advice="Give each its own file."
                )
            case _:
                pass
    return Journal(plan, intents, outcomes, sent_at)


def _records(data: bytes, name: str) -> Iterator[Record]:
    """The records in order; a line that a crash cut short is left out, any other unreadable line is refused."""
    torn: JournalError | None = None
    for number, text in enumerate(data.split(b"\n"), start=1):
        if not text.strip():
            continue
        try:
            record = _DECODER.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            torn = torn or JournalError(f"is not a journal: {fault}", place=f"{name}:{number}")
            if number == 1:
                raise torn from fault
            continue
        # Only a run that continues the journal may follow a line that was cut short.
        if torn is not None and not isinstance(record, Resumed):
            raise torn
        torn = None
        yield record
