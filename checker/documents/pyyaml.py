"""PyYAML, imported without compiling the patterns of its own reader, which libyaml's events do without."""

from checker.postponed_patterns import postponed_patterns

with postponed_patterns():
    import yaml
    from yaml.events import (
        AliasEvent,
        CollectionStartEvent,
        DocumentStartEvent,
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
        StreamEndEvent,
    )

__all__ = [
    "AliasEvent",
    "CollectionStartEvent",
    "DocumentStartEvent",
    "MappingEndEvent",
    "MappingStartEvent",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "StreamEndEvent",
    "yaml",
]
