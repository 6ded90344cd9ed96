"""Microsoft's HTML, which becomes Markdown."""

import re

from fuzz_checks import check_text

from checker.presentation.html import pieces
from checker.presentation.links import safe_link
from checker.presentation.rich_text import rich_text

_LONGEST = 100_000
_LINK = re.compile(r"\[([^\[\]]*)\]\(https://[^()\s<>]+\)")
_ROW = re.compile(r"( {4})*(- |\d+\. )?(\*\*)?[^\s*-].*|")


def check(data: bytes) -> None:
    """Converts the HTML: nothing but links, headings and lists of our own is markup, and it stays in proportion."""
    html = data.decode("utf-8", "replace")
    text = rich_text(html, longest=_LONGEST, safe=safe_link)
    check_text(text)
    # An underscore before @ keeps it from being a mention, also as an entity.
    bare = _LINK.sub(r"\1", text).replace("&#95;", "_")
    assert not re.search(r"[\[\]`<>]|\B@|://", bare), ascii(text)
    for row in text.split("\n"):
        assert _ROW.fullmatch(row), ascii(row)
    # An entity of HTML becomes two characters at most, and each of those an entity of six.
    assert len(text) <= 40 * len(html) + 10
    assert sum(1 for _ in pieces(html)) <= 2 * len(html) + 1
