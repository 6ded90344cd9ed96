"""The judgement of one control by the terms of an entry."""

from collections.abc import Sequence

import msgspec

from checker.presentation.words import set_by, shown
from checker.report.finding import Affected, Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.terms.control_terms import ControlEntry
from checker.requirements.terms.evidence import in_doubt
from checker.requirements.terms.minimum import Minimum, worded
from checker.requirements.terms.profile_state import ProfileState
from checker.tenant.completeness import Doubt, OpenMember, readings_of
from checker.tenant.control import Control
from checker.tenant.numbers import at_least, finite
from checker.tenant.states import DEFAULT
from checker.tenant.tenant import Tenant


def judge_control(terms: ControlEntry, tenant: Tenant, control: Control) -> Judgement:
    """One control of the tenant judged by the terms of an entry, under every reading that the data leaves open."""
    members = tenant.open_members(control)
    judgement = _judge_open(terms, control, members) if members else _judge(terms, control)
    return terms.declaring(judgement, control.id)


def _judge_open(terms: ControlEntry, control: Control, members: Sequence[OpenMember]) -> Judgement:
    judgements = [_judge(terms, reading) for reading in readings_of(control, members)]
    if len({judgement.outcome for judgement in judgements}) == 1:
        as_told = _judge(terms, control)
        found = as_told if as_told.outcome is judgements[0].outcome else judgements[0]
        return msgspec.structs.replace(found, least=(_least([found, *judgements]),))
    return in_doubt(_deciding(terms, control, members), control=control.id)


def _least(judgements: Sequence[Judgement]) -> Quantity | None:
    """The least that any reading measures; None where they don't all measure the same."""
    found = [judgement.measured for judgement in judgements if judgement.measured is not None]
    if len(found) < len(judgements) or len({one.unit for one in found}) > 1 or found[0].unit is Unit.STATE:
        return None
    return min(found, key=lambda one: float(one.value))


def _deciding(terms: ControlEntry, control: Control, members: Sequence[OpenMember]) -> Doubt:
    """The doubt that alone changes the outcome; the first one where none does."""
    for member in members:
        if len({_judge(terms, reading).outcome for reading in member.readings(control)}) > 1:
            return member.doubt
    return members[0].doubt


def _judge(terms: ControlEntry, control: Control) -> Judgement:
    """The judgement of a control of which nothing is open."""
    if terms.profile is None:
        return _judge_points(terms, control)
    state = _judge_state(terms, terms.profile, control)
    if terms.minimum is None or state.outcome is Outcome.FAIL:
        return state
    judgement = _judge_points(terms, control)
    return state if state.warns and judgement.outcome is Outcome.PASS else judgement


def _judge_points(terms: ControlEntry, control: Control) -> Judgement:
    if control.state.is_declared:
        return _judge_declared(terms, control)
    return _judge_score(terms.minimum or Minimum(), control)


def _judge_state(terms: ControlEntry, wanted: ProfileState, control: Control) -> Judgement:
    measured = Quantity(control.state.name, Unit.STATE)
    if wanted.is_met_by(control.state):
        text = f"{control.id} is in the state {wanted.state}, as declared"
        return _judgement(Outcome.PASS, Reason.MET, text, control, measured, wanted.quantity)
    if control.is_completed and wanted.state != DEFAULT:
        text = f"{control.id} is observed in full, so there is nothing to declare; remove the entry {terms.id}"
        found = _judgement(Outcome.PASS, Reason.DECLARATION_UNNEEDED, text, control, measured, wanted.quantity)
        return msgspec.structs.replace(found, warns=True)
    text = (
        f"{control.id} is in the state {control.state.name}{_set_by(control)} and must be in the state {wanted.state}"
    )
    return _judgement(Outcome.FAIL, Reason.STATE_DIFFERS, text, control, measured, wanted.quantity)


def _judge_declared(terms: ControlEntry, control: Control) -> Judgement:
    measured = Quantity(control.state.name, Unit.STATE)
    required = (terms.minimum or Minimum()).quantity
    who = f"{control.id} is declared {control.state.name}{_set_by(control)}"
    if terms.accepts(control):
        text = f"{who}, which the policy accepts"
        return _judgement(Outcome.PASS, Reason.DECLARATION_ACCEPTED, text, control, measured, required)
    text = f"{who}, which nobody observed and the policy does not accept"
    found = _judgement(Outcome.FAIL, Reason.DECLARED_NOT_OBSERVED, text, control, measured, required)
    return msgspec.structs.replace(found, points=control.points)


