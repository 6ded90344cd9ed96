"""Two sets of policies → the requirements that they have in different ways, and which way each change goes."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from checker.policy.layers import Field
from checker.policy.model import Policy, PolicyRequirement, PolicySet
from checker.report.document import LocationDocument
from checker.requirements.direction import Direction, rising, together
from checker.requirements.entry import When
from checker.requirements.terms.pattern import matcher
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
    hidden = HiddenStates.of(head)
    for name, requirement in after.items():
        if name not in before:
            changes.append(_added(requirement, hidden))
        else:
            fields = _FieldDifferences(_fields(name, base), _fields(name, head), ranges, hidden)
            change = _changed(name, before[name], requirement, fields)
            changes += [change] if change is not None else []
    changes += [_removed(requirement) for name, requirement in before.items() if name not in after]
    return tuple(changes)


def _by_name(policies: PolicySet) -> dict[str, PolicyRequirement]:
    return {one.summary.name: one for policy in policies.policies for one in (*policy.requirements, *policy.disabled)}


def _added(one: PolicyRequirement, hidden: "HiddenStates") -> RequirementChange:
    # One that is taken out from the start asks for nothing.
    direction = _direction_of_more(one, hidden) if one.entry.disabled is None else Direction.NEUTRAL
    return RequirementChange(
        requirement=one.summary.name, change="added", direction=direction, fields=(), location=_location(one)
    )


class HiddenStates(msgspec.Struct, frozen=True):
    """Where states must be declared: which further requirements would declare or excuse some.

    Attributes:
        watched: whether the policies require that states are declared.
        waives: whether a waiver names a requirement.
    """

    watched: bool
    waives: Callable[[str], bool]

    @classmethod
    def of(cls, policies: PolicySet) -> "HiddenStates":
        """Those of one side."""
        return cls(policies.watches_states, matcher([one.entry.requirement for one in policies.waivers]))

    def may_grow(self, one: PolicyRequirement) -> bool:
        """Whether a state that is undeclared without the requirement may not be with it."""
        if not self.watched or one.entry.judged_last:
            return False
        return one.entry.wants_state or self.waives(one.summary.name)


def _direction_of_more(one: PolicyRequirement, hidden: HiddenStates) -> Direction:
    """What it does that a requirement of the head is judged on more controls, or at all."""
    # A state that is set unseen can make other requirements pass.
    return Direction.UNDECIDED if hidden.may_grow(one) or one.entry.sets_unseen else Direction.TIGHTER


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
    hidden: HiddenStates

    @property
    def errs_on_missing(self) -> bool:
        """Whether the base says error of a control that is missing."""
        field = self.before.get("onMissing")
        return field is not None and field.value == "error"

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
    found = {change.field: change.direction for change in before.entry.changes_to(after.entry)}
    others = [_conditions_of_others(one) for one in (before, after)]
    if "when" in found or others[0] != others[1]:
        # They all must hold, whoever says them.
        found["when"] = _direction_of_conditions(before.conditions, after.conditions)
    for field in _SCOPE & found.keys():
        if found[field] is Direction.TIGHTER:
            found[field] = _direction_of_more(after, differences.hidden)
    if found.get("onMissing") is Direction.TIGHTER and differences.errs_on_missing:
        # A failure asks for more than an error, but can be waived, tolerated or too mild to count.
        found["onMissing"] = Direction.UNDECIDED
    fields = [differences.of(field, direction) for field, direction in found.items()]
    if others[0] != others[1]:
        fields = [msgspec.structs.replace(one, lines=None) if one.field == "when" else one for one in fields]
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


# The fields that say where a requirement is judged.
_SCOPE = frozenset({"when", "disabled", "select", "exclude"})


def _conditions_of_others(one: PolicyRequirement) -> tuple[When, ...]:
    """Those of the policy and its bases, which come before its own."""
    return one.conditions if one.entry.when is None else one.conditions[:-1]


def _direction_of_conditions(before: Sequence[When], after: Sequence[When]) -> Direction:
    """All of them must hold, and of each one licence: tighter where every tenant that was judged is still judged."""
    old, new = ([{word.casefold() for word in when.licences()} for when in side] for side in (before, after))
    judges_no_fewer = all(any(one <= further for one in old) for further in new)
    judged_no_fewer = all(any(one <= gone for one in new) for gone in old)
    if judges_no_fewer:
        return Direction.NEUTRAL if judged_no_fewer else Direction.TIGHTER
    return Direction.LOOSER if judged_no_fewer else Direction.UNDECIDED


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
