"""The path of a value in a document: the keys and indices that lead to it."""

from checker.documents import limits

Path = tuple[str | int, ...]
# Line and column in a file, from 1.
Position = tuple[int, int]

_LONGEST_QUOTE = 60
_STEPS_OF_A_DEEP_PATH = 8


def dotted(path: Path) -> str:
    """A path as people write it: ``controls[2].minimum.percent``; of a path too deep to read, its beginning."""
    if len(path) >= limits.POLICY_NESTING:
        return f"{dotted(path[:_STEPS_OF_A_DEEP_PATH])}…"
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{brief(step)}" if text else brief(step)
    return text


def brief(text: str) -> str:
    """Text of a document, cut to a length that a message can repeat."""
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
