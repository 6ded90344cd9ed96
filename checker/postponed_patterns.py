"""Patterns that libraries make at their import and most runs never match with: each is compiled when it is first used.

PyYAML makes a dozen for its own reader and resolver, which libyaml's events need not: compiling them takes longer than
all else of its import.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class PostponedPattern:
    """What ``re.compile`` would give, compiled when anything of it is asked for."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._given = pattern, flags

    def __getattr__(self, name: str) -> object:
        # Copying asks for such names before there is anything to compile.
        if name.startswith("_"):
            raise AttributeError(name)
        compiled = re.compile(*self._given)
        vars(self).update((each, getattr(compiled, each)) for each in dir(compiled) if not each.startswith("_"))
        return getattr(compiled, name)


@contextmanager
def postponed_patterns() -> Iterator[None]:
    """In the block, in which only a library is imported, ``re.compile`` postpones its work.

    It does not where other threads run, which would get such patterns too: a program that uses the Python API.
    """
    if threading.active_count() > 1:
        yield
        return
    compile_now = re.compile
    re.compile = PostponedPattern  # type: ignore[assignment] # it stands in for a function
    try:
        yield
    finally:
        re.compile = compile_now
