"""What a run has seen, kept in a store of scores over time."""

from checker.runs.gate import GateRun
from checker.snapshot.model import Snapshot


def keep_snapshot(store: str, snapshot: Snapshot) -> int:
    """Merges a snapshot into the store.

    Returns:
        How many days are new.

    Raises:
        OutputError: it can't be written.
    """
    from checker.store.merge import merge
    from checker.store.rows import of_snapshot

    return merge(store, of_snapshot(snapshot)).inserted.get("scores", 0)


def keep_run(store: str, run: GateRun) -> int:
    """Merges a run, its data and its findings, into the store; as ``keep_snapshot``."""
    from checker.store.merge import merge
    from checker.store.rows import of_report, of_snapshot

    rows = [*of_snapshot(run.snapshot), *of_report(run.judged.report, run.judged.verdict)]
    return merge(store, rows).inserted.get("scores", 0)
