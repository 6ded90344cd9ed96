"""Names with ``*``: the one wildcard of policies and waivers."""

from collections.abc import Callable, Iterable

from checker.tenant.lookup import bare


def is_pattern(name: str) -> bool:
    """Whether the name holds the wildcard."""
    return "*" in name


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a name is one of the patterns; ``*`` stands for any characters, case is ignored."""
    exact = set()
    wild = []
    for pattern in patterns:
        folded = pattern.casefold()
        if is_pattern(folded):
            wild.append(folded.split("*"))
        else:
            exact.add(folded)
    if not wild:
        return lambda name: name.casefold() in exact
    if len(wild) == 1 and not exact:
        # Thousands of waivers may each have one.
        (only,) = wild
        return lambda name: _fits(only, name.casefold())

    def matches(name: str) -> bool:
        folded = name.casefold()
        return folded in exact or any(_fits(parts, folded) for parts in wild)

    return matches


def control_matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """The same for control ids, which also match without a tenant's prefix (``11770.``).

    A pattern keeps its prefix: ``11770.*`` means one connector's controls, and ``*`` would mean all.
    """
    written = list(patterns)
    matches = matcher([*written, *(bare(pattern) for pattern in written if not is_pattern(pattern))])
    return lambda name: matches(name) or matches(bare(name))


def _fits(parts: list[str], name: str) -> bool:
    """Whether ``name`` is ``parts`` with anything between them.

    The leftmost place of each middle part is always good enough, so there is nothing to go back to: linear in the
    name, unlike a regular expression with as many ``.*``.
    """
    first, *middle, last = parts
    if len(name) < len(first) + len(last) or not name.startswith(first) or not name.endswith(last):
        return False
    position, end = len(first), len(name) - len(last)
    for part in middle:
        found = name.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True
