"""How an error is reported: on standard error, in one form."""

import contextlib
import os
import sys
from collections.abc import Sequence

from checker.cli.redaction import without_names
from checker.errors import PolicyError, ScoregateError
from checker.secrecy.known import conceal

# docs/reference/errors.md, which a wheel does not hold.
ERRORS_PAGE = "https://scoregate.example/errors"
# Names and texts from outside may be of any length; what they are is plain from their start.
_LONGEST_LINE = 2_000


def report_fault(fault: ScoregateError, exit_code: int | None = None) -> int:
    """Reports an error of ours, and gives its exit code, or the one that its caller decides on."""
    before = fault.faults if isinstance(fault, PolicyError) else ()
    message = fault.message if before else str(fault)
    return report_error(message, fault.exit_code if exit_code is None else exit_code, before, code=fault.code)


def report_error(message: str, exit_code: int, before: Sequence[str] = (), *, code: str = "") -> int:
    """Reports an error on standard error; what came from outside is made harmless line by line.

    Args:
        message: the error, its advice on further lines.
        exit_code: of the run, which is handed back.
        before: lines that stand by themselves above it.
        code: of the error, whose place on the page of errors ends the message; none for what is no error.
    """
    # Closed: print would take standard output instead.
    if sys.stderr is None:
        return exit_code
    # Before anything is cut short: what is left of a secret is hard to recognise.
    first, *rest = map(_shown, without_names(conceal(message)).splitlines() or [""])
    text = "\n".join(
        [*map(_shown, map(without_names, before)), f"scoregate: {first}", *(f"  {more}" for more in rest), *_page(code)]
    )
    if sys.stderr.isatty():
        from checker.cli.hyperlinks import linked, shows_links

        text = linked(text) if shows_links(os.environ) else text
    # Where nobody listens any more there is nobody to tell.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    return exit_code


def _page(code: str) -> list[str]:
    return [f"  See {ERRORS_PAGE}#{code}"] if code else []


def _shown(text: str) -> str:
    from checker.presentation.escape import line

    return line(text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…")
