"""Policy paths → the documents in them."""

import os
from collections.abc import Iterator, Sequence

from checker.documents import files, limits
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.documents.yaml_reader import Document, Unreadable, read_yaml
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
        self._detailed: list[Document] = []

    def documents(self) -> list[Document]:
        """The documents of the file."""
        return read_yaml(self.data, self.name)

    def detailed(self, index: int) -> Document:
        """One of the documents again, with the place of each key and scalar in it."""
        if not self._detailed:
            self._detailed = read_yaml(self.data, self.name, everywhere=True)
        return self._detailed[index]


def read_sources(paths: Sequence[str], faults: list[Fault], seen: set[str]) -> list[PolicySource]:
    """The files that ``paths`` name: files, folders read recursively, ``pack:NAME``, ``-`` for standard input.

    What cannot be read is added to ``faults``. A file that two paths name is read once: what was read is in ``seen``.
    """
    found: list[PolicySource] = []
    for path in paths:
        try:
            named = list(_expand(path))
        except (_UnreadableError, LookupError) as fault:
            faults.append(_fault(fault, path))
            continue
        for file, name in named:
            real = "-" if file == "-" else os.path.realpath(file)
            if real in seen:
                continue
            seen.add(real)
            try:
                found.append(PolicySource(file, name))
            except _UnreadableError as fault:
                faults.append(_fault(fault, name))
    return found


def _fault(fault: _UnreadableError | LookupError, path: str) -> Fault:
    place = getattr(fault, "place", "") or files.shown(path) or "''"
    message = fault.message if isinstance(fault, _UnreadableError) else str(fault.args[0])
    return Fault(SourceLocation(place, 1, 1), (), message)


def _expand(path: str) -> Iterator[tuple[str, str]]:
    if path == "-":
        yield "-", _STANDARD_INPUT
    elif "\0" in path:
        raise LookupError("cannot be read: no file has such a name")
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
