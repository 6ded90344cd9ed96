"""What a review says of each change, in sentences that its text, its comment and its SARIF share."""

import msgspec

from checker.presentation.words import bracketed, counted, cut, joined, percent, points, position, transition
from checker.report.document import LocationDocument
from checker.requirements.direction import Direction
from checker.review.answer import (
    EndingWaiver,
    FieldDifference,
    FileChange,
    PlannedState,
    RequirementChange,
    Review,
    ReviewedFinding,
    RevisionSide,
    WaiverChange,
)

Change = RequirementChange | WaiverChange | FileChange

HEADINGS = {
    Direction.LOOSER: "Looser",
    Direction.UNDECIDED: "Can't be compared, so it counts as looser",
    Direction.TIGHTER: "Tighter",
    Direction.NEUTRAL: "Neither",
}
_LONGEST_VALUE = 300
_LONGEST = 2000


def headline(answer: Review) -> str:
    """Whether anything gets looser, one sentence."""
    changes = len(answer.changes)
    if not changes:
        return "No requirement, waiver, setting or lock changes."
    loosening = sum(1 for one in answer.changes if one.direction.may_loosen)
    if not loosening:
        return f"{counted(changes, 'change')}, and none makes the gate looser."
    approved = loosening - answer.unapproved
    note = f", {approved} of them approved" if approved else ""
    return f"{loosening} of {counted(changes, 'change')} can make the gate looser{note}."


def sides(answer: Review) -> str:
    """``from main (0123abcd) to the working tree``."""
    return f"from {_side(answer.base)} to {_side(answer.head)}"


def _side(side: RevisionSide) -> str:
    if side.reference is None:
        return "the working tree"
    return f"{side.reference}{bracketed((side.commit or '')[:12])}"


def effects(answer: Review) -> list[str]:
    """What merging does to the tenant where one was looked at, and what else there is to say; clauses."""
    if answer.verdict is None:
        return list(answer.notes)
    before, after = answer.verdict.before.value, answer.verdict.after.value
    found = [f"the gate: {before}, as before" if before == after else f"the gate: {transition(before, after)}"]
    if answer.brought or answer.hidden:
        brought, hidden = counted(answer.brought, "failure"), counted(answer.hidden, "failure")
        found.append(f"merging brings {brought} and hides {hidden}")
    score = answer.score
    if score is not None and score.before != score.after:
        planned = f"{percent(score.after)} instead of {percent(score.before)}"
        found.append(f"the score: {percent(score.today)} today, {planned} once the plan is carried out")
    return [*found, *answer.notes]


def groups(answer: Review) -> dict[Direction, list[Change]]:
    """The changes by direction, what may loosen first; no empty group."""
    found = {direction: [one for one in answer.changes if one.direction is direction] for direction in HEADINGS}
    return {direction: changes for direction, changes in found.items() if changes}


def sentence(one: Change) -> str:
    """What changed, and who agreed."""
    match one:
        case RequirementChange():
            fields = "; ".join(map(difference, one.fields))
            text = f"{one.requirement} is {one.change}{f': {fields}' if fields else ''}"
        case WaiverChange():
            soon = ", within 30 days" if one.ends_soon else ""
            since = f"{one.until_before} -> " if one.change == "changed" and one.until_before != one.until else ""
            text = f"{_waiver(one)} is {one.change}: {_new_label(one)}until {since}{one.until}{soon}{_cost(one)}"
        case FileChange():
            before, after = (
                cut(text, _LONGEST_VALUE) if text is not None else None for text in (one.before, one.after)
            )
            text = f"{one.name} is {one.change}: {transition(before, after)}"
    return f"{cut(text, _LONGEST)}{consent(one)}"


def consent(one: Change) -> str:
    """``; approved by`` whom, or why that doesn't count; the empty string where nobody approved."""
    if one.approved_by is not None:
        return f"; approved by {cut(one.approved_by, _LONGEST_VALUE)}"
    return f"; the approval does not count: {cut(one.not_approved, _LONGEST_VALUE)}" if one.not_approved else ""


def difference(field: FieldDifference) -> str:
    """``severity "high" -> "low"``."""
    before, after = (cut(text, _LONGEST_VALUE) if text is not None else None for text in (field.before, field.after))
    return f"{field.field} {transition(before, after)}"


def ending(one: EndingWaiver) -> str:
    """A waiver that ends soon."""
    return f"{_waiver(one)} ends on {one.until}{_cost(one)}"


def _waiver(one: WaiverChange | EndingWaiver) -> str:
    tenant = f"tenant {one.tenant}" if one.tenant else ""
    label = f"tenant label {one.tenant_label}" if one.tenant_label else ""
    return f"the waiver of {one.requirement}{bracketed(joined(one.control or '', tenant, label))}"


def _new_label(one: WaiverChange) -> str:
    if one.change != "changed" or one.tenant_label == one.tenant_label_before:
        return ""
    return f"tenant label {transition(one.tenant_label_before, one.tenant_label)}, "


def _cost(one: WaiverChange | EndingWaiver) -> str:
    return f", costs {points(one.points)} now" if one.points is not None else ""


def place(of: LocationDocument) -> str:
    """``file:line:column``."""
    return position(of.file, of.line, of.column)


class Place(msgspec.Struct, frozen=True):
    """Where something stands, and where it stood before if elsewhere; a field's name where there are several."""

    after: str
    before: str | None = None
    field: str = ""


def places(one: Change) -> list[Place]:
    """Where a change stands, field by field."""
    if not isinstance(one, RequirementChange) or not one.fields:
        return [Place(place(one.location))]
    return [_place_of(field, one.location, of_several=len(one.fields) > 1) for field in one.fields]


def _place_of(field: FieldDifference, location: LocationDocument, *, of_several: bool) -> Place:
    after = place(field.after_location or location)
    before = place(field.before_location) if field.before_location is not None else after
    return Place(after, before if before != after else None, f"{field.field} " if of_several else "")


def finding(one: ReviewedFinding) -> str:
    """Its requirement, and its control."""
    return f"{one.requirement}{bracketed(one.control)}"


def outcomes(one: ReviewedFinding) -> str:
    """``fail -> pass``."""
    return transition(*(side.value if side is not None else None for side in (one.before, one.after)))


def effect(one: ReviewedFinding) -> str:
    """What the gate makes of it."""
    if one.fails_after and not one.fails_before:
        return "fails the gate now"
    return "no longer fails the gate" if one.fails_before and not one.fails_after else ""


def state(one: PlannedState) -> str:
    """``none -> ThirdParty``."""
    return transition(one.before, one.after)
