"""HTML from outside → Markdown that keeps its paragraphs, lists and links, and nothing else of it."""

import re
from collections.abc import Callable
from functools import lru_cache

from checker.presentation.escape import markdown_part
from checker.presentation.html import BLOCKS, Tag, pieces

_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_DEEPEST = 4
_SHORT = 100
_INDENT = "    "


def rich_text(html: str, *, longest: int, safe: Callable[[str], str | None]) -> str:
    """The text of HTML as Markdown, in paragraphs with a blank line between them and lists with a line for each item.

    Args:
        html: from outside, well formed or not.
        longest: how many characters of the HTML are read; an ellipsis stands for the rest.
        safe: the address to link to, or None for one that must not become a link.
    """
    writer = _Writer()
    for piece in pieces(_cut(html, longest)):
        if isinstance(piece, str):
            writer.write(piece)
        elif piece.name == "a":
            writer.link(safe(piece.href) if piece.href and not piece.closes else None)
        elif piece.name in BLOCKS:
            writer.block(piece)
    writer.flush()
    return f"{writer.text()}\n\n…" if len(html) > longest else writer.text()


def _cut(html: str, longest: int) -> str:
    """The start of HTML, without a tag that is cut in two."""
    start = html[:longest]
    return start[: start.rfind("<")] if len(html) > longest and start.rfind("<") > start.rfind(">") else start


class _Writer:
    """Puts paragraphs and items together; a link never goes beyond its paragraph."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._words: list[str] = []
        self._link: tuple[str, int] | None = None
        self._heading = False
        # For each list that is open the number of its newest item; None for one without numbers.
        self._lists: list[int | None] = []
        self._starts_item = False
        # How deep the newest line lies in lists.
        self._depth = 0

    def write(self, text: str) -> None:
        """Text between tags."""
        self._words.append(_short_words(text) if len(text) <= _SHORT else _words(text))

    def link(self, url: str | None) -> None:
        """Begins a link where there is an address; one that is open ends."""
        if self._link is not None:
            address, start = self._link
            label = "".join(self._words[start:])
            del self._words[start:]
            self._words.append(_around(label, lambda inner: f"[{inner}]({address})"))
        self._link = (url, len(self._words)) if url is not None else None

    def block(self, tag: Tag) -> None:
        """Ends a paragraph or an item, and begins another."""
        self.flush()
        self._heading = tag.name in _HEADINGS and not tag.closes
        if tag.name in {"ul", "ol"}:
            if not tag.closes:
                self._lists.append(0 if tag.name == "ol" else None)
            elif self._lists:
                self._lists.pop()
        elif tag.name == "li":
            self._starts_item = not tag.closes

    def flush(self) -> None:
        """Writes the paragraph or the item, if there is any text in it."""
        if not self._words:
            self._link = None
            return
        self.link(None)
        text = "".join(self._words).strip()
        self._words.clear()
        if not text:
            return
        text = f"**{text}**" if self._heading else text
        self._out.append(self._item(text) if self._starts_item else self._paragraph(text))
        self._starts_item = False

    def _item(self, text: str) -> str:
        if not self._lists:
            self._lists.append(None)
        number = self._lists[-1]
        if number is not None:
            number = self._lists[-1] = number + 1
        # Deeper than one step below the item above would be a block of code.
        deep = min(len(self._lists), self._depth + 1, _DEEPEST)
        gap = "\n" if self._depth else "\n\n"
        self._depth = deep
        return f"{gap}{_INDENT * (deep - 1)}{'-' if number is None else f'{number}.'} {text}"

    def _paragraph(self, text: str) -> str:
        self._depth = min(self._depth, len(self._lists))
        return f"\n\n{_INDENT * self._depth}{text}"

    def text(self) -> str:
        """All of it."""
        return "".join(self._out).strip("\n")


def _words(text: str) -> str:
    """Text between tags, as Markdown."""
    if "  " in text or not text.isprintable():
        text = re.sub(r"\s+", " ", text)
    return markdown_part(text)


# "Click", "Select" and the names of portals stand in hundreds of places.
_short_words = lru_cache(2048)(_words)


def _around(text: str, put: Callable[[str], str]) -> str:
    """The text put into a form, its outer blanks left outside; no text gets none."""
    inner = text.strip()
    if not inner:
        return text
    return f"{' ' if text[0] == ' ' else ''}{put(inner)}{' ' if text[-1] == ' ' else ''}"
