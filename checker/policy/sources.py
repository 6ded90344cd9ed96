"""Policy paths → sources: the name and the content of each file."""

import os
from collections.abc import Iterator, Sequence

import msgspec

from checker.documents import files, limits
from checker.documents.fault import Fault
from checker.documents.links import is_link_out, leads_out
from checker.documents.location import SourceLocation
from checker.errors import CallerError
from checker.policy import packs

_ENDINGS = (".yaml", ".yml")
_STANDARD_INPUT = "<stdin>"


class PolicySource(msgspec.Struct, frozen=True):
    """One file of policies or waivers, wherever it comes from.

    Attributes:
        name: as places and reports show it.
        data: its bytes.
        identity: what is the same for a file that two paths name: its path without links; empty for standard input.
        root: the folder that what it extends must lie in.
    """

    name: str
    data: bytes
    identity: str = ""
    root: str = "."


class PolicySources(msgspec.Struct, frozen=True):
    """The files that a run was given, and a fault for each that cannot be read."""

    policies: tuple[PolicySource, ...] = ()
    waivers: tuple[PolicySource, ...] = ()
    faults: tuple[Fault, ...] = ()


class UnreadableSourceError(CallerError):
    """A path without a readable file behind it; reported as a fault."""


def read_sources(policy_paths: Sequence[str], waiver_paths: Sequence[str]) -> PolicySources:
    """Reads the files that the paths name.

    A path is a file, a folder (read recursively), ``pack:NAME``, or ``-`` for standard input. A file that two paths
    name is read once, for the first of them.
    """
    faults: list[Fault] = []
    seen: set[str] = set()
    policies = tuple(_within_limit(_read(policy_paths, seen, faults), limits.POLICY_BYTES, faults))
    left = limits.POLICY_BYTES - sum(len(source.data) for source in policies)
    waivers = tuple(_within_limit(_read(waiver_paths, seen, faults), left, faults))
    return PolicySources(policies, waivers, tuple(faults))


def _within_limit(sources: Iterator[PolicySource], left: int, faults: list[Fault]) -> Iterator[PolicySource]:
    """The sources that have ``left`` bytes together; stops at the first beyond them, and adds to ``faults``."""
    for source in sources:
        left -= len(source.data)
        if left < 0:
            faults.append(beyond_limit(source.name))
            return
        yield source


def beyond_limit(name: str) -> Fault:
    """The fault of the file with which a run has more bytes of policies than are read."""
    most = limits.POLICY_BYTES // limits.MEBIBYTE
    text = f"with this file the run has more than {most} MiB of policies, the limit"
    return Fault(SourceLocation(name, 1, 1), (), text)


def _read(paths: Sequence[str], seen: set[str], faults: list[Fault]) -> Iterator[PolicySource]:
    """The sources behind ``paths`` that are not in ``seen``; adds to ``seen`` and ``faults``."""
    for path in paths:
        try:
            named = list(_expand(path))
        except UnreadableSourceError as error:
            faults.append(_fault(error, files.shown(path)))
            continue
        for file, name in named:
            real = file if file == "-" else os.path.realpath(file)
            if real in seen:
                continue
            seen.add(real)
            try:
                _refuse_link_out(file, path)
                data = files.read_bounded(file, limits.POLICY_FILE_BYTES, UnreadableSourceError)
            except UnreadableSourceError as error:
                faults.append(_fault(error, name))
            else:
                yield PolicySource(name, data, "" if file == "-" else real, _root_of(path, real))


def _root_of(path: str, real: str) -> str:
    """The pack; else the working folder if the file lies in it; else the folder that was named, or that of the file."""
    if packs.is_pack(path):
        return os.path.dirname(real)
    if path == "-" or not leads_out(real):
        return os.path.realpath(".")
    return os.path.realpath(path) if os.path.isdir(path) else os.path.dirname(real)


def _refuse_link_out(file: str, path: str) -> None:
    """A checkout may hold a link to a file of the machine, whose content would be shown in messages and reports.

    Args:
        file: one that is to be read.
        path: what was named: the file itself, or a folder that it was found in.
    """
    if file == "-":
        return
    if is_link_out(file) or (file != path and not packs.is_pack(path) and leads_out(file, path) and leads_out(file)):
        raise UnreadableSourceError("is a link to a file outside the folder; replace the link with the file")


def _fault(error: UnreadableSourceError, name: str) -> Fault:
    return Fault(SourceLocation(error.place or name or "''", 1, 1), (), error.message)


def _expand(path: str) -> Iterator[tuple[str, str]]:
    """The files that one path names: where each is, and its name in reports."""
    if path == "-":
        yield "-", _STANDARD_INPUT
    elif "\0" in path:
        raise UnreadableSourceError("cannot be read: not a valid file name")
    elif packs.is_pack(path):
        try:
            yield from packs.files(path)
        except LookupError as error:
            raise UnreadableSourceError(str(error.args[0])) from error
    elif os.path.isdir(path):
        yield from _expand_folder(path)
    else:
        yield path, files.shown(path)


def _expand_folder(path: str) -> Iterator[tuple[str, str]]:
    names = sorted(_walk(path))
    if not names:
        raise UnreadableSourceError("contains no policy files (*.yaml or *.yml)")
    refuse_many(len(names))
    for name in names:
        yield name, files.shown(name)


def refuse_many(count: int) -> None:
    """Refuses a folder with more policy files than are read.

    Raises:
        UnreadableSourceError: it has more.
    """
    if count > limits.POLICY_FILES:
        raise UnreadableSourceError(f"contains more than {limits.POLICY_FILES} policy files")


def is_policy_file(path: str) -> bool:
    """Whether a file of a folder of policies is read: YAML, neither hidden nor in a hidden folder.

    Args:
        path: from the folder, with ``/`` in it.
    """
    return path.endswith(_ENDINGS) and not any(part.startswith(".") for part in path.split("/"))


def _walk(folder: str) -> Iterator[str]:
    """YAML files below a folder; hidden files and folders are left out, links to folders are not followed."""

    def refuse(error: OSError) -> None:
        raise UnreadableSourceError(
            f"cannot be read: {files.reason(error)}", place=files.shown(error.filename or folder)
        )

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if is_policy_file(name):
                yield os.path.normpath(os.path.join(place, name))
