"""Policy documents → requirements as layers: for each field, who wrote it and what it replaced.

A requirement is written in layers, the lowest first: its policy's ``defaults``, then its own entry. A field is a key of
the entry; a higher layer replaces a field of a lower one whole.

Two steps of the policy language have their place here. ``extends`` puts the layers of the base's requirement of the
same id (the base's defaults, then its entry) below the entry's own: ``layer_policy`` is where it adds them.
``parameters`` replace whole scalars ``${name}``: a step from ``Layered`` to ``Layered`` that runs after
``layer_policy`` and before ``decode``.
"""

import functools
from collections.abc import Iterator, Mapping

import msgspec

from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.documents.path import Path
from checker.policy.sections import SECTIONS
from checker.requirements.entry import Entry


class Layer(msgspec.Struct, frozen=True, gc=False):
    """The fields that one place writes.

    Attributes:
        document: where they are written.
        path: the path of the mapping there.
        values: the value of each field, as a document holds it.
        is_optional: whether a field that the requirement's kind doesn't have is ignored, as for a layer of all kinds.
    """

    document: Document
    path: Path
    values: Mapping[str, object]
    is_optional: bool = False


class Field(msgspec.Struct, frozen=True):
    """What a field says, and where.

    Attributes:
        value: as a document holds it.
        place: where the value is.
        replaced: the same field in lower layers, the one directly below first.
    """

    value: object
    place: SourceLocation
    replaced: tuple["Field", ...] = ()


class Layered(msgspec.Struct, frozen=True, gc=False):
    """An entry before it is decoded.

    Attributes:
        section: the key of the document that lists it: score, controls, states or waivers.
        layers: the lowest first; the last is its own entry.
    """

    section: str
    layers: tuple[Layer, ...]

    @property
    def path(self) -> Path:
        """The path of its own entry."""
        return self.layers[-1].path

    @property
    def place(self) -> SourceLocation:
        """Where its own entry is."""
        entry = self.layers[-1]
        return entry.document.place_at(entry.path)

    def merged(self) -> Mapping[str, object]:
        """The value of each field: the highest layer's that has it."""
        if len(self.layers) == 1:
            return self.layers[0].values
        values: dict[str, object] = {}
        for layer in self.layers:
            values.update(layer.values)
        return values

    def narrowed(self, kind: type[Entry]) -> "Layered":
        """Without the fields of optional layers that the kind doesn't have."""
        for layer in self.layers:
            if layer.is_optional and not _field_names(kind).issuperset(layer.values):
                return Layered(self.section, tuple(_narrowed(one, _field_names(kind)) for one in self.layers))
        return self

    def place_at(self, path: Path) -> SourceLocation:
        """Where the value at a path below the entry is; its nearest parent where the path leads nowhere."""
        layer = self._layer_of(path)
        return layer.document.place_at((*layer.path, *path))

    def written_at(self, path: Path) -> str | None:
        """The characters of the number, boolean or null at a path below the entry."""
        layer = self._layer_of(path)
        return layer.document.written.get((*layer.path, *path))

    def fault(self, path: Path, expected: str) -> Fault:
        """The fault of the value at a path below the entry."""
        return Fault(self.place_at(path), (*self.path, *path), expected)

    def fields(self) -> dict[Path, Field]:
        """Each field by its path, with what it replaced."""
        found: dict[Path, Field] = {}
        for layer in self.layers:
            for name, value in layer.values.items():
                below = found.get((name,))
                replaced = () if below is None else (Field(below.value, below.place), *below.replaced)
                found[name,] = Field(value, layer.document.place_at((*layer.path, name)), replaced)
        return found

    def _layer_of(self, path: Path) -> Layer:
        """The highest layer that has the field that ``path`` leads into; the entry where none has."""
        return next((layer for layer in reversed(self.layers) if path and path[0] in layer.values), self.layers[-1])


def layer_policy(document: Document) -> Iterator[Layered]:
    """The requirements of a policy, section by section; an entry that is no mapping is left out."""
    defaults = document.value_at(("defaults",))
    lowest = (Layer(document, ("defaults",), defaults, is_optional=True),) if isinstance(defaults, dict) else ()
    for section in SECTIONS:
        yield from _layer_section(document, section, lowest)


def layer_waivers(document: Document) -> Iterator[Layered]:
    """The waivers of a file, which have one layer each; an entry that is no mapping is left out."""
    return _layer_section(document, "waivers", ())


def _layer_section(document: Document, section: str, lowest: tuple[Layer, ...]) -> Iterator[Layered]:
    entries = document.value_at((section,))
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield Layered(section, (*lowest, Layer(document, (section, index), entry)))


@functools.cache
def _field_names(kind: type[Entry]) -> frozenset[str]:
    return frozenset(kind.__struct_encode_fields__)


def _narrowed(layer: Layer, names: frozenset[str]) -> Layer:
    if not layer.is_optional:
        return layer
    kept = {name: value for name, value in layer.values.items() if name in names}
    return Layer(layer.document, layer.path, kept, is_optional=True)
