"""A sign of life while Graph is asked: on a terminal only, gone when the work is done."""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def working(text: str, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Shows ``text`` on standard error for as long as the block runs; quiet in CI and where nobody watches."""
    variables = os.environ if environment is None else environment
    watched = sys.stderr is not None and sys.stderr.isatty() and not variables.get("CI")
    if not watched:
        yield
        return
    sys.stderr.write(f"{text} …")
    sys.stderr.flush()
    try:
        yield
    finally:
        # Back to the first column, and clear to the end of the line.
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
