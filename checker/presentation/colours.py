"""Colours of a terminal: Select Graphic Rendition (ECMA-48) around words."""

BOLD, DIM, RED, GREEN, YELLOW, CYAN = "1", "2", "31", "32", "33", "36"


class Paint:
    """Puts colours around text, or leaves it alone where the output is no terminal."""

    def __init__(self, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, *codes: str) -> str:
        """The text in these colours.

        Args:
            text: harmless already; see ``escape.line``.
            codes: ``BOLD``, ``RED`` and their like.
        """
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self._on else text
