"""Snapshot and report → rows of the tables. Pure."""

import datetime
from collections.abc import Iterator

import msgspec

from checker.errors import SnapshotError
from checker.report.report import Report
from checker.report.verdict import Verdict
from checker.snapshot.ids import is_tenant_id
from checker.snapshot.model import SecureScore, SecureScoreControlProfile, Snapshot
from checker.store.tables import CONTROL_SCORES, FINDINGS, PROFILES, SCORES, STATES, Table
from checker.tenant.control import Control
from checker.tenant.numbers import finite
from checker.tenant.states import newest_update
from checker.tenant.tenant import Tenant

Row = tuple[object, ...]


class Rows(msgspec.Struct, frozen=True):
    """New rows of one table, and the scopes that they replace. Of rows with the same key the last counts.

    Attributes:
        scopes: values of the table's scope; a merge deletes their rows that are not among the new ones.
    """

    table: Table
    rows: tuple[Row, ...]
    scopes: frozenset[Row]


def of_snapshot(snapshot: Snapshot) -> list[Rows]:
    """The rows of a snapshot.

    Profiles and states are those of the newest day; if the snapshot is incomplete, those in the store stay.

    Raises:
        SnapshotError: the snapshot names no tenant.
    """
    snapshot = msgspec.structs.replace(snapshot, tenant=_tenant_key(snapshot.tenant))
    found = [_scores(snapshot), _control_scores(snapshot)]
    if snapshot.profiles and not snapshot.partial:
        found = [_profiles(snapshot), *found, *_states(snapshot)]
    return [rows for rows in found if rows.scopes]


def of_report(report: Report, verdict: Verdict) -> list[Rows]:
    """The rows of a report, on the day of its data; none if the data has no day."""
    day = report.snapshot.date
    if day is None:
        return []
    tenant = _tenant_key(report.tenant)
    rows = tuple(
        (
            *_day(tenant, day),
            finding.requirement.policy,
            finding.requirement.name,
            finding.judgement.control or "",
            finding.outcome.value,
            finding.judgement.reason.value,
            finding.requirement.severity.value,
            finding.enforcement.value,
            verdict.fails_gate(finding),
            finding.judgement.points,
            finding.message,
        )
        for finding in report.findings
    )
    scopes = frozenset((tenant, day, policy) for policy in report.policies)
    return [Rows(FINDINGS, rows, scopes)]


def _tenant_key(tenant: str) -> str:
    """A tenant's id as a store spells it: in lower case, since sources differ in case.

    Raises:
        SnapshotError: the data names no tenant, or what is no tenant's id.
    """
    if not tenant:
        raise SnapshotError("the data names no tenant, so it can't be stored")
    if not is_tenant_id(tenant):
        raise SnapshotError(
            f"the data names the tenant {tenant[:100]!r}, which is not a tenant's id, so it can't be stored"
        )
    return tenant.casefold()


def _day(tenant: str, day: datetime.date) -> tuple[str, datetime.date, str]:
    return tenant, day, str(day)[:7]


def _whole(number: int | None) -> int | None:
    """A count if it fits into 64 bits; a larger one can't be real."""
    return number if number is not None and abs(number) < 2**63 else None


def _days(snapshot: Snapshot) -> frozenset[Row]:
    return frozenset((snapshot.tenant, day.date) for day in snapshot.days)


def _updates(profile: SecureScoreControlProfile) -> str | None:
    """The states that were set, as JSON; an empty list says that nobody set one, and null that this is unknown."""
    updates = profile.control_state_updates
    return msgspec.json.encode(updates).decode() if updates is not None else None


def _held(member: object) -> object:
    """A member's value; null where it is absent, which ``_absent`` tells."""
    return None if member is msgspec.UNSET else member


def _absent(record: SecureScore | SecureScoreControlProfile) -> list[str] | None:
    """The names of the members that are absent, where that means something else than null; None if there is none."""
    names = record.__struct_fields__
    return [name for name in names if getattr(record, name) is msgspec.UNSET] or None


def _scores(snapshot: Snapshot) -> Rows:
    rows = []
    for day in reversed(snapshot.days):
        score = day.score
        averages = score.average_comparative_scores
        rows.append(
            (
                *_day(snapshot.tenant, day.date),
                score.current_score,
                score.maximum,
                _whole(score.active_user_count),
                _whole(score.licensed_user_count),
                score.enabled_services,
                msgspec.json.encode(averages).decode() if averages else None,
                sorted(snapshot.partial) if snapshot.partial and day is snapshot.days[0] else None,
                _absent(score),
            )
        )
    return Rows(SCORES, tuple(rows), _days(snapshot))


def _control_scores(snapshot: Snapshot) -> Rows:
    rows = tuple(
        (
            *_day(snapshot.tenant, day.date),
            score.control_name,
            score.control_category,
            score.score,
            score.score_in_percentage,
            finite(score.total),
            score.state if isinstance(score.state, str) else None,
            score.last_synced if isinstance(score.last_synced, str) else None,
        )
        for day in reversed(snapshot.days)
        for score in day.controls
    )
    # Microsoft has not finished a day without controls; what the store has of it stays.
    scopes = frozenset((row[0], row[1]) for row in rows)
    return Rows(CONTROL_SCORES, rows, scopes)


def _states(snapshot: Snapshot) -> Iterator[Rows]:
    if not snapshot.days:
        return
    day = snapshot.days[0].date
    rows = tuple(
        (
            *_day(snapshot.tenant, day),
            control.id,
            control.state.name,
            _assigned_to(control),
            control.state.comment,
            control.state.updated_by,
            control.state.updated_date_time,
        )
        for control in Tenant(snapshot, "").with_state()
    )
    yield Rows(STATES, rows, frozenset({(snapshot.tenant, day)}))


def _assigned_to(control: Control) -> str | None:
    """The assignee of the update that set the state; None for a state that only the score names."""
    newest = newest_update(control.profile)
    return newest.assigned_to if newest is not None and control.state.says(newest.state or "") else None


def _profiles(snapshot: Snapshot) -> Rows:
    rows = tuple(
        (
            snapshot.tenant,
            profile.id,
            profile.title,
            _held(profile.max_score),
            profile.control_category,
            _held(profile.service),
            _held(profile.tier),
            _held(profile.threats),
            _held(profile.user_impact),
            _held(profile.implementation_cost),
            profile.action_url,
            finite(profile.rank),
            profile.remediation,
            profile.deprecated,
            _updates(profile),
            snapshot.days[0].date if snapshot.days else None,
            _absent(profile),
        )
        for profile in snapshot.profiles
    )
    return Rows(PROFILES, rows, frozenset({(snapshot.tenant,)}))
