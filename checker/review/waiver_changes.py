"""Two sets of waivers → those that differ: what is added, prolonged, widened or lowered makes the gate looser."""

import datetime
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from checker.policy.model import LONGEST_WAIVER_DAYS, PolicySet
from checker.policy.waivers import Waiver, WaiverEntry
from checker.report.document import LocationDocument
from checker.report.outcome import Outcome
from checker.report.report import Report
from checker.requirements.direction import Direction, rising, together
from checker.requirements.terms.minimum import direction_of_quantity
from checker.requirements.terms.pattern import matcher
from checker.review.answer import EndingWaiver, WaiverChange
from checker.review.line_ranges import LineRanges

_ENDING_SOON_DAYS = 30
# What a waiver speaks of: the requirement, the control, the tenant.
_Subject = tuple[str, str | None, str | None]


class HeadNow(msgspec.Struct, frozen=True):
    """How the waivers of the head stand.

    Attributes:
        today: the day of the run, UTC.
        report: of the head, which tells what a waiver costs; None without a tenant.
        ranges: of the head's files.
        policies: of the head, which say how long a waiver may run.
    """

    today: datetime.date
    report: Report | None
    ranges: LineRanges
    policies: PolicySet


def ending_waivers(head: Sequence[Waiver], changes: Sequence[WaiverChange], now: HeadNow) -> tuple[EndingWaiver, ...]:
    """The waivers that end within 30 days and are not among the changes."""
    changed = {change.location for change in changes if change.change != "removed"}
    found = ((waiver, waiver.entry, _location(waiver)) for waiver in head if _ends_soon(waiver.entry, now.today))
    return tuple(
        EndingWaiver(
            requirement=entry.requirement,
            control=entry.control,
            tenant=entry.tenant,
            tenant_label=entry.tenant_label,
            until=entry.until.isoformat(),
            points=_cost(waiver, now.report),
            location=place,
        )
        for waiver, entry, place in found
        if place not in changed
    )


def waiver_changes(base: Sequence[Waiver], head: Sequence[Waiver], now: HeadNow) -> tuple[WaiverChange, ...]:
    """The waivers that one side has and the other has not, or in another way.

    Args:
        base, head: the waivers of each side.
        now: how the head's stand.
    """
    before, after = _by_subject(base), _by_subject(head)
    changes: list[WaiverChange] = []
    for subject in dict.fromkeys([*after, *before]):
        pairs = _pairs(before[subject], after[subject])
        changes.extend(
            _change(old, new, now) for old, new in pairs if old is None or new is None or old.entry != new.entry
        )
    return tuple(changes)


def _pairs(before: Sequence[Waiver], after: Sequence[Waiver]) -> Iterator[tuple[Waiver | None, Waiver | None]]:
    """Each waiver of a subject with what became of it: the same, else one of the same label, else another."""
    old, new = list(before), list(after)
    for alike in (_is_equal, _has_same_label):
        for waiver in tuple(new):
            found = next((one for one in old if alike(one.entry, waiver.entry)), None)
            if found is not None:
                old.remove(found)
                new.remove(waiver)
                yield found, waiver
    yield from itertools.zip_longest(old, new)


def _is_equal(one: WaiverEntry, other: WaiverEntry) -> bool:
    return one == other


def _has_same_label(one: WaiverEntry, other: WaiverEntry) -> bool:
    return one.tenant_label == other.tenant_label


def _by_subject(waivers: Sequence[Waiver]) -> dict[_Subject, list[Waiver]]:
    found: dict[_Subject, list[Waiver]] = defaultdict(list)
    for waiver in waivers:
        entry = waiver.entry
        found[entry.requirement.casefold(), _folded(entry.control), _folded(entry.tenant)].append(waiver)
    return found


def _folded(text: str | None) -> str | None:
    return text.casefold() if text is not None else None


