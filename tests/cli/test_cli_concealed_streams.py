import io
import sys

import pytest

from checker.cli.concealed_streams import concealed_streams
from checker.secrecy.known import Secrets


def kept_from_a_run(below: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch) -> io.TextIOWrapper:
    """Standard output of a run that is over, which a library or a traceback may still hold."""
    with monkeypatch.context() as within:
        within.setattr(sys, "stdout", below)
        with concealed_streams(Secrets()):
            kept = sys.stdout
            print("first", file=kept)
    assert isinstance(kept, io.TextIOWrapper)
    assert kept is not below
    return kept


def test_it_ends_in_silence_though_the_stream_below_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    # Since 3.13 Python shows what goes wrong when a stream is collected.
    below = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    kept = kept_from_a_run(below, monkeypatch)
    below.close()
    kept.flush()
    kept.close()


def test_it_does_not_close_the_stream_below(monkeypatch: pytest.MonkeyPatch) -> None:
    held = io.BytesIO()
    below = io.TextIOWrapper(held, encoding="utf-8")
    kept_from_a_run(below, monkeypatch).close()
    print("more", file=below, flush=True)
    assert held.getvalue() == b"first\nmore\n"
