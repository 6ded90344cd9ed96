"""The lock and the settings of two sides: what loosens is looser, and swapping the sides swaps the directions."""

import json

import pytest

from checker.cli.setting_changes import FileSettings, setting_changes
from checker.policy.lockfile import LockFile, parse_lock
from checker.requirements.direction import Direction, together
from checker.review.lock_changes import lock_changes

LOOSER, TIGHTER, NEUTRAL, UNDECIDED = Direction.LOOSER, Direction.TIGHTER, Direction.NEUTRAL, Direction.UNDECIDED
OPPOSITE = {LOOSER: TIGHTER, TIGHTER: LOOSER, NEUTRAL: NEUTRAL, UNDECIDED: UNDECIDED}
A, B = {"control": "A", "maxScore": 10}, {"control": "B", "maxScore": 5}


def lock(*controls: dict[str, object]) -> LockFile:
    document = {"apiVersion": "scoregate/v1", "kind": "Lock", "controls": controls}
    return parse_lock("scoregate.lock", json.dumps(document).encode())


# (before, after, direction)
LOCKS = {
    "a lower maximum": (lock(A, B), lock({**A, "maxScore": 9}, B), LOOSER),
    "a maximum that is no longer held to": (lock(A), lock({"control": "A"}), LOOSER),
    "an entry removed": (lock(A, B), lock(A), LOOSER),
    "a retirement accepted": (lock(A), lock({**A, "retired": True}), LOOSER),
    "a lower maximum of one and a higher of another": (
        lock(A, B),
        lock({**A, "maxScore": 9}, {**B, "maxScore": 6}),
        LOOSER,
    ),
    "the lock removed": (lock(A), None, LOOSER),
    "another category": (
        lock({**A, "controlCategory": "Apps"}),
        lock({**A, "controlCategory": "Data"}),
        UNDECIDED,
    ),
    "another title": (lock(A), lock({**A, "title": "T"}), NEUTRAL),
    "another order": (lock(A, B), lock(B, A), NEUTRAL),
}


@pytest.mark.parametrize("name", LOCKS)
def test_the_direction_of_a_change_of_the_lock_and_of_its_reverse(name: str) -> None:
    before, after, direction = LOCKS[name]
    assert together(one.direction for one in lock_changes(before, after)) is direction
    back = together(one.direction for one in lock_changes(after, before))
    assert back is OPPOSITE[direction] or "of another" in name, back


SETTINGS = {
    "only critical failures": ("", 'fail-on = "critical"', LOOSER),
    "only critical failures for one command": ("", '[check]\nfail-on = "critical"', LOOSER),
    "a higher severity": ('fail-on = "medium"', 'fail-on = "high"', LOOSER),
    "the default written out": ("", 'fail-on = "info"', NEUTRAL),
    "fewer policies": ('policy = ["a", "b"]', 'policy = ["a"]', LOOSER),
    "one policy of several": ('policy = ["a", "b"]', 'policy = "a"', LOOSER),
    "other policies": ('policy = ["a"]', 'policy = ["b"]', UNDECIDED),
    "a folder of another case": ('policy = ["a"]', 'policy = ["A"]', UNDECIDED),
    "a folder with a blank": ("", 'policy = "poli cies"', UNDECIDED),
    "another folder than the usual": ("", 'policy = "other"', UNDECIDED),
    "the usual folder written out": ("", 'policy = "policies"', NEUTRAL),
    "a part of what the review reads, and all of it": (
        'policy = ["a"]',
        'policy = ["a"]\n[check]\npolicy = ["a", "./a/b.yaml", "pack:email"]',
        TIGHTER,
    ),
    "how things are shown": ("", 'output = ["json"]', NEUTRAL),
    "a table that takes a file back": ('policy = ["a"]', 'policy = ["a"]\n[check]\npolicy = ["a"]', NEUTRAL),
    "where data comes from": ("", 'snapshot = "good.json"', UNDECIDED),
    "what nobody knows": ("", 'word = "x"', UNDECIDED),
}


@pytest.mark.parametrize(
    "after", ['policy = ["a", "b"]\n[review]\npolicy = ["a"]', 'policy = ["a"]\n[check]\npolicy = ["a", "b"]']
)
def test_policies_that_the_review_does_not_read_may_hold_waivers(after: str) -> None:
    base, head = (FileSettings(text.encode()) for text in ('policy = ["a"]', after))
    assert together(one.direction for one in setting_changes(base, head)) is UNDECIDED
    assert together(one.direction for one in setting_changes(base, head, ["a", "b"])) is TIGHTER


@pytest.mark.parametrize("name", SETTINGS)
def test_the_direction_of_a_change_of_settings_and_of_its_reverse(name: str) -> None:
    before, after, direction = SETTINGS[name]
    first, second = (FileSettings(text.encode()) for text in (before, after))
    assert together(one.direction for one in setting_changes(first, second)) is direction
    assert together(one.direction for one in setting_changes(second, first)) is OPPOSITE[direction]
