"""JSON of our own, read back: it holds exactly the members of its record, each of them once."""

import json
from collections import Counter
from collections.abc import Set as AbstractSet
from typing import TypeVar

import msgspec

T = TypeVar("T")

_Pairs = list[tuple[str, object]]
_NONE: AbstractSet[str] = frozenset()


def decode_strictly(data: bytes, kind: type[T], longest: int, added: AbstractSet[str] = _NONE) -> T:
    """The record that JSON holds, which says nothing that the record does not.

    Args:
        data: the JSON.
        kind: the record's class.
        longest: the most characters of a text.
        added: members with a default that earlier versions did not write, which may be missing.

    Raises:
        msgspec.DecodeError: it isn't that record, lacks a member, holds one that is unknown or comes twice, or a text
            that is too long.
        UnicodeDecodeError, RecursionError: as msgspec raises them.
    """
    record = msgspec.json.decode(data, type=kind)
    try:
        given = json.loads(data, object_pairs_hook=_once)
    except ValueError as fault:
        # Only a member that no record has can be what msgspec passed over: a number of thousands of digits, say.
        raise msgspec.ValidationError(str(fault)) from fault
    _Comparison(longest, added).compare(given, msgspec.to_builtins(record), "$")
    return record


def _once(pairs: _Pairs) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise msgspec.ValidationError(f"Object has the member `{twice[:100]}` twice")
    return found


class _Comparison(msgspec.Struct, frozen=True):
    longest: int
    added: AbstractSet[str]

    def compare(self, given: object, known: object, path: str) -> None:
        if isinstance(given, dict) and isinstance(known, dict):
            self._compare_names(given.keys(), known.keys(), path)
            for name, value in given.items():
                self.compare(value, known[name], f"{path}.{name}")
        elif isinstance(given, list) and isinstance(known, list | tuple):
            for index, (one, other) in enumerate(zip(given, known, strict=True)):
                self.compare(one, other, f"{path}[{index}]")
        elif isinstance(given, str) and len(given) > self.longest:
            raise msgspec.ValidationError(f"Expected `str` of length <= {self.longest} - at `{path}`")

    def _compare_names(self, given: AbstractSet[str], known: AbstractSet[str], path: str) -> None:
        for name in sorted(given - known):
            raise msgspec.ValidationError(f"Object contains unknown field `{name[:100]}` - at `{path}`")
        for name in sorted(known - given - self.added):
            raise msgspec.ValidationError(f"Object missing required field `{name}` - at `{path}`")
