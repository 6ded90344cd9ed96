"""A YAML file that holds one document → one typed record, or every fault in it with its place."""

from collections.abc import Callable
from typing import Any, TypeVar

from checker.documents.decode import MismatchError, convert, restore_text
from checker.documents.fault import Fault
from checker.documents.yaml_reader import Document, Unreadable, read_yaml

T = TypeVar("T")


def read_record(data: bytes, name: str, kind: type[T], schema: Callable[[], dict[str, Any]]) -> T:
    """The record that a file holds.

    Args:
        data: the file's bytes.
        name: its name, for places.
        kind: the record's class.
        schema: makes the schema that lists every fault; called only where there is one.

    Raises:
        Unreadable: it isn't one, with all faults.
    """
    documents = read_yaml(data, name)
    if len(documents) > 1:
        raise Unreadable([Fault(documents[1].place_of(documents[1].value), (), "expected one document")])
    (document,) = documents
    try:
        return _converted(document, kind)
    except MismatchError as fault:
        from checker.documents.problems import faults_of

        (detailed,) = read_yaml(data, name, everywhere=True)
        restore_text(detailed.value, kind, detailed)
        found = faults_of(detailed, schema())
        raise Unreadable(found or [Fault(detailed.place_of(detailed.value), fault.path, fault.expected)]) from fault


def _converted(document: Document, kind: type[T]) -> T:
    try:
        return convert(document.value, kind)
    except MismatchError:
        if not restore_text(document.value, kind, document):
            raise
        return convert(document.value, kind)
