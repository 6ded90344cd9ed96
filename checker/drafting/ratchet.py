"""Minimums of policies → those that can be raised to what a tenant has reached, and the files that say so."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.documents.document import Document
from checker.documents.location import SourceLocation
from checker.documents.path import Path
from checker.documents.splice import NewScalar, replace_scalars
from checker.drafting.reached import Measured, obstacle, reached
from checker.errors import OutputError
from checker.insight.warnings import DataWarning
from checker.policy.layers import Layer, Layered
from checker.policy.model import Policy, PolicyRequirement, PolicySet
from checker.presentation.words import amount, shown
from checker.report.document import LocationDocument
from checker.report.finding import Quantity
from checker.report.outcome import Unit
from checker.requirements.entry import Case
from checker.requirements.kinds.score_minimum import MinimumScore
from checker.requirements.terms.control_terms import ControlEntry

UnchangedReason = Literal["at-minimum", "not-met", "not-judged", "not-observed", "parameter", "other-file"]
_KEYS = ("percent", "points")


class Raised(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A minimum that is raised."""

    requirement: Annotated[str, Meta(description="POLICY/ID.")]
    location: Annotated[LocationDocument, Meta(description="Where the number is.")]
    unit: Literal["percent", "points"]
    before: float
    after: Annotated[float, Meta(description="What is reached, rounded down to two decimals.")]


class Unchanged(msgspec.Struct, frozen=True, kw_only=True):
    """A minimum that stays as it is."""

    requirement: str
    reason: UnchangedReason
    message: str


class ChangedFile(msgspec.Struct, frozen=True):
    """A file that gets other numbers."""

    file: str
    diff: Annotated[str, Meta(description="A unified diff.")]


