"""The formats of every command's answer, and the parts that answers have in common."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec

from checker.insight.warnings import DataWarning
from checker.presentation.escape import markdown as escaped
from checker.presentation.json import json_document
from checker.presentation.paragraphs import remark
from checker.presentation.screen import FILE, Screen

FORMATS = ("text", "json", "markdown")

Answer = TypeVar("Answer", bound=msgspec.Struct)


def rendered(
    name: str,
    answer: Answer,
    screen: Screen = FILE,
    *,
    text: Callable[[Answer, Screen], Iterable[str]],
    markdown: Callable[[Answer], Iterable[str]],
    others: Mapping[str, Callable[[Answer], bytes]] | None = None,
) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS`` or of ``others``.

    Args:
        name: the format.
        answer: its record is its JSON.
        screen: what text is put for.
        text: its lines for a terminal.
        markdown: its lines for a pull request.
        others: further formats of this command; they take precedence.
    """
    if others is not None and name in others:
        return others[name](answer)
    match name:
        case "json":
            return json_document(answer)
        case "markdown":
            return _document([*markdown(answer), *_markdown_warnings(answer)])
        case _:
            return _document([*text(answer, screen), *_text_warnings(answer, screen)])


def _document(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _warnings(answer: msgspec.Struct) -> tuple[DataWarning, ...]:
    """What the data leaves open: every answer about a tenant says so."""
    found: tuple[DataWarning, ...] = getattr(answer, "warnings", ())
    return found


def _text_warnings(answer: msgspec.Struct, screen: Screen) -> Iterator[str]:
    warnings = _warnings(answer)
    lines = (text for one in warnings for text in remark(one.message, screen))
    yield from section(lines, screen.paint.heading(f"Warnings ({len(warnings)})"))


def _markdown_warnings(answer: msgspec.Struct) -> Iterator[str]:
    warnings = _warnings(answer)
    yield from section((f"- {escaped(one.message)}" for one in warnings), f"**Warnings ({len(warnings)})**\n")


def section(lines: Iterable[str], heading: str | None = None) -> Iterator[str]:
    """A blank line, the heading and the lines; nothing where there are no lines."""
    head = ["", heading] if heading is not None else [""]
    for text in lines:
        yield from head
        head = []
        yield text


def text_notes(notes: Iterable[str], screen: Screen) -> Iterator[str]:
    """Remarks on the answer, one a paragraph."""
    for note in notes:
        yield from ("", *remark(note, screen))


def markdown_notes(notes: Iterable[str]) -> Iterator[str]:
    """The same for Markdown."""
    for note in notes:
        yield from ("", f"*{escaped(note)}*")
