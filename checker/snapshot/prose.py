"""Graph's HTML → plain text."""

from checker.presentation.html import BLOCKS, Tag, pieces


def plain(text: str | None) -> str:
    """The text of HTML: one line for each paragraph, a hyphen before each list item, no markup."""
    if not text:
        return ""
    lines = (" ".join(part.split()) for part in "".join(map(_part, pieces(text))).split("\n"))
    return "\n".join(part for part in lines if part not in {"", "-"})


def _part(piece: str | Tag) -> str:
    if isinstance(piece, str):
        return piece
    if piece.name not in BLOCKS:
        return ""
    return "\n- " if piece.name == "li" and not piece.closes else "\n"
