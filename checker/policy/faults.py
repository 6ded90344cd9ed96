"""Every fault of a document that does not decode.

Imported only when a document has one: the schemas and their validator take longer to load than a whole check.
"""

from collections.abc import Sequence

import msgspec

from checker.documents import limits
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.path import Path
from checker.documents.problems import faults_of
from checker.documents.written_text import with_written_text
from checker.policy.model import PolicyFile
from checker.policy.parameters import head_faults
from checker.policy.schema import schema_of_kind
from checker.policy.sections import SECTIONS
from checker.policy.waivers import WaiverEntry, WaiversFile
from checker.requirements import load_kind
from checker.requirements.entry import Entry


def all_faults(
    document: Document, kind: str, decoding: Sequence[Fault], of_parameters: Sequence[Fault] = ()
) -> list[Fault]:
    """Every fault of a document of ``kind`` Policy or Waivers, by its schema.

    Args:
        document: as read.
        kind: Policy or Waivers.
        decoding: what decoding the document found, which is the first fault of each record. What only the records know
            (both of two keys that exclude each other) is kept for entries that the schema finds nothing wrong with.
        of_parameters: those of declarations and uses of parameters, which are added.
    """
    may_override = document.value_at(("extends",)) is not None
    faults = faults_of(_with_written_text(document, kind), schema_of_kind(kind, may_override=may_override))
    parts = {_part(fault.path) for fault in faults}
    if len(faults) < limits.FAULTS_SHOWN:
        faults.extend(fault for fault in decoding if not parts or (fault.path and _part(fault.path) not in parts))
    # Of one value, what is said of ``${name}`` says more than that it isn't what the schema wants.
    refused = {(fault.place, fault.path) for fault in (*of_parameters, *head_faults(document)) if _is_of_use(fault)}
    faults = [fault for fault in faults if (fault.place, fault.path) not in refused]
    told = {(fault.place, fault.path) for fault in faults}
    faults.sort(key=lambda fault: (fault.place.line, fault.place.column))
    return [*faults, *(fault for fault in of_parameters if (fault.place, fault.path) not in told)]


def _is_of_use(fault: Fault) -> bool:
    """Whether a fault of parameters is of a ``${name}``, not of a declaration."""
    return fault.expected.startswith("${")


def _part(path: Path) -> Path:
    """The entry or key of the document that a path leads into: ``controls[2]`` of ``controls[2].minimum``."""
    return path[:2] if len(path) > 1 and isinstance(path[1], int) else path[:1]


def _with_written_text(document: Document, kind: str) -> Document:
    """The document with the characters as written wherever its records want text."""
    file = PolicyFile if kind == "Policy" else WaiversFile
    value = with_written_text(document.value, file, document.written.get)
    if isinstance(value, dict):
        for section in (*SECTIONS, "waivers"):
            entries = value.get(section)
            if isinstance(entries, list):
                value[section] = [
                    _entry_with_written_text(document, (section, index), entry) for index, entry in enumerate(entries)
                ]
    return msgspec.structs.replace(document, value=value)


def _entry_with_written_text(document: Document, path: tuple[str, int], entry: object) -> object:
    if not isinstance(entry, dict):
        return entry
    record = WaiverEntry if path[0] == "waivers" else _first_kind(path[0], entry)
    return with_written_text(entry, record, lambda inner: document.written.get((*path, *inner)))


def _first_kind(section: str, entry: dict[str, object]) -> type[Entry]:
    """The kind that an entry most likely is of."""
    kinds = SECTIONS[section]
    return next((load_kind(kinds[key]) for key in kinds if key in entry), Entry)
