"""The answer to ``ratchet``: which minimums are raised, and the change of each file."""

from collections.abc import Iterator

from checker.drafting.ratchet import Raised, Ratchet
from checker.presentation.colours import GREEN, RED
from checker.presentation.escape import code, line, markdown
from checker.presentation.paragraphs import marked
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import TextColumn, markdown_table, text_table
from checker.presentation.words import amount, counted, position, sentence, transition
from checker.views.formats import rendered, section


def render(name: str, answer: Ratchet, screen: Screen = FILE) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``."""
    return rendered(name, answer, screen, text=_text, markdown=_markdown)


def _head(answer: Ratchet) -> str:
    if not answer.raised:
        return "No minimum can be raised"
    count = counted(len(answer.raised), "minimum")
    return f"{count} would be raised; nothing was written" if answer.dry_run else f"{count} raised"


def _change(one: Raised) -> str:
    return transition(amount(one.before, one.unit), amount(one.after, one.unit))


def _place(one: Raised) -> str:
    return position(one.location.file, one.location.line, one.location.column)


def _others(answer: Ratchet) -> Iterator[str]:
    """What is said of the minimums that stay; those that are as high as what is reached are only counted."""
    for one in answer.unchanged:
        if one.reason != "at-minimum":
            yield f"{one.requirement}: {one.message}"
    same = sum(1 for one in answer.unchanged if one.reason == "at-minimum")
    if same:
        yield sentence(f"{counted(same, 'minimum')} {'is' if same == 1 else 'are'} already at the present value")


def _text(answer: Ratchet, screen: Screen) -> Iterator[str]:
    yield screen.paint.heading(f"{_head(answer)}{':' if answer.raised else '.'}")
    if answer.raised:
        columns = (TextColumn("requirement", style=screen.paint.heading), TextColumn("minimum"), TextColumn("at"))
        rows = ((one.requirement, _change(one), _place(one)) for one in answer.raised)
        yield from section(text_table(columns, rows, screen))
    said = (text for one in _others(answer) for text in marked("-", one, screen, screen.paint.secondary))
    yield from section(said, screen.paint.heading("Not raised:"))
    for file in answer.files if answer.dry_run else ():
        # Not wrapped, so that it can be handed to patch.
        yield from section(_coloured(one, screen) for one in file.diff.splitlines())


def _coloured(text: str, screen: Screen) -> str:
    """A line of a diff."""
    colours = {"+": (GREEN,), "-": (RED,)}
    return screen.paint(line(text), *colours.get(text[:1], ()))


def _markdown(answer: Ratchet) -> Iterator[str]:
    yield f"### {_head(answer)}"
    if answer.raised:
        rows = ((code(one.requirement), _change(one), code(_place(one))) for one in answer.raised)
        yield from section(markdown_table(("requirement", "minimum", "at"), rows))
    yield from section((f"- {markdown(one)}" for one in _others(answer)), "Not raised:\n")
    for file in answer.files if answer.dry_run else ():
        # Indented text is code, whatever it holds.
        yield from section(f"    {line(one)}" for one in file.diff.splitlines())
