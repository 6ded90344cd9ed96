"""``locked: true``: whoever extends a policy may tighten such a requirement, and needs a waiver to loosen it."""

from collections.abc import Callable, Iterator, Sequence

from checker.documents.fault import Fault
from checker.policy.lineage import Ancestor
from checker.policy.model import MadeRequirement, PolicyRequirement

Make = Callable[[Sequence[Ancestor]], list[MadeRequirement]]


def locked_faults(lineage: Sequence[Ancestor], made: Sequence[MadeRequirement], make: Make) -> list[Fault]:
    """A fault for each way in which a policy loosens a locked requirement of a base.

    Args:
        lineage: the policy's own document last.
        made: the policy's requirements.
        make: the requirements of a base by itself, of its lineage.
    """
    after = {one.requirement.summary.id: one for one in made}
    faults: list[Fault] = []
    for base in lineage[:-1]:
        if b"locked" not in base.document.data:
            continue
        for before in make([one for one in lineage if one.identity in base.extends]):
            now = after.get(before.requirement.summary.id)
            if now is not None and before.requirement.entry.locked:
                faults += _loosened(before, now, lineage[-1])
    return list(dict.fromkeys(faults))


def _loosened(before: MadeRequirement, after: MadeRequirement, own: Ancestor) -> Iterator[Fault]:
    place = before.requirement.summary.location
    why = f"would loosen {before.requirement.summary.id}, which is locked at {place}; write a waiver for the exception"
    for change in before.requirement.entry.changes_to(after.requirement.entry):
        if change.direction.may_loosen:
            yield _fault(before, after, change.field, f"{change.field} {why}", own)
    if _beyond(before.requirement, after.requirement):
        yield _fault(before, after, "when", f"when {why}", own)


def _beyond(before: PolicyRequirement, after: PolicyRequirement) -> list[object]:
    """The conditions of other policies that must hold now and needn't before."""
    return [when for when in after.conditions if when not in before.conditions and when != after.entry.when]


def _fault(before: MadeRequirement, after: MadeRequirement, field: str, expected: str, own: Ancestor) -> Fault:
    """The fault at the field, or where the policy extends the base if something else of it changed the field."""
    layered = after.layered
    if field in layered.layers[-1].values and layered.place != before.layered.place:
        return layered.fault((field,), expected)
    key = "extends" if field != "when" or own.document.value_at(("when",)) is None else "when"
    return Fault(own.document.place_at((key,)), (key,), expected)
