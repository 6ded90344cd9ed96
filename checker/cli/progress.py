"""A sign of life while Graph is asked: on a terminal only, gone when the work is done.

One line at the bottom of the terminal. What is said meanwhile goes above it, on lines of its own.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping

import click

from checker.cli.options.manners import is_quiet
from checker.cli.redaction import without_names
from checker.cli.terminal import screen
from checker.presentation.escape import line

# Back to the first column, and clear to the end of the line.
_CLEAR = "\r\x1b[K"


class _StatusLine:
    """The line: what is being done, and instead of it what is waited for."""

    def __init__(self) -> None:
        self._is_open = False
        self._doing = ""
        self._waiting: str | None = None
        self._is_drawn = False

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """The line is there for as long as the block runs."""
        self._is_open = True
        try:
            yield
        finally:
            self.erase()
            self._is_open, self._doing, self._waiting = False, "", None

    def do(self, text: str) -> None:
        """Shows what is being done."""
        self._doing = f"{text} …"
        self._waiting = None
        self.draw()

    def wait(self, text: str | None) -> None:
        """Shows what is waited for, and once that is over what is being done."""
        if text != self._waiting:
            self._waiting = text
            self.draw()

    def draw(self) -> None:
        """Draws the line anew, cut to one row, since only one can be cleared."""
        if self._is_open:
            from checker.presentation.cells import shortened

            text = shortened(line(self._waiting or self._doing), (screen(sys.stderr).columns or 2) - 1)
            _write(f"{_CLEAR if self._is_drawn else ''}{text}")
            self._is_drawn = True

    def erase(self) -> None:
        """Clears the line."""
        if self._is_drawn:
            _write(_CLEAR)
            self._is_drawn = False


_STATUS = _StatusLine()


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


@contextlib.contextmanager
def working(text: str, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Shows ``text`` on standard error for as long as the block runs; quiet in CI and where nobody watches."""
    with steps(environment) as show:
        show(text)
        yield


@contextlib.contextmanager
def steps(environment: Mapping[str, str] | None = None) -> Iterator[Callable[[str], None]]:
    """As ``working``, for work whose steps are told apart: each text that the block shows replaces the one before."""
    variables = os.environ if environment is None else environment
    if sys.stderr is None or not sys.stderr.isatty() or variables.get("CI") or is_quiet():
        yield lambda _: None
        return
    with _STATUS.opened():
        yield _STATUS.do


def show_wait(text: str | None) -> None:
    """Shows what is waited for in place of what is being done; None once that is over."""
    _STATUS.wait(text)


def note(text: str) -> None:
    """Shows a remark, such as what was written, unless nothing but errors is wanted."""
    if not is_quiet():
        say(text)


def say(text: str) -> None:
    """Shows a line on standard error, above the sign of life."""
    _STATUS.erase()
    click.echo(line(without_names(text)), err=True)
    _STATUS.draw()
