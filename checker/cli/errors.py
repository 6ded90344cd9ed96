"""How an error is reported: on standard error, in one form."""

import contextlib
import sys
from collections.abc import Sequence

from checker.secrecy.known import conceal

# Names and texts from outside may be of any length; what they are is plain from their start.
_LONGEST_LINE = 2_000


def report_error(message: str, code: int, before: Sequence[str] = ()) -> int:
    """Reports an error on standard error; what came from outside is made harmless line by line.

    Args:
        message: the error, its advice on further lines.
        code: the exit code, which is handed back.
        before: lines that stand by themselves above it.
    """
    # Closed: print would take standard output instead.
    if sys.stderr is None:
        return code
    # Before anything is cut short: what is left of a secret is hard to recognise.
    first, *rest = map(_shown, conceal(message).splitlines() or [""])
    text = "\n".join([*map(_shown, before), f"scoregate: {first}", *(f"  {more}" for more in rest)])
    # Where nobody listens any more there is nobody to tell.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    return code


def _shown(text: str) -> str:
    from checker.presentation.escape import line

    return line(text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…")
