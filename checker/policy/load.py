"""Sources → PolicySet: sources → documents → lineages → layers → records, with every fault of every source."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from checker.documents import limits
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.documents.path import brief
from checker.documents.suggest import did_you_mean
from checker.documents.yaml_reader import Unreadable, read_yaml
from checker.errors import PolicyError
from checker.policy.decode import Decoded, decode_policy, decode_waivers
from checker.policy.lineage import Ancestor, BaseReader, Lineages
from checker.policy.model import PolicySet
from checker.policy.parameters import Given, check_given, head_faults
from checker.policy.sources import PolicySource, PolicySources, UnreadableSourceError, read_sources
from checker.requirements.terms.pattern import is_pattern

_KINDS = ("Policy", "Waivers")
# Tests may lie beside the policies that they test; nothing is judged by them.
TESTS = "PolicyTest"
_NOTHING: Given = {}


class Loaded(msgspec.Struct, frozen=True):
    """The policies that can be loaded, and every fault of the rest.

    Attributes:
        tests: the documents of kind PolicyTest, which are passed over.
        parameters: the names that the policies declare.
    """

    policies: PolicySet
    faults: tuple[Fault, ...]
    tests: tuple[tuple[PolicySource, Document], ...] = ()
    parameters: tuple[str, ...] = ()


def load(
    policy_paths: Sequence[str],
    waiver_paths: Sequence[str] = (),
    *,
    given: Given = _NOTHING,
    keep_layers: bool = False,
) -> PolicySet:
    """The policies and waivers of a run.

    Args:
        policy_paths: files, folders, ``pack:NAME`` or ``-``; policies and waivers alike.
        waiver_paths: the same, for waivers only.
        given: values of parameters.
        keep_layers: tell of each requirement what it is made of; otherwise no document is kept.

    Raises:
        PolicyError: with every fault and its place.
        UsageError: a value for a parameter that no policy declares.
    """
    loaded = try_load(policy_paths, waiver_paths, given=given, keep_layers=keep_layers)
    if loaded.faults:
        raise PolicyError([str(fault) for fault in loaded.faults])
    return loaded.policies


def try_load(
    policy_paths: Sequence[str],
    waiver_paths: Sequence[str] = (),
    *,
    alone: bool = False,
    given: Given = _NOTHING,
    keep_layers: bool = False,
) -> Loaded:
    """As ``load``, with the faults as values.

    Args:
        policy_paths, waiver_paths, given, keep_layers: as in ``load``.
        alone: whether waivers or tests without any policy are enough.

    Raises:
        UsageError: as ``load``.
    """
    sources = read_sources(policy_paths, waiver_paths)
    return load_sources(sources, bases=from_files, alone=alone, given=given, keep_layers=keep_layers)


def load_sources(
    sources: PolicySources,
    *,
    bases: BaseReader | None = None,
    alone: bool = False,
    given: Given = _NOTHING,
    knows_all_given: bool = True,
    keep_layers: bool = False,
) -> Loaded:
    """As ``try_load``, from sources that were read already; only ``bases`` opens a file.

    Args:
        sources: policies and waivers, and the faults of reading them.
        bases: reads what policies extend; None refuses it.
        alone, given, keep_layers: as in ``try_load``.
        knows_all_given: whether a value for a parameter that these policies don't declare is a mistake; it is not where
            other policies may declare it.

    Raises:
        UsageError: as ``load``.
    """
    run = _Loading(bases or _no_bases)
    for group, kinds in ((sources.policies, _KINDS), (sources.waivers, _KINDS[1:])):
        for source in group:
            run.read(source, kinds)
    decoded = list(run.decoded(given))
    faults = (*sources.faults, *run.faults, *(fault for one in decoded for fault in one.faults))
    every = (*sources.policies, *sources.waivers, *run.lineages.sources.values())
    policies = tuple(one.policy for one in decoded if one.policy is not None)
    if not faults and not policies and not (alone and (decoded or run.tests)):
        place = SourceLocation(next((one.name for one in every), "."), 1, 1)
        faults = (Fault(place, (), "no document of kind Policy was found"),)
    parameters = tuple(name for one in decoded for name in one.parameters)
    if knows_all_given and not faults:
        check_given(given, parameters)
    found = PolicySet(
        policies=policies,
        waivers=tuple(waiver for one in decoded for waiver in one.waivers or ()),
        approvals=tuple(approval for one in decoded for approval in one.approvals),
        sources={one.name: one.data for one in every if one.name not in run.only_tests},
        layers={name: layers for one in decoded for name, layers in one.layers.items()} if keep_layers else {},
    )
    return Loaded(found, tuple(dict.fromkeys(faults)), tuple(run.tests), parameters)


def from_files(source: PolicySource, reference: str) -> Sequence[PolicySource]:
    """What a reference in a source names, from files and packs."""
    # Few policies extend others.
    from checker.policy.bases import read_bases

    return read_bases(source, reference)


def _no_bases(source: PolicySource, reference: str) -> Sequence[PolicySource]:
    del source, reference
    raise UnreadableSourceError("cannot be read here")


class _Amount(msgspec.Struct):
    """How much the policies of a run hold so far."""

    values: int = 0
    requirements: int = 0
    waivers: int = 0
    patterns: int = 0

    def add(self, decoded: Decoded) -> None:
        """Adds what a document declares."""
        requirements = decoded.policy.requirements if decoded.policy is not None else ()
        waivers = decoded.waivers or ()
        self.requirements += len(requirements)
        self.waivers += len(waivers)
        words = [word for one in requirements for group in one.entry.words() for word in group.words]
        words += [name for one in waivers for name in (one.entry.requirement, one.entry.control or "")]
        self.patterns += sum(map(is_pattern, words))

    def beyond(self) -> str | None:
        """The limit that is passed, as what was expected; None where none is."""
        for count, most, what in (
            (self.values, limits.POLICY_VALUES, "keys and items"),
            (self.requirements, limits.REQUIREMENTS, "requirements"),
            (self.waivers, limits.WAIVERS, "waivers"),
            (self.patterns, limits.PATTERNS, "ids and names with *"),
        ):
            if count > most:
                return f"with this document the run has more than {most} {what}, the limit"
        return None


class _Loading:
    """The documents of one run, in the order of its sources; what goes beyond a limit is left out, with a fault."""

    def __init__(self, bases: BaseReader) -> None:
        self.faults: list[Fault] = []
        self.tests: list[tuple[PolicySource, Document]] = []
        self.only_tests: set[str] = set()
        self.lineages = Lineages(bases)
        self._documents: list[tuple[PolicySource, Document]] = []
        self._amount = _Amount()

    def read(self, source: PolicySource, kinds: Sequence[str]) -> None:
        """Adds the documents of a source; tests beside policies are passed over, any other kind is a fault."""
        if len(self.faults) >= limits.MOST_FAULTS or self._amount.beyond() is not None:
            return
        try:
            documents: Sequence[Document] = read_yaml(source.data, source.name)
        except Unreadable as unreadable:
            self.faults += unreadable.faults
            return
        self.lineages.add(source, documents)
        if _KINDS[0] in kinds:
            documents = self._without_tests(source, documents)
        may_have_parameters = b"${" in source.data
        for document in documents:
            faults = kind_faults(document, kinds)
            if not faults:
                self._documents.append((source, document))
                faults = head_faults(document) if may_have_parameters else []
            self.faults += faults
            self._amount.values += document.values
            if self._refuses(document):
                return

    def _refuses(self, document: Document) -> bool:
        """Whether the document goes beyond a limit, which is a fault."""
        beyond = self._amount.beyond()
        if beyond is not None:
            self.faults.append(Fault(document.place_at(()), (), beyond))
        return beyond is not None

    def _without_tests(self, source: PolicySource, documents: Sequence[Document]) -> Sequence[Document]:
        """The documents but for tests, which are kept."""
        tests = [document for document in documents if document.value_at(("kind",)) == TESTS]
        if not tests:
            return documents
        self.tests += [(source, document) for document in tests]
        if len(tests) == len(documents):
            self.only_tests.add(source.name)
        return [document for document in documents if document.value_at(("kind",)) != TESTS]

    def decoded(self, given: Given) -> Iterator[Decoded]:
        """What each document declares; a policy that another one extends is judged there only."""
        families = [(document, self._lineage(source, document)) for source, document in self._documents]
        self.faults += self.lineages.faults
        for base in self.lineages.read():
            # Those that were named too are looked at where they are read.
            self.faults += head_faults(base) if b"${" in base.data else []
        named: dict[str, SourceLocation] = {}
        count, file = len(self.faults), ""
        for document, lineage in families:
            if file and document.file != file and count >= limits.MOST_FAULTS:
                return
            file = document.file
            if lineage is None:
                decoded, kind = decode_waivers(document), "Waivers"
            elif lineage[-1].identity in self.lineages.extended:
                continue
            else:
                decoded, kind = decode_policy(lineage, given), "Policy"
            every = _with_every_fault(decoded, document, kind, named)
            count += len(every.faults)
            self._amount.add(every)
            if self._refuses(document):
                return
            yield every

    def _lineage(self, source: PolicySource, document: Document) -> tuple[Ancestor, ...] | None:
        """The lineage of a policy; None of waivers."""
        return self.lineages.of(source, document) if document.value_at(("kind",)) == "Policy" else None


def kind_faults(document: Document, kinds: Sequence[str]) -> list[Fault]:
    """A fault where the document is of none of the kinds."""
    if not isinstance(document.value, dict):
        return [Fault(document.place_at(()), (), "expected a mapping that begins with apiVersion and kind")]
    kind = document.value.get("kind")
    if kind in kinds:
        return []
    # Tests may stand where policies do.
    hint = did_you_mean(brief(str(kind)), (*kinds, TESTS) if _KINDS[0] in kinds else kinds)
    got = f"got {brief(repr(kind))}{hint}" if kind is not None else "got nothing"
    wanted = " or ".join((*([", ".join(kinds[:-1])] if kinds[1:] else []), kinds[-1]))
    return [Fault(document.place_at(("kind",)), ("kind",), f"expected {wanted}, {got}")]


def _with_every_fault(decoded: Decoded, document: Document, kind: str, named: dict[str, SourceLocation]) -> Decoded:
    """What was decoded, with all faults of its document.

    Args:
        decoded: of a policy or a file of waivers, with the first fault of each record.
        document: its own.
        kind: Policy or Waivers.
        named: where the policies so far are, by name; a policy is added.
    """
    faults = [*decoded.faults, *_repeated_name(decoded, document, named)]
    if not faults and not decoded.parameter_faults:
        return decoded
    from checker.policy.faults import all_faults

    own = [fault for fault in faults if fault.place.file == document.file]
    others = [fault for fault in faults if fault.place.file != document.file]
    every = (*all_faults(document, kind, own, decoded.parameter_faults), *others)
    return msgspec.structs.replace(decoded, faults=every)


def _repeated_name(decoded: Decoded, document: Document, named: dict[str, SourceLocation]) -> Iterable[Fault]:
    policy = decoded.policy
    if policy is not None:
        place = document.place_at(())
        first = named.setdefault(policy.name, place)
        if first is not place:
            path = ("metadata", "name")
            yield Fault(document.place_at(path), path, f"the policy name {policy.name!r} is already used at {first}")
