"""One side of a comparison: all that a snapshot or a report tells of a tenant."""

from collections.abc import Iterable, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from checker.insight.warnings import DataWarning, data_warnings
from checker.report.document import FindingDocument, ReportDocument
from checker.report.report import Report
from checker.tenant.ranges import points_range
from checker.tenant.tenant import Tenant


class Side(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One of the two."""

    name: str
    tenant: str
    date: str | None
    current_score: float | None
    max_score: float | None
    percent: float | None
    verdict: Annotated[str | None, Meta(description="Of a report, or with policies; else null.")]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A control of one side; ``unknown`` names what the data leaves open of it: ``points``, ``state``."""

    id: str
    title: str
    category: str | None
    points: float | None
    maximum: float | None
    state: str
    by: str | None = None
    at: str | None = None
    comment: str | None = None
    unknown: frozenset[str] = frozenset()


class FindingOutcome(msgspec.Struct, frozen=True):
    """What a finding came to, on one side."""

    requirement: str
    control: str | None
    outcome: str


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """All that one side tells.

    Attributes:
        side: its head.
        controls: by id; None of a report, which doesn't tell of all.
        findings: by their keys; None of a snapshot without policies.
        is_whole: whether a control that it lacks is not scored; a day that leaves controls out does not tell.
        warnings: what its data leaves open.
    """

    side: Side
    controls: Mapping[str, Row] | None
    findings: Mapping[str, FindingOutcome] | None
    is_whole: bool = True
    warnings: tuple[DataWarning, ...] = ()


def of_snapshot(tenant: Tenant, name: str, report: Report | None, verdict: str | None) -> Seen:
    """What a snapshot tells, and what policies say of it."""
    score = tenant.newest.score if tenant.newest is not None else None
    current = score.current_score if score is not None else None
    maximum = score.maximum if score is not None else None
    side = Side(
        name=name,
        tenant=tenant.id,
        date=str(tenant.newest.date) if tenant.newest is not None else None,
        current_score=current,
        max_score=maximum,
        percent=tenant.percent,
        verdict=verdict,
    )
    return Seen(
        side=side,
        controls={row.id: row for row in _rows(tenant)},
        findings=outcomes(report) if report is not None else None,
        is_whole=tenant.left_out is None,
        warnings=tuple(DataWarning(one.code, f"{name}: {one.message}") for one in data_warnings(tenant, report)),
    )


def of_report(report: ReportDocument, name: str) -> Seen:
    """What a report tells."""
    score = report.score
    side = Side(
        name=name,
        tenant=report.tenant,
        date=report.snapshot.date,
        current_score=score.current_score if score is not None else None,
        max_score=score.max_score if score is not None else None,
        percent=score.percent if score is not None else None,
        verdict=report.verdict.value,
    )
    found = {
        finding.key or _key_of_old(finding): FindingOutcome(finding.requirement, finding.control, finding.outcome.value)
        for finding in report.findings
    }
    return Seen(side=side, controls=None, findings=found)


def _key_of_old(finding: FindingDocument) -> str:
    """The key in a report that was written before reports named it."""
    return finding.requirement if finding.control is None else f"{finding.requirement} [{finding.control}]"


def outcomes(report: Report) -> dict[str, FindingOutcome]:
    """The outcome of each finding, by its key."""
    return {
        one.key: FindingOutcome(one.requirement.name, one.judgement.control, one.outcome.value)
        for one in report.findings
    }


def _rows(tenant: Tenant) -> Iterable[Row]:
    for control in tenant.every():
        state = control.state
        open_points = control.is_scored and not points_range(control, tenant.open_members(control)).is_exact
        unknown = {"points": open_points, "state": tenant.state_doubt(control) is not None}
        yield Row(
            id=control.id,
            title=control.title,
            category=control.category,
            points=control.points,
            maximum=control.maximum,
            state=state.name,
            by=state.updated_by,
            at=state.updated_date_time,
            comment=state.comment,
            unknown=frozenset(name for name, is_open in unknown.items() if is_open),
        )
