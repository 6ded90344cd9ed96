"""Documents and layers → typed policies and waivers, with a fault for each part that cannot be decoded."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from checker.documents.decode import MismatchError, convert
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.policy.layers import Layered, layer_parameters, layer_policy, layer_waivers
from checker.policy.lineage import Ancestor, Identity
from checker.policy.model import (
    LONGEST_WAIVER_DAYS,
    MadeRequirement,
    Metadata,
    Policy,
    PolicyFile,
    PolicyRequirement,
)
from checker.policy.parameters import Given, fill, values_of
from checker.policy.sections import SECTIONS
from checker.policy.waivers import Approval, Waiver, WaiverEntry, WaiversFile
from checker.report.finding import RequirementSummary
from checker.requirements import load_kind
from checker.requirements.entry import Entry, When


class Decoded(msgspec.Struct, frozen=True):
    """What a document declares, as far as it can be decoded.

    Attributes:
        policy: of a policy; None if its head cannot be decoded.
        waivers: of a file of waivers; None if their list cannot be decoded.
        approvals: of a file of waivers.
        faults: one of each part that cannot be decoded.
        parameter_faults: of declarations and uses of parameters, which no schema knows.
        parameters: the names that the policy declares.
        layers: of a policy, what each requirement is made of, by its name.
    """

    policy: Policy | None = None
    waivers: tuple[Waiver, ...] | None = None
    approvals: tuple[Approval, ...] = ()
    faults: tuple[Fault, ...] = ()
    parameter_faults: tuple[Fault, ...] = ()
    parameters: tuple[str, ...] = ()
    layers: Mapping[str, Layered] = {}


def decode_policy(lineage: Sequence[Ancestor], given: Given) -> Decoded:
    """The policy that the last document of a lineage declares.

    Args:
        lineage: documents of kind Policy, bases first.
        given: what the caller sets parameters to.
    """
    heads, faults = _heads(lineage)
    own = lineage[-1]
    if own.identity not in heads:
        return Decoded(faults=tuple(faults))
    made = _Making(lineage, heads, given)
    for layered in layer_policy(lineage):
        made.add(layered)
    faults += made.faults
    if len(lineage) > 1:
        from checker.policy.locked import locked_faults

        faults += locked_faults(lineage, made.found, lambda some: _made(some, heads, given))
    # A base that can't be read has a fault already, and may have been all.
    lacks_bases = len(lineage) == 1 and bool(own.document.value_at(("extends",)))
    if not made.found and not faults and not made.parameter_faults and not lacks_bases:
        expected = "expected at least one entry in score, controls or states"
        faults.append(Fault(own.document.place_at(()), (), expected))
    file = heads[own.identity]
    requirements = tuple(one.requirement for one in made.found)
    policy = Policy(
        name=file.metadata.name,
        metadata=file.metadata,
        place=own.document.place_at(()),
        when=file.when,
        when_place=own.document.place_at(("when",) if file.when is not None else ()),
        longest_waiver_days=min(
            (head.waivers.maximum_days for head in heads.values() if head.waivers is not None),
            default=LONGEST_WAIVER_DAYS,
        ),
        requirements=tuple(one for one in requirements if one.entry.disabled is None),
        disabled=tuple(one for one in requirements if one.entry.disabled is not None),
        unused_parameters=tuple(made.unused_parameters()),
    )
    layers = {one.requirement.summary.name: one.layered for one in made.found}
    return Decoded(
        policy=policy,
        faults=tuple(faults),
        parameter_faults=tuple(made.parameter_faults),
        parameters=tuple(made.parameters),
        layers=layers,
    )


Heads = Mapping[Identity, PolicyFile]


def _heads(lineage: Sequence[Ancestor]) -> tuple[Heads, list[Fault]]:
    """The head of each document, and a fault for each that cannot be decoded."""
    heads: dict[Identity, PolicyFile] = {}
    faults: list[Fault] = []
    for one in lineage:
        document = one.document
        try:
            heads[one.identity] = convert(document.value, PolicyFile, document.written.get)
        except MismatchError as mismatch:
            faults.append(Fault(document.place_at(mismatch.path), mismatch.path, mismatch.expected))
    return heads, faults


def _made(lineage: Sequence[Ancestor], heads: Heads, given: Given) -> list[MadeRequirement]:
    """The requirements of a base by itself, as far as they can be decoded."""
    if lineage[-1].identity not in heads:
        return []
    made = _Making(lineage, heads, given)
    for layered in layer_policy(lineage):
        made.add(layered)
    return made.found


class _Making:
    """Decodes the requirements of one policy, one after the other."""

    def __init__(self, lineage: Sequence[Ancestor], heads: Heads, given: Given) -> None:
        self.found: list[MadeRequirement] = []
        self._metadata = heads[lineage[-1].identity].metadata
        self._heads = heads
        self._conditions = _conditions((lineage[-1].identity,), heads)
        self._places: dict[str, SourceLocation] = {}
        self._may_fill = any(b"${" in one.document.data for one in lineage)
        self.faults: list[Fault] = []
        self._declared = layer_parameters(lineage)
        self.parameters, self.parameter_faults = values_of(self._declared, given)

    def add(self, layered: Layered) -> None:
        """Decodes an entry."""
        if self._may_fill:
            filled, faults = fill(layered, self.parameters)
            self.parameter_faults += faults
            if filled is None:
                return
            layered = filled
        try:
            requirement, layered = decode_requirement(layered, self._metadata)
        except MismatchError as mismatch:
            self.faults.append(layered.fault(mismatch.path, mismatch.expected))
            return
        summary = requirement.summary
        first = self._places.setdefault(summary.id, summary.location)
        if first is not summary.location:
            self.faults.append(layered.fault(("id",), f"the id {summary.id!r} is already used at {first}"))
        own = requirement.entry.when
        conditions = _conditions(layered.through, self._heads) if layered.through else self._conditions
        if own is not None or conditions:
            conditions = (*conditions, own) if own is not None else conditions
            requirement = msgspec.structs.replace(requirement, conditions=conditions)
        self.found.append(MadeRequirement(requirement, layered))

    def unused_parameters(self) -> Iterator[tuple[str, SourceLocation]]:
        """The parameters that no requirement has taken a value of."""
        used = {origin for one in self.found for layer in one.layered.layers for origin in layer.filled.values()}
        for name, value in self.parameters.items():
            if value is not None and value.origin not in used:
                yield name, self._declared[name].place


def _conditions(through: Sequence[Identity], heads: Heads) -> tuple[When, ...]:
    """The ``when`` of each policy that a requirement came through, the one that is judged first."""
    found: list[When] = []
    for identity in reversed(through):
        when = heads[identity].when if identity in heads else None
        if when is not None and when not in found:
            found.append(when)
    return tuple(found)


def decode_waivers(document: Document) -> Decoded:
    """The waivers that a document of kind Waivers declares."""
    try:
        file = convert(document.value, WaiversFile, document.written.get)
    except MismatchError as mismatch:
        return Decoded(faults=(Fault(document.place_at(mismatch.path), mismatch.path, mismatch.expected),))
    waivers: list[Waiver] = []
    faults: list[Fault] = []
    for layered in layer_waivers(document):
        try:
            entry = convert(layered.merged(), WaiverEntry, layered.written_at)
        except MismatchError as mismatch:
            faults.append(layered.fault(mismatch.path, mismatch.expected))
        else:
            waivers.append(Waiver(entry, layered.place))
    return Decoded(waivers=tuple(waivers), approvals=tuple(file.approvals), faults=tuple(faults))


def decode_requirement(layered: Layered, metadata: Metadata) -> tuple[PolicyRequirement, Layered]:
    """A requirement of the policy that ``metadata`` describes, and its layers without what its kind has no key for.

    Raises:
        MismatchError: it is not complete, or a field is not what its kind wants.
    """
    fields = layered.merged()
    kind = _kind_of(layered, fields)
    narrowed = layered.narrowed(kind)
    if narrowed is not layered:
        fields = narrowed.merged()
    entry = convert(fields, kind, narrowed.written_at)
    return PolicyRequirement(_summary(entry, metadata, layered.place), entry), narrowed


def _kind_of(layered: Layered, fields: Mapping[str, object]) -> type[Entry]:
    """The kind of a requirement: that of the one key that only its kind has.

    Raises:
        MismatchError: it has none of these keys, or several.
    """
    kinds = SECTIONS[layered.section]
    keys = kinds.keys() & fields.keys()
    if len(keys) != 1:
        got = f"got {' and '.join(key for key in kinds if key in keys)}" if keys else "got none"
        why = "; no policy that this one extends has a requirement of this id" if layered.overrides_nothing else ""
        raise MismatchError((), f"expected exactly one of {', '.join(kinds)}; {got}{why}")
    return load_kind(kinds[keys.pop()])


def _summary(requirement: Entry, metadata: Metadata, place: SourceLocation) -> RequirementSummary:
    sentence = requirement.sentence()
    return RequirementSummary(
        name=f"{metadata.name}/{requirement.id}",
        policy=metadata.name,
        id=requirement.id,
        title=requirement.title or sentence[:1].upper() + sentence[1:],
        sentence=sentence,
        severity=requirement.severity,
        enforcement=requirement.enforcement,
        owner=requirement.owner or metadata.owner or "",
        rationale=requirement.rationale or "",
        references=tuple(requirement.references),
        wants_state=requirement.wants_state,
        per_control=requirement.per_control,
        location=place,
    )
