import io
import sys

import pytest

from checker.cli.progress import say, show_wait, steps, working


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_sign_of_life_is_gone_when_the_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with working("Asking", {}):
        assert terminal.getvalue() == "Asking …"
    assert terminal.getvalue() == "Asking …\r\x1b[K"


@pytest.mark.parametrize(("stream", "environment"), [(Terminal(), {"CI": "true"}), (io.StringIO(), {}), (None, {})])
def test_it_is_quiet_in_ci_and_where_nobody_watches(
    stream: io.StringIO | None, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    with working("Asking", environment):
        pass
    assert stream is None or stream.getvalue() == ""


def test_what_is_waited_for_takes_the_place_of_what_is_being_done(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    show_wait("nobody watches yet")
    with working("Asking", {}):
        show_wait("Graph is not reachable; trying again, 2 s left")
        show_wait("Graph is not reachable; trying again, 1 s left")
        show_wait("Graph is not reachable; trying again, 1 s left")
        show_wait(None)
    show_wait("nobody watches any more")
    assert terminal.getvalue().split("\r\x1b[K") == [
        "Asking …",
        "Graph is not reachable; trying again, 2 s left",
        "Graph is not reachable; trying again, 1 s left",
        "Asking …",
        "",
    ]


def test_what_is_said_meanwhile_has_a_line_of_its_own_above(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    say("before")
    with working("Asking", {}):
        say("open the page\x1b[2J")
    say("after")
    assert terminal.getvalue() == ("before\nAsking …\r\x1b[Kopen the page\\x1b[2J\nAsking …\r\x1b[Kafter\n")


def test_the_line_is_cut_to_one_row_which_is_all_that_can_be_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "40")
    with steps({}) as show:
        show("x" * 100)
        show("short\x07")
    assert terminal.getvalue().split("\r\x1b[K") == ["x" * 38 + "…", "short\\x07 …", ""]
