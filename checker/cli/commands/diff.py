"""``scoregate diff``: two snapshots, reports or days compared."""

import contextlib
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import click

from checker.cli import options
from checker.cli.answers import write_answer
from checker.cli.output import parse_outputs
from checker.cli.progress import working
from checker.cli.source import request, say
from checker.clouds import cloud
from checker.documents import files, limits
from checker.errors import EXIT_FAILED, EXIT_PASSED, SnapshotError, UsageError
from checker.evaluation.evaluate import evaluate
from checker.insight.difference import Seen, difference, of_report, of_snapshot
from checker.policy.load import load
from checker.policy.model import PolicySet
from checker.report.read import decode_report, is_report
from checker.report.verdict import decide
from checker.snapshot.as_of import as_of
from checker.snapshot.model import Snapshot
from checker.snapshot.read import read_snapshot
from checker.sources.choose import choose
from checker.sources.request import SourceRequest
from checker.tenant.tenant import Tenant
from checker.views.diff import render
from checker.views.formats import FORMATS


@click.command("diff", short_help="Compare two snapshots, reports or days.")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--exit-code", is_flag=True, help="Exit 1 when something differs.")
@options.policies
@options.waivers
@options.outputs_as(*FORMATS)
@options.any_source
def diff(
    before: str,
    after: str,
    exit_code: bool,
    policy: Sequence[str],
    waivers: Sequence[str],
    output: Sequence[str],
    now: datetime | None,
    **source: Any,  # noqa: ANN401 - the options of a source, checked by SourceRequest
) -> int:
    """Compare two snapshots, two reports of 'check -o json', or two days: controls, scores, states, findings.

    \b
    Examples:
      scoregate diff yesterday.json today.json --exit-code
      scoregate diff 2026-11-01 2026-11-20 --sandbox
      scoregate diff last.json now.json -p policies/ -o markdown=drift.md

    A and B are paths, or days (2026-11-20) of the source. With -p snapshots and days are judged too, each at its own
    moment. A past day's states are those that were set by then.
    Exit codes: 0 done, 1 something differs and --exit-code was given, 2 the caller's mistake, 3 no data.
    """
    wanted = parse_outputs(output, FORMATS)
    moment = now or datetime.now(UTC)
    looker = _Looker(request(source), moment, load(policy, waivers) if policy else None)
    looker.needs([before, after])
    found = difference(looker.seen(before), looker.seen(after))
    write_answer([(one, render(one.format, found)) for one in wanted])
    return EXIT_FAILED if exit_code and found.differs else EXIT_PASSED


class _Looker:
    """Reads both sides; the source is asked once."""

    def __init__(self, source: SourceRequest, moment: datetime, policies: PolicySet | None) -> None:
        self._source = source
        self._moment = moment
        self._policies = policies
        self._portal = cloud(source.cloud).portal
        self._fetched: Snapshot | None = None
        self._days = 1

    def needs(self, names: Sequence[str]) -> None:
        """Looks which days will be asked for, so that the source is asked once."""
        for name in names:
            with contextlib.suppress(ValueError):
                back = (self._moment.date() - date.fromisoformat(name)).days
                self._days = max(self._days, back + 8)

    def seen(self, name: str) -> Seen:
        """One side.

        Raises:
            UsageError: it is neither a path nor a day.
            SnapshotError: it can't be read, or there is no such day.
        """
        if os.path.exists(name):
            return self._file(name)
        try:
            day = date.fromisoformat(name)
        except ValueError as fault:
            raise UsageError(f"{name[:200]} is neither a file nor a day like 2026-11-20") from fault
        return self._day(day)

    def _file(self, path: str) -> Seen:
        name = files.shown(path)
        if os.path.isfile(path):
            data = files.map_bounded(path, limits.SNAPSHOT_FILE_BYTES, SnapshotError)
            if not files.is_gzip(data) and is_report(memoryview(data)):
                return of_report(decode_report(memoryview(data), name), name)
        return self._judged(read_snapshot([path]), name, None)

    def _day(self, day: date) -> Seen:
        if self._fetched is None:
            with working("Looking at the tenant"):
                self._fetched = choose(self._source, self._moment, say).read(self._days).snapshot
        held = [one.date for one in self._fetched.days]
        if day not in held:
            there = f"it has {held[-1]} to {held[0]}" if held else "it has none"
            raise SnapshotError(f"the data has no day {day}; {there}")
        return self._judged(as_of(self._fetched, day), str(day), day)

    def _judged(self, snapshot: Snapshot, name: str, day: date | None) -> Seen:
        tenant = Tenant(snapshot, self._portal)
        if self._policies is None:
            return of_snapshot(tenant, name, None, None)
        newest = day or (tenant.newest.date if tenant.newest is not None else None)
        moment = datetime(newest.year, newest.month, newest.day, tzinfo=UTC) if newest is not None else self._moment
        report = evaluate(self._policies, snapshot, moment, portal=self._portal)
        return of_snapshot(tenant, name, report, decide(report).decision.value)
