"""The two sides of a comparison: snapshots, reports, or days of one source."""

import contextlib
import datetime
import os
from collections.abc import Callable, Sequence

import msgspec

from checker.documents import files, limits
from checker.errors import SnapshotError, UsageError
from checker.insight.side import Seen, of_report, of_snapshot
from checker.policy.model import PolicySet
from checker.report.outcome import Severity
from checker.report.read import decode_report, is_report
from checker.runs.gate import judging
from checker.runs.look import days_to_fetch
from checker.snapshot.as_of import as_of
from checker.snapshot.cleaner import cleaner
from checker.snapshot.model import Snapshot
from checker.snapshot.read import read_documents, read_snapshot
from checker.snapshot.redaction import Redaction
from checker.tenant.earlier import SLACK_DAYS, EarlierDays
from checker.tenant.labels import NO_LABELS, TenantLabels
from checker.tenant.tenant import Tenant

# What policies look at before a past day, in part.
_EARLIER_DAYS = 4


class SidesInput(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared, and by what it is judged.

    Attributes:
        names: both sides: paths, or days such as 2026-11-20.
        policies: judge snapshots and days too; None for none.
        moment: the run's now.
        portal: the cloud's Secure Score page.
        labels: of the tenant.
        redact: what is left out of files, as a source request has it.
    """

    names: Sequence[str]
    policies: PolicySet | None
    moment: datetime.datetime
    portal: str
    labels: TenantLabels = NO_LABELS
    redact: Redaction = Redaction.NONE


class Sides:
    """Reads both sides; the source is asked once, and not at all where both are files."""

    def __init__(self, given: SidesInput, read: Callable[[int], Snapshot]) -> None:
        """Prepares; nothing is read yet.

        Args:
            given: what is compared.
            read: gives the source's snapshot of so many days.
        """
        self._given = given
        self._read = read
        self._kept: Snapshot | None = None
        self._first: datetime.date | None = None
        self._days = 1
        for name in given.names:
            with contextlib.suppress(ValueError):
                back = (given.moment.date() - datetime.date.fromisoformat(name)).days
                self._days = max(self._days, days_to_fetch(back + _EARLIER_DAYS))
        with contextlib.suppress(ValueError):
            self._first = datetime.date.fromisoformat(given.names[0])

    def side(self, name: str) -> Seen:
        """One side.

        Raises:
            UsageError: it is neither a path nor a day.
            SnapshotError: it can't be read, or there is no such day.
        """
        if os.path.exists(name):
            return self._file(name)
        try:
            day = datetime.date.fromisoformat(name)
        except ValueError as fault:
            raise UsageError(f"{name[:200]} is neither a file nor a day like 2026-11-20") from fault
        return self._day(day)

    def _file(self, path: str) -> Seen:
        name = files.shown(path)
        if os.path.isfile(path):
            data = files.map_bounded(path, limits.SNAPSHOT_FILE_BYTES, SnapshotError)
            if not files.is_gzip(data) and is_report(memoryview(data)):
                report = decode_report(memoryview(data), name)
                # Of a report's sentences, which may name anybody, a comparison shows none.
                tenant = cleaner(self._given.redact, [report.tenant]).text(report.tenant)
                return of_report(msgspec.structs.replace(report, tenant=tenant), name)
        return self._judged(self._held(path), name, None)

    def _held(self, path: str) -> Snapshot:
        if self._given.redact is Redaction.NONE:
            return read_snapshot([path])
        from checker.snapshot.redact import redacted

        return redacted(read_documents([path]), self._given.redact).snapshot

    def _day(self, day: datetime.date) -> Seen:
        if self._kept is None:
            self._kept = self._read(self._days)
        held = [one.date for one in self._kept.days]
        if day not in held:
            there = f"it has {held[-1]} to {held[0]}" if held else "it has none"
            raise SnapshotError(f"the data has no day {day}; {there}")
        if day == self._first:
            day = self._base(self._kept, day)
        return self._judged(as_of(self._kept, day), str(day), day)

    def _base(self, snapshot: Snapshot, day: datetime.date) -> datetime.date:
        """The day, or where its control scores do not add up the next older one, at most three days back.

        Raises:
            SnapshotError: none of them can be compared with.
        """
        base = EarlierDays(snapshot.days).base(day, SLACK_DAYS)
        if base is None:
            raise SnapshotError(
                f"the control scores of the day {day}, and of the {SLACK_DAYS} days before it, are missing or do not "
                "add up to its score, so nothing can be compared with it",
                advice="Choose another day.",
            )
        return base.date

    def _judged(self, snapshot: Snapshot, name: str, day: datetime.date | None) -> Seen:
        given = self._given
        tenant = Tenant(snapshot, given.portal)
        if given.policies is None:
            return of_snapshot(tenant, name, None, None)
        newest = day or (tenant.newest.date if tenant.newest is not None else None)
        midnight = datetime.time(tzinfo=datetime.UTC)
        moment = datetime.datetime.combine(newest, midnight) if newest is not None else given.moment
        judge = judging(given.policies, moment, Severity.INFO, portal=given.portal, labels=given.labels)
        report, verdict = judge(snapshot)
        return of_snapshot(tenant, name, report, verdict.decision.value)
