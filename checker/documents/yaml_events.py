"""YAML as libyaml's events."""

from typing import Any, Protocol

from checker.documents.path import Position
from checker.documents.pyyaml import yaml

# PyYAML's stubs give events no members; which members there are depends on the class.
Event = Any


class EventParser(Protocol):
    """A parser that gives one event after the other."""

    def get_event(self) -> Event:
        """The next event; StreamEndEvent is the last."""


def parse_events(data: bytes) -> EventParser:
    """Libyaml's parser; PyYAML's own where it was built without libyaml (slower, same events)."""
    loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parser: EventParser = loader(data)
    return parser


def position_of(event: Event) -> Position:
    """Where an event begins."""
    mark = event.start_mark
    return mark.line + 1, mark.column + 1
