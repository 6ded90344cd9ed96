"""Standard streams at the end of a run: Python flushes them once more, and would exit with 120 where it can't."""

import contextlib
import os
import sys
from typing import TextIO

from checker.cli.errors import report_error
from checker.errors import EXIT_CALLER, OutputError


def flush_streams(code: int) -> int:
    """Flushes the standard streams; what can't be written is dropped.

    Args:
        code: the exit code of the run, which has reported an output that it could not write.

    Returns:
        The exit code of the process: ``code``, or that of an output that turns out only now to be lost.
    """
    if not _flushed(sys.stdout) and code < EXIT_CALLER:
        code = report_error("standard output cannot be written", EXIT_CALLER, code=OutputError.code)
    _flushed(sys.stderr)
    return code


def _flushed(stream: TextIO | None) -> bool:
    """Whether nothing is lost; a reader that went away wants nothing more."""
    # Python has none where the descriptor is closed.
    if stream is None:
        return True
    try:
        stream.flush()
    except (OSError, ValueError) as fault:
        _redirect(stream)
        return isinstance(fault, BrokenPipeError)
    return True


def _redirect(stream: TextIO) -> None:
    # What is buffered goes nowhere at exit, quietly.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
