import fcntl
import io
import os
import pty
import struct
import termios
from collections.abc import Mapping

import pytest

from checker.cli.terminal import screen
from checker.presentation.screen import FILE, Screen


def of_terminal(columns: int, environment: Mapping[str, str]) -> Screen:
    reader, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    try:
        with open(terminal, "w") as stream:
            return screen(stream, environment)
    finally:
        os.close(reader)


@pytest.mark.parametrize(
    ("columns", "environment", "expected"),
    [
        (132, {}, 132),
        (0, {}, 80),
        (7, {}, 40),
        (132, {"COLUMNS": "90"}, 90),
        (132, {"COLUMNS": "0"}, 132),
        (132, {"COLUMNS": "wide"}, 132),
        (132, {"COLUMNS": "99999999999999"}, 1000),
    ],
)
def test_the_terminal_says_how_wide_it_is_unless_a_variable_does(
    columns: int, environment: dict[str, str], expected: int
) -> None:
    assert of_terminal(columns, environment) == Screen(expected, colour=True)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"CI": "true"}, {"TERM": "dumb"}])
def test_a_terminal_shows_no_colours_where_nobody_wants_them(environment: dict[str, str]) -> None:
    assert of_terminal(80, environment) == Screen(80)


def test_a_file_is_as_wide_as_it_needs() -> None:
    assert screen(io.StringIO(), {"COLUMNS": "80"}) == screen(None, {"COLUMNS": "80"}) == FILE
