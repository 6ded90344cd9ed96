"""Paths → PolicySet: every document decoded, every fault of all of them in one list."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar, cast

import msgspec

from checker.documents import limits
from checker.documents.decode import MismatchError, convert, restore_text
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.documents.path import Path, brief
from checker.documents.suggest import did_you_mean
from checker.documents.yaml_reader import Document
from checker.errors import PolicyError
from checker.policy.model import (
    LONGEST_WAIVER_DAYS,
    Defaults,
    Policy,
    PolicyFile,
    PolicyRequirement,
    PolicySet,
)
from checker.policy.sources import PolicySource, parsed, read_sources
from checker.policy.waivers import Waiver, WaiverEntry, WaiversFile
from checker.report.finding import RequirementSummary
from checker.requirements import CONTROL_KINDS, SCORE_KINDS, STATE_KINDS, load_kind
from checker.requirements.entry import Entry

T = TypeVar("T")

_PARAMETER = r"\$\{[A-Za-z][A-Za-z0-9]*\}"
_SECTIONS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("score", SCORE_KINDS),
    ("controls", CONTROL_KINDS),
    ("states", STATE_KINDS),
)
_KINDS = ("Policy", "Waivers")


def load(policy_paths: Sequence[str], waiver_paths: Sequence[str] = ()) -> PolicySet:
    """Everything that one run judges by.

    Args:
        policy_paths: files, folders, ``pack:NAME`` or ``-``; policies and waivers alike.
        waiver_paths: the same, for waivers only.

    Raises:
        PolicyError: with every fault that was found, each with its place.
    """
    loaded = try_load(policy_paths, waiver_paths)
    if loaded.faults:
        raise PolicyError([str(fault) for fault in loaded.faults])
    return loaded.policies


class Loaded(msgspec.Struct, frozen=True):
    """What could be read, and everything that was wrong with the rest."""

    policies: PolicySet
    faults: tuple[Fault, ...]


def try_load(policy_paths: Sequence[str], waiver_paths: Sequence[str] = (), *, alone: bool = False) -> Loaded:
    """As ``load``, with the faults as values.

    Args:
        policy_paths, waiver_paths: as in ``load``.
        alone: waivers without any policy are no fault.
    """
    loader = _Loader()
    loader.read(policy_paths, _KINDS)
    loader.read(waiver_paths, ("Waivers",))
    return loader.result(alone=alone)


class _Loader:
    """Collects policies, waivers and faults over all files of a run."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._policies: list[Policy] = []
        self._waivers: list[Waiver] = []
        self._named: dict[str, SourceLocation] = {}
        self._sources: dict[str, bytes] = {}
        self._seen: set[str] = set()
        self._has_waivers = False

    def read(self, paths: Sequence[str], kinds: Sequence[str]) -> None:
        """Takes in the documents of ``paths`` whose kind is among ``kinds``; any other is a fault."""
        for source in read_sources(paths, self._faults, self._seen):
            self._sources[source.name] = source.data
            for index, document in enumerate(parsed(source, self._faults)):
                kind = self._kind(document, kinds, source, index)
                if kind is None:
                    continue
                before = len(self._faults)
                if b"${" in source.data:
                    self._refuse_parameters(source.detailed(index))
                if len(self._faults) > before:
                    continue
                if kind == "Policy":
                    self._add_policy(document)
                else:
                    self._add_waivers(document)
                if len(self._faults) > before:
                    self._explain(source, index, kind, before)

    def result(self, *, alone: bool) -> Loaded:
        """All that was read."""
        if not self._faults and not self._policies and not (alone and self._has_waivers):
            place = SourceLocation(next(iter(self._sources), "."), 1, 1)
            self._faults.append(Fault(place, (), "no document of kind Policy was found"))
        policies = PolicySet(policies=tuple(self._policies), waivers=tuple(self._waivers), sources=self._sources)
        return Loaded(policies, tuple(self._faults))

    def _kind(self, document: Document, kinds: Sequence[str], source: PolicySource, index: int) -> str | None:
        """Which kind of ours a document is; a fault and None where it is none."""
        value = document.value
        if not isinstance(value, dict):
            self._faults.append(
                Fault(document.place_of(value), (), "expected a mapping that begins with apiVersion and kind")
            )
            return None
        kind = value.get("kind")
        if kind not in kinds:
            hint = did_you_mean(brief(str(kind)), kinds)
            got = f"got {brief(repr(kind))}{hint}" if kind is not None else "it is missing"
            place = source.detailed(index).place_at(("kind",))
            self._fault(place, ("kind",), f"expected {' or '.join(kinds)}, {got}")
            return None
        return str(kind)

    def _refuse_parameters(self, document: Document) -> None:
        """A whole scalar ``${name}`` is a parameter, and no policy declares any."""
        for path, text in texts_of(document.value):
            if re.fullmatch(_PARAMETER, text):
                message = f"{text} names a parameter that the policy does not declare"
                self._fault(document.place_at(path), path, message)

    def _explain(self, source: PolicySource, index: int, kind: str, before: int) -> None:
        """Replaces the decoder's faults (the first of each record) by all that the schema finds.

        What only the records know (both of two keys that exclude each other) stays as the decoder said it, for
        entries that the schema finds nothing wrong with.
        """
        from checker.documents.problems import faults_of
        from checker.policy.schema import schema_of_kind

        document = source.detailed(index)
        restore_text(document.value, PolicyFile if kind == "Policy" else WaiversFile, document)
        restore_entries(document)
        found = faults_of(document, schema_of_kind(kind))
        told = {_part(fault.path) for fault in found}
        if len(found) < limits.FAULTS_SHOWN:
            found.extend(
                msgspec.structs.replace(fault, place=document.place_at(fault.path))
                for fault in self._faults[before:]
                if not told or (fault.path and _part(fault.path) not in told)
            )
        self._faults[before:] = sorted(found, key=lambda fault: (fault.place.line, fault.place.column))

    def _add_policy(self, document: Document) -> None:
        value = cast("dict[str, object]", document.value)
        file = self._record(value, PolicyFile, document, ())
        if file is None:
            return
        place = document.place_of(value)
        name = file.metadata.name
        first = self._named.setdefault(name, place)
        if first is not place:
            self._fault(place, ("metadata", "name"), f"a policy {name!r} stands already at {first}")
        seen: dict[str, SourceLocation] = {}
        requirements: list[PolicyRequirement] = []
        for section, kinds in _SECTIONS:
            # The document's own mappings, since the record holds copies and only those have a place.
            entries = cast("list[dict[str, object]]", value.get(section, []))
            for index, entry in enumerate(entries):
                found = self._entry(entry, kinds, file, document, (section, index))
                if found is None:
                    continue
                earlier = seen.setdefault(found.summary.id, found.summary.location)
                if earlier is not found.summary.location:
                    message = f"the id {found.summary.id!r} stands already at {earlier}"
                    self._fault(found.summary.location, (section, index, "id"), message)
                requirements.append(found)
        if not file.score and not file.controls and not file.states:
            expected = "expected score, controls or states with at least one entry: the policy requires nothing"
            self._fault(place, (), expected)
        longest = file.waivers.maximum_days if file.waivers is not None else LONGEST_WAIVER_DAYS
        self._policies.append(
            Policy(
                name=name,
                when=file.when,
                longest_waiver_days=longest,
                requirements=tuple(requirements),
            )
        )

    def _entry(
        self,
        entry: dict[str, object],
        kinds: Mapping[str, str],
        file: PolicyFile,
        document: Document,
        path: Path,
    ) -> PolicyRequirement | None:
        keys = [key for key in kinds if key in entry]
        if len(keys) != 1:
            got = f"got {' and '.join(keys)}" if keys else "none of them is there"
            self._fault(document.place_of(entry), path, f"expected exactly one of {', '.join(kinds)}; {got}")
            return None
        kind = load_kind(kinds[keys[0]])
        complete = with_defaults(entry, file.defaults, kind)
        try:
            record = convert(complete, kind)
        except MismatchError:
            restore_text(entry, kind, document)
            complete = with_defaults(entry, file.defaults, kind)
            found = self._record(complete, kind, document, path, place=document.place_of(entry))
            if found is None:
                return None
            record = found
        return PolicyRequirement(_summary(record, file, document.place_of(entry)), record)

    def _add_waivers(self, document: Document) -> None:
        value = cast("dict[str, object]", document.value)
        file = self._record(value, WaiversFile, document, ())
        if file is None:
            return
        self._has_waivers = True
        for index, entry in enumerate(cast("list[dict[str, object]]", value["waivers"])):
            record = self._record(entry, WaiverEntry, document, ("waivers", index))
            if record is not None:
                self._waivers.append(Waiver(record, document.place_of(entry)))

    def _record(
        self,
        value: object,
        kind: type[T],
        document: Document,
        path: Path,
        *,
        place: SourceLocation | None = None,
    ) -> T | None:
        """The value as a record; where it isn't one, a fault and None."""
        try:
            try:
                return convert(value, kind)
            except MismatchError:
                if not restore_text(value, kind, document):
                    raise
                return convert(value, kind)
        except MismatchError as fault:
            self._fault(place or document.place_of(value), (*path, *fault.path), fault.expected)
            return None

    def _fault(self, place: SourceLocation, path: Path, expected: str) -> None:
        self._faults.append(Fault(place, path, expected))


