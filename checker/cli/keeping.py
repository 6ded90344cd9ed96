"""``--store``: where a run keeps what it has seen, or what it reads instead of a tenant."""

from typing import TYPE_CHECKING

import click

from checker.presentation.escape import line
from checker.sources.choose import split_store
from checker.sources.request import SourceRequest

if TYPE_CHECKING:
    from checker.runs.gate import Judged
    from checker.snapshot.model import Snapshot


def kept_apart(given: SourceRequest) -> tuple[SourceRequest, str | None]:
    """As ``split_store``; where the store is the source, whoever watches is told."""
    rest, kept = split_store(given)
    if rest.store is not None:
        click.echo("scoregate: nobody signs in, so the store is judged", err=True)
    return rest, kept


def keep_snapshot(store: str, snapshot: "Snapshot") -> None:
    """Merges a snapshot into the store.

    Raises:
        OutputError: it can't be written.
    """
    from checker.store.merge import merge
    from checker.store.rows import of_snapshot

    _tell(store, merge(store, of_snapshot(snapshot)).inserted)


def keep_run(store: str, judged: "Judged") -> None:
    """Merges a run, its data and its findings, into the store.

    Raises:
        OutputError: it can't be written.
    """
    from checker.store.merge import merge
    from checker.store.rows import of_report, of_snapshot

    rows = [*of_snapshot(judged.snapshot), *of_report(judged.report, judged.verdict)]
    _tell(store, merge(store, rows).inserted)


def _tell(store: str, inserted: dict[str, int]) -> None:
    from checker.presentation.words import counted

    click.echo(f"{line(store)}: {counted(inserted.get('scores', 0), 'new day')}", err=True)
