"""A document of tests → what can be run: its policies loaded, its tenants complete, every name checked."""

import os
from collections.abc import Iterator, Sequence

import msgspec

from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.documents.path import Path, brief
from checker.documents.record import decode_record
from checker.documents.suggest import did_you_mean
from checker.documents.yaml_reader import Unreadable
from checker.errors import UsageError
from checker.policy.bases import path_beside, read_bases
from checker.policy.load import load_sources
from checker.policy.model import PolicySet
from checker.policy.parameters import GivenValue
from checker.policy.sources import PolicySource, PolicySources, UnreadableSourceError
from checker.policy.waivers import Waiver
from checker.policytest.given import GivenTenant, contradictions
from checker.policytest.inline import impossible_points
from checker.policytest.model import Expectation, ExpectedFinding, PolicyTestCase, PolicyTestFile, policytest_schema

_NO_POLICIES = PolicySet(policies=(), waivers=())


class Assertion(msgspec.Struct, frozen=True):
    """What is expected of a requirement, and where that is written."""

    requirement: str
    expected: ExpectedFinding
    place: SourceLocation


class ReadyCase(msgspec.Struct, frozen=True):
    """A case that can be run.

    Attributes:
        written: as it is written.
        place: where.
        tenant: the tenant that it describes; None where it names a snapshot.
        snapshot: where that file is.
        waivers: its exceptions, with their places.
        assertions: what it expects of requirements.
        verdict_place: where the expected verdict is written.
    """

    written: PolicyTestCase
    place: SourceLocation
    tenant: GivenTenant | None
    snapshot: str | None
    waivers: tuple[Waiver, ...]
    assertions: tuple[Assertion, ...]
    verdict_place: SourceLocation


class ReadyTest(msgspec.Struct, frozen=True):
    """A document of tests that can be run."""

    file: PolicyTestFile
    policies: PolicySet
    cases: tuple[ReadyCase, ...]


def prepare(source: PolicySource, document: Document, faults: list[Fault]) -> ReadyTest | None:
    """The test that a document holds; None where it or one of its policies has faults, which are added to ``faults``.

    Args:
        source: the file; what its tests name must lie in its root.
        document: of kind PolicyTest.
        faults: those so far.
    """
    return _Preparing(source, document).made(faults)


class _Preparing:
    """Makes one document of tests ready."""

    def __init__(self, source: PolicySource, document: Document) -> None:
        self._source = source
        self._document = document
        self._faults: list[Fault] = []

    def made(self, faults: list[Fault]) -> ReadyTest | None:
        """The test; adds what is wrong with it to ``faults``."""
        try:
            file = decode_record(self._document, PolicyTestFile, policytest_schema)
        except Unreadable as unreadable:
            faults.extend(unreadable.faults)
            return None
        policies = self._policies(file)
        # What seems to be missing may be in a policy that has faults.
        names = _names(policies) if not self._faults else None
        self._check_tenant(file.tenant, ("tenant",))
        cases = tuple(self._case(file, index, names) for index in range(len(file.cases)))
        self._check_names(file)
        faults.extend(sorted(self._faults, key=self._order))
        return ReadyTest(file, policies, cases) if not self._faults else None

    def _policies(self, file: PolicyTestFile) -> PolicySet:
        found: list[PolicySource] = []
        for index, reference in enumerate(file.policies):
            try:
                found.extend(read_bases(self._source, reference))
            except UnreadableSourceError as error:
                self._add(("policies", index), f"{brief(reference)} {error.message}")
        if self._faults:
            return _NO_POLICIES
        given = {
            name: GivenValue(value, is_text=False, origin=str(self._document.place_at(("parameters", name))))
            for name, value in file.parameters.items()
        }
        try:
            loaded = load_sources(PolicySources(policies=tuple(found)), bases=read_bases, given=given)
        except UsageError as error:
            place, _, message = error.message.partition(": ")
            name = next(name for name, value in given.items() if value.origin == place)
            self._add(("parameters", name), message, key=True)
            return _NO_POLICIES
        self._faults.extend(loaded.faults)
        return loaded.policies

    def _case(self, file: PolicyTestFile, index: int, names: Sequence[str] | None) -> ReadyCase:
        written = file.cases[index]
        path: Path = ("cases", index)
        self._check_tenant(written.tenant, (*path, "tenant"))
        tenant = None
        if written.snapshot is None:
            tenant = (file.tenant or GivenTenant()).changed(written.tenant or GivenTenant())
            for clause in impossible_points(tenant):
                self._add((*path, "tenant"), clause)
            if written.tenant is None and file.tenant is None:
                self._add(path, "expected snapshot or tenant, since the document has no tenant")
        return ReadyCase(
            written=written,
            place=self._document.place_at(path),
            tenant=tenant,
            snapshot=self._snapshot(written.snapshot, (*path, "snapshot")) if written.snapshot is not None else None,
            waivers=tuple(
                Waiver(entry, self._document.place_at((*path, "waivers", number)))
                for number, entry in enumerate(written.waivers)
            ),
            assertions=tuple(self._assertions(written, path, names)),
            verdict_place=self._document.place_at((*path, "verdict"), key=True),
        )

    def _check_tenant(self, tenant: GivenTenant | None, path: Path) -> None:
        for inner, clause in contradictions(tenant) if tenant is not None else ():
            self._add((*path, *inner), clause)

    def _snapshot(self, reference: str, path: Path) -> str:
        """Where a snapshot lies; what is wrong with its content is found when the case is run."""
        try:
            found = path_beside(self._source, reference)
        except UnreadableSourceError as error:
            self._add(path, f"{brief(reference)} {error.message}")
            return reference
        if not os.path.isfile(found):
            self._add(path, f"{brief(reference)} is not a file")
        # As messages should call it, where that leads to the same file.
        name = os.path.normpath(os.path.join(os.path.dirname(self._source.name), reference))
        return name if os.path.realpath(name) == os.path.realpath(found) else found

    def _assertions(self, case: PolicyTestCase, path: Path, names: Sequence[str] | None) -> Iterator[Assertion]:
        for name, expectation in case.expect.items():
            where = (*path, "expect", name)
            if names is not None and name not in names:
                hint = did_you_mean(name, names) or f"; they have {', '.join(names[:5])}"
                self._add(where, f"the policies have no requirement {brief(name)!r}{hint}", key=True)
            place = self._document.place_at(where, key=True)
            for expected in _expected(expectation):
                yield Assertion(name, expected, place)

    def _check_names(self, file: PolicyTestFile) -> None:
        """CI systems tell cases apart by their names."""
        seen: dict[str, int] = {}
        for index, case in enumerate(file.cases):
            first = seen.setdefault(case.name, index)
            if first != index:
                place = self._document.place_at(("cases", first))
                self._add(("cases", index, "name"), f"the name {brief(case.name)!r} is already used at {place}")

    def _order(self, fault: Fault) -> tuple[bool, str, int, int]:
        """This file's faults come first, each file's from top to bottom."""
        place = fault.place
        return place.file != self._document.file, place.file, place.line, place.column

    def _add(self, path: Path, expected: str, *, key: bool = False) -> None:
        self._faults.append(Fault(self._document.place_at(path, key=key), path, expected))


def _names(policies: PolicySet) -> list[str]:
    return [one.summary.name for policy in policies.policies for one in (*policy.requirements, *policy.disabled)]


def _expected(expectation: Expectation) -> Sequence[ExpectedFinding]:
    match expectation:
        case list():
            return expectation
        case ExpectedFinding():
            return [expectation]
        case _:
            return [ExpectedFinding(outcome=expectation)]
