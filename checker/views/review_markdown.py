"""A review as a comment on a pull request: short first, the details folded, and never longer than a comment may be."""

from collections.abc import Iterator, Sequence

from checker.presentation.escape import code, markdown
from checker.presentation.tables import markdown_table
from checker.presentation.words import cut
from checker.review.answer import Review
from checker.views.review_words import (
    HEADINGS,
    Change,
    effect,
    effects,
    ending,
    finding,
    groups,
    headline,
    outcomes,
    place,
    places,
    sentence,
    sides,
    state,
)

# By it the comment of an earlier run is found and replaced.
MARKER = "<!-- scoregate-review -->"
# A comment of GitHub's takes 65,536 characters: what the parts may take together; what is cut is counted.
_LONGEST_LISTS = 30_000
_LONGEST_TABLE = 9_000
_LONGEST_WARNINGS = 4_000
# Before it is escaped, which makes six characters of one.
_LONGEST_HEAD = 1_000
_ROWS = (60, 20, 5)
_LEFT_OUT = "and %d more; the JSON answer has all"


def review_markdown(answer: Review) -> bytes:
    """The comment."""
    return ("\n".join(_lines(answer)) + "\n").encode()


def _lines(answer: Review) -> Iterator[str]:
    yield MARKER
    yield f"### {markdown(headline(answer))}"
    yield ""
    said = cut("; ".join([sides(answer), *effects(answer)]), _LONGEST_HEAD)
    yield markdown(f"{said[0].upper()}{said[1:]}.")
    room = _LONGEST_LISTS
    for direction, found in groups(answer).items():
        lines = _within([f"- {markdown(sentence(one))} {_places(one)}" for one in found], room)
        room -= sum(map(len, lines))
        yield from _part(f"{HEADINGS[direction]} ({len(found)})", lines, is_folded=not direction.may_loosen)
    soon = _within([f"- {markdown(ending(one))} at {code(place(one.location))}" for one in answer.ending], room)
    yield from _part(f"Waivers that end within 30 days ({len(answer.ending)})", soon)
    findings = [(code(finding(one)), outcomes(one), effect(one)) for one in answer.findings]
    yield from _table("Findings that change", ("finding", "outcome", ""), findings)
    states = [(code(one.control), state(one), code(one.requirement)) for one in answer.states]
    yield from _table("States that plan would set", ("control", "state to set", "requirement"), states)
    warnings = _within([f"- {markdown(one.message)}" for one in answer.warnings], _LONGEST_WARNINGS)
    yield from _part(f"Warnings ({len(answer.warnings)})", warnings)


def _places(one: Change) -> str:
    return "; ".join(
        f"{markdown(at.field)}{' ' * bool(at.field)}at {code(at.after)}"
        + (f", before at {code(at.before)}" if at.before is not None else "")
        for at in places(one)
    )


def _within(lines: Sequence[str], room: int) -> list[str]:
    """As many lines as there is room for, and how many are left out."""
    kept: list[str] = []
    for text in lines:
        room -= len(text)
        if room < 0:
            return [*kept, f"- {_LEFT_OUT % (len(lines) - len(kept))}"]
        kept.append(text)
    return kept


def _part(title: str, lines: Sequence[str], *, is_folded: bool = True) -> Iterator[str]:
    """A list below its title; nothing where it is empty."""
    if not lines:
        return
    yield ""
    yield f"<details><summary>{markdown(title)}</summary>" if is_folded else f"**{markdown(title)}**"
    yield ""
    yield from lines
    if is_folded:
        yield ""
        yield "</details>"


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """As many rows as fit, below their title."""
    fitting = (_rows(columns, rows, most) for most in _ROWS)
    none = [_LEFT_OUT % len(rows)] if rows else []
    yield from _part(f"{title} ({len(rows)})", next(filter(None, fitting), none))


def _rows(columns: Sequence[str], rows: Sequence[Sequence[str]], most: int) -> list[str]:
    lines = list(markdown_table(columns, rows[:most])) if rows else []
    if len(rows) > most:
        lines += ["", _LEFT_OUT % (len(rows) - most)]
    return lines if sum(map(len, lines)) < _LONGEST_TABLE else []
