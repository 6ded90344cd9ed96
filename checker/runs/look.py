"""A tenant looked at: source → snapshot → tenant, and what policies say of it."""

import datetime

import msgspec

from checker.evaluation.evaluate import evaluate
from checker.policy.model import PolicySet
from checker.report.report import Report
from checker.snapshot.model import Snapshot
from checker.snapshot.moments import DAYS_KEPT
from checker.snapshot.read import Reading
from checker.sources.interface import Source
from checker.tenant.earlier import SLACK_DAYS
from checker.tenant.labels import NO_LABELS, TenantLabels
from checker.tenant.tenant import Tenant


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant, ready to be asked.

    Attributes:
        tenant: the snapshot, prepared.
        reading: what the source gave.
        portal: the cloud's Secure Score page.
    """

    tenant: Tenant
    reading: Reading
    portal: str

    def report(self, policies: PolicySet | None, now: datetime.datetime) -> Report | None:
        """What the policies say of it; None without policies."""
        if policies is None:
            return None
        return evaluate(policies, self.snapshot, now, portal=self.portal, labels=self.tenant.labels)

    @property
    def snapshot(self) -> Snapshot:
        """The tenant's data."""
        return self.reading.snapshot


def days_to_fetch(back: int) -> int:
    """How many days hold the newest, and the one ``back`` days before it or another that stands in for it."""
    return back + SLACK_DAYS + 1


def look(
    source: Source,
    *,
    policies: PolicySet | None = None,
    labels: TenantLabels = NO_LABELS,
    back: int | None = None,
    everything: bool = False,
) -> Look:
    """Reads the tenant behind ``source``: the newest day, and whatever the caller looks at besides.

    Args:
        source: the tenant.
        policies: read the days that they need; None for none.
        labels: of the tenant.
        back: how many days before the newest are looked at.
        everything: read all days that Graph keeps.

    Raises:
        JudgementError: the data is not available, or can't be read.
    """
    days = [1]
    if policies is not None:
        days.append(policies.days_needed)
    if back is not None:
        days.append(days_to_fetch(back))
    if everything:
        days.append(DAYS_KEPT)
    reading = source.read(max(days))
    portal = source.cloud.portal
    return Look(tenant=Tenant(reading.snapshot, portal, labels), reading=reading, portal=portal)


def take(source: Source, days: int) -> Reading:
    """Takes a snapshot of so many days.

    Raises:
        JudgementError: as in ``look``.
    """
    return source.read(days)
