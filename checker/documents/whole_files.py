"""Writes files whole or not at all: a temporary file beside the target, flushed to disk and renamed over it.

The one place that creates, replaces and renames files. An output is an entry of a real folder:

- What stands there is replaced, never written through: a link becomes a regular file, its target stays as it is.
- A link in the working folder that leads out of it is not followed, so that a checkout cannot choose another place.
- Named pipes, sockets and devices are refused, but for ``/dev/null`` and ``/dev/stdout``.
- What a killed run leaves behind is hidden and named ``.scoregate-PID-RANDOM.tmp``.
"""

import contextlib
import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence

import msgspec

from checker.documents.files import is_standard_output, kind, reason, shown
from checker.documents.real_folders import ADVICE, Folder, opened
from checker.errors import OutputError
from checker.secrecy.known import conceal_document

# Where the system names the open files of a process; Linux shows them as links.
_OPEN_FILES = r"/dev|/dev/fd|/proc/.*/fd"
# Not every system has all of these.
_SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def write_whole(path: str, data: bytes, *, private: bool = True, within: str | None = None) -> None:
    """Writes ``data`` to ``path`` so that readers see the old file or the new one, never a part of it.

    Args:
        path: a regular file, new or to be replaced; ``/dev/null``; or ``/dev/stdout``, which is written straight.
        data: the whole content.
        private: the file holds data of a tenant: mode 0600. Otherwise a new file has the usual mode and an old one
            keeps its own; neither is executable.
        within: the folder that links must not lead out of; None for the working folder.

    Raises:
        OutputError: the target is not to be written, or can't be.
    """
    write_all([(path, data)], private=private, within=within)


def write_all(outputs: Sequence[tuple[str, bytes]], *, private: bool = True, within: str | None = None) -> None:
    """As ``write_whole`` for several files; all are on disk before the first takes its place.

    Raises:
        OutputError: one is not to be written, or can't be; then no other is, as far as that can be known before.
    """
    with contextlib.ExitStack() as stack:
        staged = []
        for path, content in outputs:
            data = conceal_document(content)
            with _output_errors(path):
                if is_standard_output(path):
                    _write_straight(data)
                    continue
                folder, name = stack.enter_context(opened(path, within))
                held = _replaceable(folder, name, path)
                if held is not None and stat.S_ISCHR(held.st_mode):
                    continue
                one = _Staged(path, folder, _temporary_name(), name)
                stack.callback(one.discard)
                os.close(_written(folder, one.temporary, data, _mode(held, private=private)))
                staged.append(one)
        folders = {one.folder.path: one.folder for one in staged}.values()
        for folder in folders:
            folder.sync()
        for one in staged:
            with _output_errors(one.path):
                one.replace()
        for folder in folders:
            folder.sync()


def check_output(path: str) -> None:
    """Refuses early what ``write_whole`` would refuse, so that a run ends before its work.

    Raises:
        OutputError: the target is not to be written.
    """
    with _output_errors(path):
        if not is_standard_output(path):
            with opened(path) as (folder, name):
                _replaceable(folder, name, path)


def create_whole(path: str, data: bytes) -> int:
    """A new private file, open for appending; it appears with its first bytes, and never replaces another.

    Returns:
        The descriptor.

    Raises:
        FileExistsError: something has the name.
        OSError, ValueError: it can't be created.
        OutputError: a link leads out of the working folder.
    """
    with opened(path) as (folder, name):
        temporary = _temporary_name()
        descriptor = _written(folder, temporary, data, flags=os.O_APPEND)
        try:
            folder.sync()
            # Unlike a rename this doesn't replace a file that exists.
            is_linked = _linked(folder, temporary, name)
        except BaseException:
            os.close(descriptor)
            raise
        finally:
            os.unlink(folder.at(temporary), dir_fd=folder.descriptor)
        if not is_linked:
            os.close(descriptor)
            descriptor = _written(folder, name, data, flags=os.O_APPEND)
        folder.sync()
    return descriptor


def append_whole(path: str, data: bytes) -> None:
    """Adds ``data`` to the end of a file that others write to as well; a new one is private.

    Nothing is written through a link: what stands at the end of the path is a regular file, or nothing yet.

    Raises:
        OutputError: it is no such file, or can't be written.
    """
    content = memoryview(conceal_document(data))
    with _output_errors(path), opened(path) as (folder, name):
        with contextlib.suppress(FileNotFoundError):
            held = os.stat(folder.at(name), dir_fd=folder.descriptor, follow_symlinks=False)
            _refuse_unless_regular(held.st_mode, path)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | _SAFELY
        descriptor = os.open(folder.at(name), flags, 0o600, dir_fd=folder.descriptor)
        try:
            _refuse_unless_regular(os.fstat(descriptor).st_mode, path)
            while content:
                content = content[os.write(descriptor, content) :]
        finally:
            os.close(descriptor)


