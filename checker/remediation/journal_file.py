"""The journal: an append-only file of JSON lines, flushed to disk before and after each request.

Whatever happens, it says for each change what the state was before, what was sent, and the result as far as it is
known. A line that a crash cut short can be left out: no request is sent before its line is complete.
"""

import contextlib
import errno
import os
from collections.abc import Iterator

import msgspec

from checker.documents import files, limits
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
        rest = memoryview(json(conceal_document(msgspec.json.encode(record))) + b"\n")
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
        folder = os.path.dirname(os.path.abspath(path))
        temporary = os.path.join(folder, f".scoregate-{os.getpid()}-{os.urandom(4).hex()}.tmp")
        journal = JournalFile(path, os.open(temporary, _NEW, 0o600))
        try:
            journal.append(begun)
            # Unlike a rename this doesn't replace a journal that exists.
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
            advice="Give --journal another name, or continue this one with 'scoregate apply --resume'.",
        ) from fault
    except (OSError, ValueError) as fault:
        reason = files.reason(fault) if isinstance(fault, OSError) else "no file can have this name"
        raise OutputError(
            f"the journal cannot be created: {reason}; nothing was sent",
            place=files.shown(path),
            advice="Name a file with --journal in a folder that exists and that this user may write.",
        ) from fault
    return journal


def _linked(journal: JournalFile, temporary: str, begun: Begun) -> JournalFile:
    """The journal under its own name; written there directly where the file system has no hard links."""
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
    """Makes the name survive a crash too; where a folder can't be flushed, that is up to its file system."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def reopen_journal(path: str) -> JournalFile:
    """A journal to continue; a line that a crash cut short is ended first.

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
