"""Puts the written characters back where a record wants text and YAML saw a number, boolean or null.

Imported only when a value does not fit its record as it is: few documents need it.
"""

import functools
from collections.abc import Callable, Iterable, Iterator

from msgspec import inspect

from checker.documents.path import Path

WrittenAt = Callable[[Path], str | None]


def with_written_text(value: object, record: type, written_at: WrittenAt) -> object:
    """A copy of ``value`` in which the members that a record wants as text are the characters as written.

    Args:
        value: of a document.
        record: the class that the value will be converted to.
        written_at: the characters of the number, boolean or null at a path below the value.
    """
    return _restore(value, _described(record), written_at, ())


@functools.cache
def _described(record: type) -> inspect.Type:
    """What msgspec knows of a record's members; cached, since a policy may have thousands of its entries."""
    return inspect.type_info(record)


def _restore(value: object, kind: inspect.Type, written_at: WrittenAt, path: Path) -> object:
    if isinstance(value, dict):
        for branch in _branches(kind):
            wanted = _wanted(branch, value)
            value = {
                key: _restore(item, wanted[key], written_at, (*path, key)) if key in wanted else item
                for key, item in value.items()
            }
        return value
    if isinstance(value, list):
        for branch in _branches(kind):
            if isinstance(branch, inspect.ListType):
                value = [
                    _restore(item, branch.item_type, written_at, (*path, index)) for index, item in enumerate(value)
                ]
        return value
    return value if isinstance(value, str) or not _wants_text(kind) else written_at(path) or value


def _branches(kind: inspect.Type) -> Iterator[inspect.Type]:
    """The kinds that a member may be of, without their constraints."""
    if isinstance(kind, inspect.Metadata):
        yield from _branches(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for branch in kind.types:
            yield from _branches(branch)
    else:
        yield kind


def _wanted(kind: inspect.Type, keys: Iterable[str]) -> dict[str, inspect.Type]:
    """What a record, or a mapping of values of one kind, wants under its keys."""
    if isinstance(kind, inspect.StructType):
        return {field.encode_name: field.type for field in kind.fields}
    return dict.fromkeys(keys, kind.value_type) if isinstance(kind, inspect.DictType) else {}


def _wants_text(kind: inspect.Type) -> bool:
    """Whether text fits and a number or boolean doesn't."""
    branches = list(_branches(kind))
    if any(isinstance(branch, inspect.IntType | inspect.FloatType | inspect.BoolType) for branch in branches):
        return False
    return any(isinstance(branch, inspect.StrType | inspect.DateType) for branch in branches)
