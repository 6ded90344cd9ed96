"""HTML from outside, taken apart. Microsoft's is not always well formed.

Tags are found in one pass: a parser that searches for the end of each tag needs quadratic time if tags are never
closed.
"""

import re
from collections.abc import Iterator

import msgspec

# Far longer than any text of Microsoft's; the rest is cut off to save time.
_LONGEST = 100_000
_HIDDEN = frozenset({"script", "style"})
_TAG = r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:[\s/][^<>]*)?)>|<[!?][^<>]*>"
# Some of Microsoft's have two quotation marks on each side.
_HREF = r"(?<![\w-])href\s*=\s*[\"']*([^\"'\s]+)"
# Line breaks and characters without width.
_BLANKS = "[\r\n\u200b\u200e\u200f\ufeff]"
# Elements that start and end a line of their own.
BLOCKS = frozenset({"p", "div", "br", "ul", "ol", "li", "h1", "h2", "h3", "h4", "tr", "table"})


class Tag(msgspec.Struct, frozen=True):
    """A tag: the name in small letters, whether it is an end tag, and where its ``href`` leads."""

    name: str
    closes: bool
    href: str | None = None


def pieces(text: str) -> Iterator[str | Tag]:
    """The text and the tags in their order, without comments, scripts and styles; entities are resolved."""
    text = _without_comments(text[:_LONGEST])
    hidden = end = 0
    for tag in re.finditer(_TAG, text):
        if not hidden and end < tag.start():
            yield _words(text[end : tag.start()])
        end = tag.end()
        name = (tag[2] or "").lower()
        if name in _HIDDEN:
            hidden = max(0, hidden - 1) if tag[1] else hidden + 1
        elif name and not hidden:
            yield Tag(name, bool(tag[1]), _href(tag[3]) if name == "a" else None)
    if not hidden and end < len(text):
        yield _words(text[end:])


def _href(attributes: str) -> str | None:
    found = re.search(_HREF, attributes, re.IGNORECASE)
    return _unescaped(found[1]) if found is not None else None


def _words(text: str) -> str:
    text = _unescaped(text)
    return text if text.isascii() and text.isprintable() else re.sub(_BLANKS, " ", text)


def _unescaped(text: str) -> str:
    """The text with its entities resolved; the table of names is loaded for the first one only."""
    if "&" not in text:
        return text
    import html

    return html.unescape(text)


def _without_comments(text: str) -> str:
    kept = []
    end = 0
    while (start := text.find("<!--", end)) >= 0:
        kept.append(text[end:start])
        close = text.find("-->", start + 4)
        if close < 0:
            return "".join(kept)
        end = close + 3
    return "".join([*kept, text[end:]])
