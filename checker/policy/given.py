"""The values that the caller gives to parameters: ``--set NAME=VALUE`` and ``--parameters FILE``."""

from collections.abc import Callable, Sequence

from checker.documents import files, limits
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.path import brief
from checker.documents.yaml_reader import Unreadable, read_yaml
from checker.errors import CallerError, PolicyError, UsageError
from checker.policy.parameters import Given, GivenValue


def read_parameters(path: str) -> bytes:
    """The bytes of a file of parameters; ``-`` is standard input.

    Raises:
        CallerError: it can't be read.
    """
    return files.read_bounded(path, limits.POLICY_FILE_BYTES, CallerError)


def given_values(
    assignments: Sequence[str], paths: Sequence[str], read: Callable[[str], bytes] = read_parameters
) -> Given:
    """The values by name; an assignment comes before a file, and a later file before an earlier one.

    Args:
        assignments: ``NAME=VALUE``.
        paths: YAML files, each a mapping of names to values.
        read: gives the bytes of such a file.

    Raises:
        UsageError: an assignment without ``=``, or two of one name.
        PolicyError: a file that is no such mapping.
    """
    found: dict[str, GivenValue] = {}
    for path in paths:
        found |= _from_file(path, read(path))
    return {**found, **_from_assignments(assignments)}


def _from_assignments(assignments: Sequence[str]) -> dict[str, GivenValue]:
    found: dict[str, GivenValue] = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--set expects NAME=VALUE, got {brief(text)!r}")
        if name in found:
            raise UsageError(f"--set names {name} twice")
        found[name] = GivenValue(value, is_text=True, origin=f"--set {brief(text)}")
    return found


def _from_file(path: str, data: bytes) -> dict[str, GivenValue]:
    name = "standard input" if path == "-" else files.shown(path)
    try:
        documents = read_yaml(data, name)
    except Unreadable as unreadable:
        raise PolicyError([str(fault) for fault in unreadable.faults]) from unreadable
    faults = [str(_fault(document)) for document in documents[1:]]
    faults += [str(fault) for fault in _value_faults(documents[0])]
    if faults:
        raise PolicyError(faults)
    document = documents[0]
    values = document.value if isinstance(document.value, dict) else {}
    return {
        key: GivenValue(value, is_text=False, origin=str(document.place_at((key,)))) for key, value in values.items()
    }


def _value_faults(document: Document) -> list[Fault]:
    if not isinstance(document.value, dict):
        return [_fault(document)]
    return [
        Fault(document.place_at((key,)), (key,), "expected a number, text, or true or false")
        for key, value in document.value.items()
        if isinstance(value, dict | list)
    ]


def _fault(document: Document) -> Fault:
    return Fault(document.place_at(()), (), "expected one mapping of parameters' names to their values")
