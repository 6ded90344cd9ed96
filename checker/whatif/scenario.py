"""A scenario: the tenant as it is → the tenant as it would be. Snapshot → Snapshot, pure."""

import datetime
import math
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from checker.documents.suggest import did_you_mean
from checker.errors import ScenarioError
from checker.remediation.plan import EARNING, Plan
from checker.requirements.terms.minimum import Percent
from checker.requirements.terms.pattern import control_matcher, is_pattern
from checker.snapshot.ids import is_same_tenant
from checker.snapshot.model import ControlScore, Day, SecureScoreControlProfile, SecureScoreControlStateUpdate, Snapshot
from checker.tenant.control import Control
from checker.tenant.numbers import percent_of
from checker.tenant.states import State, moment_of
from checker.tenant.tenant import Tenant

ControlName = Annotated[str, Meta(min_length=1, max_length=200)]


class Adoption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A control that is put in place, and how far."""

    control: Annotated[ControlName, Meta(description="The control's id; * stands for any characters.")]
    percent: Annotated[Percent, Meta(description="Of its maximum.")] = 100.0


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """The changes to simulate.

    Attributes:
        adopt: controls that are put in place.
        drop: ids of controls that are abandoned, so that they earn nothing.
        plan: a plan whose states are set.
    """

    adopt: Sequence[Adoption] = ()
    drop: Sequence[str] = ()
    plan: Plan | None = None


class ScenarioStep(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the scenario does to one control."""

    control: str
    title: str
    control_category: str | None
    action: Literal["adopt", "drop", "declare", "accept", "reset", "restore"]
    before: Annotated[float | None, Meta(description="Points today; null where the control is not scored.")]
    after: Annotated[float, Meta(description="Points as they would be.")]
    points: Annotated[float, Meta(description="What it adds to the score; negative where it takes away.")]


class Simulation(msgspec.Struct, frozen=True):
    """The result of a scenario.

    Attributes:
        snapshot: the tenant as it would be on its newest day.
        steps: the changes, in the order of the scenario.
        notes: the assumptions that were necessary.
    """

    snapshot: Snapshot
    steps: tuple[ScenarioStep, ...]
    notes: tuple[str, ...]


def simulate(tenant: Tenant, scenario: Scenario, moment: datetime.datetime) -> Simulation:
    """The tenant as it would be after the scenario.

    Everything else stays the same to the last digit; the total changes by what the controls gain and lose.

    Raises:
        ScenarioError: a control that the tenant doesn't report, whose maximum is unknown, or that is named twice.
        SnapshotError: the tenant has no score.
    """
    newest = tenant.scored_day()
    tenant.current_score()  # refused where Graph sent none
    simulator = _Simulator(tenant, moment)
    for adoption in scenario.adopt:
        for control in _named(tenant, adoption.control):
            simulator.set(control, "adopt", _share(control, adoption.percent))
    for name in scenario.drop:
        for control in _named(tenant, name):
            simulator.set(control, "drop", 0.0)
    if scenario.plan is not None:
        simulator.carry_out(scenario.plan)
    return simulator.result(newest)


def _named(tenant: Tenant, name: str) -> list[Control]:
    control = tenant.scored(name) or tenant.unscored(name)
    found = [control] if control is not None else []
    if control is None and is_pattern(name):
        matches = control_matcher([name])
        found = [control for control in tenant.controls if matches(control.id)]
    if not found:
        near = did_you_mean(name, tenant.known_ids())
        raise ScenarioError(
            f"this tenant reports no control {name[:200]}{near}", advice="'scoregate controls' lists them."
        )
    return found


def _share(control: Control, percent: float) -> float:
    """A share of a control's maximum; all of it is never less than the points that the control has."""
    wanted = _maximum(control) * percent / 100
    return max(wanted, control.points or 0.0) if percent >= 100 else wanted


def _maximum(control: Control) -> float:
    if control.maximum is None or control.maximum < 0:
        raise ScenarioError(f"the maximum of {control.id} is unknown, so its points can't be projected")
    return control.maximum