def _part(path: Path) -> Path:
    """The entry or section that a path leads into: ``controls[2]`` of ``controls[2].minimum``."""
    return path[:2] if len(path) > 1 and isinstance(path[1], int) else path[:1]


def with_defaults(entry: dict[str, object], defaults: Defaults | None, kind: type[Entry]) -> dict[str, object]:
    """The entry with the policy's defaults for what it leaves out, as far as its kind has such keys."""
    if defaults is None:
        return entry
    has_missing = "on_missing" in kind.__struct_fields__
    values: dict[str, object] = {}
    if defaults.severity is not None:
        values["severity"] = defaults.severity.value
    if defaults.enforcement is not None:
        values["enforcement"] = defaults.enforcement.value
    if defaults.on_missing is not None and has_missing:
        values["onMissing"] = defaults.on_missing
    return {**values, **entry}


def restore_entries(document: Document) -> None:
    """Puts written text back into the entries of a document, each by its own kind."""
    value = document.value
    if not isinstance(value, dict):
        return
    for section, kinds in (*_SECTIONS, ("waivers", None)):
        entries = value.get(section)
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict):
                continue
            kind = (
                WaiverEntry if kinds is None else next((load_kind(kinds[key]) for key in kinds if key in entry), Entry)
            )
            restore_text(entry, kind, document)


def texts_of(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a document, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts_of(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts_of(item, (*path, index))


def _summary(requirement: Entry, file: PolicyFile, place: SourceLocation) -> RequirementSummary:
    sentence = requirement.sentence()
    return RequirementSummary(
        name=f"{file.metadata.name}/{requirement.id}",
        policy=file.metadata.name,
        id=requirement.id,
        title=requirement.title or sentence[:1].upper() + sentence[1:],
        sentence=sentence,
        severity=requirement.severity,
        enforcement=requirement.enforcement,
        owner=requirement.owner or file.metadata.owner or "",
        rationale=requirement.rationale or "",
        references=tuple(requirement.references),
        wants_state=requirement.wants_state,
        per_control=requirement.per_control,
        location=place,
    )
