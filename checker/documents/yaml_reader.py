"""YAML → plain values with their places, for the safe subset that policies are written in.

Scalars follow YAML 1.2's core schema. Tags, anchors, aliases, merge keys and duplicate keys are refused, so that what a
reviewer reads is what is judged, and so that no document grows when it is read (no "billion laughs"). libyaml's events
are read one by one: a document that nests too deep is left at once, whatever its size.
"""

from typing import Any, Protocol

import msgspec
import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from checker.documents import limits
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.documents.path import Path, brief
from checker.documents.yaml_scalars import MAY_BE_PLAIN, plain_scalar

# PyYAML's stubs give events no members; which members there are depends on the class.
_Event = Any

# YAML 1.1, and so libyaml, breaks lines here; YAML 1.2 and editors don't, and every place after one would be wrong.
_OTHER_LINE_BREAKS = tuple(character.encode() for character in "\u0085\u2028\u2029")
# An empty value would silently mean the default: a reader who sees ``minimum:`` expects that something is asked for.
_NO_VALUE = "has no value; write one, or leave the key out"


class Document(msgspec.Struct, eq=False):
    """One YAML document: its value and where its parts stand.

    Attributes:
        value: mappings as dict, sequences as list, scalars as str, int, float, bool or None.
        file: the file as the user named it.
        places: line and column (from 1) of the document and each mapping and sequence in it, by the value's ``id()``.
        written: the characters of each plain scalar that is not text, by ``(id() of its container, key or index)``.
        keys, values: line and column by path, only when read with ``everywhere``.
    """

    value: object
    file: str
    places: dict[int, tuple[int, int]]
    written: dict[tuple[int, str | int], str]
    keys: dict[Path, tuple[int, int]]
    values: dict[Path, tuple[int, int]]

    def place_of(self, container: object) -> SourceLocation:
        """Where a mapping or sequence of this document, or the document itself, begins."""
        line, column = self.places.get(id(container), (1, 1))
        return SourceLocation(self.file, line, column)

    def place_at(self, path: Path, *, key: bool = False) -> SourceLocation:
        """Where the value (or its ``key``) at ``path`` stands; its nearest parent where the path leads nowhere."""
        wanted = self.keys if key else self.values
        while path and path not in wanted:
            path = path[:-1]
        line, column = wanted.get(path) or self.values.get(path, (1, 1))
        return SourceLocation(self.file, line, column)


class Unreadable(Exception):  # noqa: N818 - what happened, not a kind of error that a user meets
    """A file that is not YAML of the safe subset; carries its faults."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(str(faults[0]))
        self.faults = faults


def read_yaml(data: bytes, file: str, *, everywhere: bool = False) -> list[Document]:
    """All documents of a file.

    Args:
        data: the file's bytes, UTF-8 with or without a byte-order mark.
        file: its name, for places.
        everywhere: keep the place of every key and scalar too (slower; for listing faults).

    Raises:
        Unreadable: not UTF-8, not YAML, empty, nested too deep, or using what the safe subset leaves out.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise _unreadable(file, *_place_in(data, fault.start), "expected UTF-8 text") from fault
    for separator in _OTHER_LINE_BREAKS:
        if separator in data:
            place = _place_in(data, data.index(separator))
            raise _unreadable(file, *place, f"expected lines that end in LF, got U+{ord(separator.decode()):04X}")
    try:
        reader = _Reader(data, file, everywhere=everywhere)
        documents = reader.documents()
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _unreadable(file, line, column, f"is not valid YAML: {fault.problem or fault.context}") from fault
    except yaml.reader.ReaderError as fault:
        position = fault.position if isinstance(fault.position, int) else 0
        raise _unreadable(file, *_place_in(data, position), f"is not valid YAML: {fault.reason}") from fault
    if reader.faults:
        raise Unreadable(reader.faults)
    if not documents:
        raise _unreadable(file, 1, 1, "is empty; expected a policy or waivers")
    return documents


def _place_in(data: bytes, position: int) -> tuple[int, int]:
    """Line and column, in characters, of the byte at ``position``; all before it is UTF-8."""
    begin = data.rfind(b"\n", 0, position) + 1
    before = data[begin:position].decode("utf-8", "replace").removeprefix("\ufeff")
    return data.count(b"\n", 0, position) + 1, len(before) + 1


def _unreadable(file: str, line: int, column: int, expected: str) -> Unreadable:
    return Unreadable([Fault(SourceLocation(file, line, column), (), expected)])


class _Parser(Protocol):
    def get_event(self) -> _Event: ...


def _parser(data: bytes) -> _Parser:
    """Libyaml's parser; PyYAML's own where it was built without libyaml (slower, same events)."""
    loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parser: _Parser = loader(data)
    return parser


