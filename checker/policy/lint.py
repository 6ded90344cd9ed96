"""Faults and likely mistakes in policies and waivers that can be found without a tenant."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.path import dotted
from checker.policy.load import Loaded, try_load
from checker.policy.lockfile import LockedControl
from checker.policy.looks_strict import (
    loosening_overrides,
    nothing_mandatory,
    picks_nothing,
    retired_alternatives,
    unnoticed_alternatives,
    waiver_of_everything,
)
from checker.policy.model import LONGEST_WAIVER_DAYS, Policy, PolicyRequirement, PolicySet
from checker.policy.parameters import Given
from checker.policy.problem import Problem, of_requirement, of_waiver
from checker.policy.sources import PolicySource
from checker.policy.waiver_targets import WaiverTargets
from checker.policy.waivers import Waiver
from checker.presentation.words import counted
from checker.report.outcome import Severity
from checker.requirements.terms.vocabulary import UnknownWord, Vocabulary
from checker.requirements.words import WordGroup, WordKind

_ENDING_SOON_DAYS = 30
_NOTHING: Given = {}
# The faults of a document of kind PolicyTest.
TestFaults = Callable[[PolicySource, Document], Iterable[Fault]]


class Linted(msgspec.Struct, frozen=True):
    """The problems, and the number of documents and entries that were checked.

    Attributes:
        tests: documents of kind PolicyTest.
    """

    problems: tuple[Problem, ...]
    policies: int
    requirements: int
    waivers: int
    tests: int = 0

    @property
    def has_faults(self) -> bool:
        """Whether a run would stop."""
        return any(problem.level == "error" for problem in self.problems)


def lint(
    policy_paths: Sequence[str],
    waiver_paths: Sequence[str],
    today: datetime.date,
    given: Given = _NOTHING,
    test_faults: TestFaults | None = None,
    seen: Sequence[LockedControl] | None = None,
) -> Linted:
    """The problems of all policies and waivers, and of the tests among them. Never raises for what a file contains.

    Args:
        policy_paths, waiver_paths: as ``load`` takes them.
        today: the day that the terms of waivers are counted from.
        given: values of parameters.
        test_faults: finds the faults of a test; None leaves tests alone.
        seen: the controls of a lock: warn of every control id that is neither one of these nor in the catalogue; None
            warns only of those that look like a known one.

    Raises:
        UsageError: a value for a parameter that no policy declares.
    """
    loaded: Loaded = try_load(policy_paths, waiver_paths, alone=True, given=given, keep_layers=True)
    of_tests = [fault for one in loaded.tests for fault in test_faults(*one)] if test_faults is not None else []
    # A test has the faults of its policies, which may be among those that were given.
    problems = [_fault(fault) for fault in dict.fromkeys([*loaded.faults, *of_tests])]
    # A policy with faults is loaded only in part: what seems to be missing may be in the rest.
    problems.extend(_warnings(loaded.policies, today, seen, complete=not loaded.faults))
    return Linted(
        problems=tuple(
            sorted(problems, key=lambda problem: (problem.place.file, problem.place.line, problem.place.column))
        ),
        policies=len(loaded.policies.policies),
        requirements=sum(len(policy.requirements) for policy in loaded.policies.policies),
        waivers=len(loaded.policies.waivers),
        tests=len(loaded.tests),
    )


def _fault(fault: Fault) -> Problem:
    return Problem("error", "invalid-document", fault.place, dotted(fault.path), fault.expected)


class _LintedWords(Vocabulary):
    """The catalogue's words, and those of a lock."""

    def __init__(self, seen: Sequence[LockedControl] | None) -> None:
        super().__init__(seen=[one.control for one in seen or ()])
        self._strict = seen is not None

    def doubtful(self, groups: Iterable[WordGroup]) -> Iterator[UnknownWord]:
        """The unknown words that are worth a warning: a control may be newer than the catalogue."""
        for unknown in self.unknown(groups):
            if unknown.is_likely_typo or (self._strict and unknown.kind is WordKind.CONTROL):
                yield unknown


