"""A sign of life while Graph is asked: on a terminal only, gone when the work is done."""

import contextlib
import itertools
import os
import sys
from collections.abc import Callable, Iterator, Mapping


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
    if sys.stderr is None or not sys.stderr.isatty() or variables.get("CI"):
        yield lambda _: None
        return
    # Back to the first column, and clear to the end of the line.
    clear = "\r\x1b[K"
    before = itertools.chain([""], itertools.repeat(clear))

    def show(text: str) -> None:
        sys.stderr.write(f"{next(before)}{text} …")
        sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write(clear)
        sys.stderr.flush()
