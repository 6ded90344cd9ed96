"""How an error is reported: on standard error, in one form."""

import contextlib
import sys
from collections.abc import Sequence


def report_error(message: str, code: int, before: Sequence[str] = ()) -> int:
    """Reports an error on standard error; what came from outside is made harmless line by line.

    Args:
        message: the error, its advice on further lines.
        code: the exit code, which is handed back.
        before: lines that stand by themselves above it.
    """
    from checker.presentation.escape import line

    # Closed: print would take standard output instead.
    if sys.stderr is None:
        return code
    first, *rest = [line(text) for text in message.splitlines()] or [""]
    text = "\n".join([*map(line, before), f"scoregate: {first}", *(f"  {more}" for more in rest)])
    # Where nobody listens any more there is nobody to tell.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    return code
