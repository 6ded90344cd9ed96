"""A YAML file that holds one document → one typed record, or every fault in it with its place."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from checker.documents.decode import MismatchError, convert
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.schema import JsonSchema
from checker.documents.yaml_reader import Unreadable, read_yaml

T = TypeVar("T")


def read_record(data: bytes, name: str, kind: type[T], schema: Callable[[], JsonSchema]) -> T:
    """The record that a file holds.

    Args:
        data: the file's bytes.
        name: its name, for places.
        kind: the record's class.
        schema: makes the schema that lists every fault; called only where there is one.

    Raises:
        Unreadable: it isn't one, with all faults.
    """
    return read_placed_record(data, name, kind, schema)[0]


def read_placed_record(data: bytes, name: str, kind: type[T], schema: Callable[[], JsonSchema]) -> tuple[T, Document]:
    """As ``read_record``, with the document, which tells where each value is.

    Raises:
        Unreadable: as ``read_record``.
    """
    document, *others = read_yaml(data, name)
    if others:
        raise Unreadable([Fault(others[0].place_at(()), (), "expected one document")])
    return decode_record(document, kind, schema), document


def decode_record(document: Document, kind: type[T], schema: Callable[[], JsonSchema]) -> T:
    """The record that one document of a file holds.

    Args:
        document: as read.
        kind: the record's class.
        schema: as in ``read_record``.

    Raises:
        Unreadable: as ``read_record``.
    """
    try:
        return convert(document.value, kind, document.written.get)
    except MismatchError as mismatch:
        from checker.documents.problems import faults_of
        from checker.documents.written_text import with_written_text

        restored = with_written_text(document.value, kind, document.written.get)
        faults = faults_of(msgspec.structs.replace(document, value=restored), schema())
        raise Unreadable(
            faults or [Fault(document.place_at(mismatch.path), mismatch.path, mismatch.expected)]
        ) from mismatch
