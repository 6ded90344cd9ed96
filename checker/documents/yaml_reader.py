"""YAML → plain values with their places, for the safe subset that policies are written in.

Scalars follow YAML 1.2's core schema. Tags, anchors, aliases, merge keys and duplicate keys are refused, so that what a
reviewer reads is what is judged, and so that no document grows when it is read (no "billion laughs"). libyaml's events
are read one by one: reading stops at once where a document is nested too deep, however large it is.
"""

from checker.documents import limits
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.documents.path import Path, Position, brief
from checker.documents.pyyaml import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    yaml,
)
from checker.documents.yaml_events import Event, parse_events, position_of
from checker.documents.yaml_scalars import MAY_BE_PLAIN, plain_scalar

# YAML 1.1, and so libyaml, breaks lines here; YAML 1.2 and editors don't, so every place after one would be wrong.
_OTHER_LINE_BREAKS = tuple(character.encode() for character in "\u0085\u2028\u2029")
# An empty value would silently mean the default: a reader who sees ``minimum:`` expects a requirement.
_NO_VALUE = "has no value; write one, or leave the key out"


class Unreadable(Exception):  # noqa: N818 - says what happened; users see its faults, never the exception
    """A file that is not YAML of the safe subset; carries its faults."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(str(faults[0]))
        self.faults = faults


def read_yaml(data: bytes, file: str) -> list[Document]:
    """All documents of a file.

    Args:
        data: the file's bytes, UTF-8 with or without a byte-order mark.
        file: its name, for places.

    Raises:
        Unreadable: not UTF-8, not YAML, empty, nested too deep, or using YAML outside the safe subset.
    """
    _check_text(data, file)
    try:
        reader = _EventReader(data, file)
        documents = reader.documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _unreadable(file, line, column, f"is not valid YAML: {error.problem or error.context}") from error
    except yaml.reader.ReaderError as error:
        position = error.position if isinstance(error.position, int) else 0
        raise _unreadable(file, *_place_in(data, position), f"is not valid YAML: {error.reason}") from error
    if reader.faults:
        raise Unreadable(reader.faults)
    if not documents:
        raise _unreadable(file, 1, 1, "is empty; expected a policy or waivers")
    return documents


def _check_text(data: bytes, file: str) -> None:
    """Refuses bytes that are not UTF-8, and line breaks that libyaml counts and editors don't."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(file, *_place_in(data, error.start), "expected UTF-8 text") from error
    for separator in _OTHER_LINE_BREAKS:
        if separator in data:
            place = _place_in(data, data.index(separator))
            raise _unreadable(file, *place, f"expected lines that end in LF, got U+{ord(separator.decode()):04X}")


def _place_in(data: bytes, position: int) -> tuple[int, int]:
    """Line and column, in characters, of the byte at ``position``; all before it is UTF-8."""
    begin = data.rfind(b"\n", 0, position) + 1
    before = data[begin:position].decode("utf-8", "replace").removeprefix("\ufeff")
    return data.count(b"\n", 0, position) + 1, len(before) + 1


def _unreadable(file: str, line: int, column: int, expected: str) -> Unreadable:
    return Unreadable([Fault(SourceLocation(file, line, column), (), expected)])


