"""The decisions of the gate on earlier days, from the findings that a store keeps."""

from collections.abc import Sequence

from checker.errors import SnapshotError
from checker.report.verdict import Decision
from checker.store.query import connect, not_a_store

_SQL = """
SELECT
  bool_or(coalesce(fails_gate, false)),
  bool_or(outcome = 'error' AND enforcement = 'mandatory') OR bool_and(outcome = 'skipped')
FROM findings
WHERE tenant = ? AND list_contains(?, policy)
GROUP BY date
ORDER BY date DESC
LIMIT ?
"""


def earlier_decisions(store: str, tenant: str, policies: Sequence[str], days: int = 10) -> tuple[Decision, ...]:
    """The decisions on the newest days that the store has findings of, the newest last; one a day.

    Args:
        store: the store's address.
        tenant: the tenant's id.
        policies: names of the policies that count.
        days: so many at most.

    Raises:
        OutputError, SnapshotError: the store can't be used.
    """
    try:
        with connect(store) as held:
            rows = held.ask(_SQL, [tenant.casefold(), list(policies), days]).rows
    except SnapshotError as fault:
        if fault.message != not_a_store(store).message:
            raise
        # This run makes the store.
        return ()
    return tuple(_decision(bool(fails), bool(unknown)) for fails, unknown in reversed(rows))


def _decision(fails: bool, unknown: bool) -> Decision:
    if fails:
        return Decision.FAIL
    return Decision.INDETERMINATE if unknown else Decision.PASS
