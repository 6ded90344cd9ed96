"""How many examples a property gets: a third in the suite, all with ``SCOREGATE_ALL_EXAMPLES`` set."""

import os

ALL = bool(os.environ.get("SCOREGATE_ALL_EXAMPLES"))
# What Hypothesis takes where a property names no number.
USUAL = 100
FEWEST = 10


def examples(count: int) -> int:
    """How many of ``count`` examples this run tries; a small number is tried whole."""
    return count if ALL else min(count, max(FEWEST, count // 3))
