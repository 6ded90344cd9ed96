"""Graph's HTML made into clean text. What tenants see of it comes from Microsoft, and is not always well formed."""

import re
from html.parser import HTMLParser

_BLOCKS = {"p", "div", "br", "ul", "ol", "li", "h1", "h2", "h3", "h4", "tr", "table"}
_HIDDEN = {"script", "style"}
# Many times what Microsoft writes; the rest would only cost time.
_LONGEST = 100_000


def plain(html: str | None) -> str:
    """The words of a piece of HTML: a paragraph a line, list items behind a hyphen, no markup."""
    if not html:
        return ""
    parser = _Words()
    parser.feed(html[:_LONGEST])
    parser.close()
    lines = (" ".join(text.split()) for text in "".join(parser.parts).split("\n"))
    return "\n".join(text for text in lines if text not in {"", "-"})


class _Words(HTMLParser):
    """Collects text; what stands between script tags is none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a line where the tag does."""
        del attrs
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        """Ends a line where the tag does."""
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Takes the words; line breaks of the source are blanks."""
        if not self._hidden:
            # Characters of no width, and others that no line needs.
            self.parts.append(re.sub("[\r\n\u200b\u200e\u200f\ufeff]", " ", data))
