import io
import sys

import pytest

from checker.cli.progress import working


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
