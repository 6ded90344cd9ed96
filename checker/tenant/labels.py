"""The labels of a tenant: words that the caller gives it, by which a waiver speaks of several tenants of a fleet."""

import re
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*(?!\n)$"
_LONGEST = 64
# A word that is shorter differs from its neighbours by one letter anyway: ``tier-a`` and ``tier-b``.
_SHORTEST_MISSPELT = 4

LABEL_FORM = "A label of letters, digits, '.', '-' and '_' that begins with a letter or digit."
TenantLabel = Annotated[
    str,
    Meta(
        pattern=_PATTERN,
        max_length=_LONGEST,
        description=LABEL_FORM,
    ),
]
TenantLabels = frozenset[str]
NO_LABELS: TenantLabels = frozenset()


def is_tenant_label(text: str) -> bool:
    """Whether the text has the form of a tenant label."""
    return len(text) <= _LONGEST and re.search(_PATTERN, text) is not None


def meant_label(label: str, labels: Iterable[str]) -> str | None:
    """The label of ``labels`` that another was probably meant to be; None where none is.

    Labels of a fleet are alike, and each is right for some tenant (``ring-1`` and ``ring-2``, ``eu-west`` and
    ``eu-east``). So only another case and a single slip are taken for a mistake, and never a digit.
    """
    return next((one for one in sorted(labels) if one != label and _is_slip(label.casefold(), one.casefold())), None)


def _is_slip(one: str, other: str) -> bool:
    """Whether a letter or a sign was left out, typed twice or swapped with the next, or a letter mistyped."""
    start = _common_start(one, other)
    end = _common_start(one[start:][::-1], other[start:][::-1])
    first, second = one[start : len(one) - end], other[start : len(other) - end]
    if any(character.isdigit() for character in first + second):
        return False
    if len(first) == len(second) == 1:
        return _word_length(one, start) >= _SHORTEST_MISSPELT
    return len(first) + len(second) <= 1 or (len(first) == 2 and first == second[::-1])


def _common_start(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _word_length(text: str, at: int) -> int:
    """How long the word is that a character stands in."""
    before, after = re.split(r"[._-]", text[:at])[-1], re.split(r"[._-]", text[at:])[0]
    return len(before) + len(after)
