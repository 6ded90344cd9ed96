"""Where an output goes: a real folder, to which no link leads out of the working folder.

A checkout may hold links that somebody else chose, so one in it that leads out of it is refused. A path outside of the
working folder is the caller's own choice, and its links are followed.
"""

import contextlib
import os
from collections.abc import Iterator

import msgspec

from checker.documents.files import shown
from checker.errors import OutputError

ADVICE = "Name a file in a folder that exists and that this user can write to."
# Linux can hold a folder that may be written and not listed.
_FOLDER = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_PATH", 0)


class Folder(msgspec.Struct, frozen=True):
    """A real folder; held open where the system can name files relative to it, so that it can't be exchanged."""

    path: str
    descriptor: int | None

    def at(self, name: str) -> str:
        """The name as calls with ``dir_fd=self.descriptor`` take it."""
        return name if self.descriptor is not None else os.path.join(self.path, name)

    def sync(self) -> None:
        """Makes names survive a crash; where a folder can't be flushed, that is up to its file system."""
        with contextlib.suppress(OSError):
            descriptor = os.open(self.at("."), os.O_RDONLY, dir_fd=self.descriptor)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def make_folder(path: str, *, private: bool = True, within: str | None = None) -> str:
    """Creates a folder and its parents, unless it exists.

    Returns:
        Its real path.

    Raises:
        OSError: it can't be created.
        OutputError: a link leads out of the working folder.
    """
    real = _resolved(path, os.path.realpath(within or os.curdir), path)
    os.makedirs(real, mode=0o700 if private else 0o777, exist_ok=True)
    return real


def check_folder(path: str) -> None:
    """Refuses a folder that a library is going to write to, where a link leads to it out of the working folder.

    Raises:
        OSError: a link leads nowhere, or in a circle.
        OutputError: a link leads out of the working folder.
    """
    _resolved(path, os.path.realpath(os.curdir), path)


@contextlib.contextmanager
def opened(path: str, within: str | None = None, *, follow: bool = False) -> Iterator[tuple[Folder, str]]:
    """The real folder of an output and the output's name in it.

    Args:
        path: the output's.
        within: the folder that links must not lead out of; None for the working folder.
        follow: the output itself may be a link, and is what it leads to.

    Raises:
        OSError: the folder can't be opened.
        OutputError: it doesn't exist, or a link leads out of the working folder.
    """
    root = os.path.realpath(within or os.curdir)
    try:
        parent, name = os.path.split(_resolved(path, root, path) if follow else path)
        folder = _held(_resolved(parent, root, path), root)
    except (FileNotFoundError, NotADirectoryError) as fault:
        raise OutputError("cannot be written: its folder does not exist", place=shown(path), advice=ADVICE) from fault
    try:
        yield folder, name
    finally:
        if folder.descriptor is not None:
            os.close(folder.descriptor)


def _held(real: str, root: str) -> Folder:
    """A folder that is held open; on the way to it from ``root`` no link is followed, should one have come in between.

    Raises:
        OSError: it is no folder, or can't be opened.
    """
    if os.open not in os.supports_dir_fd:
        os.stat(os.path.join(real, os.curdir))
        return Folder(real, None)
    # Folders above the working folder need not be searchable.
    start = os.curdir if root == os.getcwd() else root
    descriptor = os.open(start if is_inside(real, root) else real, _FOLDER)
    try:
        for part in os.path.relpath(real, root).split(os.sep) if is_inside(real, root) else ():
            above, descriptor = descriptor, os.open(part, _FOLDER, dir_fd=descriptor)
            os.close(above)
    except BaseException:
        os.close(descriptor)
        raise
    return Folder(real, descriptor)


def _resolved(path: str, root: str, output: str) -> str:
    """The real path, of which the last parts may be missing.

    Raises:
        OSError: a link leads nowhere, or in a circle.
        OutputError: a link in ``root`` leads out of it.
    """
    drive, rest = os.path.splitdrive(os.path.join(os.getcwd(), path))
    real, parts = drive + os.sep, rest.split(os.sep)
    while parts:
        part = parts.pop(0)
        if part == os.pardir:
            real = os.path.dirname(real)
            continue
        entry = os.path.join(real, part) if part not in {"", os.curdir} else real
        if not os.path.islink(entry):
            real = entry
            continue
        led = os.path.realpath(entry, strict=True)
        if is_inside(real, root) and not is_inside(led, root):
            raise OutputError(
                f"cannot be written: {shown(os.path.relpath(entry, root))} is a link out of the working folder",
                place=shown(output),
                advice="If you trust the target of the link, name it directly.",
            )
        # One step at a time, since it may lead through other links; strict has refused circles.
        target = os.readlink(entry)
        real = drive + os.sep if os.path.isabs(target) else real
        parts = [*target.split(os.sep), *parts]
    return real


def is_inside(path: str, root: str) -> bool:
    """Whether a real path is a folder or lies in it."""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)
