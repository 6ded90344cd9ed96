"""Snapshots of many days for a store, and a program that merges them one after the other.

``python store_builders.py URL TENANT FIRST LAST`` merges a day each, from the FIRST to the LAST of its days.
"""

import datetime
import sys

from checker.snapshot.assemble import Pieces, assemble
from checker.snapshot.model import (
    ControlScore,
    SecureScore,
    SecureScoreControlProfile,
    SecureScoreControlStateUpdate,
    Snapshot,
)

BEGIN = datetime.date(2026, 1, 1)
CONTROLS = ("A", "B", "C")


def day(tenant: str, number: int, *, points: float | None = None) -> SecureScore:
    """The day that lies ``number`` days after BEGIN; its points tell which day it is."""
    date = BEGIN + datetime.timedelta(days=number)
    each = float(number % 10) if points is None else points
    return SecureScore(
        created_date_time=f"{date}T00:00:00Z",
        azure_tenant_id=tenant,
        current_score=each * len(CONTROLS),
        max_score=30.0,
        control_scores=[ControlScore(name, each, 10 * each, "Identity") for name in CONTROLS],
        enabled_services=["HasAADP1"],
    )


def days(tenant: str, *numbers: int, state: str = "Default", points: float | None = None) -> Snapshot:
    """A snapshot of these days, with its profiles."""
    updates = [SecureScoreControlStateUpdate(state=state, updated_by="x@contoso.example", comment="c")]
    profiles = [
        SecureScoreControlProfile(id=name, azure_tenant_id=tenant, max_score=10.0, control_state_updates=updates)
        for name in CONTROLS
    ]
    scores = [day(tenant, number, points=points) for number in numbers]
    return assemble(Pieces(scores=scores, profiles=profiles), "test")


def main(url: str, tenant: str, first: int, last: int) -> None:
    """Merges a day at a time, as a job does night by night."""
    from checker.store.merge import merge
    from checker.store.rows import of_snapshot

    for number in range(first, last + 1):
        merge(url, of_snapshot(days(tenant, number)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
