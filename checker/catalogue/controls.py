"""Control ids that real tenants report, for suggestions, explanations, tests of policies; no tenant is judged by them.

``controls.csv`` holds facts from answers of ``GET /security/secureScoreControlProfiles`` that administrators published
in 2025 and 2026. Categories, maxima and titles change; a tenant's own profile always takes precedence.
"""

import functools

import msgspec

from checker.catalogue.table import rows

COLUMNS = ("id", "title", "controlCategory", "service", "maxScore", "tier")


class KnownControl(msgspec.Struct, frozen=True):
    """A control as a tenant has reported it; unknown members are None."""

    id: str
    title: str
    control_category: str | None
    service: str | None
    tier: str | None
    max_score: float | None


@functools.cache
def _rows() -> dict[str, list[str]]:
    """The rows of the table by the control's id in lower case."""
    return {row[0].casefold(): row for row in rows("controls.csv", COLUMNS)}


@functools.cache
def known_controls() -> dict[str, KnownControl]:
    """Every known control by its id in lower case."""
    return {folded: known_control(row) for folded, row in _rows().items()}


def known_ids() -> list[str]:
    """The ids of every known control, as Microsoft spells them."""
    return [row[0] for row in _rows().values()]


def known(name: str) -> KnownControl | None:
    """The control with the id ``name``, ignoring case and a tenant's prefix before a dot; None if unknown."""
    table = _rows()
    folded = name.casefold()
    row = table.get(folded) or table.get(folded.rpartition(".")[2])
    return known_control(row) if row is not None else None


def known_control(row: list[str]) -> KnownControl:
    """The control of a row.

    Raises:
        ValueError: it has not the columns of the table, or its maximum is no number.
    """
    name, title, category, service, maximum, tier = row
    return KnownControl(
        id=name,
        title=title,
        control_category=category or None,
        service=service or None,
        tier=tier or None,
        max_score=float(maximum) if maximum else None,
    )
