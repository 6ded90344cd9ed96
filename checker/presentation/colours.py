"""Colours of a terminal: Select Graphic Rendition (ECMA-48) around words, and which words have which colour."""

BOLD, DIM, RED, GREEN, YELLOW, CYAN = "1", "2", "31", "32", "33", "36"

# What came out, of a finding, of the gate, of a change; and how much it matters.
_OUTCOMES = {
    "pass": (GREEN,),
    "fail": (RED,),
    "waived": (YELLOW,),
    "error": (YELLOW,),
    "indeterminate": (YELLOW,),
    "skipped": (DIM,),
    "applied": (GREEN,),
    "alreadyInPlace": (DIM,),
    "stale": (YELLOW,),
    "failed": (RED,),
}
_SEVERITIES = {"critical": (BOLD, RED), "high": (RED,), "medium": (YELLOW,), "low": (CYAN,), "info": (DIM,)}
# Of problems in a policy.
_LEVELS = {"error": (RED,), "warning": (YELLOW,)}


class Paint:
    """Puts colours around text, or leaves it alone where the output is no terminal."""

    def __init__(self, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, *codes: str) -> str:
        """The text in these colours.

        Args:
            text: harmless already; see ``escape.line``.
            codes: ``BOLD``, ``RED`` and their like; none leaves the text alone.
        """
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self._on and codes and text else text

    def heading(self, text: str) -> str:
        """A heading, or the name of what a paragraph is about."""
        return self(text, BOLD)

    def secondary(self, text: str) -> str:
        """Labels and what else is read second."""
        return self(text, DIM)

    def warning(self, text: str) -> str:
        """The mark of a warning."""
        return self(text, YELLOW)

    def outcome(self, outcome: str, text: str | None = None) -> str:
        """What came out, in its colour.

        Args:
            outcome: of a finding, of the gate or of a change; another word has no colour.
            text: what is shown; the outcome itself unless given.
        """
        return self(outcome if text is None else text, *_OUTCOMES.get(outcome, ()))

    def severity(self, severity: str, text: str | None = None) -> str:
        """A severity, in its colour; see ``outcome``."""
        return self(severity if text is None else text, *_SEVERITIES.get(severity, ()))

    def level(self, level: str) -> str:
        """``error`` or ``warning``, in its colour."""
        return self(level, *_LEVELS.get(level, ()))

    def signed(self, text: str) -> str:
        """A change, green where it begins with a plus and red where it begins with a minus."""
        sign = text.lstrip()[:1]
        return self(text, *((GREEN,) if sign == "+" else (RED,) if sign == "-" else ()))
