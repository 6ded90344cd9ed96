"""What to say of a control that the newest day does not score: absent is neither zero nor failure by itself."""

from collections.abc import Sequence

from checker.documents.suggest import nearest
from checker.report.finding import Judgement
from checker.report.outcome import Outcome, Reason
from checker.requirements.entry import OnMissing
from checker.requirements.terms.pattern import control_matcher, is_pattern
from checker.requirements.terms.selector import Selector
from checker.tenant.tenant import Tenant

_OUTCOMES: dict[OnMissing, Outcome] = {"fail": Outcome.FAIL, "skip": Outcome.SKIPPED, "error": Outcome.ERROR}


def judge_missing(names: Sequence[str], tenant: Tenant, on_missing: OnMissing) -> Judgement:
    """The finding for controls none of which is scored; the first reason that fits counts.

    Args:
        names: the ids or patterns of the requirement, the first speaks for all.
        tenant: whom to ask.
        on_missing: what the requirement says of a missing control.
    """
    if tenant.newest is None:
        return no_score(tenant, _OUTCOMES[on_missing], names[0])
    for name in names:
        last = _last_scored(name, tenant)
        if last is not None:
            return _missing(
                name,
                tenant,
                Outcome.FAIL,
                Reason.NO_LONGER_SCORED,
                f"{name} was scored until {last} and is not any more: a licence, product or connector may have been "
                "switched off",
            )
    if tenant.snapshot.partial and on_missing != "skip":
        text = f"{names[0]} is not among the scored controls, but Graph's answer was incomplete"
        return _missing(names[0], tenant, Outcome.ERROR, Reason.PARTIAL_DATA, text)
    known = next((name for name in names if _has_profile(name, tenant)), None)
    if known is not None:
        text = (
            f"{known} has a profile but no score on {tenant.newest.date}: the tenant has no such product, connector "
            "or device, or it was not measured yet"
        )
        return _missing(known, tenant, _OUTCOMES[on_missing], Reason.NOT_SCORED, text)
    return judge_unknown(names[0], tenant, on_missing)


def judge_unknown(name: str, tenant: Tenant, on_missing: OnMissing) -> Judgement:
    """The finding for an id that the tenant doesn't know at all; it warns even when it is skipped."""
    if is_pattern(name):
        text = f"no control that this tenant reports matches {name}"
    else:
        near = nearest(name, tenant.known_ids())
        hint = f" (did you mean {near}?)" if near is not None else "; check the spelling"
        text = f"{name} is no control that this tenant reports{hint}"
    return _missing(name, tenant, _OUTCOMES[on_missing], Reason.UNKNOWN_CONTROL, text, warns=True)


def judge_no_choice(select: Selector, exclude: list[str], tenant: Tenant, on_missing: OnMissing) -> Judgement:
    """The finding of a selector that picks nothing: that it did pick something before counts first."""
    last = select.last_scored(tenant, exclude)
    if last is not None:
        text = (
            f"none of the {select.sentence()} is scored any more, and some were until {last}: a licence, product or "
            "connector may have been switched off"
        )
        return _missing(None, tenant, Outcome.FAIL, Reason.NO_LONGER_SCORED, text)
    return judge_none(select.sentence(), select.count_unscored(tenant, exclude), tenant, on_missing)


def judge_unprofiled() -> Judgement:
    """The finding where control profiles are missing that the requirement needs to know states or services."""
    text = "control profiles are missing from the data, so which controls are meant or declared is unknown; fetch again"
    return Judgement(outcome=Outcome.ERROR, reason=Reason.PARTIAL_DATA, message=text)


def judge_none(sentence: str, unscored: int, tenant: Tenant, on_missing: OnMissing) -> Judgement:
    """The finding where nothing is scored of what ``sentence`` says.

    Args:
        sentence: what was looked for, as the object of a sentence.
        unscored: how many profiles fit that have no score.
        tenant: whom to ask.
        on_missing: what the requirement says of it.
    """
    if tenant.newest is None:
        return no_score(tenant, _OUTCOMES[on_missing], None)
    if tenant.snapshot.partial and on_missing != "skip":
        text = f"no scored control is among the {sentence}, but Graph's answer was incomplete"
        return _missing(None, tenant, Outcome.ERROR, Reason.PARTIAL_DATA, text)
    also = f"; {unscored} that fit have a profile but no score" if unscored else ""
    text = f"the tenant scores none of the {sentence}{also}"
    return _missing(None, tenant, _OUTCOMES[on_missing], Reason.NOT_SCORED, text)


def no_score(tenant: Tenant, outcome: Outcome, name: str | None) -> Judgement:
    """The finding where the tenant has no Secure Score at all: it can't be judged, unless it is to be skipped."""
    text = "the tenant has no Secure Score yet: Microsoft publishes the first one within some days"
    outcome = Outcome.SKIPPED if outcome is Outcome.SKIPPED else Outcome.ERROR
    return _missing(name, tenant, outcome, Reason.NOT_AVAILABLE, text)


def _missing(
    name: str | None, tenant: Tenant, outcome: Outcome, reason: Reason, text: str, *, warns: bool = False
) -> Judgement:
    profile = tenant.profile(name) if name is not None else None
    return Judgement(
        outcome=outcome,
        reason=reason,
        message=text,
        control=profile.id if profile is not None else name,
        warns=warns,
    )


def _last_scored(name: str, tenant: Tenant) -> str | None:
    if not is_pattern(name):
        last = tenant.scored_earlier(name)
        return str(last) if last is not None else None
    matches = control_matcher([name])
    days = [tenant.scored_earlier(found) for found in tenant.earlier_ids() if matches(found)]
    return max((str(day) for day in days if day is not None), default=None)


def _has_profile(name: str, tenant: Tenant) -> bool:
    if not is_pattern(name):
        return tenant.profile(name) is not None
    matches = control_matcher([name])
    return any(matches(profile.id) for profile in tenant.snapshot.profiles)