def _change(old: Waiver | None, new: Waiver | None, now: HeadNow) -> WaiverChange:
    shown = new or old
    assert shown is not None, "one of the two is there"
    entry = shown.entry
    return WaiverChange(
        requirement=entry.requirement,
        control=entry.control,
        tenant=entry.tenant,
        tenant_label=entry.tenant_label,
        tenant_label_before=old.entry.tenant_label if old is not None else None,
        change="removed" if new is None else "added" if old is None else "changed",
        direction=_direction_of_change(old, new, now),
        until=entry.until.isoformat(),
        until_before=old.entry.until.isoformat() if old is not None else None,
        ends_soon=_ends_soon(entry, now.today),
        points=_cost(new, now.report) if new is not None else None,
        location=_location(shown),
        lines=now.ranges.of(new.location) if new is not None else None,
    )


def _direction_of_change(old: Waiver | None, new: Waiver | None, now: HeadNow) -> Direction:
    hides_end = old is not None and _hides_end(old.entry, new.entry if new is not None else None, now)
    # That a waiver has ended is a finding where states must be declared.
    hidden = Direction.UNDECIDED if hides_end else Direction.NEUTRAL
    if old is not None and new is not None:
        longest = _longest_days(old.entry, now.policies)
        return together((_direction(old.entry, new.entry, longest), hidden))
    shown = new or old
    assert shown is not None, "one of the two is there"
    if shown.entry.until < now.today:
        # One that has ended covers nothing.
        return hidden
    return Direction.TIGHTER if new is None else Direction.LOOSER


def _hides_end(old: WaiverEntry, new: WaiverEntry | None, now: HeadNow) -> bool:
    """Whether nothing tells any more, of some tenant, that a waiver has ended."""
    if old.until >= now.today or not now.policies.watches_states:
        return False
    return new is None or new.tenant_label not in {None, old.tenant_label}


def _ends_soon(entry: WaiverEntry, today: datetime.date) -> bool:
    return 0 <= (entry.until - today).days <= _ENDING_SOON_DAYS


def _location(waiver: Waiver) -> LocationDocument:
    return LocationDocument(waiver.location.file, waiver.location.line, waiver.location.column)


def _longest_days(entry: WaiverEntry, policies: PolicySet) -> int:
    """The days beyond which a waiver does not count for some requirement that it names."""
    names = matcher([entry.requirement])
    concerned = (
        policy.longest_waiver_days
        for policy in policies.policies
        if any(names(one.summary.name) for one in policy.requirements)
    )
    return min((LONGEST_WAIVER_DAYS, *concerned))


def _direction(before: WaiverEntry, after: WaiverEntry, longest_days: int) -> Direction:
    """A longer term and a lower floor let more through; so does a shorter term than one that was too long to count."""
    terms = [(entry.until - entry.start).days for entry in (before, after)]
    if terms[0] > longest_days and terms[1] < terms[0]:
        return Direction.LOOSER
    return together(
        (
            rising(lambda entry: -entry.until.toordinal())(before, after),
            rising(lambda entry: entry.start.toordinal())(before, after),
            _direction_of_floor(before, after),
            _direction_of_label(before, after),
        )
    )


def _direction_of_label(before: WaiverEntry, after: WaiverEntry) -> Direction:
    """A waiver without a label is for all tenants; which tenants have one label and which another, nobody can tell."""
    if before.tenant_label == after.tenant_label:
        return Direction.NEUTRAL
    if after.tenant_label is None:
        return Direction.LOOSER
    return Direction.TIGHTER if before.tenant_label is None else Direction.UNDECIDED


def _direction_of_floor(before: WaiverEntry, after: WaiverEntry) -> Direction:
    if before.floor is None or after.floor is None:
        return (
            Direction.NEUTRAL
            if before.floor == after.floor
            else (Direction.TIGHTER if before.floor is None else Direction.LOOSER)
        )
    return direction_of_quantity(before.floor, after.floor)


def _cost(waiver: Waiver, report: Report | None) -> float | None:
    """The points that the failures miss which it covers now."""
    if report is None:
        return None
    covered = [
        one.waiver
        for one in report.findings
        if one.outcome is Outcome.WAIVED and one.waiver is not None and one.waiver.location == waiver.location
    ]
    return sum(use.points or 0.0 for use in covered) if covered else None
