"""A store as a source: the days of one tenant as a snapshot."""

import datetime
from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from checker.clouds import Cloud
from checker.errors import SnapshotError
from checker.presentation.words import named
from checker.snapshot.assemble import Pieces, assemble
from checker.snapshot.model import (
    AverageComparativeScore,
    ControlScore,
    SecureScore,
    SecureScoreControlProfile,
    SecureScoreControlStateUpdate,
    Snapshot,
)
from checker.snapshot.read import Reading
from checker.store.query import Connection, connect
from checker.tenant.numbers import finite

_TENANTS_NAMED = 5
_MAY_BE_ABSENT = {"max_score", "service", "tier", "threats", "user_impact", "implementation_cost"}


class StoreSource:
    """The history of one tenant; see ``Source``."""

    def __init__(self, url: str, tenant: str | None, cloud: Cloud) -> None:
        """Prepares the source; reads nothing yet.

        Args:
            url: the store's address.
            tenant: the tenant's id; None if the store holds only one tenant.
            cloud: for the portal's address.
        """
        self.cloud = cloud
        self._url = url
        self._tenant = tenant

    def read(self, days: int) -> Reading:
        """The newest ``days`` days; see ``Source``."""
        return Reading(self.snapshot(days))

    def snapshot(self, days: int) -> Snapshot:
        """The newest ``days`` days of the store, which may be more than Graph keeps.

        Raises:
            SnapshotError: there is no store at the address, or it lacks the tenant.
            OutputError: it can't be read.
        """
        with connect(self._url) as store:
            tenant = self._spelled(store)
            try:
                held = _days(store, tenant, days)
                scores = _scores(store, tenant, held)
                profiles = _profiles(store, tenant)
            except (msgspec.DecodeError, msgspec.ValidationError) as fault:
                raise SnapshotError(
                    f"contains unreadable rows for the tenant {tenant[:100]}: {fault}", place=self._url
                ) from fault
        partial = set(held[0].incomplete or []) if held else set()
        return assemble(Pieces(scores=scores, profiles=profiles, partial=partial, tenants={tenant}), self._url)

    def _spelled(self, store: Connection) -> str:
        """The tenant as the store spells it."""
        found = [str(row[0]) for row in store.ask("SELECT DISTINCT tenant FROM scores ORDER BY tenant").rows]
        wanted = self._tenant
        matching = [name for name in found if wanted is None or name == wanted.casefold()]
        if len(matching) == 1:
            return matching[0]
        if wanted is None and found:
            some = named([name[:100] for name in found], _TENANTS_NAMED)
            raise SnapshotError(
                f"contains {len(found)} tenants", place=self._url, advice=f"Choose one with --tenant: {some}."
            )
        name = f"the tenant {wanted[:100]}" if wanted is not None else "any tenant"
        raise SnapshotError(f"has no day of {name}", place=self._url, advice="'scoregate fetch --store' adds days.")


def _days(store: Connection, tenant: str, days: int) -> list["_ScoreRow"]:
    """The newest days, the newest first."""
    rows = store.ask(
        "SELECT date, current_score, max_score, active_user_count, licensed_user_count, enabled_services, averages, "
        "incomplete, absent FROM scores WHERE tenant = ? ORDER BY date DESC LIMIT ?",
        [tenant, days],
    ).rows
    return [msgspec.convert(list(row), _ScoreRow) for row in rows]


def _scores(store: Connection, tenant: str, days: Sequence["_ScoreRow"]) -> list[SecureScore]:
    if not days:
        return []
    controls: dict[object, list[ControlScore]] = {}
    for date, *members in store.ask(
        "SELECT date, control, score, score_in_percentage, control_category, total, state, last_synced "
        "FROM control_scores WHERE tenant = ? AND date >= ? AND control IS NOT NULL ORDER BY date, control",
        [tenant, days[-1].date],
    ).rows:
        controls.setdefault(date, []).append(msgspec.convert(members, _ControlRow).score)
    return [_score(tenant, day, controls.get(day.date, [])) for day in days]


class _ControlRow(msgspec.Struct, array_like=True):
    control: str
    points: float | None
    percentage: float | None
    category: str | None
    total: float | None
    state: str | None
    synced: str | None

    @property
    def score(self) -> ControlScore:
        points, percentage = finite(self.points), finite(self.percentage)
        return ControlScore(self.control, points, percentage, self.category, self.total, self.state, self.synced)


class _ScoreRow(msgspec.Struct, array_like=True):
    date: datetime.date
    current_score: float | None
    max_score: float | None
    active: int | None
    licensed: int | None
    services: list[str] | None
    averages: str | None
    incomplete: list[str] | None
    absent: list[str] | None


def _score(tenant: str, held: _ScoreRow, controls: list[ControlScore]) -> SecureScore:
    averages = msgspec.json.decode(held.averages, type=list[AverageComparativeScore]) if held.averages else None
    score = SecureScore(
        created_date_time=f"{held.date}T00:00:00Z",
        id=f"{tenant}_{held.date}",
        azure_tenant_id=tenant,
        current_score=finite(held.current_score),
        max_score=finite(held.max_score),
        control_scores=controls,
        enabled_services=held.services,
        average_comparative_scores=averages,
        active_user_count=held.active,
        licensed_user_count=held.licensed,
    )
    return msgspec.structs.replace(score, **_unset(held.absent))


class _ProfileRow(msgspec.Struct, array_like=True):
    control: str
    title: str | None
    max_score: float | None
    category: str | None
    service: str | None
    tier: str | None
    threats: list[str] | None
    user_impact: str | None
    implementation_cost: str | None
    action_url: str | None
    rank: float | None
    remediation: str | None
    deprecated: bool | None
    updates: str | None
    absent: list[str] | None


def _profiles(store: Connection, tenant: str) -> list[SecureScoreControlProfile]:
    rows = store.ask(
        "SELECT control, title, max_score, control_category, service, tier, threats, user_impact, implementation_cost, "
        "action_url, rank, remediation, deprecated, state_updates, absent "
        "FROM profiles WHERE tenant = ? ORDER BY control",
        [tenant],
    ).rows
    return [_profile(tenant, msgspec.convert(list(row), _ProfileRow)) for row in rows]


def _profile(tenant: str, row: _ProfileRow) -> SecureScoreControlProfile:
    updates = msgspec.json.decode(row.updates, type=list[SecureScoreControlStateUpdate]) if row.updates else None
    profile = SecureScoreControlProfile(
        id=row.control,
        azure_tenant_id=tenant,
        title=row.title,
        max_score=row.max_score,
        control_category=row.category,
        service=row.service,
        tier=row.tier,
        threats=row.threats,
        user_impact=row.user_impact,
        implementation_cost=row.implementation_cost,
        action_url=row.action_url,
        # Microsoft's ranks are whole numbers.
        rank=int(row.rank) if row.rank is not None and row.rank.is_integer() else row.rank,
        remediation=row.remediation,
        deprecated=row.deprecated,
        control_state_updates=updates,
    )
    return msgspec.structs.replace(profile, **_unset(row.absent))


def _unset(absent: list[str] | None) -> dict[str, UnsetType]:
    """The members that were absent, as a record holds them; names that a store can't have put there are ignored."""
    return {name: UNSET for name in absent or [] if name in _MAY_BE_ABSENT}