class _Reader:
    """Builds values from events. One instance reads one file."""

    def __init__(self, data: bytes, file: str, *, everywhere: bool) -> None:
        self.faults: list[Fault] = []
        self._file = file
        self._next = _parser(data).get_event
        self._everywhere = everywhere
        self._start()

    def _start(self) -> None:
        self._places: dict[int, tuple[int, int]] = {}
        self._written: dict[tuple[int, str | int], str] = {}
        self._keys: dict[Path, tuple[int, int]] = {}
        self._values: dict[Path, tuple[int, int]] = {}

    def documents(self) -> list[Document]:
        """Every document of the stream; ``---`` with nothing behind it is left out."""
        found: list[Document] = []
        while True:
            event = self._next()
            if event.__class__ is StreamEndEvent:
                return found
            if event.__class__ is not DocumentStartEvent:
                continue
            start = self._next()
            value = self._node(start, (), 1)
            self._places[id(value)] = _place(start)
            if value is not None:
                found.append(Document(value, self._file, self._places, self._written, self._keys, self._values))
            self._start()

    def _node(self, event: _Event, path: Path, depth: int) -> object:
        """The value that begins with ``event``; text for a scalar that is not plain."""
        kind = event.__class__
        if self._everywhere:
            self._values[path] = _place(event)
        if kind is ScalarEvent:
            if event.tag is not None or event.anchor is not None:
                self._refuse(event, path)
            text: str = event.value
            return plain_scalar(text) if event.implicit[0] and text[:1] in MAY_BE_PLAIN else text
        if kind is AliasEvent:
            self._refuse(event, path)
            return None
        if event.tag is not None or event.anchor is not None:
            self._refuse(event, path)
        if depth > limits.POLICY_NESTING:
            raise Unreadable([*self.faults, self._fault(event, path, f"nests deeper than {limits.POLICY_NESTING}")])
        if kind is MappingStartEvent:
            return self._mapping(event, path, depth)
        return self._sequence(event, path, depth)

    def _mapping(self, start: _Event, path: Path, depth: int) -> dict[str, object]:
        mapping: dict[str, object] = {}
        self._places[id(mapping)] = _place(start)
        read = self._next
        while True:
            event = read()
            if event.__class__ is MappingEndEvent:
                return mapping
            key = self._key(event, path, mapping)
            value_event = read()
            # Most values are plain text or a simple number: no call for them.
            if value_event.__class__ is ScalarEvent and not self._everywhere:
                text = value_event.value
                value: object = text
                if value_event.tag is not None or value_event.anchor is not None:
                    self._refuse(value_event, (*path, key))
                elif value_event.implicit[0] and text[:1] in MAY_BE_PLAIN:
                    value = plain_scalar(text)
                    if value is not text:
                        self._written[id(mapping), key] = text
                        if value is None:
                            self._add(value_event, (*path, key), _NO_VALUE)
            else:
                value = self._node(value_event, (*path, key), depth + 1)
                self._keep_written(value_event, value, mapping, path, key)
            mapping[key] = value

    def _sequence(self, start: _Event, path: Path, depth: int) -> list[object]:
        sequence: list[object] = []
        self._places[id(sequence)] = _place(start)
        while True:
            event = self._next()
            if event.__class__ is SequenceEndEvent:
                return sequence
            index = len(sequence)
            value = self._node(event, (*path, index), depth + 1)
            self._keep_written(event, value, sequence, path, index)
            sequence.append(value)

    def _keep_written(self, event: _Event, value: object, container: object, path: Path, key: str | int) -> None:
        if event.__class__ is ScalarEvent and value is not event.value:
            self._written[id(container), key] = event.value
            if value is None:
                self._add(event, (*path, key), _NO_VALUE)

    def _key(self, event: _Event, path: Path, mapping: dict[str, object]) -> str:
        """The text of a key; whatever is wrong with it becomes a fault, and reading goes on."""
        if event.__class__ is not ScalarEvent:
            raise Unreadable(
                [*self.faults, self._fault(event, path, "expected a word as key, got a collection or alias")]
            )
        key: str = event.value
        if event.tag is not None or event.anchor is not None:
            self._refuse(event, (*path, key))
        if key in mapping:
            self._add(event, (*path, key), f"key {brief(key)!r} stands twice in this mapping")
        if key == "<<" and event.implicit[0]:
            self._add(event, path, "merge keys (<<) are refused; write the members out")
        if self._everywhere:
            self._keys[*path, key] = _place(event)
        return key

    def _refuse(self, event: _Event, path: Path) -> None:
        """Notes why a tag, an anchor or an alias is not taken."""
        if isinstance(event, AliasEvent):
            self._add(event, path, f"aliases are refused (*{event.anchor}); write the value out")
        elif isinstance(event, ScalarEvent | CollectionStartEvent) and event.anchor is not None:
            self._add(event, path, f"anchors are refused (&{event.anchor}); write the value out")
        else:
            self._add(event, path, f"YAML tags are refused ({event.tag})")

    def _add(self, event: _Event, path: Path, expected: str) -> None:
        if len(self.faults) < limits.FAULTS_SHOWN:
            self.faults.append(self._fault(event, path, expected))

    def _fault(self, event: _Event, path: Path, expected: str) -> Fault:
        return Fault(SourceLocation(self._file, *_place(event)), path, expected)


def _place(event: _Event) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1