def _judge_score(minimum: Minimum, control: Control) -> Judgement:
    required = minimum.quantity
    wanted = float(required.value)
    value = control.percent if required.unit is Unit.PERCENT else control.points or 0.0
    if value is None:
        return _no_percentage(control, required)
    measured = Quantity(value, required.unit)
    standing = _standing(control, beside=wanted)
    if at_least(value, wanted):
        text = f"{control.id} is at {standing}; {worded(required)} is required"
        return _judgement(Outcome.PASS, Reason.MET, text, control, measured, required)
    affected = left_out(control)
    if affected is not None and minimum.all_but is not None and _may_be_left_out(affected, minimum.all_but):
        text = (
            f"{control.id} is at {standing}: {affected.count} of {affected.of} users or devices are left out, and "
            f"{minimum.all_but} may be"
        )
        return _judgement(Outcome.PASS, Reason.MET, text, control, measured, required)
    text = f"{control.id} is at {standing} and must be at {worded(required)}{_who_is_left_out(affected, minimum)}"
    if control.state.is_ignored:
        text += f"; its risk was accepted in the portal{_set_by(control)}"
    count_unknown = minimum.all_but is not None and affected is None
    reason = Reason.COUNT_UNKNOWN if count_unknown else Reason.BELOW_MINIMUM
    found = _judgement(Outcome.FAIL, reason, text, control, measured, required)
    return msgspec.structs.replace(found, points=_points_missing(required, control))


def _may_be_left_out(affected: Affected, most: int) -> bool:
    """Whether ``allBut`` covers those who are left out: never half of them or more."""
    return affected.count <= most and affected.count * 2 < affected.of


def _who_is_left_out(affected: Affected | None, minimum: Minimum) -> str:
    if affected is None:
        if minimum.all_but is None:
            return ""
        return f"; allBut {minimum.all_but} has no effect, since the tenant reports no total for it"
    most = f", and at most {minimum.all_but} may be" if minimum.all_but is not None else ""
    return f": {affected.count} of {affected.of} users or devices are left out{most}"


def _no_percentage(control: Control, required: Quantity) -> Judgement:
    profile = control.profile
    if profile is None or control.maximum is None:
        what = "neither a profile nor a percentage" if profile is None else "a profile without a usable maxScore"
        text = f"{control.id} has {what}, so its maximum is unknown; require points instead"
        return _judgement(Outcome.ERROR, Reason.MAXIMUM_UNKNOWN, text, control, None, required)
    what = "no maximum: maxScore of its profile is null" if profile.max_score is None else "a maximum of zero points"
    text = f"{control.id} has {what}, so a percentage of it is not applicable"
    return _judgement(Outcome.SKIPPED, Reason.NOT_APPLICABLE, text, control, None, required)


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


def _standing(control: Control, beside: float | None = None) -> str:
    """Where a control stands: ``50 % (5 of 10 points)``, as far as it is known."""
    points = control.points or 0.0
    percent, maximum = control.percent, control.maximum
    of = f" of {shown(maximum)}" if maximum else ""
    if percent is None:
        return f"{shown(points, beside=beside)}{of} points"
    return f"{shown(percent, beside=beside)} % ({shown(points)}{of} points)"


def _points_missing(required: Quantity, control: Control) -> float | None:
    wanted = float(required.value)
    if required.unit is Unit.PERCENT:
        if control.maximum is None:
            return None
        wanted = control.maximum * wanted / 100
    return max(0.0, wanted - (control.points or 0.0))


def _set_by(control: Control) -> str:
    return set_by(control.state.updated_by, control.state.updated_date_time)


def _judgement(
    outcome: Outcome,
    reason: Reason,
    text: str,
    control: Control,
    measured: Quantity | None = None,
    required: Quantity | None = None,
) -> Judgement:
    in_state = measured is not None and measured.unit is Unit.STATE
    return Judgement(
        outcome=outcome,
        reason=reason,
        message=text,
        standing=f"is in the state {control.state.name}" if in_state else f"is at {_standing(control)}",
        control=control.id,
        measured=measured,
        required=required,
        affected=left_out(control),
    )
