"""Control ids that real tenants report, for suggestions and explanations; nothing is judged by them.

``controls.csv`` holds facts from answers of ``GET /security/secureScoreControlProfiles`` that administrators published
in 2025 and 2026. Categories, maxima and titles change; a tenant's own profile always takes precedence.
"""

import functools

import msgspec

from checker.catalogue.table import rows


class KnownControl(msgspec.Struct, frozen=True):
    """A control as a tenant has reported it; unknown members are None."""

    id: str
    title: str
    control_category: str | None
    service: str | None
    tier: str | None
    max_score: float | None


@functools.cache
def known_controls() -> dict[str, KnownControl]:
    """Every known control by its id in lower case."""
    found = {}
    for row in rows("controls.csv"):
        found[row["id"].casefold()] = KnownControl(
            id=row["id"],
            title=row["title"],
            control_category=row["controlCategory"] or None,
            service=row["service"] or None,
            tier=row["tier"] or None,
            max_score=float(row["maxScore"]) if row["maxScore"] else None,
        )
    return found


def known(name: str) -> KnownControl | None:
    """The control with the id ``name``, ignoring case and a tenant's prefix before a dot; None if unknown."""
    controls = known_controls()
    folded = name.casefold()
    return controls.get(folded) or controls.get(folded.rpartition(".")[2])
