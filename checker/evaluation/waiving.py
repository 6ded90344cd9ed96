"""Waivers: they turn ``fail`` into ``waived``, and nothing else into anything."""

import datetime
from collections.abc import Sequence

import msgspec

from checker.evaluation.held_waivers import HeldWaiver, HeldWaivers
from checker.policy.model import LONGEST_WAIVER_DAYS, PolicySet
from checker.policy.waivers import Waiver
from checker.presentation.words import counted
from checker.report.finding import Failure, Finding, Quantity, WaiverUse
from checker.report.outcome import Outcome, Reason
from checker.report.report import RunWarning
from checker.requirements.terms.minimum import worded
from checker.requirements.terms.vocabulary import Vocabulary
from checker.tenant.labels import meant_label
from checker.tenant.numbers import at_least
from checker.tenant.tenant import Tenant

_ENDING_SOON_DAYS = 30

WAIVER_WARNINGS = frozenset({"waiver-expired", "waiver-of-nothing", "waiver-unused", "waiver-ending"})
"""The codes of the warnings about waivers."""

IN_FORCE = "in-force"
EXPIRED = "expired"
NOT_YET = "not-yet-in-force"
TOO_LONG = "too-long"
BELOW_FLOOR = "below-floor"


class WaiverDesk:
    """All waivers of one run, for one tenant and one day; remembers which were of use."""

    def __init__(self, policies: PolicySet, tenant: Tenant, today: datetime.date) -> None:
        self._policies = policies
        self._today = today
        self._used: set[int] = set()
        self._labels = tenant.labels
        self._waivers = HeldWaivers(policies.waivers, tenant)

    def consider(self, finding: Finding, longest_days: int) -> Finding:
        """The failed finding as waivers leave it: waived, or with what each waiver lacks.

        A finding that stands for several controls is waived when waivers in force cover each of them, together.
        """
        failing = [finding.judgement.control or "", *(other.control or "" for other in finding.judgement.also)]
        in_force: list[HeldWaiver] = []
        refused: list[tuple[HeldWaiver, str]] = []
        for held in self._waivers.of([finding.requirement.name]):
            if held.covered(failing):
                status = self._status(held, finding, longest_days)
                in_force += [held] if status == IN_FORCE else []
                refused += [(held, status)] if status != IN_FORCE else []
        self._used.update(held.index for held in in_force)
        covered = {name: held for held in reversed(in_force) for name in held.covered(failing)}
        if len(covered) == len(set(failing)):
            return _granted(
                finding, list({held.index: held.waiver for held in map(covered.get, failing) if held}.values())
            )
        # A refused one is named in the finding, so the run need not warn of it.
        self._used.update(held.index for held, _ in refused)
        apart = [name for name in failing if name in covered]
        return _refused(_covered_in_part(finding, apart), refused, longest_days)

    def covers(self, finding: Finding, longest_days: int) -> bool:
        """Whether a waiver in force covers a finding, which need not have failed."""
        for held in self._waivers.of([finding.requirement.name]):
            if not held.covered([finding.judgement.control or ""]):
                continue
            if self._status(held, finding, longest_days) == IN_FORCE:
                self._used.add(held.index)
                return True
        return False

    def ended(self, requirements: Sequence[str], control: str) -> str | None:
        """The end of the last waiver of these requirements on a control that has ended, for a finding to name it.

        Args:
            requirements: names of requirements.
            control: the control's id.
        """
        found: str | None = None
        for held in self._waivers.of(requirements):
            waiver = held.waiver
            if waiver.entry.until < self._today and held.covered([control]):
                self._used.add(held.index)
                found = f"the waiver at {waiver.location} ended on {waiver.entry.until}"
        return found

    def warnings(self, words: Vocabulary) -> list[RunWarning]:
        """Waivers that were of no use, that end soon, or that have ended; and labels that look misspelt.

        Args:
            words: tell a typo from a waiver that isn't needed.
        """
        mistakes = self._mistakes(words)
        found = (self._warning(held, mistakes.get(held.index)) for held in self._waivers.all)
        misspelt = map(self._label_warning, self._waivers.of_other_labels)
        return [warning for warning in (*found, *misspelt) if warning is not None]

    def _label_warning(self, waiver: Waiver) -> RunWarning | None:
        """A waiver of another label is of other tenants and nothing to warn of, unless the label looks misspelt."""
        entry = waiver.entry
        meant = meant_label(entry.tenant_label or "", self._labels)
        if meant is None or entry.until < self._today:
            return None
        mistake = f"the tenant has no label {entry.tenant_label} (did you mean {meant!r}?)"
        return RunWarning("waiver-of-nothing", f"{_name(waiver)} covers nothing: {mistake}.")

    def _warning(self, held: HeldWaiver, mistake: str | None) -> RunWarning | None:
        entry = held.waiver.entry
        left = (entry.until - self._today).days
        is_used = held.index in self._used
        name = _name(held.waiver)
        if left < 0:
            return None if is_used else RunWarning("waiver-expired", f"{name} ended on {entry.until}; remove it.")
        if mistake is not None:
            return RunWarning("waiver-of-nothing", f"{name} covers nothing: {mistake}.")
        if entry.start > self._today:
            return None
        if not is_used:
            return RunWarning("waiver-unused", f"{name} covers no failure; remove it.")
        if left > _ENDING_SOON_DAYS:
            return None
        return RunWarning("waiver-ending", f"{name} ends on {entry.until}, in {counted(left, 'day')}.")

    def _mistakes(self, words: Vocabulary) -> dict[int, str]:
        """Why waivers that were of no use can't be of any, by index."""
        unused = [(held.index, held.waiver.entry) for held in self._waivers.all if held.index not in self._used]
        if not unused:
            return {}
        from checker.policy.waiver_targets import WaiverTargets

        targets = WaiverTargets(self._policies, words)
        return {index: mistake for index, entry in unused if (mistake := targets.mistake(entry)) is not None}

    def _status(self, held: HeldWaiver, finding: Finding, longest_days: int) -> str:
        entry = held.waiver.entry
        if (entry.until - entry.start).days > min(longest_days, LONGEST_WAIVER_DAYS):
            return TOO_LONG
        if self._today < entry.start:
            return NOT_YET
        if self._today > entry.until:
            return EXPIRED
        return IN_FORCE if _above_floor(held, finding) else BELOW_FLOOR


