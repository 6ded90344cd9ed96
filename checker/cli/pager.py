"""A pager for an answer that is longer than the terminal, as git has it."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import TextIO

# Quits where all fits, shows colours, and leaves the text on the terminal.
_LESS = "FRX"


def pager_for(data: bytes, variables: Mapping[str, str], streams: tuple[TextIO | None, ...]) -> list[str] | None:
    """The command that shows the answer; None where it is written as it is.

    Args:
        data: the answer.
        variables: ``SCOREGATE_PAGER`` comes before ``PAGER``; empty or ``cat`` is none.
        streams: standard output and standard input, which have to be terminals: somebody reads, and can answer.
    """
    if variables.get("CI") or variables.get("TERM") == "dumb" or not all(one and one.isatty() for one in streams):
        return None
    output = streams[0]
    assert output is not None
    if not _is_longer(data, output):
        return None
    command = variables.get("SCOREGATE_PAGER", variables.get("PAGER", "less"))
    return _words(command)


def _is_longer(data: bytes, output: TextIO) -> bool:
    try:
        columns, lines = os.get_terminal_size(output.fileno())
    except (OSError, ValueError):
        return False
    # A terminal that doesn't know its size has none.
    taken = sum(1 + len(line) // columns for line in data.splitlines()) if columns else 0
    return taken >= lines > 0


def _words(command: str) -> list[str] | None:
    import shlex

    try:
        words = shlex.split(command)
    except ValueError:
        return None
    return None if not words or words == ["cat"] else words


def page(data: bytes, command: list[str], variables: Mapping[str, str]) -> bool:
    """Shows the answer in a pager, and waits until its reader leaves it; False where it can't be started."""
    settings = {"LESS": _LESS, "LESSCHARSET": "utf-8", "LV": "-c", **variables}
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own choice, and no shell
            command, stdin=subprocess.PIPE, stdout=sys.stdout.fileno(), env=settings
        )
    except OSError:
        return False
    with _left_alone():
        # A reader that leaves early is no error.
        process.communicate(data)
    return True


@contextlib.contextmanager
def _left_alone() -> Iterator[None]:
    """An interrupt is the pager's, as long as it runs."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:
        # Only the main thread may decide on signals.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