class Ratchet(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer to ``ratchet``."""

    schema: ClassVar[tuple[str, str]] = ("ratchet", "Minimums raised to what a tenant has reached")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Ratchet"] = "Ratchet"
    tenant: str
    date: str | None
    dry_run: Annotated[bool, Meta(description="Whether no file was written.")]
    raised: tuple[Raised, ...]
    unchanged: tuple[Unchanged, ...]
    files: tuple[ChangedFile, ...]
    warnings: tuple[DataWarning, ...] = ()


class NewMinimum(msgspec.Struct, frozen=True):
    """A minimum to be raised, and where it is written."""

    raised: Raised
    document: Document
    path: Path


class Found(msgspec.Struct, frozen=True):
    """Every minimum of some policies."""

    raised: tuple[NewMinimum, ...]
    unchanged: tuple[Unchanged, ...]


def find_raises(policies: PolicySet, case: Case) -> Found:
    """The minimums that can be raised, and why the others can't.

    Args:
        policies: loaded with their layers.
        case: the tenant.
    """
    found = [
        _look_at(one, policy, policies.layers[one.summary.name], case)
        for policy in policies.policies
        for one in policy.requirements
    ]
    return Found(
        tuple(one for one in found if isinstance(one, NewMinimum)),
        tuple(one for one in found if isinstance(one, Unchanged)),
    )


def _look_at(one: PolicyRequirement, policy: Policy, layered: Layered, case: Case) -> NewMinimum | Unchanged | None:
    """What becomes of a requirement's minimum; None where none is written."""
    entry = one.entry
    if not isinstance(entry, MinimumScore | ControlEntry):
        return None
    layer = layered.layer_of(("minimum",))
    minimum = layer.values.get("minimum")
    key = next((key for key in _KEYS if isinstance(minimum, dict) and key in minimum), None)
    if key is None or entry.minimum is None:
        return None
    path: Path = (*layer.path, "minimum", key)
    fixed = _out_of_reach(layer, key, policy) or _not_raised(one, entry, case)
    if fixed is not None:
        return Unchanged(requirement=one.summary.name, reason=fixed[0], message=fixed[1])
    quantity = entry.minimum.quantity
    after = reached(entry, quantity.unit, case)
    before = float(quantity.value)
    if after is None or after <= before:
        return _at_minimum(one, quantity, after)
    raised = Raised(
        requirement=one.summary.name,
        location=_located(layer.document.place_at(path)),
        unit="percent" if quantity.unit is Unit.PERCENT else "points",
        before=before,
        after=after,
    )
    return NewMinimum(raised, layer.document, path)


_Why = tuple[UnchangedReason, str]


def _out_of_reach(layer: Layer, key: str, policy: Policy) -> _Why | None:
    """Why the number is not to be changed where it is written; None where it may be."""
    origin = layer.filled.get(("minimum", key))
    if origin is not None:
        return "parameter", f"its minimum comes from {origin}"
    if layer.document.file != policy.when_place.file:
        place = layer.document.place_at((*layer.path, "minimum", key))
        return "other-file", f"its minimum is written in another file, at {place}"
    return None


def _not_raised(one: PolicyRequirement, entry: Measured, case: Case) -> _Why | None:
    """Why the tenant can't raise it, whatever it has reached; None where it may."""
    if not all(when.holds(case.tenant) for when in one.conditions):
        return "not-judged", "the tenant lacks its licence, or Graph does not report licences"
    against = obstacle(entry, case)
    return ("not-met", against.message) if against is not None else None


def _at_minimum(one: PolicyRequirement, quantity: Quantity, after: float | None) -> Unchanged:
    wanted = amount(quantity.value, quantity.unit.value)
    if after is None:
        text = f"{wanted} is required, and its controls are declared instead of observed"
        return Unchanged(requirement=one.summary.name, reason="not-observed", message=text)
    text = f"the tenant has reached no more than {wanted}"
    return Unchanged(requirement=one.summary.name, reason="at-minimum", message=text)


def _located(place: SourceLocation) -> LocationDocument:
    return LocationDocument(place.file, place.line, place.column)


def raised_files(found: Sequence[NewMinimum]) -> dict[str, bytes]:
    """The new content of each file, by the name that places carry.

    Raises:
        OutputError: a number can't be replaced where it is written.
    """
    by_file: dict[str, list[NewMinimum]] = {}
    for one in found:
        by_file.setdefault(one.document.file, []).append(one)
    return {file: replace_scalars(some[0].document.data, _scalars(some), file) for file, some in by_file.items()}


def _scalars(some: Sequence[NewMinimum]) -> list[NewScalar]:
    return [NewScalar(one.document.number, one.path, shown(one.raised.after)) for one in some]


def changed_file(file: str, before: bytes, after: bytes) -> ChangedFile:
    """The file's change as a unified diff."""
    old, new = (data.decode("utf-8-sig").splitlines(keepends=True) for data in (before, after))
    return ChangedFile(file, "".join(_ended(difflib.unified_diff(old, new, f"a/{file}", f"b/{file}"))))


def _ended(lines: Iterator[str]) -> Iterator[str]:
    for one in lines:
        yield one if one.endswith("\n") else f"{one}\n\\ No newline at end of file\n"


def check_only_raised(before: PolicySet, after: PolicySet, found: Sequence[NewMinimum]) -> None:
    """Refuses the new files where they say anything else than higher minimums.

    Args:
        before: the policies as they were.
        after: as the new files have them.
        found: what was to be raised.

    Raises:
        OutputError: they do.
    """
    wanted = {one.raised.requirement: one for one in found}
    now = _entries(after)
    for name, one in _entries(before).items():
        changes = one.entry.changes_to(now[name].entry) if name in now else None
        fields = {change.field for change in changes or ()}
        loosens = changes is None or any(change.direction.may_loosen for change in changes)
        if loosens or fields != ({"minimum"} if name in wanted else set()):
            raise OutputError(
                f"{name} would change in more than its minimum",
                place=str(one.summary.location),
                advice="Raise it manually.",
            )


def _entries(policies: PolicySet) -> Mapping[str, PolicyRequirement]:
    return {one.summary.name: one for policy in policies.policies for one in (*policy.requirements, *policy.disabled)}
