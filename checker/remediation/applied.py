"""What came of a plan: values only."""

from collections import Counter

import msgspec

from checker.remediation.journal import Outcome, Result
from checker.remediation.plan import Change


class ChangeResult(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What came of one change."""

    control: str
    result: Result
    message: str
    before: str
    after: str
    requirement: str


class Applied(msgspec.Struct, frozen=True):
    """What came of a plan: each change, in the order in which they were made."""

    results: tuple[ChangeResult, ...]

    def counts(self) -> dict[str, int]:
        """Changes by result; every result is a key."""
        found = Counter(result.result for result in self.results)
        return {name: found[name] for name in ("applied", "alreadyInPlace", "stale", "failed")}


def result_of(change: Change, outcome: Outcome) -> ChangeResult:
    """The outcome together with what was to be done."""
    return ChangeResult(
        control=change.control,
        result=outcome.result,
        message=outcome.message,
        before=change.before.state,
        after=change.after.state,
        requirement=change.requirement,
    )
