"""``--store`` beside another source: the run is kept there."""

from typing import TYPE_CHECKING

from checker.cli.progress import note
from checker.presentation.words import counted
from checker.sources.choose import split_store
from checker.sources.request import SourceRequest

if TYPE_CHECKING:
    from checker.runs.gate import GateRun


def store_option(request: SourceRequest) -> tuple[SourceRequest, str | None]:
    """As ``split_store``; where the store is the source, a line says so."""
    rest, kept = split_store(request)
    if rest.store is not None:
        note("scoregate: no sign-in is configured, so the data in the store is judged")
    return rest, kept


def keep(store: str, run: "GateRun") -> None:
    """Merges a run, its data and its findings, into the store.

    Raises:
        OutputError: it can't be written.
    """
    from checker.runs.keep import keep_run

    report_kept(store, keep_run(store, run))


def report_kept(store: str, days: int) -> None:
    """Says how many days are new in the store."""
    note(f"{store}: {counted(days, 'new day')}")
