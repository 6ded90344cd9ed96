"""Graph's data in Graph's words: what a check needs of secureScores and secureScoreControlProfiles.

Source: learn.microsoft.com/graph/api/resources/securescore and …/securescorecontrolprofile (v1.0). Undocumented
members (``state``, ``total``, ``lastSynced``, ``scoreInPercentage``) vary in type between tenants and years, so they
have the type ``object`` and are checked where they are used. Members that no command needs are not decoded; the file
that ``fetch`` writes keeps all of them.
"""

import datetime

import msgspec
from msgspec import UNSET, UnsetType

# The two collections as our own files name them.
SCORES = "secureScores"
PROFILES = "controlProfiles"

# Every record is frozen; those with tens of thousands of instances are excluded from garbage collection (no cycles).


class ControlScore(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One control on one day.

    Attributes:
        control_name: the control's id; the key of the join with a profile.
        score: points; None where Graph sends null, so that the control is not scored.
        score_in_percentage: 100 × score / maximum, rounded by Graph to two decimals.
        control_category: Identity, Apps, Device, Data or Infrastructure; an open list.
        total: users or devices that the control counts; only on the newest day, a string or a number.
        state: Defender's controls only, only on the newest day.
        last_synced: when this control was last measured; only on the newest day.
    """

    control_name: str
    score: float | None = None
    score_in_percentage: float | None = None
    control_category: str | None = None
    total: object = None
    state: object = None
    last_synced: object = None


class AverageComparativeScore(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An average of other tenants.

    Attributes:
        basis: AllTenants, TotalSeats or IndustryTypes.
        average_score: percent of the maximum, 0 to 100; -1 or None where Microsoft has none.
        identity_score, identity_score_max (and so on): points of a category and their maximum; text or numbers.
        seats_from, seats_to: of TotalSeats, as v1.0 spells them today; the others are of 2019.
    """

    basis: str | None = None
    average_score: float | None = None
    identity_score: object = None
    identity_score_max: object = None
    data_score: object = None
    data_score_max: object = None
    device_score: object = None
    device_score_max: object = None
    apps_score: object = None
    apps_score_max: object = None
    infrastructure_score: object = None
    infrastructure_score_max: object = None
    seat_size_range_lower_value: object = None
    seat_size_range_upper_value: object = None
    seats_from: object = msgspec.field(default=None, name="SeatSizeRangeLowerValue")
    seats_to: object = msgspec.field(default=None, name="SeatSizeRangeUpperValue")


class SecureScore(msgspec.Struct, frozen=True, rename="camel"):
    """One day of one tenant.

    Attributes:
        created_date_time: the day, ISO 8601 with time 00:00 UTC.
        current_score, max_score: points; Microsoft's own totals. A maximum that is absent is UNSET.
        control_scores: one entry a scored control; None where Graph sends none.
        enabled_services: licences as Secure Score names them (``HasAADP2``).
    """

    created_date_time: str
    id: str | None = None
    azure_tenant_id: str | None = None
    current_score: float | None = None
    max_score: float | UnsetType | None = UNSET
    control_scores: list[ControlScore] | None = None
    enabled_services: list[str] | None = None
    average_comparative_scores: list[AverageComparativeScore] | None = None
    active_user_count: int | None = None
    licensed_user_count: int | None = None

    @property
    def maximum(self) -> float | None:
        """The tenant's maximum in points; None where it is null or absent."""
        return None if self.max_score is UNSET else self.max_score


class SecureScoreControlStateUpdate(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One entry of a profile's state history; an untouched profile has one with everything but the state null."""

    state: str | None = None
    assigned_to: str | None = None
    comment: str | None = None
    updated_by: str | None = None
    updated_date_time: str | None = None


class SecureScoreControlProfile(msgspec.Struct, frozen=True, rename="camel"):
    """What a control is. ``max_score`` is in points; the other values are free text, in varying case.

    A member that is absent is UNSET where that means something else than null.
    """

    id: str
    azure_tenant_id: str | None = None
    title: str | None = None
    max_score: float | UnsetType | None = UNSET
    control_category: str | None = None
    service: str | UnsetType | None = UNSET
    tier: str | UnsetType | None = UNSET
    threats: list[str] | UnsetType | None = UNSET
    user_impact: str | UnsetType | None = UNSET
    implementation_cost: str | UnsetType | None = UNSET
    action_url: str | None = None
    rank: object = None
    remediation: str | None = None
    deprecated: bool | None = None
    control_state_updates: list[SecureScoreControlStateUpdate] | None = None


class Day(msgspec.Struct, frozen=True):
    """A secureScore with its date."""

    date: datetime.date
    score: SecureScore

    @property
    def controls(self) -> list[ControlScore]:
        """The day's control scores; empty where Graph sends null."""
        return self.score.control_scores or []


class SnapshotWarning(msgspec.Struct, frozen=True):
    """Something odd in the data that does not stop the run: a stable code and one sentence."""

    code: str
    message: str


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One tenant's data at one moment.

    Attributes:
        tenant: the tenant's id; the empty string if no object names it.
        days: newest first, each date once.
        profiles: each id once, in Graph's order.
        partial: the collections that are known to be incomplete: ``secureScores``, ``controlProfiles``.
        sha256: of the input's bytes as stored, or None.
        warnings: what was repaired or looks odd.
        assumes_default_states: the caller takes controls without a profile to be in the state Default.
    """

    tenant: str
    days: tuple[Day, ...]
    profiles: tuple[SecureScoreControlProfile, ...]
    partial: frozenset[str] = frozenset()
    sha256: str | None = None
    warnings: tuple[SnapshotWarning, ...] = ()
    assumes_default_states: bool = False
