"""A made-up tenant with ninety days of history, the same for the same seed and day."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from checker.sandbox.tenants.courses import courses, sizes
from checker.sandbox.tenants.draws import Draws
from checker.sandbox.tenants.history import observed_scores, secure_scores
from checker.sandbox.tenants.profiles import control_profiles

READ_ROLE = "SecurityEvents.Read.All"
WRITE_ROLE = "SecurityEvents.ReadWrite.All"


@dataclass(frozen=True, slots=True)
class SandboxTenant:
    """One tenant: who may ask, and what Graph answers.

    Attributes:
        tenant_id: Entra's id of the tenant, a UUID.
        client_id: the id of the application that is registered there.
        client_secret: its secret.
        roles: the application permissions that an administrator consented to.
        secure_scores: wire objects, newest day first.
        control_profiles: wire objects, by id without case.
        observed: points of each control by what is observed on the newest day, by controlName in lower case.
        days_ahead: gives the newest days once so many more have passed, down to the one that was the newest before;
            None where no more come.
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
        seed: which tenant; another seed has other ids, sizes and outcomes. Seed 0 is the documented one.
        newest_day: the day of its newest score, in UTC.
        days: how many days of history it has, at least 1; Graph keeps 90.

    Raises:
        ValueError: fewer than one day was asked for.
    """
    if days < 1:
        raise ValueError(f"a tenant has at least one day of history, not {days}")
    draws = Draws(seed)
    tenant_id = draws.identifier("tenant")
    numbers = sizes(draws, seed)
    story = courses(draws, seed)
    build = partial(secure_scores, tenant_id, story, numbers, draws, newest_day)
    return SandboxTenant(
        tenant_id=tenant_id,
        client_id=draws.identifier("client"),
        client_secret=draws.secret("client secret"),
        roles=(READ_ROLE, WRITE_ROLE),
        secure_scores=build(days),
        control_profiles=control_profiles(tenant_id, draws, newest_day),
        observed=observed_scores(story),
        days_ahead=lambda passed: build(min(days, passed + 1), passed),
    )