class _EventReader:
    """Builds values from events. One instance reads one file."""

    def __init__(self, data: bytes, file: str) -> None:
        self.faults: list[Fault] = []
        self._file = file
        self._data = data
        self._next = parse_events(data).get_event
        self._left = limits.POLICY_VALUES
        self._start()

    def _start(self) -> None:
        self._starts: dict[Path, Position] = {}
        self._written: dict[Path, str] = {}

    def documents(self) -> list[Document]:
        """Every document of the stream; empty ones (``---`` and nothing else) are left out."""
        found: list[Document] = []
        number = 0
        left = self._left
        while True:
            event = self._next()
            if event.__class__ is StreamEndEvent:
                return found
            if event.__class__ is DocumentStartEvent:
                if number >= limits.POLICY_DOCUMENTS:
                    raise self._too_much(event, f"{limits.POLICY_DOCUMENTS} documents")
                value = self._value(self._next(), ())
                if value is not None:
                    starts, written = self._starts, self._written
                    found.append(Document(value, self._file, self._data, number, starts, written, left - self._left))
                self._start()
                number += 1
                left = self._left

    def _value(self, event: Event, path: Path) -> object:
        """The value that begins with ``event``."""
        self._count(event)
        kind = event.__class__
        if kind is ScalarEvent:
            return self._scalar(event, path)
        if kind is AliasEvent:
            self._refuse(event, path)
            return None
        if event.tag is not None or event.anchor is not None:
            self._refuse(event, path)
        if len(path) >= limits.POLICY_NESTING:
            raise Unreadable(
                [*self.faults, self._fault(event, path, f"is nested deeper than {limits.POLICY_NESTING} levels")]
            )
        mark = event.start_mark
        self._starts[path] = mark.line + 1, mark.column + 1
        return self._mapping(path) if kind is MappingStartEvent else self._sequence(path)

    def _scalar(self, event: Event, path: Path) -> object:
        """A scalar's value: text if it is quoted or tagged, else as the core schema says."""
        text: str = event.value
        if event.tag is not None or event.anchor is not None:
            self._refuse(event, path)
        elif event.implicit[0] and text[:1] in MAY_BE_PLAIN:
            value = plain_scalar(text)
            if value is not text:
                self._written[path] = text
                if value is None and path:
                    self._add(event, path, _NO_VALUE)
                return value
        return text

    def _mapping(self, path: Path) -> dict[str, object]:
        mapping: dict[str, object] = {}
        read = self._next
        while True:
            event = read()
            if event.__class__ is MappingEndEvent:
                return mapping
            if (
                event.__class__ is not ScalarEvent
                or event.tag
                or event.anchor
                or event.value in mapping
                or event.value == "<<"
            ):
                self._check_key(event, path, mapping)
            key: str = event.value
            self._count(event)
            event = read()
            if event.__class__ is not ScalarEvent:
                mapping[key] = self._value(event, (*path, key))
            elif event.tag or event.anchor or (event.implicit[0] and event.value[:1] in MAY_BE_PLAIN):
                mapping[key] = self._scalar(event, (*path, key))
            else:
                # Most values are text, and a policy may have thousands, so they cost no call and no path.
                mapping[key] = event.value

    def _sequence(self, path: Path) -> list[object]:
        sequence: list[object] = []
        while True:
            event = self._next()
            if event.__class__ is SequenceEndEvent:
                return sequence
            sequence.append(self._value(event, (*path, len(sequence))))

    def _check_key(self, event: Event, path: Path, mapping: dict[str, object]) -> None:
        """Adds a fault for a tag, an anchor, a repeated key and a merge key. Stops reading where a key is not text."""
        if event.__class__ is not ScalarEvent:
            raise Unreadable(
                [*self.faults, self._fault(event, path, "expected text as the key, got a collection or an alias")]
            )
        key: str = event.value
        if event.tag is not None or event.anchor is not None:
            self._refuse(event, (*path, key))
        if key in mapping:
            self._add(event, (*path, key), f"key {brief(key)!r} appears twice in this mapping")
        if key == "<<" and event.implicit[0]:
            self._add(event, path, "merge keys (<<) are not allowed; write the keys out")

    def _count(self, event: Event) -> None:
        """Counts a key, an item or a collection. Stops reading where there are too many, however small they are."""
        self._left -= 1
        if self._left < 0:
            raise self._too_much(event, f"{limits.POLICY_VALUES} keys and items")

    def _too_much(self, event: Event, of: str) -> Unreadable:
        return Unreadable([*self.faults, self._fault(event, (), f"has more than {of}, the limit")])

    def _refuse(self, event: Event, path: Path) -> None:
        """Adds the fault of a tag, an anchor or an alias."""
        if isinstance(event, AliasEvent):
            self._add(event, path, f"aliases are not allowed (*{event.anchor}); write the value out")
        elif isinstance(event, ScalarEvent | CollectionStartEvent) and event.anchor is not None:
            self._add(event, path, f"anchors are not allowed (&{event.anchor}); write the value out")
        else:
            self._add(event, path, f"YAML tags are not allowed ({event.tag})")

    def _add(self, event: Event, path: Path, expected: str) -> None:
        if len(self.faults) < limits.FAULTS_SHOWN:
            self.faults.append(self._fault(event, path, expected))

    def _fault(self, event: Event, path: Path, expected: str) -> Fault:
        return Fault(SourceLocation(self._file, *position_of(event)), path, expected)
