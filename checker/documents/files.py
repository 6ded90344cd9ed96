"""Files: read whole up to a limit, plain or gzip; written completely or not at all."""

import os
import re
import stat
import sys
import zlib
from typing import TYPE_CHECKING

from checker.documents import limits
from checker.errors import OutputError, ScoregateError
from checker.secrecy.known import conceal_document

if TYPE_CHECKING:
    from mmap import mmap

    Buffer = bytes | mmap

_GZIP_MAGIC = b"\x1f\x8b"
_WORTH_MAPPING = limits.MEBIBYTE
_SMALLEST_CHUNK = 512
# Patterns are kept as text: re compiles them on first use, and most runs use none of these.
_NOT_ZERO = rb"[^\x00]"
_DESCRIPTOR = r"/dev/fd/([0-9]{1,4})|/proc/self/fd/([0-9]{1,4})"
_STANDARD_DESCRIPTORS = {"/dev/stdout": 1, "/dev/stderr": 2}


def shown(path: str) -> str:
    """The path as any output can show it: NUL and bytes that are not UTF-8 in hexadecimal."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def read_bounded(path: str, limit: int, error: type[ScoregateError]) -> bytes:
    """The bytes of the file at ``path`` (``-`` is standard input), at most ``limit`` of them.

    Raises:
        error: of the class given, when the file is missing, unreadable or larger than ``limit`` bytes.
    """
    name = "standard input" if path == "-" else shown(path)
    try:
        if path == "-":
            if sys.stdin is None:
                raise error("is closed", place=name)
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with open(path, "rb") as file:
                data = file.read(limit + 1)
    except OSError as fault:
        raise error(f"cannot be read: {reason(fault)}", place=name) from fault
    except ValueError as fault:
        raise error("cannot be read: not a valid file name", place=name) from fault
    if len(data) > limit:
        raise error(f"is larger than {limit // limits.MEBIBYTE} MiB, which is the most that is read", place=name)
    return data


def map_bounded(path: str, limit: int, error: type[ScoregateError]) -> "Buffer":
    """As ``read_bounded``; a large regular file is mapped into memory, which saves copying it.

    A mapped file must not be cut short while it is read. ``scoregate fetch`` never does: it renames whole files.
    """
    try:
        if path != "-":
            status = os.stat(path)
            if stat.S_ISREG(status.st_mode) and _WORTH_MAPPING <= status.st_size <= limit:
                import mmap

                with open(path, "rb") as file:
                    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        pass  # read_bounded reports what is wrong, if anything is
    return read_bounded(path, limit, error)


def is_gzip(data: "Buffer") -> bool:
    """Whether the bytes are a gzip stream (RFC 1952)."""
    return data[:2] == _GZIP_MAGIC


def unpacked(data: "Buffer", limit: int, name: str, error: type[ScoregateError]) -> bytes:
    """The content of a gzip stream, members joined, at most ``limit`` bytes.

    Raises:
        error: when the stream is damaged, cut short, or unpacks to more than ``limit`` bytes.
    """
    parts: list[bytes] = []
    room, position, stream = limit, 0, None
    try:
        while position < len(data):
            if stream is None:
                # zlib copies all input beyond the end of a member, and a file may have many: so first chunks are small.
                stream, chunk = zlib.decompressobj(wbits=31), _SMALLEST_CHUNK
            end = min(position + chunk, len(data))
            parts.append(stream.decompress(data[position:end], room + 1))
            room -= len(parts[-1])
            if room < 0:
                raise error(
                    f"unpacks to more than {limit // limits.MEBIBYTE} MiB, which is the most that is read", place=name
                )
            position, chunk = end, min(chunk * 2, limits.MEBIBYTE)
            if stream.eof:
                beyond = re.compile(_NOT_ZERO).search(data, end - len(stream.unused_data))
                position, stream = beyond.start() if beyond else len(data), None
    except zlib.error as fault:
        raise error("is a damaged gzip file", place=name) from fault
    if stream is not None:
        raise error("is a gzip file that ends in the middle", place=name)
    return b"".join(parts)


def reason(fault: OSError) -> str:
    """The reason that the operating system gives, in lower case and without the path."""
    text = fault.strerror or str(fault)
    return text[:1].lower() + text[1:]


def write_whole(path: str, data: bytes, *, private: bool = False) -> None:
    """Writes ``data`` to ``path`` so that readers see the old file or the new one, never a part of it.

    A new file beside the target is written and renamed over it. Devices and pipes (``/dev/stderr``, a named pipe)
    cannot be replaced, so they are written directly, and so is an open descriptor given by name (``/dev/stdout``, which
    may be a log that others write to). ``private`` gives the file the mode 0600.

    Raises:
        OutputError: when the folder is missing or the file cannot be written.
    """
    data = conceal_document(data)
    try:
        descriptor = _descriptor(path)
        if descriptor is not None or _is_special(path):
            with open(path if descriptor is None else os.dup(descriptor), "wb") as file:
                file.write(data)
            return
        # A symbolic link is kept: the file that it points to is replaced.
        target = os.path.realpath(path)
        # Hidden, and short: the target's own name may be as long as a name can be.
        temporary = os.path.join(os.path.dirname(target), f".scoregate-{os.getpid()}-{os.urandom(4).hex()}.tmp")
        mode = 0o600 if private else _mode_of(target)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as fault:
        raise OutputError(
            f"cannot be written: {reason(fault)}",
            place=shown(path),
            advice="Name a file in a folder that exists and that this user may write.",
        ) from fault


def _descriptor(path: str) -> int | None:
    """The open descriptor that the path names, as ``/dev/stdout`` does."""
    found = re.fullmatch(_DESCRIPTOR, path) if path.startswith(("/dev/", "/proc/")) else None
    return int(found[1] or found[2]) if found else _STANDARD_DESCRIPTORS.get(path)


def _is_special(path: str) -> bool:
    """Whether the path exists and is neither a regular file nor a folder."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _mode_of(target: str) -> int:
    """The permissions of the file to be replaced; the default ones for a new file (narrowed by the umask)."""
    try:
        return stat.S_IMODE(os.stat(target).st_mode)
    except OSError:
        return 0o666