def _name(waiver: Waiver) -> str:
    return f"The waiver of {waiver.entry.requirement} at {waiver.location}"


def _above_floor(held: HeldWaiver, finding: Finding) -> bool:
    """Whether what the waiver covers is at its floor or above, under every reading of the data.

    That is each failing control of a pattern. Of alternatives it is the one that is nearest to holding, as one of them
    is enough, unless the waiver names a control.
    """
    floor = held.waiver.entry.floor
    if floor is None:
        return True
    failing = finding.judgement.failing
    if held.covers_control is None:
        failing = failing[: len(failing) - finding.judgement.other_ways]
    else:
        failing = tuple(one for one in failing if held.covered([one[0].control or ""]))
    return all(_reaches(failure, least, floor.quantity) for failure, least in failing)


def _reaches(failure: Failure, least: Quantity | None, floor: Quantity) -> bool:
    """Whether a failure is no deeper than a floor.

    What was not measured in the floor's unit is below it, and so is what is above a maximum: waivers fail closed.
    """
    if failure.reason is Reason.ABOVE_MAXIMUM or least is None or least.unit is not floor.unit:
        return False
    return isinstance(least.value, float) and at_least(least.value, float(floor.value))


def _use(waiver: Waiver, status: str, finding: Finding) -> WaiverUse:
    entry = waiver.entry
    return WaiverUse(
        status=status,
        start=entry.start.isoformat(),
        until=entry.until.isoformat(),
        reason=entry.reason,
        approved_by=entry.approved_by,
        ticket=entry.ticket,
        points=finding.judgement.points,
        location=waiver.location,
    )


def _granted(finding: Finding, waivers: Sequence[Waiver]) -> Finding:
    """The finding as waived by these, of which the first is shown."""
    message = " ".join([finding.message, *map(_grant, waivers)])
    return _with(finding, Outcome.WAIVED, message, _use(waivers[0], IN_FORCE, finding))


def _grant(waiver: Waiver) -> str:
    entry = waiver.entry
    ticket = f" ({entry.ticket})" if entry.ticket else ""
    return f"Waived until {entry.until} by {entry.approved_by}{ticket}: {entry.reason.rstrip('.')}."


def _covered_in_part(finding: Finding, covered: Sequence[str]) -> Finding:
    """The finding with the names of the controls that waivers cover, which are not all that it stands for."""
    if not covered:
        return finding
    names = tuple(dict.fromkeys(covered))
    text = f"{finding.message} A waiver covers only {', '.join(names)}."
    return msgspec.structs.replace(finding, message=text, waived_controls=names)


def _refused(finding: Finding, refused: Sequence[tuple[HeldWaiver, str]], longest_days: int) -> Finding:
    """The finding with what each of these waivers lacks, of which the first is shown."""
    if not refused:
        return finding
    reasons = [_refusal(held.waiver, status, longest_days) for held, status in refused]
    first, status = refused[0]
    use = _use(first.waiver, status, finding)
    return _with(finding, finding.outcome, " ".join([finding.message, *reasons]), use)


def _refusal(waiver: Waiver, status: str, longest_days: int) -> str:
    entry = waiver.entry
    head = f"The waiver at {waiver.location}"
    match status:
        case "expired":
            return f"{head} ended on {entry.until}."
        case "not-yet-in-force":
            return f"{head} begins on {entry.start}."
        case "too-long":
            days, limit = (entry.until - entry.start).days, min(longest_days, LONGEST_WAIVER_DAYS)
            return f"{head} runs for {days} days but may run for {limit}, so it covers nothing."
        case _:
            floor = worded(entry.floor.quantity) if entry.floor is not None else ""
            return f"{head} does not cover it below its floor of {floor}."


def _with(finding: Finding, outcome: Outcome, message: str, use: WaiverUse) -> Finding:
    return msgspec.structs.replace(finding, outcome=outcome, message=message, waiver=use)
