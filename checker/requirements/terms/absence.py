"""What to say of a control that the newest day does not score: absent is neither zero nor failure by itself."""

from collections.abc import Sequence

import msgspec

from checker.presentation.words import named
from checker.report.finding import Judgement
from checker.report.outcome import Outcome, Reason
from checker.requirements.entry import OnMissing
from checker.requirements.terms.evidence import in_doubt
from checker.requirements.terms.pattern import control_matcher, is_pattern
from checker.requirements.terms.selector import Selector
from checker.requirements.terms.vocabulary import UnknownWord, vocabulary_of
from checker.requirements.words import WordGroup, WordKind
from checker.tenant.control import Control
from checker.tenant.tenant import Tenant

_NAMED = 5
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
    if tenant.left_out is not None:
        # Any of them may be scored after all.
        return _of(names[0], tenant, in_doubt(tenant.left_out))
    for name in names:
        last = _last_scored(name, tenant)
        if last is not None:
            text = f"was scored until {last} and no longer is"
            why = ": a licence, product or connector may have been switched off"
            found = Judgement(
                outcome=Outcome.FAIL, reason=Reason.NO_LONGER_SCORED, message=f"{name} {text}{why}", standing=text
            )
            return _of(name, tenant, found)
    known = next((name for name in names if _has_profile(name, tenant)), None)
    if known is not None:
        text = f"has a profile but no score on {tenant.newest.date}"
        why = ": the tenant has no such product, connector or device, or it was not measured yet"
        return _not_scored(known, tenant, on_missing, text, why)
    if not tenant.has_all_profiles:
        text = f"has no score on {tenant.newest.date}"
        why = "; whether it has a profile is unknown, since profiles are missing from the data"
        return _not_scored(names[0], tenant, on_missing, text, why)
    return _judge_unreported(names, tenant, on_missing)


def _judge_unreported(names: Sequence[str], tenant: Tenant, on_missing: OnMissing) -> Judgement:
    """The finding for controls that the tenant doesn't report at all: not in use here, or misspelt."""
    words = vocabulary_of(tenant)
    known = next((name for name in names if words.is_known(WordKind.CONTROL, name)), None)
    if known is None:
        return _judge_unknown(next(words.unknown([WordGroup(WordKind.CONTROL, (names[0],))])), tenant, on_missing)
    text = "is not scored in this tenant"
    if is_pattern(known):
        found = _not_scored(known, tenant, on_missing, text, "")
        return msgspec.structs.replace(found, message=f"no control that matches {known} is scored in this tenant")
    return _not_scored(known, tenant, on_missing, text, ", which has no profile of it either")


def _not_scored(name: str, tenant: Tenant, on_missing: OnMissing, text: str, why: str) -> Judgement:
    found = Judgement(
        outcome=_OUTCOMES[on_missing], reason=Reason.NOT_SCORED, message=f"{name} {text}{why}", standing=text
    )
    return _of(name, tenant, found)


def _judge_unknown(unknown: UnknownWord, tenant: Tenant, on_missing: OnMissing) -> Judgement:
    """The finding for an id that nobody knows; the run warns of it too."""
    found = Judgement(
        outcome=_OUTCOMES[on_missing],
        reason=Reason(unknown.code),
        message=unknown.message,
        standing="is unknown to this tenant",
    )
    return _of(unknown.word, tenant, found)


def judge_no_choice(select: Selector, exclude: list[str], tenant: Tenant, on_missing: OnMissing) -> Judgement:
    """The finding of a selector that picks nothing: that it did pick something before counts first."""
    if tenant.newest is not None and tenant.left_out is not None:
        return in_doubt(tenant.left_out)
    last = select.last_scored(tenant, exclude)
    if last is not None:
        text = (
            f"none of the {select.sentence()} is scored any more, and some were until {last}: a licence, product or "
            "connector may have been switched off"
        )
        return Judgement(outcome=Outcome.FAIL, reason=Reason.NO_LONGER_SCORED, message=text)
    return judge_none(select.sentence(), select.count_unscored(tenant, exclude), select, tenant, on_missing)


def judge_uncertain_choice(maybe: Sequence[Control]) -> Judgement:
    """The finding for controls of which the data leaves open whether a selector picks them."""
    names = named([control.id for control in maybe], _NAMED)
    verb = "belongs" if len(maybe) == 1 else "belong"
    text = f"whether {names} {verb} to the selection is unknown, since profiles or members of them are missing"
    return Judgement(outcome=Outcome.ERROR, reason=Reason.PARTIAL_DATA, message=f"{text}; fetch the data again")


def judge_none(sentence: str, unscored: int, select: Selector, tenant: Tenant, on_missing: OnMissing) -> Judgement:
    """The finding where nothing is scored of what ``sentence`` says.

    Args:
        sentence: what was looked for, as the object of a sentence.
        unscored: how many profiles fit that have no score.
        select: what was looked for, word by word: a typo is told apart from what the tenant doesn't have.
        tenant: whom to ask.
        on_missing: what the requirement says of it.
    """
    if tenant.newest is None:
        return no_score(tenant, _OUTCOMES[on_missing], None)
    if tenant.left_out is not None:
        return in_doubt(tenant.left_out)
    unknown = vocabulary_of(tenant).first_unknown(select.words())
    if unknown is not None:
        text = f"the tenant scores none of the {sentence}: {unknown.message}"
        return Judgement(outcome=_OUTCOMES[on_missing], reason=Reason(unknown.code), message=text)
    also = f"; {unscored} that fit have a profile but no score" if unscored else ""
    text = f"the tenant scores none of the {sentence}{also}"
    return Judgement(outcome=_OUTCOMES[on_missing], reason=Reason.NOT_SCORED, message=text)


def no_score(tenant: Tenant, outcome: Outcome, name: str | None) -> Judgement:
    """The finding where the tenant has no Secure Score at all: it can't be judged, unless it is to be skipped."""
    text = "the tenant has no Secure Score yet: Microsoft publishes the first one within some days"
    outcome = Outcome.SKIPPED if outcome is Outcome.SKIPPED else Outcome.ERROR
    found = Judgement(outcome=outcome, reason=Reason.NOT_AVAILABLE, message=text, standing="has no score yet")
    return _of(name, tenant, found) if name is not None else found


def _of(name: str, tenant: Tenant, judgement: Judgement) -> Judgement:
    """The judgement with its control, as the tenant spells it or else as the policy does."""
    profile = tenant.profile(name)
    return msgspec.structs.replace(judgement, control=profile.id if profile is not None else name)


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
