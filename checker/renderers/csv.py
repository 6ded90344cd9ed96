"""The report as CSV, one row a finding, safe to open in a spreadsheet: text is never a formula, numbers stay numbers.

Excel shows 1,048,576 rows of a sheet and 32,767 characters of a cell; rows beyond are left out, as the last row says.
"""

from collections.abc import Callable, Iterator, Mapping

from checker.presentation.tables import Cell, csv_table
from checker.presentation.words import cut
from checker.renderers.interface import Rendering
from checker.report.document import moment
from checker.report.finding import Finding, Quantity
from checker.report.verdict import Verdict

# With the row of names and the last one.
_MOST = 1_048_574
_LONGEST = 32_000


def _number(quantity: Quantity | None) -> Cell:
    return quantity.value if quantity is not None else None


def _unit(quantity: Quantity | None) -> Cell:
    return quantity.unit.value if quantity is not None else None


_COLUMNS: Mapping[str, Callable[[Finding, Verdict], Cell]] = {
    "requirement": lambda finding, _: finding.requirement.name,
    "control": lambda finding, _: finding.judgement.control,
    "title": lambda finding, _: finding.requirement.title,
    "outcome": lambda finding, _: finding.outcome.value,
    "fails gate": lambda finding, verdict: "yes" if verdict.fails_gate(finding) else "no",
    "severity": lambda finding, _: finding.requirement.severity.value,
    "enforcement": lambda finding, _: finding.enforcement.value,
    "reason": lambda finding, _: finding.judgement.reason.value,
    "message": lambda finding, _: finding.message,
    "measured": lambda finding, _: _number(finding.judgement.measured),
    "measured unit": lambda finding, _: _unit(finding.judgement.measured),
    "required": lambda finding, _: _number(finding.judgement.required),
    "required unit": lambda finding, _: _unit(finding.judgement.required),
    "points missing": lambda finding, _: finding.judgement.points,
    "baseline": lambda finding, verdict: change.value if (change := verdict.change(finding)) is not None else None,
    "fails since": lambda finding, _: finding.since.date if finding.since is not None else None,
    "waived until": lambda finding, _: finding.waiver.until if finding.waiver is not None else None,
    "waiver status": lambda finding, _: finding.waiver.status if finding.waiver is not None else None,
    "owner": lambda finding, _: finding.requirement.owner,
    "rationale": lambda finding, _: finding.requirement.rationale,
    "references": lambda finding, _: "; ".join(one.label for one in finding.requirement.references),
    "category": lambda finding, _: finding.subject.category,
    "last synced": lambda finding, _: finding.subject.last_synced,
    "portal": lambda finding, _: finding.subject.portal_url,
    "file": lambda finding, _: finding.requirement.location.file,
    "line": lambda finding, _: finding.requirement.location.line,
}


def render(rendering: Rendering) -> bytes:
    """Rows in the order of the report, tenant and moment in each, so that files of many tenants can be joined."""
    return csv_table(("tenant", "evaluated at", *_COLUMNS), _rows(rendering))


def _rows(rendering: Rendering) -> Iterator[list[Cell]]:
    report = rendering.report
    head = (report.tenant, moment(report))
    for finding in report.findings[:_MOST]:
        cells = (column(finding, rendering.verdict) for column in _COLUMNS.values())
        yield [cut(one, _LONGEST) if isinstance(one, str) else one for one in (*head, *cells)]
    if (more := len(report.findings) - _MOST) > 0:
        yield [*head, f"{more} more findings are left out; the JSON report has all"]
