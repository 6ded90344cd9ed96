"""Report and snapshot → plan. Pure: the differences that evaluate found, as changes that Graph can make."""

import datetime
from typing import Literal

import msgspec

from checker.errors import PlanError
from checker.remediation.plan import (
    EARNING,
    LONGEST_TEXT,
    WRITABLE,
    Change,
    Effect,
    Manual,
    ManualReason,
    NewState,
    Plan,
    PlanSource,
    RecordedState,
    recorded_state,
)
from checker.report.document import LocationDocument
from checker.report.finding import DeclaredState, Finding
from checker.report.outcome import Outcome
from checker.report.report import Report
from checker.snapshot.ids import is_control_id
from checker.snapshot.model import PROFILES, SecureScoreControlProfile, Snapshot
from checker.tenant.control import Control
from checker.tenant.states import DEFAULT
from checker.tenant.tenant import Tenant

_ACTIONS: dict[str, Literal["reset", "accept"]] = {"Default": "reset", "Ignored": "accept"}


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The run that makes a plan.

    Attributes:
        name: as default comments name it: a pipeline's address, or the moment.
        moment: when the plan is made.
        cloud: the national cloud's name.
        policies_sha256: of the policy files.
    """

    name: str
    moment: datetime.datetime
    cloud: str
    policies_sha256: str


def propose(report: Report, snapshot: Snapshot, run: Run) -> Plan:
    """The differences between the states that policies declare and those that the tenant has.

    Raises:
        PlanError: two requirements want different states of one control.
    """
    drafts = _Drafts(Tenant(snapshot, report.portal), run)
    for finding in report.findings:
        for declared in finding.judgement.declares:
            drafts.consider(finding, declared)
    return Plan(
        tenant=report.tenant,
        cloud=run.cloud,
        created_at=run.moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        run=run.name,
        source=PlanSource(
            policies_sha256=run.policies_sha256,
            snapshot_date=report.snapshot.date.isoformat() if report.snapshot.date is not None else None,
            snapshot_sha256=report.snapshot.sha256,
        ),
        changes=tuple(drafts.changes.values()),
        manual=tuple(drafts.manual.values()),
        notes=(*drafts.notes, *_not_judged(report)),
        warnings=report.warnings,
    )


def unjudged_requirements(report: Report) -> list[str]:
    """The requirements on states that could not be judged, so that a change may be missing from the plan."""
    return list(
        dict.fromkeys(
            finding.requirement.name
            for finding in report.findings
            if finding.outcome is Outcome.ERROR and finding.requirement.wants_state
        )
    )


def _not_judged(report: Report) -> list[str]:
    names = unjudged_requirements(report)
    return [f"not planned because they could not be judged: {', '.join(names)}"] if names else []


class _Drafts:
    """Collects changes by control; refuses two that contradict each other."""

    def __init__(self, tenant: Tenant, run: Run) -> None:
        self.changes: dict[str, Change] = {}
        self.manual: dict[str, Manual] = {}
        self._notes: list[str] = []
        self._waived: dict[str, str] = {}
        self._controls: dict[str, tuple[Control, SecureScoreControlProfile]] = {}
        self._tenant = tenant
        self._run = run
        self._wanted: dict[str, tuple[str, Finding]] = {}

    @property
    def notes(self) -> list[str]:
        """What is not planned, and why."""
        return [
            *self._notes,
            *(note for key, note in self._waived.items() if key not in self.changes and key not in self.manual),
        ]

    def consider(self, finding: Finding, declared: DeclaredState) -> None:
        """Adds what one declared state asks for: nothing, a change, or a manual one."""
        control = self._tenant.scored(declared.control) or self._tenant.unscored(declared.control)
        key = _key(declared, control)
        first, other = self._wanted.setdefault(key, (declared.state, finding))
        if first != declared.state:
            raise _conflict(declared, finding, first, other)
        if finding.outcome is Outcome.SKIPPED or (control is not None and control.state.says(declared.state)):
            return
        if control is not None and self._is_completed(control) and declared.state != DEFAULT:
            # A control that is observed in full can't be declared: Microsoft calls it Completed.
            self._notes.append(f"{finding.requirement.name}: {control.id} is observed in full, so nothing is declared")
            return
        if finding.outcome is Outcome.WAIVED or declared.control in finding.waived_controls:
            self._waived.setdefault(
                key, f"{finding.requirement.name}: {declared.control} is waived, so it stays as it is"
            )
            return
        if key in self.changes:
            self._add_requirement(key, finding, declared)
            return
        reason = _why_manual(control, declared)
        if reason is None and control is not None and control.profile is not None:
            self.changes[key] = self._change(finding, declared, control, control.profile)
            self._controls[key] = control, control.profile
        else:
            self._add_manual(key, reason or "unknown-control", finding, declared, control)

    def _is_completed(self, control: Control) -> bool:
        """Whether the control is observed in full; one whose state the data leaves open may be declared instead."""
        return control.is_completed and self._tenant.state_doubt(control) is None

    def _add_manual(
        self, key: str, reason: ManualReason, finding: Finding, declared: DeclaredState, control: Control | None
    ) -> None:
        """Adds what a person has to do. A requirement that leaves it to a job goes before one that asked first."""
        snapshot = self._tenant.snapshot
        if reason == "unknown-control" and (PROFILES in snapshot.partial or not snapshot.profiles):
            reason = "partial-data"
        first = self.manual.get(key)
        if first is None or (declared.automatic and not first.automatic):
            self.manual[key] = _manual(reason, finding, declared, control, self._tenant)

    def _add_requirement(self, key: str, finding: Finding, declared: DeclaredState) -> None:
        change = self.changes[key]
        named = (change.requirement, *change.also_required_by)
        if finding.requirement.name in named:
            return
        if declared.automatic and not change.automatic:
            # A job sets the assignee and the comment of its own requirement.
            control, profile = self._controls[key]
            change = self._change(finding, declared, control, profile)
            self.changes[key] = msgspec.structs.replace(change, also_required_by=named)
        else:
            self.changes[key] = msgspec.structs.replace(
                change, also_required_by=(*change.also_required_by, finding.requirement.name)
            )

    def _change(
        self, finding: Finding, declared: DeclaredState, control: Control, profile: SecureScoreControlProfile
    ) -> Change:
        requirement = finding.requirement
        place = requirement.location
        default = f"Set by scoregate: policy {requirement.policy}, requirement {requirement.id}, run {self._run.name}"
        return Change(
            control=profile.id,
            title=control.title,
            action=_ACTIONS.get(declared.state, "declare"),
            before=recorded_state(profile),
            after=NewState(
                state=WRITABLE[declared.state.casefold()],
                assigned_to=declared.assigned_to,
                comment=default if declared.comment is None else declared.comment,
            ),
            requirement=requirement.name,
            location=LocationDocument(place.file, place.line, place.column),
            automatic=declared.automatic,
            effect=_effect(control, declared.state),
            portal_url=self._tenant.portal_url(control),
        )


def _key(declared: DeclaredState, control: Control | None) -> str:
    """What identifies a change: the profile, which several scores of a tenant may share."""
    if control is None:
        return declared.control.casefold()
    return control.profile.id if control.profile is not None else control.id


def _why_manual(control: Control | None, declared: DeclaredState) -> ManualReason | None:
    """Why Graph cannot make the change, or None where it can."""
    if control is None or control.profile is None:
        return "unknown-control"
    if control.profile.control_state_updates is None:
        return "partial-data"
    held = recorded_state(control.profile)
    if not _is_through_graph(control.profile.id) or not control.state.says(held.state):
        return "not-through-graph"
    if control.profile.deprecated:
        return "retired"
    if held.state.casefold() not in WRITABLE or _is_over_long(held):
        return "not-restorable"
    return None if declared.state.casefold() in WRITABLE else "not-settable"


def _is_through_graph(control: str) -> bool:
    """Whether Graph can set the states of controls with such an id."""
    return is_control_id(control) and not control.casefold().startswith("scid_")


def _is_over_long(held: RecordedState) -> bool:
    """Whether its words are longer than a plan takes."""
    return max(len(held.assigned_to or ""), len(held.comment or "")) > LONGEST_TEXT


_MANUAL_WORDS: dict[ManualReason, str] = {
    "partial-data": "the data lacks its profile or the history of its states; make the plan again",
    "unknown-control": "the tenant has no profile with this id",
    "not-through-graph": "Graph cannot set the state of Defender's controls; use the Microsoft Defender portal",
    "retired": "Microsoft has retired the control, so its state can't be set; remove the entry",
    "not-restorable": "Graph could not restore its present state {present}; change it in the portal",
    "not-settable": "{wanted} cannot be set through Graph, only in the portal",
}


def _manual_words(reason: ManualReason, control: Control | None) -> str:
    profile = control.profile if control is not None else None
    if reason == "not-through-graph" and profile is not None and not is_control_id(profile.id):
        return "its id does not have the form of Graph's ids, so no request names it; use the portal"
    return _MANUAL_WORDS[reason]


def _manual(
    reason: ManualReason, finding: Finding, declared: DeclaredState, control: Control | None, tenant: Tenant
) -> Manual:
    present = control.state.name if control is not None else None
    return Manual(
        control=control.id if control is not None else declared.control,
        title=control.title if control is not None else None,
        present=present,
        wanted=declared.state,
        requirement=finding.requirement.name,
        reason=reason,
        message=_manual_words(reason, control).format(present=present, wanted=declared.state),
        automatic=declared.automatic,
        portal_url=tenant.portal_url(control),
    )


def _effect(control: Control, wanted: str) -> Effect:
    earns, earned = wanted in EARNING, control.state.is_declared
    if control.points is None or earns == earned or (not earns and control.is_not_yet_counted):
        return Effect(kind="none")
    if not earns:
        return Effect(kind="loses", points=control.points)
    maximum = control.maximum
    return Effect(kind="earns", points=max(0.0, maximum - control.points) if maximum is not None else None)


def _conflict(declared: DeclaredState, finding: Finding, first: str, other: Finding) -> PlanError:
    here, there = finding.requirement, other.requirement
    return PlanError(
        f"two requirements want different states of {declared.control}: {there.name} ({there.location}) wants {first}, "
        f"{here.name} ({here.location}) wants {declared.state}",
        advice="Remove one of them, or limit it with exclude or when.",
    )
