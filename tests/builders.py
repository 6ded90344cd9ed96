"""Small values of the domain for tests: scores, profiles, snapshots, and policies through the real loader."""

import datetime
import io
import sys
from collections.abc import Iterable, Sequence
from unittest import mock

from msgspec import UnsetType

from checker.evaluation.evaluate import evaluate
from checker.policy.load import load
from checker.policy.model import PolicySet
from checker.report.finding import Finding
from checker.report.report import Report
from checker.snapshot.assemble import Pieces, assemble
from checker.snapshot.model import (
    AverageComparativeScore,
    ControlScore,
    SecureScore,
    SecureScoreControlProfile,
    SecureScoreControlStateUpdate,
    Snapshot,
)
from checker.snapshot.past import implied_maximum
from checker.tenant.control import Control
from checker.tenant.tenant import Tenant

TENANT = "00000000-0000-0000-0000-000000000001"
OTHER_TENANT = "00000000-0000-0000-0000-000000000002"
PORTAL = "https://security.microsoft.com/securescore"
# As a maximum of a day: that of its controls together.
SUM = -1.0
TODAY = datetime.date(2026, 5, 22)
NOW = datetime.datetime(2026, 5, 22, 9, 0, tzinfo=datetime.UTC)


def score(
    name: str,
    points: float | None = 10.0,
    maximum: float = 10.0,
    *,
    percent: float | None = None,
    category: str | None = "Identity",
    total: object = None,
    state: object = None,
    last_synced: object = None,
) -> ControlScore:
    """A control's score; its percentage follows from ``maximum`` as Graph rounds it, unless it is given."""
    if percent is None and points is not None:
        percent = round(100 * points / maximum, 2)
    return ControlScore(name, points, percent, category, total, state, last_synced)


def unrated(name: str, points: float, category: str | None = "Identity") -> ControlScore:
    """A score without a percentage."""
    return ControlScore(name, points, None, category)


def update(state: str | None, at: str | None = None, by: str | None = None) -> SecureScoreControlStateUpdate:
    """One entry of a profile's state history."""
    return SecureScoreControlStateUpdate(state=state, updated_by=by, updated_date_time=at)


def profile(
    name: str,
    maximum: float | UnsetType | None = 10.0,
    *,
    updates: Sequence[SecureScoreControlStateUpdate] | None = None,
    state: str | None = None,
    title: str | None = None,
    category: str | None = "Identity",
    service: str | None = "AzureAD",
    tier: str | None = "Core",
    threats: list[str] | None = None,
    user_impact: str | None = None,
    implementation_cost: str | None = None,
    action_url: str | None = None,
    tenant: str | None = TENANT,
) -> SecureScoreControlProfile:
    """A control profile; ``state`` is short for one update by an administrator."""
    if updates is None:
        updates = [
            update("Default") if state is None else update(state, "2026-05-01T08:00:00Z", "admin@contoso.example")
        ]
    return SecureScoreControlProfile(
        id=name,
        azure_tenant_id=tenant,
        title=title,
        max_score=maximum,
        control_category=category,
        service=service,
        tier=tier,
        threats=threats,
        user_impact=user_impact,
        implementation_cost=implementation_cost,
        action_url=action_url,
        control_state_updates=list(updates),
    )


def day(
    controls: Iterable[ControlScore],
    *,
    back: int = 0,
    current: float | None = None,
    maximum: float | UnsetType | None = 100.0,
    services: Sequence[str] | None = ("HasAADP1",),
    averages: list[AverageComparativeScore] | None = None,
    tenant: str | None = TENANT,
) -> SecureScore:
    """The day that lies ``back`` days before TODAY; its score is the sum, as is its maximum for SUM."""
    scores = list(controls)
    if maximum == SUM:
        maximum = sum(round(implied_maximum(entry) or 10.0, 2) for entry in scores) or 100.0
    date = TODAY - datetime.timedelta(days=back)
    return SecureScore(
        created_date_time=f"{date}T00:00:00Z",
        id=f"{tenant}_{date}",
        azure_tenant_id=tenant,
        current_score=sum(entry.score or 0.0 for entry in scores) if current is None else current,
        max_score=maximum,
        control_scores=scores,
        enabled_services=None if services is None else list(services),
        average_comparative_scores=averages,
    )


