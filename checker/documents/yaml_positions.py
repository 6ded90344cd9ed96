"""The position of every key and value of a YAML file."""

import functools
from collections.abc import Callable

import msgspec

from checker.documents.path import Path, Position
from checker.documents.pyyaml import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from checker.documents.yaml_events import Event, parse_events, position_of


class Positions(msgspec.Struct, frozen=True):
    """The position of every value and every key of a document, by path."""

    values: dict[Path, Position]
    keys: dict[Path, Position]


@functools.lru_cache(maxsize=1)
def read_positions(data: bytes) -> tuple[Positions, ...]:
    """The positions in each document of a file, those with nothing in them too.

    Args:
        data: bytes that ``read_yaml`` takes.
    """
    found: list[Positions] = []
    read = parse_events(data).get_event
    while True:
        event = read()
        if event.__class__ is StreamEndEvent:
            return tuple(found)
        if event.__class__ is DocumentStartEvent:
            positions = Positions({}, {})
            _note(read(), read, (), positions)
            found.append(positions)


def _note(event: Event, read: Callable[[], Event], path: Path, found: Positions) -> None:
    """Adds the positions of the value that begins with ``event``, and of all that is in it."""
    found.values[path] = position_of(event)
    if event.__class__ is MappingStartEvent:
        while (key := read()).__class__ is not MappingEndEvent:
            inner = (*path, key.value)
            found.keys[inner] = position_of(key)
            _note(read(), read, inner, found)
    elif event.__class__ is SequenceStartEvent:
        index = 0
        while (item := read()).__class__ is not SequenceEndEvent:
            _note(item, read, (*path, index), found)
            index += 1