class _Simulator:
    """Collects new points and new states; each control may change once."""

    def __init__(self, tenant: Tenant, moment: datetime.datetime) -> None:
        self._tenant = tenant
        self._moment = moment
        self._points: dict[str, float] = {}
        self._new: dict[str, Control] = {}
        self._states: dict[str, SecureScoreControlStateUpdate] = {}
        self._steps: list[ScenarioStep] = []
        self._notes: list[str] = []

    def set(
        self,
        control: Control,
        action: Literal["adopt", "drop", "declare", "accept", "reset", "restore"],
        points: float,
    ) -> None:
        """Gives a control its new points."""
        if control.id in self._points:
            raise ScenarioError(f"the scenario names {control.id} twice")
        before = control.points
        if before is None:
            if action == "drop":
                raise ScenarioError(f"{control.id} is not scored, so there is nothing to drop")
            self._new[control.id] = control
            self._notes.append(f"{control.id} is not scored today; its maximum is added to the total")
        self._points[control.id] = points
        self._steps.append(
            ScenarioStep(
                control=control.id,
                title=control.title,
                control_category=control.category,
                action=action,
                before=before,
                after=points,
                points=points - (before or 0.0),
            )
        )

    def carry_out(self, plan: Plan) -> None:
        """Sets the states of a plan, and the points that result at Microsoft's next recalculation."""
        if plan.tenant and self._tenant.id and not is_same_tenant(plan.tenant, self._tenant.id):
            raise ScenarioError(f"the plan is for the tenant {plan.tenant[:100]}, but the data is of {self._tenant.id}")
        for change in plan.changes:
            control = self._tenant.scored(change.control) or self._tenant.unscored(change.control)
            if control is None or control.profile is None:
                raise ScenarioError(f"the plan sets {change.control[:200]}, for which this tenant has no profile")
            stamp = self._moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            self._states[control.profile.id] = SecureScoreControlStateUpdate(
                state=change.after.state,
                assigned_to=change.after.assigned_to,
                comment=change.after.comment,
                updated_by="whatif",
                updated_date_time=stamp,
            )
            # Several scores of a tenant may share a profile: connectors of one app.
            for one in self._tenant.controls:
                if one.profile is control.profile:
                    self.set(one, change.action, self._after(one, change.after.state))

    def _after(self, control: Control, state: str) -> float:
        """A control's points in a state: the maximum if the state declares it, else the observed points."""
        if state in EARNING:
            return _maximum(control)
        if not control.state.is_declared or control.is_not_yet_counted:
            return control.points or 0.0
        observed = observed_points(self._tenant, control)
        if observed is None:
            self._notes.append(f"the observed points of {control.id} are unknown; 0 is assumed")
        return observed or 0.0

    def result(self, newest: Day) -> Simulation:
        """The tenant with all changes."""
        scores = [self._score(score) for score in newest.controls]
        scores += [self._scored(control) for control in self._new.values()]
        added = math.fsum(control.maximum or 0.0 for control in self._new.values())
        score = newest.score
        if self._points:
            current = (score.current_score or 0.0) + math.fsum(step.points for step in self._steps)
            maximum = score.maximum + added if score.maximum is not None and added else score.maximum
            score = msgspec.structs.replace(score, current_score=current, max_score=maximum, control_scores=scores)
        snapshot = self._tenant.snapshot
        snapshot = msgspec.structs.replace(
            snapshot,
            days=(Day(newest.date, score), *snapshot.days[1:]),
            profiles=tuple(self._profile(profile) for profile in snapshot.profiles),
        )
        return Simulation(snapshot, tuple(self._steps), tuple(self._notes))

    def _score(self, score: ControlScore) -> ControlScore:
        points = self._points.get(score.control_name)
        if points is None or points == score.score:
            return score
        control = self._tenant.scored(score.control_name)
        return msgspec.structs.replace(
            score,
            score=points,
            score_in_percentage=percent_of(points, control.maximum if control is not None else None),
        )

    def _scored(self, control: Control) -> ControlScore:
        points = self._points[control.id]
        return ControlScore(
            control_name=control.id,
            score=points,
            score_in_percentage=percent_of(points, control.maximum),
            control_category=control.category,
        )

    def _profile(self, profile: SecureScoreControlProfile) -> SecureScoreControlProfile:
        update = self._states.get(profile.id)
        if update is None:
            return profile
        updates = [entry for entry in profile.control_state_updates or [] if not _is_later(entry, update)]
        return msgspec.structs.replace(profile, control_state_updates=[*updates, update])


def _is_later(entry: SecureScoreControlStateUpdate, update: SecureScoreControlStateUpdate) -> bool:
    """Whether an entry is dated after the scenario's own, which a clock that is ahead may cause."""
    return moment_of(entry) > moment_of(update)


def observed_points(tenant: Tenant, control: Control) -> float | None:
    """The points of a control before it was declared; None if the data does not have them.

    On the date of the declaration a day may show the old or the new state, so an earlier day is used.
    """
    since = _declared_since(control)
    if since is None:
        return None
    for day in tenant.snapshot.days[1:]:
        if str(day.date) < since[:10]:
            for score in day.controls:
                if score.control_name == control.id:
                    return score.score
            return None
    return None


def _declared_since(control: Control) -> str | None:
    """Since when the control has been in declared states without a break, ISO 8601."""
    updates = (control.profile.control_state_updates if control.profile is not None else None) or []
    since: str | None = None
    for update in sorted(updates, key=moment_of):
        if not State((update.state or "").strip() or "Default").is_declared:
            since = None
        elif since is None:
            since = update.updated_date_time
    return since
