"""Standard streams without secrets: whatever is written as text, by scoregate, by a library, or as a traceback."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO, cast

from checker.secrecy.known import Secrets


class _Filter(io.RawIOBase):
    """The bytes below a text stream: each piece is concealed and handed to the stream that was there before.

    It holds the run's secrets itself, since other threads write too, and they have no context of this run.
    """

    def __init__(self, stream: TextIO, secrets: Secrets) -> None:
        self._stream = stream
        self._secrets = secrets

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def flush(self) -> None:
        # A stream that outlives its run is flushed when it is collected, and the one below may be gone by then.
        if not self._stream.closed:
            self._stream.flush()

    def close(self) -> None:
        """Leaves the stream open, which is not this object's."""

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        text = bytes(data).decode(self._stream.encoding or "utf-8", "surrogateescape")
        self._stream.write(self._secrets.conceal(text))
        return len(data)


@contextmanager
def concealed_streams(secrets: Secrets) -> Iterator[None]:
    """In the block standard output and standard error are without secrets."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (_concealed(stream, secrets) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _concealed(stream: TextIO, secrets: Secrets) -> TextIO:
    # Python has none where the descriptor is closed.
    if stream is None:
        return stream
    # Each text goes on at once, so that nothing is left when the block ends.
    return io.TextIOWrapper(
        cast("BinaryIO", _Filter(stream, secrets)),
        encoding=stream.encoding,
        errors=stream.errors,
        newline="",
        write_through=True,
    )
