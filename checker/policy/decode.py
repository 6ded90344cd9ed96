"""Documents and layers → typed policies and waivers, with a fault for each part that cannot be decoded."""

from collections.abc import Iterable, Mapping

import msgspec

from checker.documents.decode import MismatchError, convert
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.policy.layers import Layered, layer_policy, layer_waivers
from checker.policy.model import LONGEST_WAIVER_DAYS, Metadata, Policy, PolicyFile, PolicyRequirement
from checker.policy.sections import SECTIONS
from checker.policy.waivers import Waiver, WaiverEntry, WaiversFile
from checker.report.finding import RequirementSummary
from checker.requirements import load_kind
from checker.requirements.entry import Entry


class Decoded(msgspec.Struct, frozen=True):
    """What a document declares, as far as it can be decoded.

    Attributes:
        policy: of a policy; None if its head cannot be decoded.
        waivers: of a file of waivers; None if their list cannot be decoded.
        faults: one of each part that cannot be decoded.
    """

    policy: Policy | None = None
    waivers: tuple[Waiver, ...] | None = None
    faults: tuple[Fault, ...] = ()


def decode_policy(document: Document) -> Decoded:
    """The policy that a document of kind Policy declares."""
    try:
        file = convert(document.value, PolicyFile, document.written.get)
    except MismatchError as mismatch:
        return Decoded(faults=(Fault(document.place_at(mismatch.path), mismatch.path, mismatch.expected),))
    requirements, faults = _decode_requirements(layer_policy(document), file.metadata)
    if not requirements and not faults:
        expected = "expected at least one entry in score, controls or states"
        faults.append(Fault(document.place_at(()), (), expected))
    policy = Policy(
        name=file.metadata.name,
        when=file.when,
        when_place=document.place_at(("when",) if file.when is not None else ()),
        longest_waiver_days=LONGEST_WAIVER_DAYS if file.waivers is None else file.waivers.maximum_days,
        requirements=tuple(requirements),
    )
    return Decoded(policy=policy, faults=tuple(faults))


def decode_waivers(document: Document) -> Decoded:
    """The waivers that a document of kind Waivers declares."""
    try:
        convert(document.value, WaiversFile, document.written.get)
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
    return Decoded(waivers=tuple(waivers), faults=tuple(faults))


def decode_requirement(layered: Layered, metadata: Metadata) -> PolicyRequirement:
    """A requirement of the policy that ``metadata`` describes.

    Raises:
        MismatchError: it is not complete, or a field is not what its kind wants.
    """
    fields = layered.merged()
    kind = _kind_of(layered.section, fields)
    narrowed = layered.narrowed(kind)
    if narrowed is not layered:
        fields = narrowed.merged()
    entry = convert(fields, kind, narrowed.written_at)
    return PolicyRequirement(_summary(entry, metadata, layered.place), entry)


def _decode_requirements(entries: Iterable[Layered], metadata: Metadata) -> tuple[list[PolicyRequirement], list[Fault]]:
    requirements: list[PolicyRequirement] = []
    faults: list[Fault] = []
    places: dict[str, SourceLocation] = {}
    for layered in entries:
        try:
            requirement = decode_requirement(layered, metadata)
        except MismatchError as mismatch:
            faults.append(layered.fault(mismatch.path, mismatch.expected))
            continue
        summary = requirement.summary
        first = places.setdefault(summary.id, summary.location)
        if first is not summary.location:
            faults.append(layered.fault(("id",), f"the id {summary.id!r} is already used at {first}"))
        requirements.append(requirement)
    return requirements, faults


def _kind_of(section: str, fields: Mapping[str, object]) -> type[Entry]:
    """The kind of a requirement: that of the one key that only its kind has.

    Raises:
        MismatchError: it has none of these keys, or several.
    """
    kinds = SECTIONS[section]
    keys = kinds.keys() & fields.keys()
    if len(keys) != 1:
        got = f"got {' and '.join(key for key in kinds if key in keys)}" if keys else "got none"
        raise MismatchError((), f"expected exactly one of {', '.join(kinds)}; {got}")
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
