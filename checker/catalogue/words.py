"""Graph's words for categories, services, tiers, threats and licences, for suggestions; nothing is judged by them.

``words.csv`` holds the words of Microsoft's documentation (learn.microsoft.com/graph/api/resources/securescore and
securescorecontrolprofile) and of answers that administrators published in 2019 to 2026.
"""

import functools

from checker.catalogue.controls import known_controls, known_ids
from checker.catalogue.table import rows


@functools.cache
def known_words(kind: str) -> tuple[str, ...]:
    """Every known word of a kind: ``control``, or one that ``words.csv`` names."""
    if kind == "control":
        return tuple(known_ids())
    found = [word for of, word in rows("words.csv", ("kind", "word")) if of == kind]
    if kind == "service":
        found += [control.service for control in known_controls().values() if control.service]
    return tuple(dict.fromkeys(found))