def open_to_append(path: str) -> int:
    """The descriptor of a regular file that exists, open for reading and appending.

    Raises:
        OutputError: it is no such file, can't be opened, or a link leads to it out of the working folder.
    """
    with _output_errors(path):
        with opened(path, follow=True) as (folder, name):
            flags = os.O_RDWR | os.O_APPEND | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(folder.at(name), flags, dir_fd=folder.descriptor)
        try:
            _refuse_unless_regular(os.fstat(descriptor).st_mode, path)
        except OutputError:
            os.close(descriptor)
            raise
        return descriptor


@contextlib.contextmanager
def scratch_folder(folder: str) -> Iterator[str]:
    """A private folder in ``folder``, for a library that writes by itself; it is gone at the end."""
    import shutil

    path = os.path.join(folder, _temporary_name())
    os.mkdir(path, 0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def move_whole(source: str, path: str) -> None:
    """Gives a file that a library has written to ``scratch_folder`` its place, as ``write_whole`` does.

    Raises:
        OutputError: the target is not to be written, or can't be.
    """
    with _output_errors(path), opened(path) as (folder, name):
        _replaceable(folder, name, path)
        descriptor = os.open(source, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.chmod(source, 0o600)
        folder.sync()
        os.replace(source, folder.at(name), dst_dir_fd=folder.descriptor)
        folder.sync()


def _refuse_unless_regular(mode: int, path: str) -> None:
    if not stat.S_ISREG(mode):
        raise OutputError(f"cannot be written: is {kind(mode)}", place=shown(path), advice=ADVICE)


@contextlib.contextmanager
def _output_errors(path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as fault:
        told = reason(fault) if isinstance(fault, OSError) else "no file can have this name"
        raise OutputError(f"cannot be written: {told}", place=shown(path), advice=ADVICE) from fault


class _Staged(msgspec.Struct, frozen=True):
    """A file on disk that is to take its place."""

    path: str
    folder: Folder
    temporary: str
    name: str

    def replace(self) -> None:
        at, folder = self.folder.at, self.folder.descriptor
        os.replace(at(self.temporary), at(self.name), src_dir_fd=folder, dst_dir_fd=folder)

    def discard(self) -> None:
        """Takes away what has not taken its place."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.folder.at(self.temporary), dir_fd=self.folder.descriptor)


def _write_straight(data: bytes) -> None:
    with open(os.dup(1), "wb") as stream:
        stream.write(data)


def _written(folder: Folder, name: str, data: bytes, mode: int = 0o600, flags: int = 0) -> int:
    """A new file with the data, on disk and still open; there is none where it can't be written."""
    descriptor = os.open(folder.at(name), _NEW | flags, mode, dir_fd=folder.descriptor)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    except BaseException:
        os.close(descriptor)
        os.unlink(folder.at(name), dir_fd=folder.descriptor)
        raise
    return descriptor


def _linked(folder: Folder, temporary: str, name: str) -> bool:
    """Whether the file has its name now; False where the file system has no hard links."""
    at = folder.descriptor
    try:
        os.link(folder.at(temporary), folder.at(name), src_dir_fd=at, dst_dir_fd=at)
    except OSError as fault:
        if fault.errno not in _NO_HARD_LINKS:
            raise
        return False
    return True


def _temporary_name() -> str:
    # Hidden, and short: the target's own name may be as long as a name can be.
    return f".scoregate-{os.getpid()}-{os.urandom(4).hex()}.tmp"


def _mode(held: os.stat_result | None, *, private: bool) -> int:
    """The permissions of the new file, which the umask narrows."""
    if private:
        return 0o600
    return 0o666 if held is None or stat.S_ISLNK(held.st_mode) else held.st_mode & 0o666


def _replaceable(folder: Folder, name: str, path: str) -> os.stat_result | None:
    """What stands at the target: a regular file, a link to be replaced, the null device, or nothing."""
    if name in {"", os.curdir, os.pardir}:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    try:
        held = os.stat(folder.at(name), dir_fd=folder.descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return None
    found = _followed(folder, name, held)
    if stat.S_ISDIR(found.st_mode):
        # Of a link too: replacing it would take away more than a file.
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    is_open = stat.S_ISLNK(held.st_mode) and re.fullmatch(_OPEN_FILES, folder.path) is not None
    if not is_open and (stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode) or _is_null(held)):
        return held
    raise OutputError(
        f"cannot be written: is {'an open stream' if is_open else kind(found.st_mode)}",
        place=shown(path),
        advice="Name a regular file, /dev/stdout or /dev/null; what goes to standard output can be piped.",
    )


def _followed(folder: Folder, name: str, held: os.stat_result) -> os.stat_result:
    """What a link leads to; the link itself where that is nothing."""
    if not stat.S_ISLNK(held.st_mode):
        return held
    try:
        return os.stat(folder.at(name), dir_fd=folder.descriptor)
    except OSError:
        return held


def _is_null(status: os.stat_result) -> bool:
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == os.stat(os.devnull).st_rdev
