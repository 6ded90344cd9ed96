"""Paths → tests that can be run, with every fault of theirs and of the policies that they name."""

import os
from collections.abc import Iterator, Sequence

from checker.documents import files, limits
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.documents.yaml_reader import Unreadable, read_yaml
from checker.errors import PolicyTestError, UsageError
from checker.policy import packs
from checker.policy.load import TESTS, kind_faults
from checker.policy.sources import PolicySource, PolicySources, UnreadableSourceError, read_sources
from checker.policytest.prepare import ReadyTest, prepare

_KINDS = (TESTS, "Policy", "Waivers")


def load_tests(paths: Sequence[str]) -> list[ReadyTest]:
    """The tests in files and folders, and those that ship with packs.

    Raises:
        PolicyTestError: with every fault and its place.
        UsageError: there is no test, which nobody should take for tests that pass.
    """
    sources = _sources(paths)
    faults = list(sources.faults)
    ready: list[ReadyTest] = []
    for source in sources.policies:
        for document in _tests_in(source, faults):
            test = prepare(source, document, faults)
            if test is not None:
                ready.append(test)
    if faults:
        raise PolicyTestError([str(fault) for fault in dict.fromkeys(faults)])
    if not ready:
        raise UsageError(
            f"no document of kind {TESTS} was found in {', '.join(map(files.shown, paths))}",
            advice="'scoregate test --help' says where tests are, 'scoregate schema policytest' how to write them.",
        )
    return ready


def faults_of_test(source: PolicySource, document: Document) -> list[Fault]:
    """What is wrong with one test and its policies: for ``lint``."""
    faults: list[Fault] = []
    prepare(source, document, faults)
    return faults


def _sources(paths: Sequence[str]) -> PolicySources:
    """The files behind the paths; a pack stands for the tests that ship with it."""
    own = read_sources([path for path in paths if not packs.is_pack(path)], ())
    shipped: list[PolicySource] = []
    faults = list(own.faults)
    for path in filter(packs.is_pack, paths):
        try:
            for file, name in packs.test_files(path):
                data = files.read_bounded(file, limits.POLICY_FILE_BYTES, UnreadableSourceError)
                real = os.path.realpath(file)
                shipped.append(PolicySource(name, data, real, os.path.dirname(real)))
        except (LookupError, UnreadableSourceError) as error:
            faults.append(Fault(SourceLocation(path, 1, 1), (), str(error.args[0])))
    return PolicySources((*own.policies, *shipped), (), tuple(faults))


def _tests_in(source: PolicySource, faults: list[Fault]) -> Iterator[Document]:
    """The tests of a file; policies and waivers beside them are of other commands, any other kind is a fault."""
    try:
        documents = read_yaml(source.data, source.name)
    except Unreadable as unreadable:
        faults.extend(unreadable.faults)
        return
    for document in documents:
        faults.extend(kind_faults(document, _KINDS))
        if document.value_at(("kind",)) == TESTS:
            yield document
