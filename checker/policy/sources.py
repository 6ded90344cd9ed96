"""Policy paths → the documents in them."""

import os
from collections.abc import Iterator, Sequence

from checker.documents import files, limits
from checker.documents.location import SourceLocation
from checker.documents.yaml_reader import Document, Fault, Unreadable, read_yaml
from checker.errors import CallerError
from checker.policy import packs

_ENDINGS = (".yaml", ".yml")
_STANDARD_INPUT = "<stdin>"


class _UnreadableError(CallerError):
    """A file that the operating system does not give; becomes a fault of the list."""


class PolicySource:
    """One file, read once, and again in detail only when it has faults."""

    def __init__(self, path: str, name: str) -> None:
        self.name = name
        self.data = files.read_bounded(path, limits.POLICY_FILE_BYTES, _UnreadableError)

    def documents(self, *, everywhere: bool = False) -> list[Document]:
        """The documents of the file; with ``everywhere`` they know the place of each key and scalar."""
        return read_yaml(self.data, self.name, everywhere=everywhere)


def read_sources(paths: Sequence[str], faults: list[Fault]) -> list[PolicySource]:
    """The files that ``paths`` name: files, folders read recursively, ``pack:NAME``, ``-`` for standard input.

    What cannot be read is added to ``faults``. A file that two paths name is read once.
    """
    found: list[PolicySource] = []
    seen: set[str] = set()
    for path in paths:
        try:
            for file, name in _expand(path):
                real = os.path.realpath(file)
                if real not in seen:
                    seen.add(real)
                    found.append(PolicySource(file, name))
        except (_UnreadableError, LookupError) as fault:
            place = getattr(fault, "place", "") or files.shown(path)
            message = fault.message if isinstance(fault, _UnreadableError) else str(fault.args[0])
            faults.append(Fault(SourceLocation(place, 1, 1), "", message))
    return found


def _expand(path: str) -> Iterator[tuple[str, str]]:
    if path == "-":
        yield "-", _STANDARD_INPUT
    elif packs.is_pack(path):
        yield from packs.files(path)
    elif os.path.isdir(path):
        names = sorted(_walk(path))
        if not names:
            raise LookupError("holds no policy (*.yaml or *.yml)")
        if len(names) > limits.POLICY_FILES:
            raise LookupError(f"holds more than {limits.POLICY_FILES} policy files")
        for name in names:
            yield name, files.shown(name)
    else:
        yield path, files.shown(path)


def _walk(folder: str) -> Iterator[str]:
    """YAML files below a folder; hidden files and folders are left out, links to folders are not followed."""

    def refuse(fault: OSError) -> None:
        raise _UnreadableError(f"cannot be read: {files.reason(fault)}", place=files.shown(fault.filename or folder))

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.endswith(_ENDINGS) and not name.startswith("."):
                yield os.path.normpath(os.path.join(place, name))


def parsed(source: PolicySource, faults: list[Fault]) -> list[Document]:
    """The documents of a file; its faults are added to the list when it is not readable as YAML."""
    try:
        return source.documents()
    except Unreadable as fault:
        faults.extend(fault.faults)
        return []
