"""Two catalogue locks → the controls that they have in different ways: what a lock lets go by makes the gate looser."""

from collections.abc import Iterator

import msgspec

from checker.policy.lockfile import LOCK_DIRECTIONS, LOCK_NAME, LockedControl, LockFile
from checker.report.document import LocationDocument
from checker.requirements.direction import Direction, together
from checker.review.answer import FileChange
from checker.review.line_ranges import LineRanges


def lock_changes(base: LockFile | None, head: LockFile | None) -> tuple[FileChange, ...]:
    """What is added, removed or changed; a lock that is there on one side alone is one change.

    Args:
        base, head: the lock of each side; None where there is none.
    """
    if base is None or head is None:
        only = base or head
        return () if only is None else (_whole(only, is_gone=head is None),)
    return tuple(_changes(base, head))


def _whole(lock: LockFile, *, is_gone: bool) -> FileChange:
    said = f"{len(lock.controls)} controls"
    return FileChange(
        name=LOCK_NAME,
        change="removed" if is_gone else "added",
        direction=Direction.LOOSER if is_gone else Direction.TIGHTER,
        before=said if is_gone else None,
        after=None if is_gone else said,
        location=LocationDocument(lock.name, 1, 1),
    )


def _changes(base: LockFile, head: LockFile) -> Iterator[FileChange]:
    old = {one.control.casefold(): one for one in base.controls}
    new = {one.control.casefold(): one for one in head.controls}
    ranges = LineRanges({head.name: head.data})
    for key in dict.fromkeys([*new, *old]):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        shown = after or before
        assert shown is not None, "one of the two is there"
        place = (head if after is not None else base).place_of(shown.control)
        yield FileChange(
            name=f"{LOCK_NAME}/{shown.control}",
            change="added" if before is None else "removed" if after is None else "changed",
            direction=_direction(before, after),
            before=_json(before),
            after=_json(after),
            location=LocationDocument(place.file, place.line, place.column),
            lines=ranges.of(place) if after is not None else None,
        )


def _direction(before: LockedControl | None, after: LockedControl | None) -> Direction:
    if before is None or after is None:
        # What is not locked may become anything.
        return Direction.TIGHTER if before is None else Direction.LOOSER
    return together(
        compare(before, after)
        for name, compare in LOCK_DIRECTIONS.items()
        if getattr(before, name) != getattr(after, name)
    )


def _json(control: LockedControl | None) -> str | None:
    return msgspec.json.encode(control).decode() if control is not None else None
