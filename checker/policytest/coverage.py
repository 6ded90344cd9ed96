"""Which outcomes of each requirement the tests assert, and which only came up."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

from checker.documents.location import SourceLocation
from checker.policy.model import PolicyRequirement, PolicySet
from checker.policytest.result import RequirementCoverage
from checker.report.outcome import Outcome

# A requirement by its name and place: two files may have policies of one name.
_Key = tuple[str, SourceLocation]


class SeenOutcomes:
    """Collects, case by case, what was asserted and what came up."""

    def __init__(self) -> None:
        self._requirements: dict[_Key, PolicyRequirement] = {}
        self._asserted: defaultdict[_Key, set[Outcome]] = defaultdict(set)
        self._seen: defaultdict[_Key, set[Outcome]] = defaultdict(set)

    def expect(self, policies: PolicySet) -> None:
        """Adds the requirements that tests speak of; those that a policy takes out are never judged."""
        for policy in policies.policies:
            for one in policy.requirements:
                self._requirements.setdefault((one.summary.name, one.summary.location), one)

    def see(self, key: _Key, outcome: Outcome) -> None:
        """Adds an outcome that came up."""
        self._seen[key].add(outcome)

    def assert_seen(self, key: _Key, outcome: Outcome) -> None:
        """Adds an outcome that a test expects and that came up."""
        self._asserted[key].add(outcome)

    def found(self) -> tuple[RequirementCoverage, ...]:
        """Every requirement, in the order of the policies."""
        return tuple(
            RequirementCoverage(
                requirement=one.summary.name,
                location=one.summary.location,
                asserted=_in_order(self._asserted[key]),
                seen=_in_order(self._seen[key]),
                missing=_missing(self._asserted[key], one.entry.fails),
            )
            for key, one in self._requirements.items()
        )


def _in_order(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    found = set(outcomes)
    return tuple(outcome for outcome in Outcome if outcome in found)


def _missing(asserted: set[Outcome], fails: Outcome) -> tuple[Literal["pass", "fail"], ...]:
    """What no test shows; a waiver covers only what fails.

    Args:
        asserted: the outcomes that tests assert.
        fails: what the requirement's kind says of a tenant that doesn't meet it.
    """
    missing: list[Literal["pass", "fail"]] = []
    if Outcome.PASS not in asserted:
        missing.append("pass")
    if not asserted & {fails, Outcome.WAIVED}:
        missing.append("fail")
    return tuple(missing)
