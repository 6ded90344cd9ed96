"""Graph's HTML → plain text. The HTML comes from Microsoft and is not always well formed.

Tags are removed in one pass: a parser that searches for the end of each tag needs quadratic time if tags are never
closed.
"""

import html
import re

_BLOCKS = frozenset({"p", "div", "br", "ul", "ol", "li", "h1", "h2", "h3", "h4", "tr", "table"})
_HIDDEN = frozenset({"script", "style"})
# Far longer than any text of Microsoft's; the rest is cut off to save time.
_LONGEST = 100_000
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)(?:[\s/][^<>]*)?>|<[!?][^<>]*>")
# Line breaks and characters without width.
_BLANKS = re.compile("[\r\n\u200b\u200e\u200f\ufeff]")


def plain(text: str | None) -> str:
    """The text of HTML: one line for each paragraph, a hyphen before each list item, no markup."""
    if not text:
        return ""
    lines = (" ".join(part.split()) for part in "".join(_parts(_without_comments(text[:_LONGEST]))).split("\n"))
    return "\n".join(part for part in lines if part not in {"", "-"})


def _parts(text: str) -> list[str]:
    """The text between tags, and a line break for each tag that starts or ends a block."""
    found: list[str] = []
    hidden = end = 0
    for tag in _TAG.finditer(text):
        if not hidden:
            found.append(_words(text[end : tag.start()]))
        end = tag.end()
        name = (tag[2] or "").lower()
        if name in _HIDDEN:
            hidden = max(0, hidden - 1) if tag[1] else hidden + 1
        elif name in _BLOCKS:
            found.append("\n- " if name == "li" and not tag[1] else "\n")
    if not hidden:
        found.append(_words(text[end:]))
    return found


def _words(text: str) -> str:
    return _BLANKS.sub(" ", html.unescape(text))


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
