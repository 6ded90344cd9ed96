"""Plain values of a document → typed records."""

import functools
import re
from typing import TypeVar, cast

import msgspec

from checker.documents.path import Path
from checker.documents.yaml_reader import Document

T = TypeVar("T")

_QUOTED = "`([^`]*)`"
_STEP = r"\.([^.\[`]+)|\[(\d+)\]"
_WORDS = {
    "str": "text",
    "float": "a number",
    "int": "a whole number",
    "object": "a mapping",
    "array": "a list",
    "bool": "true or false",
}


class MismatchError(Exception):
    """A value that is not what its record wants. Whoever decodes catches it and reports a fault.

    Attributes:
        path: the path below the converted value, empty for the value itself.
        expected: what was expected, as one phrase.
    """

    def __init__(self, path: Path, expected: str) -> None:
        super().__init__(expected)
        self.path = path
        self.expected = expected


def convert(value: object, kind: type[T]) -> T:
    """The value as a record of class ``kind``.

    Raises:
        MismatchError: it isn't one.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as fault:
        expected, _, path = str(fault).partition(" - at `$")
        raise MismatchError(_steps(path), _phrase(expected)) from fault


def _steps(text: str) -> Path:
    """Msgspec's ``.controls[0].minimum`` as a path. It ends before ``[...]``, a key that msgspec doesn't name."""
    known = text.partition("[...]")[0]
    return tuple(int(index) if index else name for name, index in re.findall(_STEP, known))


def _phrase(text: str) -> str:
    """Msgspec's sentence in the words of a YAML author."""
    text = re.sub(_QUOTED, lambda found: _words(found[1]), text)
    return text[:1].lower() + text[1:]


def _words(kinds: str) -> str:
    """``int | null`` → ``a whole number``; what is no kind of value stays as it is, in quotes."""
    names = [name for name in kinds.split(" | ") if name != "null"]
    if all(name in _WORDS for name in names):
        return " or ".join(_WORDS[name] for name in names) or "nothing"
    return f"'{kinds}'"


def restore_text(value: object, kind: object, document: Document) -> bool:
    """Puts the written characters back wherever a record wants text and YAML saw a number, boolean or null.

    Where the model wants text, an unquoted scalar is the characters as written: ``version: 1.10`` stays ``1.10``.
    Called only where a document did not decode, since most never need it; changes ``value`` in place.

    Returns:
        Whether anything was put back.
    """
    return _restore(value, _described(kind), document)


@functools.cache
def _described(kind: object) -> object:
    """What msgspec knows of a record's members; asked for once, since a policy may have thousands of its entries."""
    from msgspec import inspect

    return inspect.type_info(kind)


def _restore(value: object, kind: object, document: Document) -> bool:
    from msgspec import inspect

    restored = False
    for branch in kind.types if isinstance(kind, inspect.UnionType) else (kind,):
        bare = branch.type if isinstance(branch, inspect.Metadata) else branch
        if isinstance(bare, inspect.UnionType):
            restored |= _restore(value, bare, document)
        elif isinstance(value, dict) and isinstance(bare, inspect.StructType):
            wanted = {field.encode_name: field.type for field in bare.fields}
            for key in value:
                if key in wanted:
                    restored |= _restore_item(value, key, wanted[key], document)
        elif isinstance(value, dict) and isinstance(bare, inspect.DictType):
            for key in value:
                restored |= _restore_item(value, key, bare.value_type, document)
        elif isinstance(value, list) and isinstance(bare, inspect.ListType):
            for index in range(len(value)):
                restored |= _restore_item(value, index, bare.item_type, document)
    return restored


def _restore_item(container: object, key: str | int, kind: object, document: Document) -> bool:
    holder = cast("dict[str | int, object]", container)
    written = document.written.get((id(container), key))
    if written is not None and written != "" and _wants_text(kind):
        holder[key] = written
        return True
    return _restore(holder[key], kind, document)


def _wants_text(kind: object) -> bool:
    """Whether text fits and a number doesn't."""
    from msgspec import inspect

    if isinstance(kind, inspect.Metadata):
        return _wants_text(kind.type)
    if isinstance(kind, inspect.UnionType):
        branches = [branch.type if isinstance(branch, inspect.Metadata) else branch for branch in kind.types]
        if any(isinstance(branch, inspect.IntType | inspect.FloatType | inspect.BoolType) for branch in branches):
            return False
        return any(_wants_text(branch) for branch in branches)
    return isinstance(kind, inspect.StrType | inspect.DateType)
