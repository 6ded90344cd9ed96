"""Waivers: they turn ``fail`` into ``waived``, and nothing else into anything."""

import datetime
from collections.abc import Callable, Sequence

import msgspec

from checker.policy.model import LONGEST_WAIVER_DAYS, PolicySet
from checker.policy.waivers import Waiver
from checker.presentation.words import counted
from checker.report.finding import Finding, WaiverUse
from checker.report.outcome import Outcome
from checker.report.report import RunWarning
from checker.requirements.terms.minimum import worded
from checker.requirements.terms.pattern import control_matcher, matcher
from checker.requirements.terms.vocabulary import Vocabulary
from checker.tenant.numbers import at_least

_ENDING_SOON_DAYS = 30

IN_FORCE = "in-force"
EXPIRED = "expired"
NOT_YET = "not-yet-in-force"
TOO_LONG = "too-long"
BELOW_FLOOR = "below-floor"


class WaiverDesk:
    """All waivers of one run, for one tenant and one day; remembers which were of use."""

    def __init__(self, policies: PolicySet, tenant: str, today: datetime.date) -> None:
        self._policies = policies
        self._today = today
        self._used: set[int] = set()
        self._waivers = [
            (index, waiver, matcher([waiver.entry.requirement]), _control_matcher(waiver))
            for index, waiver in enumerate(policies.waivers)
            if waiver.entry.tenant is None or waiver.entry.tenant.casefold() == tenant.casefold()
        ]

    def consider(self, finding: Finding, longest_days: int) -> Finding:
        """The failed finding as waivers leave it: waived by the first that covers it, else with what each one lacks."""
        granted: Finding | None = None
        apart: list[str] = []
        refused: dict[int, WaiverUse] = {}
        reasons: list[str] = []
        for index, waiver, covers_requirement, covers_control in self._waivers:
            if not covers_requirement(finding.requirement.name):
                continue
            failing = [finding.judgement.control or "", *finding.judgement.also]
            covered = [name for name in failing if covers_control is None or covers_control(name)]
            if not covered:
                continue
            status = self._status(waiver, finding, longest_days)
            if status == IN_FORCE and len(covered) < len(failing):
                # It covers some of the controls that the finding stands for, and so not the finding.
                self._used.add(index)
                apart += covered
                continue
            use = _use(waiver, status, finding)
            if status != IN_FORCE:
                refused[index] = use
                reasons.append(_refusal(waiver, status, longest_days))
                continue
            self._used.add(index)
            granted = granted or _with(finding, Outcome.WAIVED, f"{finding.message} {_granted(waiver)}", use)
        if granted is not None:
            return granted
        if apart:
            names = ", ".join(dict.fromkeys(apart))
            text = f"{finding.message} A waiver covers {names} alone."
            finding = msgspec.structs.replace(finding, message=text, waived_controls=tuple(dict.fromkeys(apart)))
        if not refused:
            return finding
        # Named in the finding, so the run need not warn of them.
        self._used.update(refused)
        first = next(iter(refused.values()))
        return _with(finding, finding.outcome, " ".join([finding.message, *reasons]), first)

    def covers(self, finding: Finding, longest_days: int) -> bool:
        """Whether a waiver in force covers a finding, which need not have failed."""
        for index, waiver, covers_requirement, covers_control in self._waivers:
            if not covers_requirement(finding.requirement.name):
                continue
            if covers_control is not None and not covers_control(finding.judgement.control or ""):
                continue
            if self._status(waiver, finding, longest_days) == IN_FORCE:
                self._used.add(index)
                return True
        return False

    def ended(self, requirements: Sequence[str], control: str) -> str | None:
        """The end of the last waiver of these requirements on a control that has ended, for a finding to name it.

        Args:
            requirements: names of requirements.
            control: the control's id.
        """
        found: str | None = None
        for index, waiver, covers_requirement, covers_control in self._waivers:
            if waiver.entry.until >= self._today or (covers_control is not None and not covers_control(control)):
                continue
            if any(covers_requirement(name) for name in requirements):
                self._used.add(index)
                found = f"the waiver at {waiver.location} ended on {waiver.entry.until}"
        return found

    def warnings(self, words: Vocabulary) -> list[RunWarning]:
        """Waivers that were of no use, that end soon, or that have ended.

        Args:
            words: tell a typo from a waiver that isn't needed.
        """
        found = []
        mistakes = self._mistakes(words)
        for index, waiver, _, _ in self._waivers:
            entry = waiver.entry
            left = (entry.until - self._today).days
            name = f"The waiver of {entry.requirement} at {waiver.location}"
            if left < 0:
                if index not in self._used:
                    found.append(RunWarning("waiver-expired", f"{name} ended on {entry.until}; remove it."))
            elif index in mistakes:
                found.append(RunWarning("waiver-of-nothing", f"{name} covers nothing: {mistakes[index]}."))
            elif entry.start <= self._today and index not in self._used:
                found.append(RunWarning("waiver-unused", f"{name} covers no failure; remove it."))
            elif left <= _ENDING_SOON_DAYS and entry.start <= self._today:
                text = f"{name} ends on {entry.until}, in {counted(left, 'day')}."
                found.append(RunWarning("waiver-ending", text))
        return found

    def _mistakes(self, words: Vocabulary) -> dict[int, str]:
        """Why waivers that were of no use can't be of any, by index."""
        unused = [(index, waiver.entry) for index, waiver, _, _ in self._waivers if index not in self._used]
        if not unused:
            return {}
        from checker.policy.waiver_targets import WaiverTargets

        targets = WaiverTargets(self._policies, words)
        return {index: mistake for index, entry in unused if (mistake := targets.mistake(entry)) is not None}

    def _status(self, waiver: Waiver, finding: Finding, longest_days: int) -> str:
        entry = waiver.entry
        if (entry.until - entry.start).days > min(longest_days, LONGEST_WAIVER_DAYS):
            return TOO_LONG
        if self._today < entry.start:
            return NOT_YET
        if self._today > entry.until:
            return EXPIRED
        return IN_FORCE if _above_floor(waiver, finding) else BELOW_FLOOR


def _control_matcher(waiver: Waiver) -> Callable[[str], bool] | None:
    return control_matcher([waiver.entry.control]) if waiver.entry.control is not None else None


def _above_floor(waiver: Waiver, finding: Finding) -> bool:
    """Whether the floor holds; what was not measured in the floor's unit is below it (waivers fail closed)."""
    floor = waiver.entry.floor
    if floor is None:
        return True
    measured = finding.judgement.measured
    if measured is None or measured.unit is not floor.quantity.unit or not isinstance(measured.value, float):
        return False
    return at_least(measured.value, float(floor.quantity.value))


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


def _granted(waiver: Waiver) -> str:
    entry = waiver.entry
    ticket = f" ({entry.ticket})" if entry.ticket else ""
    return f"Waived until {entry.until} by {entry.approved_by}{ticket}: {entry.reason.rstrip('.')}."


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
            return f"{head} runs for {days} days and may run for {limit}, so it covers nothing."
        case _:
            floor = worded(entry.floor.quantity) if entry.floor is not None else ""
            return f"{head} does not cover it below its floor of {floor}."


def _with(finding: Finding, outcome: Outcome, message: str, use: WaiverUse) -> Finding:
    return msgspec.structs.replace(finding, outcome=outcome, message=message, waiver=use)
