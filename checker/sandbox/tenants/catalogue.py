"""The controls that the sandbox's tenants can have: real ids, services, tiers and maxima.

`controls.csv` lists facts from public lists of Secure Score controls: answers of `GET
/security/secureScoreControlProfiles` that administrators published (2025 and 2026). Its order is the order
in which Graph lists scores. `measure` says what a scored control counts; those without one have a profile
only.
"""

import csv
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

Measure = Literal["", "switch", "setting", "accounts", "administrators", "users", "mailboxes", "devices"]


@dataclass(frozen=True, slots=True)
class Control:
    """One control of the catalogue, in Graph's words.

    Attributes:
        id: the profile's id, such as `AdminMFAV2`.
        category: Identity, Apps, Device or Data.
        service: the product that it belongs to, such as `AzureAD`.
        tier: Core, Defense In Depth or Advanced.
        action_type: Config, Review or Behavior.
        maximum: the most points that it can earn.
        measure: what its score counts; empty for a control that isn't scored.
        user_impact: as Graph spells it, which varies; None where Graph sends null.
        implementation_cost: as Graph spells it, which varies.
        threats: as Graph spells them, which varies.
        title: the portal's title, blanks around it included.
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
def controls() -> tuple[Control, ...]:
    """Read the catalogue, in the order in which Graph lists scores."""
    with Path(__file__).with_name("controls.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(_control(row) for row in csv.DictReader(lines))


def _control(row: dict[str, str]) -> Control:
    return Control(
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
