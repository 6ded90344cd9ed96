"""The journal as a file that grows: JSON lines in a chain, flushed to disk before and after each request.

Whatever happens, it says for each change what the state was before, what was sent, and the result as far as it is
known. A line that a crash cut short can be left out: no request is sent before its line is complete.
"""

import os

import msgspec

from checker.documents import files, limits
from checker.documents.links import is_link_out
from checker.documents.whole_files import create_whole, open_to_append
from checker.errors import JournalError, OutputError
from checker.remediation.journal import Begun, Intent, Journal, Record
from checker.remediation.journal_chain import (
    JournalLines,
    UnreadableLineError,
    digest,
    journal_of,
    line_of,
    read_lines,
    record_of,
)
from checker.secrecy.known import conceal_document

# What is left for the outcome of a request that was sent, and for the end of the run.
_RESERVE = limits.MEBIBYTE


class JournalFile:
    """A journal open for appending."""

    def __init__(self, path: str, descriptor: int, previous: str | None = None, size: int = 0) -> None:
        """Goes on with a file.

        Args:
            path: its name.
            descriptor: open for appending.
            previous: the digest of its last line; None where it has none.
            size: its bytes.
        """
        self.path = path
        self._descriptor = descriptor
        self._previous = previous
        self._size = size

    def append(self, record: Record) -> None:
        """Writes one line and waits until the disk has it.

        Raises:
            OutputError: it can't be written, so the request that it announces must not be sent.
        """
        line = _checked(line_of(_concealed(record), self._previous), record, self.path, self._size)
        rest = memoryview(line + b"\n")
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
        self._previous = digest(line)
        self._size += len(line) + 1

    def close(self) -> None:
        """Closes the file."""
        os.close(self._descriptor)


def _concealed(record: Record) -> Record:
    """The record without what the run knows to be secret: before its line has digests."""
    data = msgspec.json.encode(record)
    concealed = conceal_document(data)
    return record if concealed == data else msgspec.json.decode(concealed, type=Record)


def _checked(line: bytes, record: Record, path: str, size: int) -> bytes:
    """The line, unless the journal could not be read with it.

    Raises:
        OutputError: it is too long, or so is the journal; or it holds a value that no journal takes.
    """
    most = limits.JOURNAL_FILE_BYTES - (_RESERVE if isinstance(record, Begun | Intent) else 0)
    if size + len(line) + 1 > most:
        raise OutputError(
            f"the journal would grow beyond its limit of {limits.JOURNAL_FILE_BYTES // limits.MEBIBYTE} MiB; "
            "nothing is sent without a journal entry",
            place=files.shown(path),
            advice="Make a new plan of what is left.",
        )
    try:
        record_of(line)
    except UnreadableLineError as fault:
        raise OutputError(
            f"the journal cannot hold this: {fault.message}; nothing is sent without it", place=files.shown(path)
        ) from fault
    return line


def create_journal(path: str, begun: Begun) -> JournalFile:
    """A new journal, readable by its owner only. It appears with its first line, or not at all.

    Raises:
        OutputError: the file exists already, or can't be created.
    """
    try:
        line = _checked(line_of(_concealed(begun), None), begun, path, 0)
        return JournalFile(path, create_whole(path, line + b"\n"), digest(line), len(line) + 1)
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
            advice="Name a file with --journal in a folder that exists and that this user can write to.",
        ) from fault


def reopen_journal(path: str) -> JournalFile:
    """A journal to continue; a line that a crash cut short is cut off first.

    Raises:
        JournalError: it can't be read, or was changed.
        OutputError: it can't be written to.
    """
    if is_link_out(path):
        raise JournalError("is a link out of the working folder; name the file itself", place=files.shown(path))
    data = files.read_bounded(path, limits.JOURNAL_FILE_BYTES, JournalError)
    lines = read_lines(data, files.shown(path))
    descriptor = open_to_append(path)
    try:
        _end_whole(descriptor, data, lines)
        size = os.fstat(descriptor).st_size
    except OSError as fault:
        os.close(descriptor)
        raise OutputError(f"cannot be written: {files.reason(fault)}", place=files.shown(path)) from fault
    return JournalFile(path, descriptor, lines.tip, size)


def _end_whole(descriptor: int, data: bytes, lines: JournalLines) -> None:
    """Ends the file after its last whole line."""
    if lines.size < len(data):
        os.ftruncate(descriptor, lines.size)
    if data[lines.size - 1 : lines.size] != b"\n":
        os.write(descriptor, b"\n")
    os.fsync(descriptor)


def read_journal(path: str) -> Journal:
    """The journal that a file holds.

    Raises:
        JournalError: the file is not a journal, or was changed.
    """
    return journal_of(files.read_bounded(path, limits.JOURNAL_FILE_BYTES, JournalError), files.shown(path))
