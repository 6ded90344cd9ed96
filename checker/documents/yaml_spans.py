"""Where the text of each value of a YAML file begins and ends, so that it can be replaced in its place."""

import re
from collections.abc import Callable

import msgspec

from checker.documents.path import Path
from checker.documents.pyyaml import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from checker.documents.yaml_events import Event, parse_events

_BREAK = re.compile(r"\r\n|\r|\n")


class Span(msgspec.Struct, frozen=True):
    """The text of one value.

    Attributes:
        start: the offset of its first character.
        end: the offset after its last one; of a block collection, after the last value in it.
        column: that of its first character, from 0.
        is_flow: whether it is a collection between brackets.
    """

    start: int
    end: int
    column: int
    is_flow: bool = False


Spans = dict[Path, Span]


class SpannedText(msgspec.Struct, frozen=True):
    """A file's text without its byte-order mark, and where the values of each of its documents are.

    Attributes:
        documents: also those with nothing in them.
    """

    text: str
    documents: tuple[Spans, ...]


def read_spans(data: bytes) -> SpannedText:
    """The text and its spans.

    Args:
        data: bytes that ``read_yaml`` takes.
    """
    text = data.decode("utf-8-sig")
    reader = _SpanReader(text, parse_events(data).get_event)
    return SpannedText(text, tuple(reader.documents()))


class _SpanReader:
    """Notes spans event by event. One instance reads one file."""

    def __init__(self, text: str, read: Callable[[], Event]) -> None:
        self._read = read
        self._end = len(text)
        self._lines = [0, *(found.end() for found in _BREAK.finditer(text))]

    def documents(self) -> list[Spans]:
        found: list[Spans] = []
        while (event := self._read()).__class__ is not StreamEndEvent:
            if event.__class__ is DocumentStartEvent:
                spans: Spans = {}
                self._note(self._read(), (), spans)
                found.append(spans)
        return found

    def _note(self, event: Event, path: Path, spans: Spans) -> int:
        """Adds the spans of the value that begins with ``event``, and gives the offset of its end."""
        start = self._offset(event.start_mark)
        is_flow = False
        match event:
            case MappingStartEvent():
                is_flow = bool(event.flow_style)
                end = self._mapping(path, spans, is_flow=is_flow)
            case SequenceStartEvent():
                is_flow = bool(event.flow_style)
                end = self._sequence(path, spans, is_flow=is_flow)
            case _:
                end = self._offset(event.end_mark)
        spans[path] = Span(start, end, event.start_mark.column, is_flow)
        return end

    def _mapping(self, path: Path, spans: Spans, *, is_flow: bool) -> int:
        last = 0
        while (key := self._read()).__class__ is not MappingEndEvent:
            last = self._note(self._read(), (*path, key.value), spans)
        return self._offset(key.end_mark) if is_flow else last

    def _sequence(self, path: Path, spans: Spans, *, is_flow: bool) -> int:
        last = index = 0
        while (item := self._read()).__class__ is not SequenceEndEvent:
            last = self._note(item, (*path, index), spans)
            index += 1
        return self._offset(item.end_mark) if is_flow else last

    def _offset(self, mark: Event) -> int:
        # libyaml ends the last line of a file, whether it has a line break or not.
        if mark.line >= len(self._lines):
            return self._end
        offset: int = self._lines[mark.line] + mark.column
        return offset
