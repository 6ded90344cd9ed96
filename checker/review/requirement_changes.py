"""Two sets of policies → the requirements that they have in different ways, and which way each change goes."""

from collections.abc import Iterator, Mapping

import msgspec

from checker.policy.layers import Field
from checker.policy.model import Policy, PolicyRequirement, PolicySet
from checker.report.document import LocationDocument
from checker.requirements.direction import Direction, rising, together
from checker.requirements.entry import When
from checker.review.answer import FieldDifference, RequirementChange
from checker.review.line_ranges import LineRanges


def requirement_changes(base: PolicySet, head: PolicySet, ranges: LineRanges) -> tuple[RequirementChange, ...]:
    """What is added, removed or changed, in the order of the head; what the head has no more comes last.

    A requirement that is renamed is removed and added.

    Args:
        base, head: each side, loaded with its layers.
        ranges: of the head's files.
    """
    before, after = _by_name(base), _by_name(head)
    changes = [*_terms(base, head)]
    for name, requirement in after.items():
        if name not in before:
            changes.append(_added(requirement))
        else:
            fields = _FieldDifferences(_fields(name, base), _fields(name, head), ranges)
            change = _changed(name, before[name], requirement, fields)
            changes += [change] if change is not None else []
    changes += [_removed(requirement) for name, requirement in before.items() if name not in after]
    return tuple(changes)


def _by_name(policies: PolicySet) -> dict[str, PolicyRequirement]:
    return {one.summary.name: one for policy in policies.policies for one in (*policy.requirements, *policy.disabled)}


def _added(one: PolicyRequirement) -> RequirementChange:
    # One that is taken out from the start asks for nothing.
    direction = Direction.TIGHTER if one.entry.disabled is None else Direction.NEUTRAL
    return RequirementChange(
        requirement=one.summary.name, change="added", direction=direction, fields=(), location=_location(one)
    )


def _removed(one: PolicyRequirement) -> RequirementChange:
    direction = Direction.LOOSER if one.entry.disabled is None else Direction.NEUTRAL
    return RequirementChange(
        requirement=one.summary.name, change="removed", direction=direction, fields=(), location=_location(one)
    )


class _FieldDifferences(msgspec.Struct, frozen=True):
    """The fields of one requirement on both sides."""

    before: Mapping[str, Field]
    after: Mapping[str, Field]
    ranges: LineRanges

    def of(self, name: str, direction: Direction) -> FieldDifference:
        """The difference in one field."""
        before, after = self.before.get(name), self.after.get(name)
        return FieldDifference(
            field=name,
            direction=direction,
            before=_json(before),
            after=_json(after),
            before_location=_place(before),
            after_location=_place(after),
            lines=self.ranges.of(after.place) if after is not None and _is_of_its_own(before, after) else None,
        )


def _is_of_its_own(before: Field | None, after: Field) -> bool:
    """Whether the change is in the lines of the field, and not in a parameter, or a layer that came or went."""
    if after.origin or (before is not None and before.origin):
        return False
    return before is None or len(before.replaced) == len(after.replaced)


def _changed(
    name: str, before: PolicyRequirement, after: PolicyRequirement, differences: _FieldDifferences
) -> RequirementChange | None:
    fields = [differences.of(change.field, change.direction) for change in before.entry.changes_to(after.entry)]
    conditions = _direction_of_conditions(before.conditions, after.conditions)
    if conditions is not Direction.NEUTRAL and not any(field.field == "when" for field in fields):
        fields.append(msgspec.structs.replace(differences.of("when", conditions), lines=None))
    if not fields:
        return None
    if before.entry.disabled is not None and after.entry.disabled is not None:
        # What is not judged before and after asks for nothing, whatever else it says.
        fields = [msgspec.structs.replace(field, direction=Direction.NEUTRAL) for field in fields]
    return RequirementChange(
        requirement=name,
        change="changed",
        direction=together(field.direction for field in fields),
        fields=tuple(fields),
        location=_location(after),
    )


def _direction_of_conditions(before: tuple[When, ...], after: tuple[When, ...]) -> Direction:
    """All of them must hold, so a further one judges fewer tenants."""
    gone = [when for when in before if when not in after]
    new = [when for when in after if when not in before]
    if gone and new:
        return Direction.UNDECIDED
    return Direction.LOOSER if new else Direction.TIGHTER if gone else Direction.NEUTRAL


def _terms(base: PolicySet, head: PolicySet) -> Iterator[RequirementChange]:
    """The longest term of waivers, which belongs to a policy as a whole."""
    old = {policy.name: policy for policy in base.policies}
    for policy in head.policies:
        before = old.get(policy.name)
        if before is None or before.longest_waiver_days == policy.longest_waiver_days:
            continue
        direction = rising(_strictness)(before, policy)
        field = FieldDifference(
            field="waivers.maximumDays",
            direction=direction,
            before=str(before.longest_waiver_days),
            after=str(policy.longest_waiver_days),
            before_location=None,
            after_location=None,
        )
        place = policy.when_place
        yield RequirementChange(
            requirement=policy.name,
            change="changed",
            direction=direction,
            fields=(field,),
            location=LocationDocument(place.file, place.line, place.column),
        )


def _strictness(policy: Policy) -> float:
    return -policy.longest_waiver_days


def _fields(name: str, policies: PolicySet) -> Mapping[str, Field]:
    return {str(path[0]): field for path, field in policies.layers[name].fields().items()}


def _json(field: Field | None) -> str | None:
    return msgspec.json.encode(field.value).decode() if field is not None else None


def _place(field: Field | None) -> LocationDocument | None:
    return LocationDocument(field.place.file, field.place.line, field.place.column) if field is not None else None


def _location(one: PolicyRequirement) -> LocationDocument:
    place = one.summary.location
    return LocationDocument(place.file, place.line, place.column)
