"""``--store``: where a run keeps what it has seen, or what it reads instead of a tenant."""

from typing import TYPE_CHECKING

import click
import msgspec

from checker.cli.source import SourceOptions, signs_in
from checker.presentation.escape import line

if TYPE_CHECKING:
    from checker.runs.gate import Judged
    from checker.snapshot.model import Snapshot


def kept_apart(given: SourceOptions) -> tuple[SourceOptions, str | None]:
    """The source without the store, and the store to keep the run in.

    A store beside another source is written to; a store alone is the source, and nothing is written.
    """
    if given.store is None:
        return given, None
    if given.snapshot or given.sandbox or signs_in(given):
        return msgspec.structs.replace(given, store=None), given.store
    click.echo("scoregate: nobody signs in, so the store is judged", err=True)
    return given, None


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
