"""A synthetic tenant with ninety days of history; the same seed and day give the same tenant."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from checker.sandbox.tenants.history import observed_scores, secure_scores
from checker.sandbox.tenants.profiles import control_profiles
from checker.sandbox.tenants.timelines import seeded_tenant

READ_ROLE = "SecurityEvents.Read.All"
WRITE_ROLE = "SecurityEvents.ReadWrite.All"


@dataclass(frozen=True, slots=True)
class SandboxTenant:
    """One tenant: its application, and what Graph answers about it.

    Attributes:
        tenant_id: Entra's id of the tenant, a UUID.
        client_id: the id of the application that is registered in the tenant.
        client_secret: the secret of the application.
        roles: the application permissions that an administrator consented to.
        secure_scores: objects as Graph sends them, newest day first.
        control_profiles: objects as Graph sends them, sorted by id, ignoring case.
        observed: the points of each control as observed on the newest day, by controlName in lower case.
        days_ahead: builds the days that follow when a number of days has passed, newest first, down to and including
            the day that was the newest; None where the history doesn't grow.
    """

    tenant_id: str
    client_id: str
    client_secret: str
    roles: tuple[str, ...]
    secure_scores: list[dict[str, Any]]
    control_profiles: list[dict[str, Any]]
    observed: Mapping[str, float] = field(default_factory=dict)
    days_ahead: Callable[[int], list[dict[str, Any]]] | None = field(default=None, compare=False)


def make_tenant(seed: int, newest_day: datetime.date, *, days: int = 90) -> SandboxTenant:
    """Make a tenant whose newest score is of a given day.

    Args:
        seed: which tenant: each seed has other ids, sizes and outcomes. The documentation shows seed 0.
        newest_day: the day of its newest score, in UTC.
        days: the length of its history in days, at least 1; Graph keeps 90.

    Raises:
        ValueError: days is less than 1.
    """
    if days < 1:
        raise ValueError(f"a tenant needs at least one day of history, not {days}")
    tenant = seeded_tenant(seed, newest_day)
    build = partial(secure_scores, tenant)
    return SandboxTenant(
        tenant_id=tenant.tenant_id,
        client_id=tenant.seeded.identifier("client"),
        client_secret=tenant.seeded.secret("client secret"),
        roles=(READ_ROLE, WRITE_ROLE),
        secure_scores=build(days),
        control_profiles=control_profiles(tenant),
        observed=observed_scores(tenant.timelines),
        days_ahead=lambda passed: build(min(days, passed + 1), passed),
    )
