"""Policy documents → requirements as layers: for each field, who wrote it and what it replaced.

A requirement is written in layers, the lowest first. A field is a key of the entry; a higher layer replaces a field of
a lower one whole. At the bottom are ``defaults``: those of the policy that is judged, then those of each base that the
requirement came through, nearest to its origin last, so that no default replaces what a base says. Above them stand
the entries: that of the base that has it first, then what overrides it, the policy's own last.
"""

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.documents.path import Path
from checker.policy.lineage import Ancestor, Identity
from checker.policy.sections import SECTIONS
from checker.requirements.entry import Entry


class Layer(msgspec.Struct, frozen=True, gc=False):
    """The fields that one place writes.

    Attributes:
        document: where they are written.
        path: the path of the mapping there.
        values: the value of each field, as a document holds it.
        is_optional: whether a field that the requirement's kind doesn't have is ignored, as for a layer of all kinds.
        filled: what each value that was ``${name}`` came from, by its path below the mapping.
    """

    document: Document
    path: Path
    values: Mapping[str, object]
    is_optional: bool = False
    filled: Mapping[Path, str] = {}


class Field(msgspec.Struct, frozen=True):
    """What a field says, and where.

    Attributes:
        value: as a document holds it.
        place: where the value is.
        replaced: the same field in lower layers, the one directly below first.
        origin: the parameters that gave it or a part of it, as clauses.
    """

    value: object
    place: SourceLocation
    replaced: tuple["Field", ...] = ()
    origin: tuple[str, ...] = ()


class Layered(msgspec.Struct, frozen=True, gc=False):
    """An entry before it is decoded.

    Attributes:
        section: the key of the document that lists it: score, controls, states or waivers.
        layers: the lowest first; the last is its own entry.
        through: the policies that a requirement of a lineage came through, its origin first, the one judged last.
        may_override: whether the policy extends others, so that its entry may have been meant to override theirs.
    """

    section: str
    layers: tuple[Layer, ...]
    through: tuple[Identity, ...] = ()
    may_override: bool = False

    @property
    def overrides_nothing(self) -> bool:
        """Whether the policy extends others and this entry stands alone."""
        return self.may_override and sum(1 for layer in self.layers if not layer.is_optional) == 1

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
                layers = tuple(_narrowed(one, _field_names(kind)) for one in self.layers)
                return msgspec.structs.replace(self, layers=layers)
        return self

    def place_at(self, path: Path) -> SourceLocation:
        """Where the value at a path below the entry is; its nearest parent where the path leads nowhere."""
        layer = self.layer_of(path)
        return layer.document.place_at((*layer.path, *path))

    def written_at(self, path: Path) -> str | None:
        """The characters of the number, boolean or null at a path below the entry."""
        layer = self.layer_of(path)
        return layer.document.written.get((*layer.path, *path))

    def fault(self, path: Path, expected: str) -> Fault:
        """The fault of the value at a path below the entry."""
        layer = self.layer_of(path)
        origin = next((layer.filled[path[:end]] for end in range(len(path), 0, -1) if path[:end] in layer.filled), None)
        because = f" ({origin})" if origin is not None else ""
        return Fault(self.place_at(path), (*self.path, *path), f"{expected}{because}")

    def fields(self) -> dict[Path, Field]:
        """Each field by its path, with what it replaced."""
        found: dict[Path, Field] = {}
        for layer in self.layers:
            for name, value in layer.values.items():
                below = found.get((name,))
                replaced = () if below is None else (msgspec.structs.replace(below, replaced=()), *below.replaced)
                origin = tuple(dict.fromkeys(text for path, text in layer.filled.items() if path[0] == name))
                found[name,] = Field(value, layer.document.place_at((*layer.path, name)), replaced, origin)
        return found

    def layer_of(self, path: Path) -> Layer:
        """The highest layer that has the field that ``path`` leads into; the entry where none has."""
        return next((layer for layer in reversed(self.layers) if path and path[0] in layer.values), self.layers[-1])


def layer_policy(lineage: Sequence[Ancestor]) -> Iterator[Layered]:
    """The requirements of a policy, section by section; an entry that is no mapping is left out.

    Args:
        lineage: the policy's own document last.
    """
    for section in SECTIONS:
        if len(lineage) == 1:
            yield from _layer_section(lineage[0].document, section, _defaults(lineage[0].document))
        else:
            yield from _layer_lineage(lineage, section)


def layer_parameters(lineage: Sequence[Ancestor]) -> dict[str, Layered]:
    """The declarations of a policy's parameters by name, a base's below what overrides them."""
    found: dict[str, Layered] = {}
    for ancestor in lineage:
        declared = ancestor.document.value_at(("parameters",))
        for name, values in declared.items() if isinstance(declared, dict) else ():
            if isinstance(values, dict):
                below = found[name].layers if name in found else ()
                layer = Layer(ancestor.document, ("parameters", name), values)
                found[name] = Layered("parameters", (*below, layer))
    return found


def layer_waivers(document: Document) -> Iterator[Layered]:
    """The waivers of a file, which have one layer each; an entry that is no mapping is left out."""
    return _layer_section(document, "waivers", ())


def _defaults(document: Document) -> tuple[Layer, ...]:
    defaults = document.value_at(("defaults",))
    return (Layer(document, ("defaults",), defaults, is_optional=True),) if isinstance(defaults, dict) else ()


def _layer_section(document: Document, section: str, lowest: tuple[Layer, ...]) -> Iterator[Layered]:
    for path, entry in _entries(document, section):
        yield Layered(section, (*lowest, Layer(document, path, entry)))


def _layer_lineage(lineage: Sequence[Ancestor], section: str) -> Iterator[Layered]:
    """The requirements in the order in which the lineage names them first."""
    found: dict[tuple[object, int], list[tuple[Ancestor, Layer]]] = {}
    for ancestor in lineage:
        seen: Counter[object] = Counter()
        for path, entry in _entries(ancestor.document, section):
            name = entry.get("id")
            # One id twice in a document is a fault, and no override.
            seen[str(name)] += 1
            key = (name, seen[name]) if isinstance(name, str) else (path, id(ancestor))
            found.setdefault(key, []).append((ancestor, Layer(ancestor.document, path, entry)))
    for written in found.values():
        origin = written[0][0]
        # Everything between the origin and the policy that is judged.
        through = [one for one in lineage if origin.identity in one.extends]
        defaults = (layer for one in reversed(through) for layer in _defaults(one.document))
        layers = (*defaults, *(layer for _, layer in written))
        yield Layered(section, layers, tuple(one.identity for one in through), may_override=True)


def _entries(document: Document, section: str) -> Iterator[tuple[Path, Mapping[str, object]]]:
    entries = document.value_at((section,))
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield (section, index), entry


@functools.cache
def _field_names(kind: type[Entry]) -> frozenset[str]:
    return frozenset(kind.__struct_encode_fields__)


def _narrowed(layer: Layer, names: frozenset[str]) -> Layer:
    if not layer.is_optional:
        return layer
    kept = {name: value for name, value in layer.values.items() if name in names}
    return Layer(layer.document, layer.path, kept, is_optional=True, filled=layer.filled)
