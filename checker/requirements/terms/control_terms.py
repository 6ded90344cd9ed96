"""What every control entry may demand of a control, and the judgement of one control by these terms."""

from collections.abc import Collection
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from checker.presentation.words import shown
from checker.report.finding import Affected, Declaration, DeclaredState, Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.entry import Entry, OnMissing
from checker.requirements.terms.minimum import Minimum, worded
from checker.requirements.terms.profile_state import ProfileState, Remediate
from checker.snapshot.model import PROFILES
from checker.tenant.control import Control
from checker.tenant.numbers import at_least, finite
from checker.tenant.tenant import Tenant

AcceptedState = Literal["ThirdParty", "Reviewed", "AlternateMitigation"]


class ControlEntry(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The keys that every control entry may have beside the ones that say which controls it speaks of."""

    minimum: Annotated[Minimum | None, Meta(description="What the score must reach; 100 percent where absent.")] = None
    accept: Annotated[
        list[AcceptedState],
        Meta(
            description="Declared states that are taken in place of an observed score. Ignored is not among them: "
            "accepting a risk is a waiver."
        ),
    ] = msgspec.field(default_factory=list)
    on_missing: Annotated[
        OnMissing,
        Meta(description="What to say of a control that the tenant doesn't report: fail, skip or error."),
    ] = "fail"
    profile: Annotated[
        ProfileState | None,
        Meta(description="The state that the control profile must be in; without a minimum it alone is judged."),
    ] = None
    remediate: Remediate = "manual"

    def __post_init__(self) -> None:
        """Refuses to remediate where no state is asked for."""
        if self.remediate == "auto" and self.profile is None:
            raise ValueError("expected profile beside remediate: only a profile's state can be set")

    @property
    def history_days(self) -> int:
        """A week: enough to notice a control that has stopped being scored."""
        return 7

    @property
    def judges_state_alone(self) -> bool:
        """Whether only the profile's state is asked for."""
        return self.profile is not None and self.minimum is None

    @property
    def wants_state(self) -> bool:
        """Whether it has a ``profile``."""
        return self.profile is not None

    def declared_controls(self, tenant: Tenant) -> Collection[str]:
        """All that it means, where it has a ``profile``."""
        return self.controls_meant(tenant) if self.profile is not None else ()

    def accepts(self, control: Control) -> bool:
        """Whether the control's declared state is taken in place of a score."""
        if self.profile is not None and self.profile.is_declaration and self.profile.is_met_by(control.state):
            return True
        return any(control.state.says(state) for state in self.accept)

    def declaring(self, judgement: Judgement, control: str | None = None) -> Judgement:
        """The judgement with the state that this entry wants of its control, where it wants one.

        Args:
            judgement: of one control.
            control: the control's id; the judgement's own where absent.
        """
        name = control or judgement.control
        if self.profile is None or name is None:
            return judgement
        declared = DeclaredState(
            control=name,
            state=self.profile.state,
            assigned_to=self.profile.assigned_to,
            comment=self.profile.comment,
            automatic=self.remediate == "auto",
        )
        return msgspec.structs.replace(judgement, declares=(declared,))

    def demand(self) -> str:
        """The terms as the end of a sentence: ``at 100 % or more``."""
        if self.judges_state_alone and self.profile is not None:
            return f"in the state {self.profile.state}"
        minimum = self.minimum or Minimum()
        text = f"at {worded(minimum.quantity)} or more"
        if minimum.all_but is not None:
            text += f", all but {minimum.all_but}"
        return text


def judge_control(terms: ControlEntry, tenant: Tenant, control: Control) -> Judgement:
    """One control of the tenant judged by the terms of an entry."""
    return terms.declaring(_judge(terms, tenant, control), control.id)


def _judge(terms: ControlEntry, tenant: Tenant, control: Control) -> Judgement:
    if control.profile is None and PROFILES in tenant.snapshot.partial and not control.state.is_declared:
        text = f"the profile of {control.id} is missing from an incomplete answer, so it may have been declared"
        return _judgement(Outcome.ERROR, Reason.PARTIAL_DATA, text, tenant, control, None, None)
    if terms.profile is None:
        return _judge_points(terms, tenant, control)
    state = _judge_state(terms, terms.profile, tenant, control)
    if terms.minimum is None or state.outcome is Outcome.FAIL:
        return state
    judgement = _judge_points(terms, tenant, control)
    return state if state.warns and judgement.outcome is Outcome.PASS else judgement


def _judge_points(terms: ControlEntry, tenant: Tenant, control: Control) -> Judgement:
    if control.state.is_declared:
        return _judge_declared(terms, tenant, control)
    return _judge_score(terms.minimum or Minimum(), tenant, control)


def _judge_state(terms: ControlEntry, wanted: ProfileState, tenant: Tenant, control: Control) -> Judgement:
    measured = Quantity(control.state.name, Unit.STATE)
    if wanted.is_met_by(control.state):
        text = f"{control.id} is in the state {wanted.state}, as declared"
        return _judgement(Outcome.PASS, Reason.MET, text, tenant, control, measured, wanted.quantity)
    if control.is_completed and wanted.state != "Default":
        text = f"{control.id} is observed in full, so there is nothing to declare; the entry {terms.id} can go"
        return _judgement(
            Outcome.PASS,
            Reason.DECLARATION_UNNEEDED,
            text,
            tenant,
            control,
            measured,
            wanted.quantity,
            warns=True,
        )
    text = f"{control.id} is in the state {control.state.name}{_who(control)} and must be in the state {wanted.state}"
    return _judgement(Outcome.FAIL, Reason.STATE_DIFFERS, text, tenant, control, measured, wanted.quantity)


def _judge_declared(terms: ControlEntry, tenant: Tenant, control: Control) -> Judgement:
    measured = Quantity(control.state.name, Unit.STATE)
    required = (terms.minimum or Minimum()).quantity
    if terms.accepts(control):
        text = f"{control.id} is declared {control.state.name}{_who(control)}, which the policy accepts"
        return _judgement(Outcome.PASS, Reason.DECLARATION_ACCEPTED, text, tenant, control, measured, required)
    text = (
        f"{control.id} is declared {control.state.name}{_who(control)}, which nobody observed and the policy does "
        "not accept"
    )
    return _judgement(
        Outcome.FAIL,
        Reason.DECLARED_NOT_OBSERVED,
        text,
        tenant,
        control,
        measured,
        required,
        missing=control.points,
    )


def _judge_score(minimum: Minimum, tenant: Tenant, control: Control) -> Judgement:
    required = minimum.quantity
    wanted = float(required.value)
    points = control.points or 0.0
    value = points
    if required.unit is Unit.PERCENT:
        percent = control.percent
        if percent is None:
            return _no_percentage(tenant, control, required)
        value = percent
    measured = Quantity(value, required.unit)
    missing = _points_missing(required, control)
    standing = _standing(control, beside=wanted)
    if at_least(value, wanted):
        text = f"{control.id} is at {standing}; {worded(required)} is required"
        return _judgement(Outcome.PASS, Reason.MET, text, tenant, control, measured, required)
    affected = left_out(control)
    text = f"{control.id} is at {standing} and must be at {worded(required)}"
    if affected is not None:
        text += f": {affected.count} of {affected.of} users or devices are left out"
    reason = Reason.BELOW_MINIMUM
    if minimum.all_but is not None:
        if affected is None:
            reason = Reason.COUNT_UNKNOWN
            text += f"; allBut {minimum.all_but} has no effect, since the tenant reports no total for it"
        elif affected.count <= minimum.all_but and affected.count * 2 < affected.of:
            text = (
                f"{control.id} is at {standing}: {affected.count} of {affected.of} users or devices are left out, and "
                f"{minimum.all_but} may be"
            )
            return _judgement(Outcome.PASS, Reason.MET, text, tenant, control, measured, required)
        else:
            text += f", and at most {minimum.all_but} may be"
    if control.state.is_ignored:
        text += f"; its risk was accepted in the portal{_who(control)}"
    return _judgement(Outcome.FAIL, reason, text, tenant, control, measured, required, missing=missing)


def _no_percentage(tenant: Tenant, control: Control, required: Quantity) -> Judgement:
    if control.profile is None:
        text = f"{control.id} has neither a profile nor a percentage, so its maximum is unknown; ask for points instead"
        return _judgement(Outcome.ERROR, Reason.MAXIMUM_UNKNOWN, text, tenant, control, None, required)
    text = f"{control.id} has a maximum of zero points, so a percentage of it is not applicable"
    return _judgement(Outcome.SKIPPED, Reason.NOT_APPLICABLE, text, tenant, control, None, required)


def left_out(control: Control) -> Affected | None:
    """How many users or devices a control leaves out; None where the tenant reports no total.

    Never from ``count``, which means the compliant ones for some services and the exposed ones for others.
    """
    if control.score is None:
        return None
    total = finite(control.score.total)
    percent = control.score.score_in_percentage
    if percent is None:
        percent = control.percent
    if total is None or total < 1 or percent is None:
        return None
    return Affected(count=max(0, round(total * (1 - percent / 100))), of=round(total))


def _standing(control: Control, beside: float) -> str:
    """Where a control stands: ``50 % (5 of 10 points)``, as far as it is known."""
    points = control.points or 0.0
    percent, maximum = control.percent, control.maximum
    of = f" of {shown(maximum)}" if maximum is not None else ""
    if percent is None:
        return f"{shown(points, beside=beside)}{of} points"
    return f"{shown(percent, beside=beside)} % ({shown(points)}{of} points)"


def _points_missing(required: Quantity, control: Control) -> float | None:
    wanted = float(required.value)
    if required.unit is Unit.PERCENT:
        maximum = control.maximum
        if maximum is None:
            return None
        wanted = maximum * wanted / 100
    return max(0.0, wanted - (control.points or 0.0))


def _who(control: Control) -> str:
    """`` by X on D`` as far as Graph tells."""
    by = f" by {control.state.updated_by}" if control.state.updated_by else ""
    at = f" on {control.state.updated_date_time[:10]}" if control.state.updated_date_time else ""
    return by + at


def _judgement(  # noqa: PLR0913 - the members of a judgement
    outcome: Outcome,
    reason: Reason,
    text: str,
    tenant: Tenant,
    control: Control,
    measured: Quantity | None,
    required: Quantity | None,
    *,
    missing: float | None = None,
    warns: bool = False,
) -> Judgement:
    state = control.state
    synced = control.score.last_synced if control.score is not None else None
    return Judgement(
        outcome=outcome,
        reason=reason,
        message=text,
        control=control.id,
        control_title=control.title,
        control_category=control.category,
        measured=measured,
        required=required,
        affected=left_out(control),
        points=missing,
        last_synced=synced if isinstance(synced, str) else None,
        declared_by=None if state.is_default else Declaration(state.name, state.updated_by, state.updated_date_time),
        portal_url=tenant.portal_url(control),
        warns=warns,
    )
