"""What the data leaves open, as part of every answer."""

import msgspec

from checker.evaluation.waiving import EXPIRED, WAIVER_WARNINGS
from checker.presentation.words import sentence
from checker.report.finding import Finding
from checker.report.report import Report
from checker.tenant.doubts import tenant_doubts
from checker.tenant.tenant import Tenant


class DataWarning(msgspec.Struct, frozen=True):
    """Something that the data leaves open or that looks odd: a stable code, one sentence."""

    code: str
    message: str


def data_warnings(tenant: Tenant, report: Report | None = None) -> tuple[DataWarning, ...]:
    """The snapshot's own warnings, what its newest day leaves open, and what is odd about waivers.

    Args:
        tenant: the snapshot, prepared.
        report: what policies and waivers say of it; None without.
    """
    own = (DataWarning(warning.code, warning.message) for warning in tenant.snapshot.warnings)
    open_members = (
        DataWarning(doubt.code, sentence(doubt.message, name=doubt.control)) for doubt in tenant_doubts(tenant)
    )
    return (*own, *open_members, *waiver_warnings(report))


def waiver_warnings(report: Report | None) -> tuple[DataWarning, ...]:
    """The waivers that have ended, end soon, or are of no use, as every command that takes waivers says it.

    A report names one that has ended in its finding; an answer without findings warns of it.
    """
    if report is None:
        return ()
    own = [DataWarning(one.code, one.message) for one in report.warnings if one.code in WAIVER_WARNINGS]
    return tuple(dict.fromkeys([*own, *map(_ended, filter(_names_ended, report.findings))]))


def _names_ended(finding: Finding) -> bool:
    return finding.waiver is not None and finding.waiver.status == EXPIRED


def _ended(finding: Finding) -> DataWarning:
    assert finding.waiver is not None
    name = f"The waiver of {finding.requirement.name} at {finding.waiver.location}"
    return DataWarning("waiver-expired", f"{name} ended on {finding.waiver.until}, and the requirement still fails.")