def _warnings(
    policies: PolicySet, today: datetime.date, seen: Sequence[LockedControl] | None, *, complete: bool
) -> Iterator[Problem]:
    words = _LintedWords(seen)
    retired = [one.control for one in seen or () if one.retired]
    for policy in policies.policies:
        yield from _policy_warnings(policy, words, complete=complete)
        if complete:
            yield from nothing_mandatory(policy)
            yield from loosening_overrides(policy, policies.layers)
        for one in policy.requirements:
            yield from _requirement_warnings(one)
            yield from _unknown_words(one, words)
            yield from picks_nothing(one, words)
            # With a lock each of them has a warning already.
            yield from unnoticed_alternatives(one, words) if seen is None else retired_alternatives(one, retired)
    targets = WaiverTargets(policies, words)
    limits = {policy.name: policy.longest_waiver_days for policy in policies.policies}
    for waiver in policies.waivers:
        mistake = targets.mistake(waiver.entry) if complete else None
        if mistake is not None:
            yield of_waiver(waiver, "waiver-of-nothing", mistake)
        covered = targets.covered(waiver.entry)
        longest = min((limits[one.summary.policy] for one in covered), default=LONGEST_WAIVER_DAYS)
        if complete and _counts(waiver, longest, today):
            yield from waiver_of_everything(waiver, covered, policies.policies)
        yield from _term_warnings(waiver, longest, today)


def _policy_warnings(policy: Policy, words: Vocabulary, *, complete: bool) -> Iterator[Problem]:
    """Of a policy's head."""
    for name, place in policy.unused_parameters if complete else ():
        message = f"the parameter {name} is declared but not used"
        yield Problem("warning", "unused-parameter", place, f"parameters.{name}", message)
    for unknown in words.unknown(policy.when.words() if policy.when is not None else ()):
        yield Problem("warning", unknown.code, policy.when_place, "when", unknown.message)


def _requirement_warnings(one: PolicyRequirement) -> Iterator[Problem]:
    summary = one.summary
    if summary.severity in {Severity.CRITICAL, Severity.HIGH} and not summary.rationale:
        message = f"{summary.name} has severity {summary.severity.value} but no rationale"
        yield of_requirement(one, "no-rationale", message)
    for reason in one.entry.idle_reasons():
        yield of_requirement(one, "judges-nothing", reason)


def _unknown_words(one: PolicyRequirement, words: _LintedWords) -> Iterator[Problem]:
    """Words that nobody knows: warnings, since the tenant may know them all the same."""
    entry = one.entry
    decisive = words.first_unknown(entry.when.words()) if entry.when is not None else None
    why = "" if decisive is not None else ", since onMissing is skip"
    if decisive is None and entry.skips_missing:
        decisive = words.first_unknown(entry.words())
    # If a new control is misspelt instead, the requirement fails, unless it is skipped.
    found = [*words.doubtful(entry.all_words()), *([decisive] if decisive is not None else [])]
    for unknown in dict.fromkeys(found):
        then = f"; the requirement is never judged{why}" if unknown == decisive else ""
        yield of_requirement(one, unknown.code, f"{unknown.message}{then}")


def _counts(waiver: Waiver, longest: int, today: datetime.date) -> bool:
    """Whether the waiver is in force, or will be."""
    entry = waiver.entry
    return (entry.until - entry.start).days <= longest and entry.until >= today


def _term_warnings(waiver: Waiver, longest: int, today: datetime.date) -> Iterator[Problem]:
    entry = waiver.entry
    days = (entry.until - entry.start).days
    if days > longest:
        yield of_waiver(
            waiver, "waiver-too-long", f"runs for {days} days but may run for {longest}, so it covers nothing"
        )
    left = (entry.until - today).days
    if left < 0:
        yield of_waiver(waiver, "waiver-expired", f"ended on {entry.until}")
    elif left <= _ENDING_SOON_DAYS:
        yield of_waiver(waiver, "waiver-ending", f"ends on {entry.until}, in {counted(left, 'day')}")
