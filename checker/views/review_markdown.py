"""A review as a comment on a pull request: short first, the details folded, and never longer than a comment may be."""

from collections.abc import Iterator, Sequence

from checker.presentation.escape import code, markdown
from checker.presentation.tables import markdown_table
from checker.review.answer import Review
from checker.views.review_words import (
    HEADINGS,
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
# A comment of GitHub's takes 65,536 characters; what is cut is counted.
_LONGEST = 50_000
_MOST_ROWS = 60


def review_markdown(answer: Review) -> Iterator[str]:
    """The lines of the comment."""
    yield MARKER
    yield f"### {markdown(headline(answer))}"
    yield ""
    said = "; ".join([sides(answer), *effects(answer)])
    yield markdown(f"{said[0].upper()}{said[1:5000]}.")
    room = _LONGEST
    for direction, found in groups(answer).items():
        lines = [f"- {markdown(sentence(one))} at {code(places(one))}" for one in found]
        kept = _within(lines, room)
        room -= sum(map(len, kept))
        yield from _part(f"{HEADINGS[direction]} ({len(found)})", kept, is_folded=not direction.may_loosen)
    soon = _within([f"- {markdown(ending(one))} at {code(place(one.location))}" for one in answer.ending], room)
    yield from _part(f"Waivers that end within 30 days ({len(answer.ending)})", soon)
    findings = [(code(finding(one)), outcomes(one), effect(one)) for one in answer.findings]
    yield from _table("Findings that change", ("finding", "outcome", ""), findings)
    states = [(code(one.control), markdown(state(one)), code(one.requirement)) for one in answer.states]
    yield from _table("States that plan would set", ("control", "state to set", "requirement"), states)


def _within(lines: Sequence[str], room: int) -> list[str]:
    """As many lines as there is room for, and how many are left out."""
    kept: list[str] = []
    for text in lines:
        room -= len(text)
        if room < 0:
            return [*kept, f"- and {len(lines) - len(kept)} more; the JSON answer has all"]
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
    shown = [row for row in rows[:_MOST_ROWS] if sum(map(len, row)) < _LONGEST // _MOST_ROWS]
    lines = list(markdown_table(columns, shown)) if shown else []
    if len(shown) < len(rows):
        lines += ["", f"and {len(rows) - len(shown)} more; the JSON answer has all"]
    yield from _part(f"{title} ({len(rows)})", lines)
