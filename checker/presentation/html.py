"""HTML from outside, taken apart. Microsoft's is not always well formed.

Tags are found in one pass: a parser that searches for the end of each tag needs quadratic time if tags are never
closed.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

# Far longer than any text of Microsoft's; the rest is cut off to save time.
_LONGEST = 100_000
_HIDDEN = frozenset({"script", "style"})
_TAG = re.compile(r"(<(?:/?[A-Za-z][A-Za-z0-9]*(?:[\s/][^<>]*)?|[!?][^<>]*)>)")
_NAME = r"[A-Za-z][A-Za-z0-9]*"
_SHORT = 12
# Some of Microsoft's have two quotation marks on each side.
_HREF = r"(?<![\w-])href\s*=\s*[\"']*([^\"'\s]+)"
# Line breaks and characters without width.
_BLANKS = dict.fromkeys(map(ord, "\r\n\u200b\u200e\u200f\ufeff"), " ")
# Nearly all that Microsoft's texts have.
_COMMON = {
    "nbsp": "\u00a0",
    "quot": '"',
    "gt": ">",
    "lt": "<",
    "amp": "&",
    "apos": "'",
    "lsquo": "\u2018",
    "rsquo": "\u2019",
    "ldquo": "\u201c",
    "rdquo": "\u201d",
}
# Elements that start and end a line of their own.
BLOCKS = frozenset({"p", "div", "br", "ul", "ol", "li", "h1", "h2", "h3", "h4", "tr", "table"})


class Tag(msgspec.Struct, frozen=True):
    """A tag: the name in small letters, whether it is an end tag, and where its ``href`` leads."""

    name: str
    closes: bool
    href: str | None = None


def pieces(text: str) -> Iterator[str | Tag]:
    """The text and the tags in their order, without comments, scripts and styles; entities are resolved."""
    hidden = 0
    # Text and tags alternate.
    for index, piece in enumerate(_TAG.split(_without_comments(text[:_LONGEST]))):
        if index % 2 == 0:
            if piece and not hidden:
                yield _words(piece)
            continue
        tag = _short_tag(piece) if len(piece) <= _SHORT else _tag(piece)
        if tag is None:
            continue
        if tag.name in _HIDDEN:
            hidden = max(0, hidden - 1) if tag.closes else hidden + 1
        elif not hidden:
            yield tag


def _tag(text: str) -> Tag | None:
    """A tag; None for a declaration and the like."""
    closes = text[1] == "/"
    inner = text[2:-1] if closes else text[1:-1]
    found = re.match(_NAME, inner)
    if found is None:
        return None
    name = found[0].lower()
    return Tag(name, closes, _href(inner[found.end() :]) if name == "a" else None)


# Nearly all tags are one of a dozen, and each of these is met hundreds of times.
_short_tag = lru_cache(256)(_tag)


def _href(attributes: str) -> str | None:
    found = re.search(_HREF, attributes, re.IGNORECASE)
    return _unescaped(found[1]) if found is not None else None


def _words(text: str) -> str:
    text = _unescaped(text)
    return text if text.isascii() and text.isprintable() else text.translate(_BLANKS)


def _unescaped(text: str) -> str:
    """The text with its entities resolved; the table of all names is loaded for the first rare one only."""
    if "&" not in text:
        return text
    start, *others = text.split("&")
    resolved = [start]
    for other in others:
        name, semicolon, rest = other.partition(";")
        if not semicolon or name not in _COMMON:
            import html

            return html.unescape(text)
        resolved += (_COMMON[name], rest)
    return "".join(resolved)


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
