"""Graph's HTML → plain text."""

from collections.abc import Callable

from checker.presentation.html import BLOCKS, Tag, pieces
from checker.presentation.links import safe_link


def plain(text: str | None, safe: Callable[[str], str | None] = safe_link) -> str:
    """The text of HTML: one line for each paragraph, a hyphen before each list item, no markup but links.

    A link is its text and its address: ``the portal <https://portal.example>``.

    Args:
        text: HTML; None is no text.
        safe: the address to show, or None for one that must not become a link.
    """
    if not text:
        return ""
    prose = _Prose()
    for piece in pieces(text):
        if isinstance(piece, str):
            prose.parts.append(piece)
        elif piece.name == "a":
            prose.link(safe(piece.href) if piece.href and not piece.closes else None)
        else:
            prose.block(piece)
    prose.link(None)
    lines = (" ".join(part.split()) for part in "".join(prose.parts).split("\n"))
    return "\n".join(part for part in lines if part not in {"", "-"})


class _Prose:
    """Text as it is put together; a link never goes beyond its paragraph."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._link: tuple[str, int] | None = None

    def link(self, url: str | None) -> None:
        """Begins a link where there is an address; one that is open ends."""
        if self._link is not None:
            address, start = self._link
            label = "".join(self.parts[start:])
            del self.parts[start:]
            after = " " if label.endswith(" ") else ""
            self.parts.append(f"{_linked(label.rstrip(), address)}{after}")
        self._link = (url, len(self.parts)) if url is not None else None

    def block(self, tag: Tag) -> None:
        """Begins a line where the tag does; any other tag leaves no trace."""
        if tag.name in BLOCKS:
            self.link(None)
            self.parts.append("\n- " if tag.name == "li" and not tag.closes else "\n")


def _linked(label: str, address: str) -> str:
    """The text of a link and its address, which is not said twice."""
    same = label.strip().rstrip("/") == address.rstrip("/")
    if not same and label.strip():
        return f"{label} <{address}>"
    return f"{' ' if label.startswith(' ') else ''}<{address}>"
