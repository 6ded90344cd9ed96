"""Files: read whole up to a limit, plain or gzip; only regular ones, so that a read never waits for another program."""

import contextlib
import errno
import os
import re
import stat
import sys
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from checker.documents import limits
from checker.errors import ScoregateError

if TYPE_CHECKING:
    from io import BufferedReader
    from mmap import mmap

    Buffer = bytes | mmap

_GZIP_MAGIC = b"\x1f\x8b"
_WORTH_MAPPING = limits.MEBIBYTE
_SMALLEST_CHUNK = 512
_NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_STANDARD_OUTPUT = frozenset({"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
# Patterns are kept as text: re compiles them on first use, and most runs use none of these.
_NOT_ZERO = rb"[^\x00]"


def shown(path: str) -> str:
    """The path as any output can show it: NUL and bytes that are not UTF-8 in hexadecimal."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def is_standard_output(path: str) -> bool:
    """Whether the path names standard output, which may be a log that others write to, so it is never replaced."""
    return os.path.normpath(path) in _STANDARD_OUTPUT


def read_bounded(path: str, limit: int, error: type[ScoregateError]) -> bytes:
    """The bytes of the regular file at ``path`` (``-`` is standard input), at most ``limit`` of them.

    Raises:
        error: of the class given, when the file is missing, unreadable, larger than ``limit`` bytes, or no regular
            file: a pipe or a device may never end, or never begin.
    """
    name = "standard input" if path == "-" else shown(path)
    with _read_errors(name, error):
        if path == "-":
            if sys.stdin is None:
                raise error("is closed", place=name)
            data = _read_stream(cast("BufferedReader", sys.stdin.buffer), limit + 1)
        else:
            with open(_regular(path, error), "rb") as file:
                data = file.read(limit + 1)
    return _within(limit, data, name, error)


def _read_stream(stream: "BufferedReader", size: int) -> bytes:
    """At most ``size`` bytes, in pieces as they come: between two of them an interrupt is heard."""
    parts = []
    while size and (part := stream.read1(min(size, limits.MEBIBYTE))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def map_bounded(path: str, limit: int, error: type[ScoregateError]) -> "Buffer":
    """As ``read_bounded``; a large file is mapped into memory, which saves copying it.

    A mapped file must not be cut short while it is read. ``scoregate fetch`` never does: it renames whole files.
    """
    if path == "-":
        return read_bounded(path, limit, error)
    name = shown(path)
    with _read_errors(name, error), open(_regular(path, error), "rb") as file:
        if _WORTH_MAPPING <= os.fstat(file.fileno()).st_size <= limit:
            import mmap

            # Not every file system can map files.
            with contextlib.suppress(OSError):
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        data = file.read(limit + 1)
    return _within(limit, data, name, error)


def _within(limit: int, data: bytes, name: str, error: type[ScoregateError]) -> bytes:
    if len(data) > limit:
        most = f"{limit // limits.MEBIBYTE} MiB" if limit >= limits.MEBIBYTE else f"{limit // 1024} KiB"
        raise error(f"is larger than {most}, the limit", place=name)
    return data


@contextlib.contextmanager
def _read_errors(name: str, error: type[ScoregateError]) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise error(f"cannot be read: {reason(fault)}", place=name) from fault
    except ValueError as fault:
        raise error("cannot be read: not a valid file name", place=name) from fault


def _regular(path: str, error: type[ScoregateError]) -> int:
    """An open descriptor of a regular file.

    It is looked at before it is opened, since opening a device may do something, and after, since it may have been
    exchanged; meanwhile opening does not wait for a pipe's other end.
    """
    _check_regular(os.stat(path).st_mode, path, error)
    descriptor = os.open(path, os.O_RDONLY | _NO_WAIT)
    try:
        _check_regular(os.fstat(descriptor).st_mode, path, error)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check_regular(mode: int, path: str, error: type[ScoregateError]) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise error(
            f"cannot be read: is {kind(mode)}, and only regular files are read; to pipe data, give - where "
            "standard input is accepted",
            place=shown(path),
        )


def kind(mode: int) -> str:
    """What an entry that is no regular file is, with its article."""
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a folder", stat.S_IFLNK: "a link"}
    return kinds.get(stat.S_IFMT(mode), "a device")


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
                raise error(f"unpacks to more than {limit // limits.MEBIBYTE} MiB, the limit", place=name)
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
