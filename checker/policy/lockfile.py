"""``scoregate.lock``: what each required control was when somebody last accepted it.

The file lies in a checkout, so it is read as strictly as a policy. It is JSON, one control a line, so that a review
shows what changed; JSON is YAML too, and so every fault has its place.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from checker.documents import files, limits
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.links import is_link_out
from checker.documents.location import SourceLocation
from checker.documents.record import read_placed_record
from checker.documents.schema import read_schema
from checker.documents.whole_files import write_whole
from checker.documents.yaml_reader import Unreadable
from checker.errors import LockFileError
from checker.presentation.escape import json
from checker.requirements.direction import Directions, falling, neutral, rising, undecided

LOCK_NAME = "scoregate.lock"

# Whole numbers below it are exact, and short.
_EXACT = 2.0**53

Points = Annotated[float, Meta(ge=0)]


class LockedControl(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"
):
    """A required control as it was accepted; what Graph did not tell is left out."""

    control: Annotated[
        str, Meta(min_length=1, max_length=200, description="Its id, without the number of an app connector.")
    ]
    title: Annotated[str | None, Meta(description="Microsoft's title.")] = None
    control_category: Annotated[str | None, Meta(description="Identity, Data, Device, Apps or Infrastructure.")] = None
    max_score: Annotated[Points | None, Meta(description="Its maximum in points.")] = None
    retired: Annotated[bool, Meta(description="Whether Microsoft had deprecated it already.")] = False


def _accepted_maximum(control: LockedControl) -> float:
    """The maximum for comparing: one that is unknown holds nothing to it."""
    return control.max_score if control.max_score is not None else -1.0


# Whether accepting another value of a field lets more through: fewer points to earn, a control that Microsoft gave up.
LOCK_DIRECTIONS: Directions = {
    "control": neutral,
    "title": neutral,
    "control_category": undecided,
    "max_score": rising(_accepted_maximum),
    "retired": falling(lambda control: float(control.retired)),
}


class CatalogueLock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The required controls as they were last accepted."""

    api_version: Annotated[Literal["scoregate/v1"], Meta(description="The version of the format.")]
    kind: Annotated[Literal["Lock"], Meta(description="This document keeps required controls.")]
    controls: Annotated[list[LockedControl], Meta(description="Sorted by id, one a line.")]


class LockFile(msgspec.Struct, frozen=True, dict=True):
    """A lock that was read.

    Attributes:
        name: the file as the user named it.
        data: its bytes.
        controls: in the order of the file, each id once.
        document: tells where each control is.
    """

    name: str
    data: bytes
    controls: tuple[LockedControl, ...]
    document: Document

    def place_of(self, control: str) -> SourceLocation:
        """The line of a control; the first line where the lock doesn't have it."""
        index = self._indexes.get(control)
        return self.document.place_at(("controls", index) if index is not None else ())

    @cached_property
    def _indexes(self) -> Mapping[str, int]:
        return {one.control: index for index, one in enumerate(self.controls)}


def lock_schema() -> dict[str, Any]:
    """The JSON Schema of ``scoregate.lock``."""
    return read_schema("lock", "The controls that a policy requires, as they were last accepted", CatalogueLock)


def read_lock(path: str) -> LockFile:
    """The lock that a file holds.

    Raises:
        LockFileError: it can't be read, is a link out of the working folder, or is no lock; with every fault.
    """
    _refuse_link(path)
    return parse_lock(files.shown(path), files.read_bounded(path, limits.LOCK_FILE_BYTES, LockFileError))


def parse_lock(name: str, data: bytes) -> LockFile:
    """The lock that bytes hold.

    Raises:
        LockFileError: they are no lock; with every fault.
    """
    try:
        lock, document = read_placed_record(data, name, CatalogueLock, lock_schema)
        _refuse_repeated(lock.controls, document)
    except Unreadable as unreadable:
        faults = "\n".join(str(one) for one in unreadable.faults)
        advice = "Restore the file, or remove it and run 'scoregate lock' again."
        raise LockFileError(faults, advice=advice) from unreadable
    return LockFile(name, data, tuple(lock.controls), document)


def write_lock(path: str, controls: Iterable[LockedControl]) -> None:
    """Writes a lock; it holds no data of the tenant, and goes into a repository.

    Raises:
        LockFileError: the path is a link out of the working folder.
        OutputError: the file can't be written.
    """
    _refuse_link(path)
    write_whole(path, lock_bytes(controls), private=False)


def _refuse_link(path: str) -> None:
    if is_link_out(path):
        advice = "Replace the link with the file."
        raise LockFileError("is a link out of the working folder", place=files.shown(path), advice=advice)


def _refuse_repeated(controls: Iterable[LockedControl], document: Document) -> None:
    seen: set[str] = set()
    for index, one in enumerate(controls):
        folded = one.control.casefold()
        if folded in seen:
            path = ("controls", index, "control")
            raise Unreadable([Fault(document.place_at(path), path, f"{one.control} appears twice")])
        seen.add(folded)


def lock_bytes(controls: Iterable[LockedControl]) -> bytes:
    """The lock as its file holds it, sorted by id."""
    ordered = sorted(controls, key=lambda one: (one.control.casefold(), one.control))
    rows = ",\n".join(f"    {_row(one)}" for one in ordered)
    listed = f"[\n{rows}\n  ]" if rows else "[]"
    head = '"apiVersion": "scoregate/v1",\n  "kind": "Lock"'
    # The escapes keep a title from breaking a line, and from showing a reviewer something else than what is compared.
    return json(f'{{\n  {head},\n  "controls": {listed}\n}}\n'.encode())


def _row(control: LockedControl) -> str:
    maximum = control.max_score
    if maximum is not None and maximum.is_integer() and maximum < _EXACT:
        control = msgspec.structs.replace(control, max_score=int(maximum))
    return msgspec.json.format(msgspec.json.encode(control), indent=0).decode()
