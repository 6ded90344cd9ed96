"""The controls that the sandbox's tenants can have: real ids, services, tiers and maxima.

`controls.csv` holds facts from public lists of Secure Score controls: responses to `GET
/security/secureScoreControlProfiles` that administrators published (2025 and 2026). Its order is the order
in which Graph lists scores. `measure` says what a scored control counts; a control without it has only a
profile.
"""

import csv
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

Measure = Literal["", "switch", "setting", "accounts", "administrators", "users", "mailboxes", "devices"]


@dataclass(frozen=True, slots=True)
class CatalogueControl:
    """One control of the catalogue, in Graph's terms.

    Attributes:
        id: the profile's id, such as `AdminMFAV2`.
        category: Identity, Apps, Device or Data.
        service: the product it belongs to, such as `AzureAD`.
        tier: Core, Defense In Depth or Advanced.
        action_type: Config, Review or Behavior.
        maximum: the most points it can earn.
        measure: what its score counts; empty for a control that isn't scored.
        user_impact: in Graph's spelling, which varies; None where Graph sends null.
        implementation_cost: in Graph's spelling, which varies.
        threats: in Graph's spelling, which varies.
        title: the portal's title, including any spaces around it.
    """

    id: str
    category: str
    service: str
    tier: str
    action_type: str
    maximum: float
    measure: Measure
    user_impact: str | None
    implementation_cost: str
    threats: tuple[str, ...]
    title: str


@functools.cache
def controls() -> tuple[CatalogueControl, ...]:
    """Read the catalogue, in the order in which Graph lists scores."""
    with Path(__file__).with_name("controls.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(_control(row) for row in csv.DictReader(lines))


def _control(row: dict[str, str]) -> CatalogueControl:
    return CatalogueControl(
        id=row["id"],
        category=row["controlCategory"],
        service=row["service"],
        tier=row["tier"],
        action_type=row["actionType"],
        maximum=float(row["maxScore"]),
        measure=cast("Measure", row["measure"]),
        user_impact=row["userImpact"] or None,
        implementation_cost=row["implementationCost"],
        threats=tuple(threat for threat in row["threats"].split(";") if threat),
        title=row["title"],
    )
