"""The chain of a journal: what was changed, removed or moved is noticed. ``SCOREGATE_EVERY_BIT=1`` flips every bit."""

import os
from collections.abc import Iterator

import msgspec
import pytest
from plan_builders import MADE_AT, change, plan, recorded

from checker.errors import JournalError
from checker.remediation.journal import Begun, ChangeOutcome, Ended, Intent, Record
from checker.remediation.journal_chain import digest, journal_of, line_of, read_lines
from checker.remediation.journal_check import check_journal

CHANGES = [f"control-{number}" for number in range(25)]
# Prime, so that each bit of a byte and each part of a line comes up.
STRIDE = 1 if os.environ.get("SCOREGATE_EVERY_BIT") == "1" else 797
# Of single lines and pairs of lines; no divisor of 8, so that each bit of a byte has its turn.
SHORT_STRIDE = 1 if STRIDE == 1 else 17


def records() -> Iterator[Record]:
    whole = plan(*(change(name) for name in CHANGES))
    yield Begun(at=MADE_AT, scoregate="0.0.0", plan_sha256="d" * 64, plan=whole)
    for number, name in enumerate(CHANGES):
        yield Intent(at=MADE_AT, control=name, before=recorded(), send={"state": "ThirdParty", "comment": "why"})
        said = ChangeOutcome(at=MADE_AT, control=name, result="uncertain", message="accepted", accepted=True)
        yield said
        after = msgspec.structs.replace(recorded("ThirdParty", None, "why"), updates=number + 2)
        yield msgspec.structs.replace(said, result="applied", accepted=False, after=after)
    yield Ended(MADE_AT, {"applied": 25})


def chained(*said: Record) -> list[bytes]:
    lines: list[bytes] = []
    for record in said:
        lines.append(line_of(record, digest(lines[-1]) if lines else None))
    return lines


SAID = list(records())
LINES = chained(*SAID)


def joined(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


WHOLE = joined(LINES)


def place_of_refusal(data: bytes) -> int | None:
    """The line that is refused; None where none is."""
    try:
        journal_of(data, "j")
    except JournalError as fault:
        return int(fault.place.removeprefix("j:"))
    return None


def test_an_unchanged_journal_is_whole() -> None:
    found = check_journal(WHOLE, "j")
    assert (found.verdict, found.lines, found.changes, found.counts["applied"]) == ("whole", len(SAID), 25, 25)
    assert list(read_lines(WHOLE, "j").records) == SAID


def test_a_bit_that_was_flipped_is_noticed_in_its_line_or_makes_the_last_line_a_torn_one() -> None:
    numbers = [number for number, line in enumerate(LINES, start=1) for _ in range(len(line) + 1)]
    torn = 0
    for bit in range(0, 8 * len(WHOLE), STRIDE):
        data = bytearray(WHOLE)
        data[bit // 8] ^= 1 << bit % 8
        place = place_of_refusal(bytes(data))
        if place is None:
            lines = read_lines(bytes(data), "j")
            assert lines.is_torn, bit
            assert list(lines.records) == SAID[:-1], bit
            assert check_journal(bytes(data), "j").verdict == "unfinished"
            torn += 1
        else:
            assert place == numbers[bit // 8], bit
    # Of the last line's end each of the eight bits, and of its texts the bits that make a zero of a letter.
    assert torn <= 8 * len(LINES[-1]) // STRIDE + 8


def test_every_flipped_bit_of_the_last_line_is_noticed_or_makes_it_a_torn_one() -> None:
    for bit in range(8 * (len(WHOLE) - len(LINES[-1]) - 1), 8 * len(WHOLE), SHORT_STRIDE):
        data = bytearray(WHOLE)
        data[bit // 8] ^= 1 << bit % 8
        assert place_of_refusal(bytes(data)) == len(LINES) or read_lines(bytes(data), "j").is_torn


def test_every_flipped_bit_of_a_journal_of_one_line_is_noticed() -> None:
    head = chained(Begun(at=MADE_AT, scoregate="0.0.0", plan_sha256="d" * 64, plan=plan(change())))[0]
    for bit in range(0, 8 * len(head), SHORT_STRIDE):
        data = bytearray(head + b"\n")
        data[bit // 8] ^= 1 << bit % 8
        assert place_of_refusal(bytes(data)) in {1, 2}, bit


def test_every_line_that_was_removed_is_noticed_where_it_stood() -> None:
    for number in range(1, len(LINES)):
        assert place_of_refusal(joined([*LINES[: number - 1], *LINES[number:]])) == number
    # Without its last line a journal is unchanged as far as it goes, and has no end.
    assert check_journal(joined(LINES[:-1]), "j").verdict == "unfinished"


def test_every_end_that_was_cut_off_leaves_a_journal_without_its_end() -> None:
    for number in range(1, len(LINES)):
        found = check_journal(joined(LINES[:number]), "j")
        assert (found.verdict, found.torn, found.lines) == ("unfinished", False, number)
        assert not journal_of(joined(LINES[:number]), "j").ended


def test_every_line_that_was_moved_is_noticed() -> None:
    for source in range(len(LINES)):
        rest = [*LINES[:source], *LINES[source + 1 :]]
        for target in range(source % SHORT_STRIDE, len(LINES), SHORT_STRIDE):
            if target != source:
                place = place_of_refusal(joined([*rest[:target], LINES[source], *rest[target:]]))
                assert place == min(source, target) + 1


def test_every_line_that_comes_twice_is_noticed() -> None:
    for number, line in enumerate(LINES):
        assert place_of_refusal(joined([*LINES[: number + 1], line, *LINES[number + 1 :]])) == number + 2


def test_a_line_of_another_journal_is_noticed() -> None:
    other = chained(*(msgspec.structs.replace(record, at="2026-05-23T09:00:00Z") for record in SAID))
    for number in range(1, len(LINES)):
        assert place_of_refusal(joined([*LINES[:number], other[number], *LINES[number + 1 :]])) == number + 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"control":', b'"control": '),
        (b'"result":', b'"later":1,"result":'),
        (b'"result":', b'"result":"stale","result":'),
        (b'"message":"accepted"', b'"message":"\\u0061ccepted"'),
    ],
    ids=["blank", "unknown member", "twice", "spelling"],
)
def test_a_line_that_says_the_same_otherwise_is_noticed(old: bytes, new: bytes) -> None:
    line = LINES[2].replace(old, new)
    assert line != LINES[2]
    assert place_of_refusal(joined([*LINES[:2], line, *LINES[3:]])) == 3


def test_an_over_long_value_is_noticed_though_its_chain_is_right() -> None:
    long = msgspec.structs.replace(SAID[2], message="x" * 32_769)
    assert place_of_refusal(joined(chained(*SAID[:2], long, *SAID[3:]))) == 3


def test_a_journal_of_the_first_form_is_refused_with_its_form() -> None:
    old = b'{"record":"begun","apiVersion":"scoregate/v1","kind":"Journal","at":"x","scoregate":"0","plan":{}}\n'
    with pytest.raises(JournalError, match="has version 1, and this scoregate reads only version 2"):
        journal_of(old, "j")
