"""Graph's words for categories, services, tiers, threats and licences, for suggestions; nothing is judged by them.

``words.csv`` holds the words of Microsoft's documentation (learn.microsoft.com/graph/api/resources/securescore and
securescorecontrolprofile) and of answers that administrators published in 2019 to 2026.
"""

import functools

from checker.catalogue.controls import known_controls
from checker.catalogue.table import rows


@functools.cache
def known_words(kind: str) -> tuple[str, ...]:
    """Every known word of a kind: ``control``, or one that ``words.csv`` names."""
    controls = known_controls().values()
    if kind == "control":
        return tuple(control.id for control in controls)
    found = [row["word"] for row in rows("words.csv") if row["kind"] == kind]
    if kind == "service":
        found += [control.service for control in controls if control.service]
    return tuple(dict.fromkeys(found))