def snapshot(
    *days: SecureScore, profiles: Iterable[SecureScoreControlProfile] | None = None, partial: Iterable[str] = ()
) -> Snapshot:
    """The days and profiles put together as a file's would be.

    Args:
        days: any number.
        profiles: these alone; where none are given, an untouched one for each scored control.
        partial: the collections that are incomplete.
    """
    profiles = untouched_profiles(days) if profiles is None else profiles
    return assemble(Pieces(scores=list(days), profiles=list(profiles), partial=set(partial)), "test.json")


def untouched_profiles(days: Iterable[SecureScore]) -> list[SecureScoreControlProfile]:
    """A profile for each scored control, in the state Default, with the maximum that its score tells."""
    found: dict[str, SecureScoreControlProfile] = {}
    for one in days:
        for entry in one.control_scores or ():
            maximum = implied_maximum(entry)
            found.setdefault(
                entry.control_name,
                profile(
                    entry.control_name,
                    round(maximum, 2) if maximum is not None else 10.0,
                    category=entry.control_category,
                    tenant=one.azure_tenant_id,
                ),
            )
    return list(found.values())


def tenant(*days: SecureScore, profiles: Iterable[SecureScoreControlProfile] | None = None) -> Tenant:
    """The same, prepared for judging."""
    return Tenant(snapshot(*days, profiles=profiles), PORTAL)


def one_control(entry: ControlScore, joined: SecureScoreControlProfile | None) -> Control:
    """The control that a score and its profile make."""
    (found,) = tenant(day([entry]), profiles=[joined] if joined is not None else []).controls
    return found


def policy(*, score: str = "", controls: str = "", head: str = "", waivers: str = "") -> PolicySet:
    """A policy ``p`` (and waivers) from the flow-style entries of its sections, through the real loader."""
    lines = [
        "apiVersion: scoregate/v1",
        "kind: Policy",
        "metadata: {name: p}",
        head,
        f"score: [{score}]" if score else "",
        f"controls: [{controls}]" if controls else "",
    ]
    if waivers:
        lines += ["---", "apiVersion: scoregate/v1", "kind: Waivers", f"waivers: [{waivers}]"]
    return policies("\n".join(lines) + "\n")


def policies(text: str) -> PolicySet:
    """Whatever the YAML text declares, read as from standard input."""
    with mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()))):
        return load(["-"])


def report(policy_set: PolicySet, data: Snapshot, now: datetime.datetime = NOW, labels: Iterable[str] = ()) -> Report:
    """The report on the snapshot, of a tenant with these labels."""
    return evaluate(policy_set, data, now, portal=PORTAL, labels=frozenset(labels))


def findings(policy_set: PolicySet, data: Snapshot, now: datetime.datetime = NOW) -> list[Finding]:
    """The report's findings."""
    return list(report(policy_set, data, now).findings)


def line(finding: Finding) -> tuple[str, str, str]:
    """Outcome, reason and message: what most tests look at."""
    return finding.outcome.value, finding.judgement.reason.value, finding.message


def lines(policy_set: PolicySet, data: Snapshot, now: datetime.datetime = NOW) -> list[tuple[str, str, str]]:
    """Each finding's outcome, reason and message."""
    return [line(finding) for finding in findings(policy_set, data, now)]


def only(policy_set: PolicySet, data: Snapshot, now: datetime.datetime = NOW) -> tuple[str, str, str]:
    """The one finding's outcome, reason and message."""
    (found,) = lines(policy_set, data, now)
    return found


def warnings(policy_set: PolicySet, data: Snapshot, now: datetime.datetime = NOW) -> list[tuple[str, str]]:
    """The report's warnings."""
    return [(warning.code, warning.message) for warning in report(policy_set, data, now).warnings]
