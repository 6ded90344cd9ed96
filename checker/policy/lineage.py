"""``extends``: a policy's document → its lineage: all documents that it is made of, bases before what extends them.

A document that is reached in two ways comes once, so that what overrides it on one way is not undone on the other. Of
two bases that have a requirement of the same id the later one in the list overrides the earlier.
"""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from checker.documents import limits
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.path import Path, brief
from checker.documents.yaml_reader import Unreadable, read_yaml
from checker.policy.sources import PolicySource, UnreadableSourceError

# The sources that a reference in a source names; raises UnreadableSourceError.
BaseReader = Callable[[PolicySource, str], Sequence[PolicySource]]
# A document of a file: the file's identity, and which of its documents.
Identity = tuple[str, int]

_DEEPEST = 20


class Ancestor(msgspec.Struct, frozen=True):
    """One document of a lineage.

    Attributes:
        document: of kind Policy.
        extends: the identities of every document that it is made of itself, its own included.
    """

    document: Document
    identity: Identity
    extends: frozenset[Identity]


class _Read(msgspec.Struct, frozen=True):
    """A source and its documents; none where it can't be read as YAML."""

    source: PolicySource
    documents: tuple[Document, ...]


class Lineages:
    """The lineages of all policies of a run; each base is read once."""

    def __init__(self, reader: BaseReader) -> None:
        """Reads nothing yet."""
        self._reader = reader
        self._read: dict[str, _Read] = {}
        self.faults: list[Fault] = []
        self.sources: dict[str, PolicySource] = {}
        self.extended: set[Identity] = set()
        self._bytes = self._values = 0

    def add(self, source: PolicySource, documents: Sequence[Document]) -> None:
        """Documents that were read already, so that a base among them is not read again."""
        self._read[_identity(source)] = _Read(source, tuple(documents))

    def read(self) -> Iterator[Document]:
        """The policies of every source that was read because another policy extends it."""
        for source in self.sources.values():
            yield from _policies(self._read[_identity(source)]) if _identity(source) in self._read else ()

    def of(self, source: PolicySource, document: Document) -> tuple[Ancestor, ...]:
        """The lineage of a policy; its own document is the last.

        A base that can't be used is left out, with a fault at the place that names it.
        """
        found: dict[Identity, Ancestor] = {}
        self._visit(source, document, (), found)
        return tuple(found.values())

    def _visit(
        self, source: PolicySource, document: Document, trail: tuple[Identity, ...], found: dict[Identity, Ancestor]
    ) -> frozenset[Identity]:
        """Adds a document after all that it extends; gives the identities of all of them."""
        identity = (_identity(source), document.number)
        if identity in found:
            return found[identity].extends
        extends = {identity}
        references = document.value_at(("extends",))
        for index, reference in enumerate(references if isinstance(references, list) else ()):
            path = ("extends", index)
            # A file may be called 2026: text is the characters as written.
            text = reference if isinstance(reference, str) else document.written.get(path)
            for base in self._bases(source, document, path, text):
                for inner in _policies(base):
                    if self._may_follow(base.source, inner, (*trail, identity), document, path):
                        self.extended.add((_identity(base.source), inner.number))
                        extends |= self._visit(base.source, inner, (*trail, identity), found)
        found[identity] = Ancestor(document, identity, frozenset(extends))
        return found[identity].extends

    def _may_follow(
        self, source: PolicySource, base: Document, trail: tuple[Identity, ...], document: Document, path: Path
    ) -> bool:
        identity = (_identity(source), base.number)
        if identity in trail:
            self._add(document, path, f"extends itself: {source.name} leads back here")
        elif len(trail) > _DEEPEST:
            self._add(document, path, f"is the end of a chain of more than {_DEEPEST} policies")
        else:
            return True
        return False

    def _bases(self, source: PolicySource, document: Document, path: Path, reference: str | None) -> list[_Read]:
        """What a reference names; nothing where it can't be used."""
        if reference is None:
            # Decoding the document reports it.
            return []
        try:
            found = [self._parsed(one) for one in self._reader(source, reference)]
        except UnreadableSourceError as error:
            self._add(document, path, f"{brief(reference)} {error.message}")
            return []
        if not any(map(_policies, found)) and all(one.documents for one in found):
            self._add(document, path, f"{brief(reference)} contains no policy")
        return found

    def _parsed(self, source: PolicySource) -> _Read:
        identity = _identity(source)
        if identity not in self._read:
            self.sources[source.name] = source
            if len(self.sources) > limits.POLICY_FILES:
                raise UnreadableSourceError(f"is one of more than {limits.POLICY_FILES} files that are extended")
            self._bytes += len(source.data)
            if self._bytes > limits.POLICY_BYTES or self._values > limits.POLICY_VALUES:
                raise UnreadableSourceError("is one file too many; extend fewer or smaller ones")
            try:
                documents = tuple(read_yaml(source.data, source.name))
            except Unreadable as unreadable:
                self.faults += unreadable.faults
                documents = ()
            self._values += sum(document.values for document in documents)
            self._read[identity] = _Read(source, documents)
        return self._read[identity]

    def _add(self, document: Document, path: Path, expected: str) -> None:
        self.faults.append(Fault(document.place_at(path), path, expected))


def _identity(source: PolicySource) -> str:
    return source.identity or source.name


def _policies(read: _Read) -> list[Document]:
    """The policies among the documents; waivers of a base's file are not taken."""
    return [document for document in read.documents if document.value_at(("kind",)) == "Policy"]
