"""The answer to ``review``: what a change of policies does, for a terminal, for a comment and for code scanning."""

from collections.abc import Iterator, Mapping

import msgspec

from checker.presentation.colours import GREEN, RED
from checker.presentation.escape import line
from checker.presentation.paragraphs import marked
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import TextColumn, text_table
from checker.report.document import LocationDocument
from checker.review.answer import RequirementChange, Review
from checker.views.formats import FORMATS as COMMON
from checker.views.formats import rendered, section
from checker.views.review_markdown import review_markdown
from checker.views.review_sarif import review_sarif
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
    places,
    sentence,
    sides,
    state,
)

FORMATS = (*COMMON, "sarif")


class Reviewed(msgspec.Struct, frozen=True):
    """The answer, and where each file stands in its checkout, for code scanning."""

    answer: Review
    uris: Mapping[str, str]


def render(name: str, result: Reviewed, screen: Screen = FILE) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``."""
    return rendered(
        name,
        result.answer,
        screen,
        text=_text,
        markdown=lambda _: (),
        others={"markdown": review_markdown, "sarif": lambda answer: review_sarif(answer, result.uris)},
    )


def locations(answer: Review) -> Iterator[LocationDocument]:
    """Every place that code scanning may be told of."""
    for one in answer.changes:
        yield one.location
        if isinstance(one, RequirementChange):
            yield from (field.after_location for field in one.fields if field.after_location is not None)


def _text(answer: Review, screen: Screen) -> Iterator[str]:
    style = (RED,) if answer.unapproved else (GREEN,)
    yield screen.paint(headline(answer), *style)
    for clause in (sides(answer), *effects(answer)):
        yield from marked(" ", clause, screen, screen.paint.secondary)
    for direction, found in groups(answer).items():
        lines = (text for one in found for text in _text_change(one, screen))
        yield from section(lines, screen.paint.heading(f"{HEADINGS[direction]} ({len(found)})"))
    soon = (text for one in answer.ending for text in marked("-", ending(one), screen, screen.paint.heading))
    yield from section(soon, screen.paint.heading(f"Waivers that end within 30 days ({len(answer.ending)})"))
    yield from _tables(answer, screen)


def _text_change(one: Change, screen: Screen) -> Iterator[str]:
    yield from marked("-", sentence(one), screen, screen.paint.heading)
    for at in places(one):
        before = f", before at {at.before}" if at.before is not None else ""
        yield screen.paint.secondary(line(f"    {at.field}at {at.after}{before}"))


def _tables(answer: Review, screen: Screen) -> Iterator[str]:
    if answer.findings:
        columns = (TextColumn("finding"), TextColumn("outcome"), TextColumn(""))
        rows = ((finding(one), outcomes(one), effect(one)) for one in answer.findings)
        yield from section(text_table(columns, rows, screen), screen.paint.heading("Findings that change"))
    if answer.states:
        columns = (TextColumn("control"), TextColumn("state to set"), TextColumn("requirement"))
        planned = ((one.control, state(one), one.requirement) for one in answer.states)
        yield from section(text_table(columns, planned, screen), screen.paint.heading("States that plan would set"))
